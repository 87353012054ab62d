"""Storing the schedules of a file: a project for each new one, one changeset for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person, Scope
from goldenthread.accounts.queries import may, may_in
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects.actions.projects import store_new
from goldenthread.projects.models import Project
from goldenthread.projects.queries.schedule_files import Going, days_that_follow
from goldenthread.schedule.actions import Given, store

WRITTEN = {
    "new": "rows_added",
    "updated": "rows_changed",
    "gone": "rows_stopped",
    "new_relationships": "relationships_added",
    "changed_relationships": "relationships_changed",
    "gone_relationships": "relationships_removed",
}


@dataclass(frozen=True)
class Storing:
    """What was compared and decided: where each project goes, which resources are which people, where new projects belong."""

    going: Sequence[Going]
    people: Mapping[str, Person]
    under: Scope
    today: date


def store_schedules(storing: Storing, *, by: Person | None) -> dict[str, int]:
    """Write the projects of a file as one changeset; answers what was written.

    Refused where the stored rows moved since they were compared, or rows wait for each other in a circle; then nothing is kept.
    """
    _must_store(storing, by)
    counts = [one.comparison.counts() for one in storing.going]
    followed = {id(one): days_that_follow(one) for one in storing.going}  # before the rows are written
    with changeset(title="Import a schedule", by=by, source=Changeset.Source.IMPORT):
        new = [one for one in storing.going if one.project is None]
        made = iter(store_new([_project(one) for one in new], storing.under))
        for one in storing.going:
            project = one.project or next(made)
            given = Given(project.scope, storing.people, storing.today)
            schedule = store(compared=one.comparison, given=given)
            history.change(project, {"schedule": schedule, **followed[id(one)]})
    total = {words: sum(count[name] for count in counts) for name, words in WRITTEN.items()}
    return {"projects_added": len(new), "projects_updated": len(storing.going) - len(new), **total}


def _project(one: Going) -> Project:
    file = one.file
    ends = file.finishes_on if file.finishes_on and file.starts_on and file.finishes_on >= file.starts_on else None
    currency = current_organisation().currency
    return Project(name=file.name, starts_on=file.starts_on, finishes_on=ends, currency=currency)


def _must_store(storing: Storing, by: Person | None) -> None:
    if by is None:
        return
    adds = any(one.project is None for one in storing.going)
    if not may_in(by, Act.EDIT, Kind.IMPORT, None) or (adds and not may_in(by, Act.EDIT, Kind.PROJECT, storing.under.pk)):
        raise Forbidden("You may not import schedules here.")
    for one in storing.going:
        if one.project is not None and not may(by, Act.EDIT, one.project):
            raise Forbidden(f"You may not change “{one.project}”.")
