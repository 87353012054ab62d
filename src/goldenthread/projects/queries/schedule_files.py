"""Where the projects of a schedule file go, who its resources may be, and what storing it would change. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import people, still_here, visible
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act
from goldenthread.projects.models import Project
from goldenthread.schedule.models import Activity, Resource, ScheduleSource
from goldenthread.schedule.queries import Comparison, FileResource, FileSchedule, compared
from goldenthread.workspace.models import ImportedFile

NEW = "new"
SHOWN = 6
OFFERED = 4  # known projects that are offered for one of the file
LOOKED_AT = 20  # projects of the same id, newest first, whose rows are compared
COMPARED = 200  # rows of the file that are compared
FOUND_AGAIN = 0.3  # share of the rows of the same id that have the same name: the next edition of a schedule
WHOLE_ID = 32  # letters from which on an id of a project is unique everywhere


@dataclass(frozen=True)
class Going:
    """One project of a file: which known ones it may continue, which one it does (None: a new one), and what that changes."""

    file: FileSchedule
    offered: tuple[Project, ...]
    project: Project | None
    comparison: Comparison


@dataclass(frozen=True)
class Known:
    """A resource of the file that may be a person one may see; sure: by the e-mail address, else by the name."""

    resource: FileResource
    person: Person
    is_sure: bool

    @property
    def question(self) -> str:
        """The name of what the wizard asks about it. Only `who` is left open where nobody is asked."""
        return f"{'mail' if self.is_sure else 'who'}-{self.resource.key}"


def going(schedules: Sequence[FileSchedule], answers: Mapping[str, str], person: Person, today: date) -> list[Going]:
    """Where each project of the file goes: as answered (`goes-0`: "new" or an id), else as its ids and names say.

    Refused where two would go into one, or where an answer names what may not be changed.
    """
    editable = visible(Project.objects.select_related("schedule", "scope"), person, Act.EDIT).order_by("-id")
    found, taken = [], set()
    for index, file in enumerate(schedules):
        offered, project = _offered(file, editable)
        said = answers.get(f"goes-{index}", "")
        project = _answered(said, editable) if said else project
        if project is not None and project.pk in taken:
            if said:
                raise Refused(f"Two projects of the file would go into “{project}”.", field=f"goes-{index}")
            project = None
        taken.add(project.pk if project is not None else None)
        stored = project.schedule if project is not None else None
        found.append(Going(file, offered, project, compared(file, stored, today)))
    return found


def continued(person: Person, pk: int) -> Project | None:
    """The project that a schedule file may continue: one may change it, and its schedule was not made by hand."""
    found = visible(Project.objects.select_related("schedule"), person, Act.EDIT).filter(pk=pk).first() if pk else None
    return found if found is not None and (found.schedule is None or found.schedule.source_key) else None


def _offered(file: FileSchedule, editable: Any) -> tuple[tuple[Project, ...], Project | None]:
    """Known projects that the file may continue, and the one it does: whose rows are alike, else the one of its name or id.

    Programs that give a project no id of its own call each of them 1: then only rows that are alike count.
    """
    kind, _, own_id = file.source_key.partition(":")
    named = Q(schedule__source_key__startswith=f"{kind}:", name__iexact=file.name) | Q(schedule=None, name__iexact=file.name)
    of_name = list(editable.filter(named)[:OFFERED])
    of_id = list(editable.filter(schedule__source_key=file.source_key)[:LOOKED_AT])
    alike = _alike(file, [p.schedule_id for p in (*of_name, *of_id) if p.schedule_id is not None])
    sure = [p for p in of_id if len(own_id) >= WHOLE_ID]
    like = sorted(
        (p for p in {*of_name, *of_id} if alike.get(p.schedule_id, 0) >= FOUND_AGAIN),
        key=lambda p: (-alike[p.schedule_id], -p.pk),
    )
    bare = [project for project in of_name if project.schedule_id is None]
    chosen = next(iter((*like, *sure)), bare[0] if len(bare) == 1 else None)
    return tuple(dict.fromkeys((*like, *sure, *of_name)))[:OFFERED], chosen


def _alike(file: FileSchedule, schedules: list[int]) -> dict[int | None, float]:
    """By schedule, the share of the rows known there by the file's first ids that have the same name."""
    if not schedules:
        return {}
    keys = list(file.rows)[:COMPARED]
    known: dict[int | None, list[bool]] = defaultdict(list)
    rows = Activity.objects.filter(schedule__in=schedules, source_key__in=keys)
    for schedule, key, name in rows.values_list("schedule_id", "source_key", "name"):
        known[schedule].append(file.rows[key].values["name"] == name)
    return {schedule: sum(same) / len(same) for schedule, same in known.items()}


