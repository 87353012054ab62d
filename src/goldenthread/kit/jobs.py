"""Background work: asked for in the caller's transaction, done by the worker, with its progress to be seen.

A job is a function `run(progress, **arguments)` registered under a name. It runs in the organisation's scope and time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim
from django.apps import apps
from django.utils import timezone
from django_tasks import task

from goldenthread.kit.errors import Refused
from goldenthread.kit.scoping import current_organisation, organisation_scope

Progress = Callable[[int, int], None]
_jobs: dict[str, Callable[..., str | None]] = {}
_recurring: list[tuple[str, Callable[[], None]]] = []


def job(name: str) -> Callable[[Callable[..., str | None]], Callable[..., str | None]]:
    """Register a function as the job `name`. It may answer a sentence that says what came of it."""

    def register(function: Callable[..., str | None]) -> Callable[..., str | None]:
        _jobs[name] = function
        return function

    return register


def ask_for(name: str, *, by: Any, key: str = "", **arguments: Any) -> Any:
    """Queue a job. With a `key`, a job of that key that has not started yet is enough: asking twice does it once."""
    if name not in _jobs:
        raise LookupError(f"there is no job {name}")
    model = apps.get_model("workspace", "Job")
    if key:
        waiting = model.objects.filter(key=key, state="WAITING").first()
        if waiting is not None:
            return waiting
    row = model(name=name, key=key, by=by, asked_at=timezone.now())
    row.save()
    run_job.enqueue(current_organisation().pk, row.pk, name, arguments)
    return row


@contextmanager
def _there(organisation: Any) -> Iterator[None]:
    """In the organisation's scope and time zone: its day is the one that its pages show."""
    with organisation_scope(organisation), timezone.override(ZoneInfo(organisation.time_zone)):
        yield


@task()
def run_job(organisation_id: int, job_id: int, name: str, arguments: dict[str, Any]) -> None:
    """Run one queued job in its organisation's scope and keep what came of it."""
    organisation = apps.get_model("accounts", "Organisation").objects.filter(pk=organisation_id).first()
    if organisation is None:
        return
    with _there(organisation):
        rows = apps.get_model("workspace", "Job").objects.filter(pk=job_id)
        rows.update(state="RUNNING")

        def progress(done: int, total: int) -> None:
            rows.update(done=done, total=total)

        try:
            message = _jobs[name](progress, **arguments)
        except Refused as refusal:
            rows.update(state="FAILED", message=str(refusal)[:500], ended_at=timezone.now())
        except Exception:
            rows.update(state="FAILED", message="Our fault: the job stopped. It can be tried again.", ended_at=timezone.now())
            raise
        else:
            rows.update(state="DONE", message=(message or "")[:500], ended_at=timezone.now())


def recurring(when: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function that is called for every organisation at the times of this cron line, in its scope.

    It must bear repeating.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _recurring.append((when, function))
        return function

    return register


def run_recurring(since: datetime, until: datetime) -> int:
    """Call what falls due after `since` and up to `until`; several missed times count as one. Returns the number of calls."""
    called = 0
    due = [function for when, function in _recurring if next(CronSim(when, since)) <= until]
    if not due:
        return 0
    for organisation in apps.get_model("accounts", "Organisation").objects.order_by("id"):
        for function in due:
            with _there(organisation):
                function()
            called += 1
    return called
