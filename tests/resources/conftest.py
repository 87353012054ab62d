"""Aldermere's people with an assigned step, a service on offer and one that was stopped."""

from dataclasses import dataclass

import pytest
from django.utils import timezone

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.plan import actions as plan
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Service
from goldenthread.schedule.models import Activity
from tests.cast import Cast, kept_cast, module_cast

__all__ = ["kept_cast", "module_cast"]


@dataclass
class Scene:
    """What hours can go to."""

    activity: Activity
    service: Service
    stopped: Service
    project: Project


@pytest.fixture
def cast(kept_cast: Cast) -> Cast:
    """The module's cast: built once, rolled back after each test."""
    return kept_cast


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """One of each."""
    service = purpose.add_service(office=cast.office, name="Project reviews", by=cast.head)
    stopped = purpose.add_service(office=cast.office, name="Weekly slide pack", by=cast.head)
    purpose.stop_service(service=stopped, by=cast.head, on=timezone.localdate())
    made = plan.found_plan(office=cast.office, by=cast.head)
    step = plan.add_step(plan=made, name="A weekly board", by=cast.head, responsible=(cast.member,), service=service)
    return Scene(step.activity, service, stopped, projects.add_project(name="Billing renewal", by=cast.head))


@pytest.fixture
def undo_last(cast: Cast):
    """Undo what was written last, as who wrote it."""

    def go() -> None:
        made = Changeset.objects.latest("id")
        undo(changeset=made, by=cast.fresh(made.by))

    return go
