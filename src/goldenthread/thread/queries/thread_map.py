"""The thread of one office in five columns: clauses, objectives, KPIs, work, people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.thread_links import Work
from goldenthread.engine.work_hours import WorkHours, work_hours
from goldenthread.kit import clock
from goldenthread.plan.models import Contribution, Forecast, Raci, Step
from goldenthread.plan.queries import NAMELESS, PlanWork, forecasts_of, named, offices_of, plan_work
from goldenthread.purpose.models import Objective, Office
from goldenthread.thread.queries.board import Board, Node
from goldenthread.ui import writing
from goldenthread.ui.flow import Flow, flow

HEADS = ("Mandate", "Objectives, chance on today’s plan", "KPIs", "Plan, hours of work", "People")
PEOPLE = len(HEADS) - 1
WIDEST = 6.0
APART = "outside:steps"  # the box of work of the plan that lies below no step, such as duties
CLOSED = (Objective.State.ACHIEVED, Objective.State.RETIRED)


@dataclass
class ThreadMap:
    """Everything the map shows, and the sentence that says it."""

    office: Office
    offices: list[Office]
    flow: Flow
    nodes: dict[str, tuple[str, str, str, bool, str | None]]
    links: list[tuple[str, str, float]]
    hours: WorkHours
    forecast: Forecast | None
    is_empty: bool
    gathered: int = 0
    left_out: int = 0


def thread_map(person: Person, code: str | None = None, *, is_whole: bool = False, day: date | None = None) -> ThreadMap:
    """The map of the office named, or of the person's own, as the person may see it: five statements.

    Of a large office the strongest boxes of each column, unless the whole is asked for; the totals are of everything.
    """
    known = forecasts_of(person)
    made = next((f for f in known if not code or f.office.code == code), None)
    offices = [f.office for f in known] if made is not None else offices_of(person)
    office = named(offices, code)
    results: dict[str, Any] = made.results if made else {}
    board = Board()
    today = day or clock.today()
    _purpose(board, office, person, results, today)
    planned = plan_work(office, today, person)
    given = [c for c in planned.rows.contributions if f"kpi:{c.kpi_id}" in board.nodes and c.shown != Contribution.Shown.REFUTED]
    people = list(
        Raci.objects.filter(step__plan__office=office, letter="R").select_related("person").order_by("person__name", "pk")
    )
    _work(board, planned, given, people, results)
    _rest(board)
    gathered = 0 if is_whole else board.gather()
    left_out = board.thin_out() if gathered else 0
    weights = _scaled(board)
    return ThreadMap(
        office=office,
        offices=offices,
        flow=flow(board.columns, weights, lowest=[key for key in board.nodes if key.startswith("more:")]),
        nodes={key: node.parts() for key, node in board.nodes.items()},
        links=weights,
        hours=planned.hours,
        forecast=made,
        is_empty=not board.nodes,
        gathered=gathered,
        left_out=left_out,
    )


def _purpose(board: Board, office: Office, person: Person, results: dict[str, Any], day: date) -> None:
    """Clauses, objectives and KPIs, from the objectives that the person may see. One statement."""
    shown = visible(Objective.objects.filter(office=office), person).exclude(state__in=CLOSED)
    rows: Any = shown.order_by("clause__number", "pk", "targets__pk").values_list(
        "pk", "title", "short_name", "state", "clause_id", "clause__number", "clause__text", "targets__pk", "targets__kpi_id",
        "targets__kpi__name", "targets__kpi__unit", "targets__kpi__decimals", "targets__baseline", "targets__value",
        "targets__band_low", "targets__band_high", "targets__due_on", "targets__is_required", named=True,
    )  # fmt: skip
    ahead = {row.pk for row in rows if row.targets__is_required and not (row.targets__due_on and row.targets__due_on < day)}
    for row in rows:
        objective = board.add(1, f"objective:{row.pk}", _objective(row, results, is_over=row.pk not in ahead))
        if row.clause_id:
            clause = board.add(
                0,
                f"clause:{row.clause_id}",
                Node(row.clause__text, f"clause {row.clause__number}", url=f"/mandate?office={office.pk}"),
            )
            board.tie(clause, objective, 1.0)
        if row.targets__pk:
            known = results.get("targets", {}).get(str(row.targets__pk), {})
            kpi = board.add(2, f"kpi:{row.targets__kpi_id}", _kpi(row, known))
            board.tie(objective, kpi, abs(known.get("worth_mean") or 0.0) or 1.0)


def _objective(row: Any, results: dict[str, Any], *, is_over: bool) -> Node:
    known = results.get("objectives", {}).get(str(row.pk))
    chance = writing.chance(known["chance"], known["basis"]) if known and known["chance"] is not None else ""
    note = f"basis {known['basis']}" if known else "no forecast yet"
    if known and is_over:
        chance, note = writing.outcome(known["chance"]), "date passed"
    return Node(row.short_name or row.title, note, chance, url=f"/objectives/{row.pk}", idle=row.state == Objective.State.DRAFT)


def _kpi(row: Any, known: dict[str, Any]) -> Node:
    digits = row.targets__kpi__decimals
    now = known.get("value_now", row.targets__baseline)
    if row.targets__value is not None and now is not None:
        ends = (now, row.targets__value)
        note = " → ".join(writing.number(v, digits) for v in ends)
    elif row.targets__band_low is not None and row.targets__band_high is not None:
        ends = (row.targets__band_low, row.targets__band_high)
        note = " to ".join(writing.number(v, digits) for v in ends)
    else:
        note = "no target value yet"
    return Node(row.targets__kpi__name, f"{note} {row.targets__kpi__unit}".strip(), url=f"/kpis/{row.targets__kpi_id}")


def _work(board: Board, planned: PlanWork, given: list[Any], people: list[Raci], results: dict[str, Any]) -> None:
    """Topmost open steps with the hours of the leaves below them, projects that move a KPI, and people."""
    tops = _tops(planned.work)
    effects: dict[str, list[Any]] = defaultdict(list)
    for row in given:
        ref = tops.get(f"step:{row.step_id}") or (f"project:{row.project_id}" if row.project_id else None)
        if ref:
            effects[ref].append(row)
    _steps(board, planned, tops)
    for ref, rows in effects.items():
        project = rows[0].project
        if ref.startswith("project:") and project is not None:
            told = (project.name, f"/projects/{project.pk}") if rows[0].is_shown else (NAMELESS, None)
            board.add(3, ref, Node(told[0], "project", url=told[1]))
        for row in rows if ref in board.nodes else []:
            board.tie(f"kpi:{row.kpi_id}", ref, 0.0 if board.nodes[ref].gap else _expected(row, results))
    for raci in people:
        ref = tops.get(f"step:{raci.step_id}")
        if ref is not None and ref in board.nodes:
            key = board.add(
                4, f"person:{raci.person_id}", Node(raci.person.name, raci.person.job_title, url=f"/people/{raci.person_id}")
            )
            board.tie(ref, key, 0.0 if board.nodes[ref].gap else 1.0)


def _rest(board: Board) -> None:
    """Mark KPIs that no work moves, and the drafts that have no other: where room is short, they give way."""
    worked = {source for source, target in board.links if target.startswith(("step:", "project:"))}
    served = {source for source, target in board.links if target in worked}
    for key in board.columns[1]:
        node = board.nodes[key]
        node.idle = node.idle and key not in served
        if node.idle:
            node.note = "draft, no work yet"
    wanted = {target for source, target in board.links if source.startswith("objective:") and not board.nodes[source].idle}
    for key in board.columns[2]:
        if key not in worked:
            board.nodes[key].note, board.nodes[key].gap = "no work yet", True
            board.nodes[key].idle = key not in wanted


def _steps(board: Board, planned: PlanWork, tops: dict[str, str]) -> None:
    """A box for each topmost step, in plan order, and one for work outside steps: together they hold every hour of the plan."""
    names = {str(item.key): item.title for item in planned.work}
    modes = {f"step:{pk}": step.mode for pk, step in planned.rows.steps.items()}
    below: dict[str, set[Any]] = defaultdict(set)
    for item in planned.judged.ends:
        below[tops[str(item.key)]].add(item.key)
    loose = {finding.key for finding in planned.judged.findings}
    for ref, keys in below.items():
        held, is_gap = work_hours(planned.judged, keys=keys), keys <= loose
        note = _words(held, is_gap=is_gap, supervises=modes.get(ref) == Step.Mode.SUPERVISED)
        named = (names[ref], f"/plan/steps/{ref[5:]}") if ref in names else ("Outside any step", "/plan")
        board.add(3, ref, Node(named[0], note, "", is_gap, named[1], held.hours, held.thread_hours))


def _words(held: WorkHours, *, is_gap: bool, supervises: bool) -> str:
    hours = held.hours
    if is_gap:
        return f"no line to a goal · {hours:.0f} h"
    if held.thread_hours < hours and held.duty_hours < hours:
        return f"{held.thread_hours:.0f} of {hours:.0f} h on the thread"
    if held.duty_hours:
        return f"duty · {hours:.0f} h"
    return f"{'supervises' if supervises else 'on the thread'} · {hours:.0f} h"


def _expected(row: Contribution, results: dict[str, Any]) -> float:
    """How much of its KPI's way a contribution is expected to bring: the thickness of its line."""
    known = results.get("contributions", {}).get(str(row.pk), {}).get("targets", {})
    shares = [abs(t.get("expected") or 0.0) for t in known.values()]
    return max(shares, default=0.0) / (abs(row.high) or 1.0) + 0.15


