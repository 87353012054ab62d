"""A project list compared with the projects known: what importing it would do, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, QuerySet

from goldenthread.accounts.models import Person, Scope
from goldenthread.accounts.queries import below, visible
from goldenthread.formats.project_lists import Known, reconcile
from goldenthread.formats.project_rows import Problem, ProjectList
from goldenthread.kit.permissions import Act
from goldenthread.projects.mapping import ListedProject, listed_project
from goldenthread.projects.models import Project

FOUND_AGAIN = 0.25  # a list that holds at least this share of the listed projects is taken for the next edition of that list
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
    """A known project and the row that continues it; `changes` holds the fields that differ, with their new values."""

    project: Project
    listed: ListedProject
    score: float
    why: str
    changes: dict[str, Any]


@dataclass(frozen=True)
class DryRun:
    """What importing a list would do. `fingerprint` tells whether the known projects are still the ones compared with."""

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
    is_next_edition: bool
    fingerprint: tuple[int, int]
    not_understood: list[str] = field(default_factory=list)

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
    rows = [listed_project(index, row, currency) for index, row in enumerate(listed.projects)]
    matched = [_match(existing[pair.key], rows[pair.row], pair.score, pair.why) for pair in found.matched]
    renamed = [_match(existing[pair.key], rows[pair.row], pair.score, pair.why) for pair in found.renamed]
    gone = [existing[key] for key in found.gone if _stood_in_a_list(existing[key])]
    again = sum(1 for match in (*matched, *renamed) if match.project.source_key)
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
        is_next_edition=again > 0 and again >= FOUND_AGAIN * (again + len(gone)),
        fingerprint=seen,
    )


def _stood_in_a_list(project: Project) -> bool:
    ended = project.state in {Project.State.CLOSED, Project.State.CANCELLED}
    return bool(project.source_key) and project.gone_on is None and not ended


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


def _problems(stated: Sequence[Problem], rows: Sequence[ListedProject]) -> list[Problem]:
    """What the reader found and what did not fit a project's fields, each once."""
    ours = [Problem(row.place, "", text) for row in rows for text in row.problems]
    return list({(p.place, p.message): p for p in (*stated, *ours)}.values())
