"""Applying a project list: everything is compared outside the transaction and written in one short one, as one changeset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Changeset, Person, Scope
from goldenthread.accounts.queries import may_in
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.project_lists import ProjectOptions
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects import queries
from goldenthread.projects.actions.projects import store_new
from goldenthread.projects.mapping import RATINGS, ListedProject, minor_units
from goldenthread.projects.models import Project, StatusReport
from goldenthread.projects.queries.dry_run import DryRun, Match, fingerprint, known_projects
from goldenthread.purpose.actions.ground import refusing

LOOK_AGAIN = "Look at the comparison again and apply it then."


@dataclass(frozen=True)
class Decisions:
    """What a person decided about a comparison.

    same: row -> whether it continues the project it resembles; rows not named do in a next edition. marks_gone: whether projects
    that the list no longer holds are marked as gone; None: in a next edition they are. keeps: ids never marked.
    leaves_out: rows not imported.
    """

    same: Mapping[int, bool] = field(default_factory=dict)
    marks_gone: bool | None = None
    keeps: frozenset[int] = frozenset()
    leaves_out: frozenset[int] = frozenset()


@dataclass
class _Writing:
    """What is to be written, made ready outside the transaction."""

    new: list[tuple[Project, ListedProject]]
    changed: list[tuple[Match, dict[str, Any]]]
    gone: list[Project]


def import_project_file(
    *,
    data: bytes,
    name: str,
    by: Person | None,
    options: ProjectOptions | None = None,
    decisions: Decisions | None = None,
    under: Scope | None = None,
    as_of: date | None = None,
    dry_run: bool = False,
) -> tuple[DryRun, dict[str, int] | None]:
    """Read a file and apply it in one go; with `dry_run` only compare. Answers the comparison and what was written.

    Raises FormatError where the file cannot be read.
    """
    under = under or queries.home_scope(by)
    _must_import(by, under)
    listed = read_guarded("projects", data, options).projects
    compared = queries.dry_run(listed, person=by, under=under, currency=current_organisation().currency)
    compared = queries.of_day(compared, as_of or timezone.localdate())
    if dry_run:
        return compared, None
    return compared, apply_list(compared=compared, decisions=decisions or Decisions(), by=by, name=name, as_of=as_of)


def apply_list(
    *, compared: DryRun, decisions: Decisions, by: Person | None, name: str, as_of: date | None = None
) -> dict[str, int]:
    """Write a comparison as one changeset; answers what was written. Refused where the known projects changed meanwhile."""
    _must_import(by, compared.under)
    ready = _ready(compared, decisions)
    with accounts.changeset(title=f"Import {name}", by=by, source=Changeset.Source.IMPORT) as made:
        day = timezone.localtime(made.at).date()
        if as_of is not None and as_of > day:
            raise Refused("The list cannot be of a later day than today.", field="as_of")
        stored = _read_again(compared, ready, by)
        projects = store_new([project for project, _ in ready.new], compared.under)
        _change(ready.changed, stored)
        for project in ready.gone:
            stored[project.pk].gone_on = day
        history.change_all(Project, [stored[project.pk] for project in ready.gone], ["gone_on"])
        pairs = [(project, listed) for project, (_, listed) in zip(projects, ready.new, strict=True)]
        pairs += [(stored[match.project.pk], match.listed) for match, _ in ready.changed]
        reports = _report(pairs, as_of or day)
    changed = sum(bool(changes) for _, changes in ready.changed)
    return {"new": len(projects), "matched": len(ready.changed), "updated": changed, "gone": len(ready.gone), "reports": reports}


def _ready(compared: DryRun, decisions: Decisions) -> _Writing:
    """Turn a comparison and decisions into checked rows and changes."""
    wanted = [m for m in (*compared.matched, *compared.renamed) if m.listed.row not in decisions.leaves_out]
    decided = [m for m in compared.renamed if m.listed.row not in decisions.leaves_out]
    apart = [m for m in decided if not decisions.same.get(m.listed.row, compared.is_next_edition)]
    separate = {m.listed.row for m in apart}
    changed = [(m, _changes(compared, m)) for m in wanted if m.listed.row not in separate]
    new = [listed for listed in (*compared.new, *(m.listed for m in apart)) if listed.row not in decisions.leaves_out]
    marks = compared.is_next_edition if decisions.marks_gone is None else decisions.marks_gone
    gone = (
        [
            *compared.gone,
            *(m.project for m in apart if m.project.source_key.startswith(compared.edition) and m.project.gone_on is None),
        ]
        if marks
        else []
    )
    return _Writing(
        [(_project(compared, listed), listed) for listed in new],
        [(m, {name: value for name, value in changes.items() if getattr(m.project, name) != value}) for m, changes in changed],
        [project for project in gone if project.pk not in decisions.keeps],
    )


def _changes(compared: DryRun, match: Match) -> dict[str, Any]:
    return {} if match.is_older else {**match.changes, "source_key": _source_key(compared, match.listed)}


def _source_key(compared: DryRun, listed: ListedProject) -> str:
    return f"{compared.edition}:{listed.values.get('reference') or listed.values['name']}"[:200]


def _project(compared: DryRun, listed: ListedProject) -> Project:
    key = _source_key(compared, listed)
    project = Project(**listed.values, withheld=listed.withheld, source_key=key, gone_on=compared.followed_on)
    with refusing():
        project.clean_fields(exclude=["organisation", "scope"])
    return project


def _read_again(compared: DryRun, ready: _Writing, by: Person | None) -> dict[int, Project]:
    """The rows to be changed as they are now, inside the transaction; refused where anything moved since the comparison."""
    if fingerprint(known_projects(by, compared.under)) != compared.fingerprint:
        raise Refused("Projects were added or removed while this list was looked at.", advice=LOOK_AGAIN)
    seen = {match.project.pk: match.project.version for match, _ in ready.changed} | {p.pk: p.version for p in ready.gone}
    stored: dict[int, Project] = Project.objects.in_bulk(list(seen))
    moved = [row for pk, row in stored.items() if row.version != seen[pk]]
    if moved or len(stored) != len(seen):
        names = ", ".join(row.name for row in moved[:3])
        raise Refused(f"Somebody changed a project while this list was looked at: {names}.", advice=LOOK_AGAIN)
    return stored


def _change(changed: Sequence[tuple[Match, Mapping[str, Any]]], stored: Mapping[int, Project]) -> None:
    """Write the differing fields; rows that change the same fields share a statement."""
    by_fields: dict[tuple[str, ...], list[Project]] = {}
    renamed: list[Project] = []
    for match, changes in changed:
        if not changes:
            continue
        row = stored[match.project.pk]
        for name, value in changes.items():
            setattr(row, name, value)
        by_fields.setdefault(tuple(sorted(changes)), []).append(row)
        if "name" in changes:
            renamed.append(row)
    rows = [row for group in by_fields.values() for row in group]
    history.change_all(Project, rows, sorted({name for fields in by_fields for name in fields}))
    accounts.name_scopes(renamed)


def _report(pairs: Sequence[tuple[Project, ListedProject]], day: date) -> int:
    """Keep what the list reports of each project on a day. The same words twice are kept once; other words replace them."""
    wanted = {(report.project_id, report.on): report for project, listed in pairs for report in _reports_of(project, listed, day)}
    days = {on for _, on in wanted}
    found = StatusReport.objects.filter(project__in={project.pk for project, _ in pairs}, on__in=days, withdrawn_at__isnull=True)
    standing = {(report.project_id, report.on): report for report in found} if days else {}
    same = {key for key, report in wanted.items() if key in standing and _says(standing[key]) == _says(report)}
    replaced = [report for key, report in standing.items() if key in wanted and key not in same]
    for report in replaced:
        report.withdrawn_at, report.withdrawn_because = timezone.now(), "reported again by a list"
    history.change_all(StatusReport, replaced, ["withdrawn_at", "withdrawn_because"])
    return len(history.add_all(StatusReport, [report for key, report in wanted.items() if key not in same]))


def _says(report: StatusReport) -> tuple[Any, ...]:
    return report.rating, report.comment, report.finishes_on, report.forecast_minor


def _reports_of(project: Project, listed: ListedProject, day: date) -> list[StatusReport]:
    values = listed.values
    made = [_earlier(project, point) for point in listed.history if point.reported_on is not None]
    if values.get("rating") or listed.comment or values.get("finishes_on"):
        made.append(
            StatusReport(
                project=project,
                on=listed.reported_on or day,
                rating=values.get("rating", ""),
                comment=listed.comment,
                finishes_on=values.get("finishes_on"),
                forecast_minor=values.get("forecast_minor"),
            )
        )
    return made


def _earlier(project: Project, point: Any) -> StatusReport:
    cost = point.forecast_cost if point.forecast_cost is not None else point.budget
    minor = minor_units(cost, project.currency or current_organisation().currency) if cost is not None else None
    rating = RATINGS[point.rating] if point.rating else ""
    return StatusReport(
        project=project,
        on=point.reported_on,
        rating=rating,
        comment=point.status[:8000],
        finishes_on=point.finish,
        forecast_minor=minor,
    )


def _must_import(by: Person | None, under: Scope) -> None:
    if by is None:
        return
    if not may_in(by, Act.EDIT, Kind.IMPORT, None) or not may_in(by, Act.EDIT, Kind.PROJECT, under.pk):
        raise Forbidden("You may not import projects here.")
