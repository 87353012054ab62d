"""The earlier plans of a project's schedule, what moved since one of them, and the background work about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may_in
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects.models import Project
from goldenthread.schedule.models import Schedule
from goldenthread.schedule.queries import BASELINE, baselines, kept_versions, question_of, review_key, reviewed, stored_file
from goldenthread.ui.writing import date as written
from goldenthread.ui.writing import datetime as written_moment
from goldenthread.workspace.models import Job
from goldenthread.workspace.queries import recent_files


@dataclass(frozen=True)
class EarlierPlan:
    """What a schedule can be compared with. value: as in the address and the command; is_file: brought, else a baseline.

    digest: the first letters of the SHA-256 of a file, for who may open it.
    """

    value: str
    words: str
    is_file: bool
    digest: str = ""


def earlier_plans(schedule: Schedule, person: Person) -> list[EarlierPlan]:
    """The files that were brought, newest first, then the baselines. Four statements. A file is named to who may open it."""
    versions = kept_versions(schedule)
    files = recent_files(person).filter(outcome__changeset__in=[one.changeset for one in versions])
    known = {
        outcome.get("changeset"): (name, digest[:12])
        for name, digest, outcome in files.select_related(None).values_list("name", "digest", "outcome")
    }
    found = []
    for place, one in enumerate(versions):
        name, digest = known.get(one.changeset, ("a file", ""))
        newest = " (the newest)" if place == 0 else ""
        found.append(EarlierPlan(str(one.number), f"{name}, brought on {written_moment(one.at)}{newest}", True, digest))
    for base in baselines(schedule):
        words = f"{base.words}, set on {written(base.set_on)}" if base.set_on else base.words
        found.append(EarlierPlan(f"{BASELINE}{base.value}", words, False))
    return found


def chosen_plan(plans: Sequence[EarlierPlan], asked: str) -> EarlierPlan | None:
    """The one of this value; where nothing is asked for, the file before the newest, else the first there is."""
    if asked:
        return next((one for one in plans if one.value == asked), None)
    files = [one for one in plans if one.is_file]
    return files[1] if len(files) > 1 else next(iter(plans), None)


def newest_review(schedule: Schedule, question: str) -> Job | None:
    """The newest job about a question."""
    return Job.objects.filter(key=review_key(schedule, question)).order_by("-id").first()


def project_plan(project: Project, person: Person, today: date) -> ScheduleFile:
    """The schedule of a project as a file, for who may see its page. It names who works on what: what is told of it must not."""
    return stored_file(_schedule(project, person), today).file


def project_movement(
    project: Project, person: Person, asked: str, today: date
) -> tuple[EarlierPlan, list[EarlierPlan], dict[str, Any]]:
    """What moved in the schedule of a project since an earlier plan of it, which one that is, and all there are."""
    schedule = _schedule(project, person)
    plans = earlier_plans(schedule, person)
    chosen = chosen_plan(plans, asked)
    if chosen is None and not plans:
        raise Refused(
            f"“{project}” has nothing earlier to compare with: no file was brought and no baseline set.", field="PROJECT"
        )
    if chosen is None:
        known = "; ".join(f"{one.value} ({one.words})" for one in plans)
        raise Refused(f"“{project}” has no earlier plan “{asked[:60]}”.", field="--against", advice=f"Take one of: {known}.")
    told = reviewed(schedule, question_of(chosen.value), today)
    if "refused" in told:
        raise Refused(told["refused"], field="PROJECT")
    return chosen, plans, told


def _schedule(project: Project, person: Person) -> Schedule:
    """The schedule, for who may see its page."""
    if not (may_in(person, Act.VIEW, Kind.PLAN, project.scope_id) or is_own(person, project)):
        raise Forbidden("You may not see this schedule.")
    if project.schedule is None:
        raise Refused(f"“{project}” has no schedule yet.", field="PROJECT")
    return project.schedule