def _answered(said: str, editable: Any) -> Project | None:
    if said == NEW:
        return None
    project: Project | None = (
        editable.filter(pk=int(said)).first() if said.isascii() and said.isdigit() and len(said) < 19 else None
    )
    if project is None:
        raise Refused("There is no such project that you may change.", field="goes", advice="Choose another one.")
    if project.schedule is not None and not project.schedule.source_key:
        raise Refused(f"“{project}” has a schedule that was made by hand.", field="goes", advice="Add the file as a new project.")
    return project


def days_that_follow(one: Going) -> dict[str, date]:
    """The start and finish of a known project that follow its plan: as far as nobody has told others since the last version."""
    if one.project is None:
        return {}
    rows = [row for row in one.comparison.stored.values() if row.cancelled_on is None]
    was = (
        min((row.stated_start for row in rows if row.stated_start), default=None),
        max((row.stated_finish for row in rows if row.stated_finish), default=None),
    )
    now = (one.file.starts_on, one.file.finishes_on)
    told = {"starts_on": one.project.starts_on, "finishes_on": one.project.finishes_on}
    moved = {
        name: after
        for (name, stands), before, after in zip(told.items(), was, now, strict=True)
        if stands is not None and stands == before and after is not None and after != before
    }
    start, finish = (told | moved).values()
    return moved if start is None or finish is None or start <= finish else {}


def stored_from(file: ImportedFile, person: Person) -> list[Project]:
    """The projects that a stored schedule file went into and that `person` may see, by name; at most six.

    Of each the file is kept, though no row changed; a file that was stored before, to the letter, is kept since then.
    """
    stored = ImportedFile.objects.filter(digest=file.digest).values_list("outcome", flat=True)
    changesets = [outcome["changeset"] for outcome in stored if outcome]
    rows = history.records(ScheduleSource).filter(changeset__in=changesets).exclude(history_type="-").values("schedule_id")
    return list(visible(Project.objects.filter(schedule__in=rows), person).order_by("name", "id")[:SHOWN])


def known_people(schedules: Sequence[FileSchedule], person: Person, today: date) -> list[Known]:
    """The people whom resources of the file may be, by a whole address or a name of at least two words that only one has."""
    named = {one.key: one for file in schedules for one in file.resources.values() if one.kind == Resource.ResourceKind.PERSON}
    if not named:
        return []
    by_email: dict[str, list[Person]] = defaultdict(list)
    by_name: dict[str, list[Person]] = defaultdict(list)
    for one in people(person).filter(still_here(today), erased_at=None).order_by("id"):
        by_email[one.email.lower()].append(one)
        by_name[_plain(one.name)].append(one)
    found = []
    for resource in named.values():
        same = by_email[resource.email] if resource.email else []
        if len(same) == 1:
            found.append(Known(resource, same[0], is_sure=True))
            continue
        same = by_name[_plain(resource.name)] if " " in resource.name.strip() else []
        if len(same) == 1:
            found.append(Known(resource, same[0], is_sure=False))
    return found


def _plain(name: str) -> str:
    """A name to compare: in one letter case, and “Thornleigh, Sam” as “Sam Thornleigh”."""
    last, comma, first = name.partition(",")
    return " ".join((f"{first} {last}" if comma else name).casefold().split())
