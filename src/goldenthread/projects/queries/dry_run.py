"""A project list compared with the projects known: what importing it would do, before anything is written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from goldenthread.accounts.models import Person, Scope
from goldenthread.accounts.queries import below, visible
from goldenthread.formats.project_lists import Known, reconcile
from goldenthread.formats.project_rows import Problem, ProjectList
from goldenthread.kit.permissions import Act
from goldenthread.projects.mapping import ListedProject, listed_project
from goldenthread.projects.models import Project, StatusReport

# A list is taken for the next edition of an earlier one where this share of its rows, or of that list's projects, is found again.
ROWS_FOUND_AGAIN, PROJECTS_FOUND_AGAIN = 0.2, 0.3
COMPARED = frozenset(
    {
        "reference",
        "name",
        "description",
        "category",
        "department",
        "sponsor_name",
        "manager_name",
        "state",
        "rating",
        "starts_on",
        "finishes_on",
        "baseline_finish",
        "currency",
        "budget_minor",
        "forecast_minor",
        "spent_minor",
    }
)


@dataclass(frozen=True)
class Match:
    """A known project and the row that continues it; `changes` holds the fields that differ, with their new values.

    is_older: a newer report of the project is known, so the row adds to its history and changes nothing.
    """

    project: Project
    listed: ListedProject
    score: float
    why: str
    changes: dict[str, Any]
    is_older: bool = False


@dataclass(frozen=True)
class DryRun:
    """What importing a list would do.

    edition: the list that it continues, or a new one; it stands in front of the source key of each of its projects.
    fingerprint: tells whether the known projects are still the ones compared with.
    followed_on: the day of the next list known, where this one is older: what stands here alone was gone by then.
    """

    new: list[ListedProject]
    matched: list[Match]
    renamed: list[Match]
    gone: list[Project]
    duplicates: list[tuple[ListedProject, ListedProject]]
    problems: list[Problem]
    under: Scope
    rows: int
    folded: int
    known: int
    edition: str
    is_next_edition: bool
    fingerprint: tuple[int, int]
    followed_on: date | None = None

    @property
    def updated(self) -> list[Match]:
        """Matched projects of which the list says something new."""
        return [match for match in self.matched if match.changes]

    def counts(self) -> dict[str, int]:
        """The figures that pages and commands state."""
        read = [*self.new, *(m.listed for m in (*self.matched, *self.renamed))]
        return {
            "projects": len(read),
            "new": len(self.new),
            "matched": len(self.matched),
            "updated": len(self.updated),
            "renamed": len(self.renamed),
            "gone": len(self.gone),
            "withheld": sum(len(listed.withheld) for listed in read),
            "duplicates": len(self.duplicates),
        }


def known_projects(person: Person | None, under: Scope) -> QuerySet[Project]:
    """The projects below a scope that `person` may change (all of them for set-up)."""
    found = Project.objects.filter(scope__in=below(frozenset({under.pk})))
    return found if person is None else visible(found, person, Act.EDIT)


def fingerprint(projects: QuerySet[Project]) -> tuple[int, int]:
    """How many there are and the newest id: changes where one was added or removed."""
    found = projects.order_by().aggregate(count=Count("id"), newest=Max("id"))
    return found["count"], found["newest"] or 0


def dry_run(listed: ProjectList, *, person: Person | None, under: Scope, currency: str) -> DryRun:
    """Compare a list with what is known. Reads only."""
    projects = known_projects(person, under)
    seen = fingerprint(projects)
    existing = {str(p.pk): p for p in projects.order_by("id")}
    known = [Known(key, p.name, p.reference, p.department) for key, p in existing.items()]
    found = reconcile(known, listed.projects)
    whole_life = "budget" not in listed.mapping
    rows = [listed_project(index, row, currency, whole_life=whole_life) for index, row in enumerate(listed.projects)]
    matched = [_match(existing[pair.key], rows[pair.row], pair.score, pair.why) for pair in found.matched]
    renamed = [_match(existing[pair.key], rows[pair.row], pair.score, pair.why) for pair in found.renamed]
    edition = _edition(matched, listed)
    gone = [existing[key] for key in found.gone if _stood_in(existing[key], edition)]
    again = sum(list_of(match.project) == edition for match in (*matched, *renamed))
    return DryRun(
        new=[rows[index] for index in found.new],
        matched=matched,
        renamed=renamed,
        gone=gone,
        duplicates=[(rows[row], rows[first]) for row, first in found.duplicates],
        problems=list(_problems(listed.problems, rows)),
        under=under,
        rows=listed.rows,
        folded=listed.folded,
        known=len(existing),
        edition=edition,
        is_next_edition=again > 0
        and (again >= ROWS_FOUND_AGAIN * len(rows) or again >= PROJECTS_FOUND_AGAIN * (again + len(gone))),
        fingerprint=seen,
    )


def list_of(project: Project) -> str:
    """The list a project came from, as the start of its source key; empty where it was entered by hand."""
    return project.source_key.partition(":")[0]


def _edition(matched: Sequence[Match], listed: ProjectList) -> str:
    """The list to which most of the projects found again belong, else a name for a list not seen before."""
    lists = Counter(list_of(match.project) for match in matched if match.project.source_key)
    if lists:
        return lists.most_common(1)[0][0]
    names = "\n".join(f"{row.reference} {row.name}" for row in listed.projects)
    return hashlib.sha256(names.encode()).hexdigest()[:8]


def _stood_in(project: Project, edition: str) -> bool:
    ended = project.state in {Project.State.CLOSED, Project.State.CANCELLED}
    return list_of(project) == edition and project.gone_on is None and not ended


def _match(project: Project, listed: ListedProject, score: float, why: str) -> Match:
    changes = {name: value for name, value in listed.values.items() if name in COMPARED and getattr(project, name) != value}
    start = changes.get("starts_on", project.starts_on)
    finish = changes.get("finishes_on", project.finishes_on)
    if start is not None and finish is not None and finish < start:
        changes.pop("starts_on" if "starts_on" in changes else "finishes_on", None)
    kept = {name: words for name, words in project.withheld.items() if name not in listed.values} | listed.withheld
    if kept != project.withheld:
        changes["withheld"] = kept
    if project.gone_on is not None:
        changes["gone_on"] = None
    if project.baseline_finish is not None and "baseline_finish" in changes:
        changes["rebaselined"] = project.rebaselined + 1
    return Match(project, listed, score, why, changes)


def of_day(found: DryRun, day: date) -> DryRun:
    """The comparison where the list is of that day: what newer reports say of a project is neither changed nor ended by it.

    A row that states a day of its own is of that day.
    """
    known = [*(m.project.pk for m in (*found.matched, *found.renamed)), *(p.pk for p in found.gone)]
    newest = dict(_standing(known).order_by().values_list("project_id").annotate(Max("on")))

    def older(match: Match) -> Match:
        is_older = newest.get(match.project.pk, date.min) > (match.listed.reported_on or day)
        return replace(match, changes={}, is_older=True) if is_older else match

    return replace(
        found,
        matched=[older(m) for m in found.matched],
        renamed=[older(m) for m in found.renamed],
        gone=[p for p in found.gone if newest.get(p.pk, date.min) <= day],
        followed_on=None if any(row.reported_on for row in found.new) else _next_list(found, day),
    )


def _next_list(found: DryRun, day: date) -> date | None:
    """The first day after `day` of which a list of this edition reported; who reports by hand is named, a list is not."""
    reports = StatusReport.objects.filter(project__source_key__startswith=f"{found.edition}:", withdrawn_at__isnull=True)
    told = reports.filter(project__scope__in=below(frozenset({found.under.pk})), by__isnull=True, on__gt=day)
    first: date | None = told.aggregate(first=Min("on"))["first"]
    return first


def reported_on(found: DryRun, day: date) -> int:
    """Of how many projects in the list a report of that day is known, which this list would replace."""
    known = [m.project.pk for m in (*found.matched, *found.renamed) if m.listed.reported_on is None]
    return _standing(known).filter(on=day).count()


def _standing(projects: Sequence[int]) -> QuerySet[StatusReport]:
    return StatusReport.objects.filter(project__in=projects, withdrawn_at__isnull=True)


def _problems(stated: Sequence[Problem], rows: Sequence[ListedProject]) -> list[Problem]:
    """What the reader found and what did not fit a project's fields, each once."""
    ours = [Problem(row.place, "", text) for row in rows for text in row.problems]
    return list({(p.place, p.message): p for p in (*stated, *ours)}.values())
