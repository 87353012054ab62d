"""The thread of one office in five columns: clauses, objectives, KPIs, work, people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.plan.models import Contribution, Forecast, Raci, Step
from goldenthread.plan.queries import NAMELESS, forecasts_of, named, offices_of, with_shown
from goldenthread.projects.models import GoalAnswer
from goldenthread.purpose.models import Objective, Office
from goldenthread.schedule.models import Activity
from goldenthread.thread.queries.board import HOUR, Board, Node
from goldenthread.ui import writing
from goldenthread.ui.flow import Flow, flow

HEADS = ("Mandate", "Objectives, chance on today’s plan", "KPIs", "Plan, hours left", "People")
WIDEST = 6.0
CLOSED = (Objective.State.ACHIEVED, Objective.State.RETIRED)


@dataclass
class ThreadMap:
    """Everything the map shows, and the sentence that says it."""

    office: Office
    offices: list[Office]
    flow: Flow
    nodes: dict[str, tuple[str, str, str, bool, str | None]]
    links: list[tuple[str, str, float]]
    hours: float
    hours_on_thread: float
    forecast: Forecast | None
    is_empty: bool
    gathered: int = 0
    left_out: int = 0


def thread_map(person: Person, code: str | None = None, *, is_whole: bool = False) -> ThreadMap:
    """The map of the office named, or of the person's own, as the person may see it: five statements.

    Of a large office the strongest boxes of each column, unless the whole is asked for; the totals are of everything.
    """
    known = forecasts_of(person)
    made = next((f for f in known if not code or f.office.code == code), None)
    offices = [f.office for f in known] if made is not None else offices_of(person)
    office = named(offices, code)
    results: dict[str, Any] = made.results if made else {}
    board = Board()
    _purpose(board, office, person, results)
    activities = list(Activity.objects.filter(schedule__plan__office=office).select_related("step").order_by("position", "pk"))
    given = [
        c
        for c in with_shown(Contribution.objects.filter(kpi__office=office), person)
        .select_related("project", "kpi")
        .order_by("pk")
        if f"kpi:{c.kpi_id}" in board.nodes and c.shown != Contribution.Shown.REFUTED
    ]
    people = list(
        Raci.objects.filter(step__plan__office=office, letter="R").select_related("person").order_by("person__name", "pk")
    )
    hours, on_thread = _work(board, activities, given, people, results)
    gathered = 0 if is_whole else board.gather()
    left_out = board.thin_out() if gathered else 0
    weights = _scaled(board.links)
    return ThreadMap(
        office=office,
        offices=offices,
        flow=flow(board.columns, weights, lowest=[key for key in board.nodes if key.startswith("more:")]),
        nodes={key: node.parts() for key, node in board.nodes.items()},
        links=weights,
        hours=hours,
        hours_on_thread=on_thread,
        forecast=made,
        is_empty=not board.nodes,
        gathered=gathered,
        left_out=left_out,
    )


def _purpose(board: Board, office: Office, person: Person, results: dict[str, Any]) -> None:
    """Clauses, objectives and KPIs, from the objectives that the person may see. One statement."""
    shown = visible(Objective.objects.filter(office=office), person).exclude(state__in=CLOSED)
    rows = shown.order_by("clause__number", "pk", "targets__pk").values_list(
        "pk", "title", "short_name", "clause_id", "clause__number", "clause__text", "targets__pk", "targets__kpi_id",
        "targets__kpi__name", "targets__kpi__unit", "targets__kpi__decimals", "targets__baseline", "targets__value",
        "targets__band_low", "targets__band_high", named=True,
    )  # fmt: skip
    for row in rows:
        objective = board.add(1, f"objective:{row.pk}", _objective(row, results))
        if row.clause_id:
            clause = board.add(
                0, f"clause:{row.clause_id}", Node(row.clause__text, f"clause {row.clause__number}", url="/mandate")
            )
            board.tie(clause, objective, 1.0)
        if row.targets__pk:
            known = results.get("targets", {}).get(str(row.targets__pk), {})
            kpi = board.add(2, f"kpi:{row.targets__kpi_id}", _kpi(row, known))
            board.tie(objective, kpi, abs(known.get("worth_mean") or 0.0) or 1.0)


def _objective(row: Any, results: dict[str, Any]) -> Node:
    known = results.get("objectives", {}).get(str(row.pk))
    chance = writing.chance(known["chance"], known["basis"]) if known and known["chance"] is not None else ""
    note = f"basis {known['basis']}" if known else "no forecast yet"
    return Node(row.short_name or row.title, note, chance, url=f"/objectives/{row.pk}")


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


def _work(
    board: Board, activities: list[Activity], given: list[Any], people: list[Raci], results: dict[str, Any]
) -> tuple[float, float]:
    """Topmost open steps and projects with their hours and people; returns hours in all and on the thread."""
    open_ones = [a for a in activities if a.cancelled_on is None and not a.is_done]
    steps = {a.step.pk: a.step for a in open_ones if hasattr(a, "step")}
    names = {a.step.pk: a.name for a in open_ones if hasattr(a, "step")}
    carrying = {row.step_id for row in given} | {pk for pk, step in steps.items() if _carries(step)}
    tops, hours_of, carried_of = _tops(open_ones, {a.parent_id for a in activities}, carrying)
    effects: dict[str, list[Any]] = defaultdict(list)
    for row in given:
        if row.step_id in tops:
            effects[f"step:{tops[row.step_id]}"].append(row)
        elif row.project_id:
            effects[f"project:{row.project_id}"].append(row)
    for pk, hours in hours_of.items():
        note = _words(steps[pk], carried_of[pk], hours)
        is_gap, carried = not carried_of[pk], carried_of[pk]
        board.add(3, f"step:{pk}", Node(names[pk], note, "", is_gap, f"/plan/steps/{pk}", hours, carried))
    for ref, rows in effects.items():
        project = rows[0].project
        if ref.startswith("project:") and project is not None:
            told = (project.name, f"/projects/{project.pk}") if rows[0].is_shown else (NAMELESS, None)
            board.add(3, ref, Node(told[0], "project", url=told[1]))
        for row in rows if ref in board.nodes else []:
            board.tie(f"kpi:{row.kpi_id}", ref, _expected(row, results))
    for raci in people:
        ref = f"step:{tops.get(raci.step_id)}"
        if ref in board.nodes:
            key = board.add(
                4, f"person:{raci.person_id}", Node(raci.person.name, raci.person.job_title, url=f"/people/{raci.person_id}")
            )
            board.tie(ref, key, 0.0 if board.nodes[ref].gap else 1.0)
    for key in board.columns[2]:
        if not any(source == key for source, _ in board.links):
            board.nodes[key].note, board.nodes[key].gap = "no work yet", True
    return sum(hours_of.values()), sum(carried_of.values())


def _carries(step: Step) -> bool:
    """Whether a step leads somewhere without an effect of its own: by supervising, or as a duty."""
    return step.goal_answer == GoalAnswer.DUTY or (step.mode == Step.Mode.SUPERVISED and step.goal_answer == GoalAnswer.LINKED)


def _words(step: Step, carried: float, hours: float) -> str:
    if carried and carried < hours:
        return f"{carried:.0f} of {hours:.0f} h on the thread"
    word = "on the thread" if carried else "no goal named"
    if step.mode == Step.Mode.SUPERVISED:
        word = "supervises"
    elif step.goal_answer == GoalAnswer.DUTY:
        word = "duty"
    return f"{word} · {hours:.0f} h"


def _expected(row: Contribution, results: dict[str, Any]) -> float:
    """How much of its KPI's way a contribution is expected to bring: the thickness of its line."""
    known = results.get("contributions", {}).get(str(row.pk), {}).get("targets", {})
    shares = [abs(t.get("expected") or 0.0) for t in known.values()]
    return max(shares, default=0.0) / (abs(row.high) or 1.0) + 0.15


