"""The files that were brought for a project's schedule, and the background work about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may_in
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects.models import Project
from goldenthread.schedule.models import Schedule
from goldenthread.schedule.queries import kept_versions, review_key, stored_file
from goldenthread.workspace.models import Job
from goldenthread.workspace.queries import recent_files


@dataclass(frozen=True)
class BroughtFile:
    """A file as it was brought. number: of its record; name and digest (12 letters of its SHA-256) for who may open it."""

    number: int
    at: datetime
    name: str
    digest: str


def brought_files(schedule: Schedule, person: Person) -> list[BroughtFile]:
    """Newest first. Two statements."""
    versions = kept_versions(schedule)
    files = recent_files(person).filter(outcome__changeset__in=[one.changeset for one in versions])
    known = {
        outcome.get("changeset"): (name, digest[:12])
        for name, digest, outcome in files.select_related(None).values_list("name", "digest", "outcome")
    }
    return [BroughtFile(one.number, one.at, *known.get(one.changeset, ("a file", ""))) for one in versions]


def newest_review(schedule: Schedule, question: str) -> Job | None:
    """The newest job about a question."""
    return Job.objects.filter(key=review_key(schedule, question)).order_by("-id").first()


def project_plan(project: Project, person: Person, today: date) -> ScheduleFile:
    """The schedule of a project as a file, for who may see its page. It names who works on what: what is told of it must not."""
    if not (may_in(person, Act.VIEW, Kind.PLAN, project.scope_id) or is_own(person, project)):
        raise Forbidden("You may not see this schedule.")
    if project.schedule is None:
        raise Refused(f"“{project}” has no schedule yet.", field="PROJECT")
    return stored_file(project.schedule, today).file