def _tops(work: list[Work]) -> dict[str, str]:
    """Key of each piece of work -> key of the topmost step above it, or of the box for work outside steps."""
    above: dict[Any, Any] = {item.key: item.parent for item in work}
    tops: dict[str, str] = {}
    for item in work:
        top = APART
        here: Any = item.key
        while here is not None:
            top = str(here) if str(here).startswith("step:") else top
            here = above[here]
        tops[str(item.key)] = top
    return tops


def _scaled(board: Board) -> list[tuple[str, str, float]]:
    """Weights 1 to 6 within each pair of columns; broken lines stay 0."""
    place = {key: at for at, column in enumerate(board.columns) for key in column}
    pairs = {link: (place[link[0]], place[link[1]]) for link in board.links}
    heaviest: dict[tuple[int, int], float] = defaultdict(float)
    for link, weight in board.links.items():
        heaviest[pairs[link]] = max(heaviest[pairs[link]], weight)
    return [(*link, _width(w / heaviest[pairs[link]], pairs[link]) if w > 0 else 0.0) for link, w in board.links.items()]


def _width(share: float, columns: tuple[int, int]) -> float:
    """Who works on a step carries no measure of its own, so those lines stay thin."""
    return 1.5 if columns[1] == PEOPLE else 1.0 + (WIDEST - 1) * share