def _tops(
    activities: list[Activity], inner: set[int | None], carrying: set[int | None]
) -> tuple[dict[int, int], dict[int, float], dict[int, float]]:
    """Step id -> id of the topmost open step above it; hours left in the leaves below each topmost one, all and carried.

    In plan order. A leaf is carried where it or a step above it is in `carrying`.
    `inner`: ids that have something below them; an initiative with nothing left below it has no hours and is not shown.
    """
    by_id = {a.pk: a for a in activities}
    tops: dict[int, int] = {}
    hours: dict[int, float] = {}
    carried: dict[int, float] = {}
    for activity in activities:
        top: int | None = None
        is_carried = False
        here: Activity | None = activity
        while here is not None:
            if hasattr(here, "step"):
                top, is_carried = here.step.pk, is_carried or here.step.pk in carrying
            here = by_id.get(here.parent_id or 0)
        if top is None:
            continue
        if hasattr(activity, "step"):
            tops[activity.step.pk] = top
        if activity.pk not in inner:
            effort = activity.duration if activity.effort_likely is None else activity.effort_likely
            left = effort * (100 - activity.progress) / 100 / HOUR
            hours[top] = hours.get(top, 0.0) + left
            carried[top] = carried.get(top, 0.0) + (left if is_carried else 0.0)
    return tops, hours, carried


def _scaled(links: dict[tuple[str, str], float]) -> list[tuple[str, str, float]]:
    """Weights 1 to 6 within each pair of columns; broken lines stay 0."""
    groups: dict[tuple[str, str], float] = defaultdict(float)
    kinds = {pair: (pair[0].split(":")[0], pair[1].split(":")[0]) for pair in links}
    for pair, weight in links.items():
        groups[kinds[pair]] = max(groups[kinds[pair]], weight)
    return [(a, b, _width(w / groups[kinds[a, b]], kinds[a, b]) if w > 0 else 0.0) for (a, b), w in links.items()]


def _width(share: float, kinds: tuple[str, str]) -> float:
    """Who works on a step carries no measure of its own, so those lines stay thin."""
    return 1.5 if kinds[1] == "person" else 1.0 + (WIDEST - 1) * share
