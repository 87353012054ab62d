"""Checks of single rows against a limit: constraints, floats, durations, resources. DCMA 5 to 8 and 10, estimates, deadlines."""

from __future__ import annotations

from goldenthread.engine.health.logic import NO_TASKS
from goldenthread.engine.health.plan import Plan, Row
from goldenthread.engine.health.register import Answer, Family, Limit, check, count, fault, share
from goldenthread.engine.network import moment_of

LONG_DAYS = 44
HARD = frozenset(
    {"must start on", "must finish on", "start no later than", "finish no later than", "mandatory start", "mandatory finish"}
)


@check(
    "DCMA-05",
    family=Family.DCMA,
    title="Hard constraints",
    measures="unfinished tasks that must start or finish on a day, or no later than one",
    limit=Limit(0.05),
    weight=6,
    advice="Let the logic decide the date; say what is due as a deadline, or bind the start to no earlier than.",
)
def hard_constraints(plan: Plan) -> Answer:
    bound = [(row, [one for one in row.constraints if one in HARD]) for row in plan.unfinished]
    return share((fault(row, " and ".join(hard)) for row, hard in bound if hard), len(plan.unfinished), NO_TASKS)


@check(
    "DCMA-06",
    family=Family.DCMA,
    title="High float",
    measures=f"unfinished tasks with a total float above {LONG_DAYS} working days",
    limit=Limit(0.05),
    weight=5,
    advice="Look for the successor that is missing: hardly any work may really wait for two months.",
)
def high_float(plan: Plan) -> Answer:
    rows = _scheduled(plan)
    high = [row for row in rows if plan.float_days(row) > LONG_DAYS]
    return share((fault(row, f"{plan.float_days(row):,.1f} days of float") for row in high), len(rows), NO_TASKS)


@check(
    "DCMA-07",
    family=Family.DCMA,
    title="Negative float",
    measures="unfinished tasks with a total float below zero",
    limit=Limit(0, "tasks"),
    weight=8,
    advice="The date demanded cannot be met as planned: shorten the work before it, or agree on another date.",
)
def negative_float(plan: Plan) -> Answer:
    rows = sorted((row for row in _scheduled(plan) if plan.float_days(row) < 0), key=plan.float_days)
    found = [fault(row, f"{-plan.float_days(row):,.1f} days too late") for row in rows]
    return count(found, len(_scheduled(plan)), NO_TASKS)


@check(
    "DCMA-08",
    family=Family.DCMA,
    title="High duration",
    measures=f"unfinished tasks longer than {LONG_DAYS} working days, by the baseline where there is one",
    limit=Limit(0.05),
    weight=4,
    advice="Divide it into parts whose end can be seen within a month or two; work far off may stay whole until it comes near.",
)
def high_duration(plan: Plan) -> Answer:
    lasting = [(row, row.duration_days if row.baseline_days is None else row.baseline_days) for row in plan.unfinished]
    return share((fault(row, f"{days:,.1f} days") for row, days in lasting if days > LONG_DAYS), len(plan.unfinished), NO_TASKS)


@check(
    "DCMA-10",
    family=Family.DCMA,
    title="Resources",
    measures="unfinished tasks of a day or more without hours or cost",
    limit=Limit(0, "tasks"),
    weight=4,
    advice="Name who does it, with hours; what nobody is assigned to nobody does.",
)
def resources(plan: Plan) -> Answer:
    if not any(row.hours or row.cost for row in plan.rows):
        return Answer(None, note="the schedule holds no hours and no cost at all")
    rows = [row for row in plan.unfinished if row.duration_days >= 1]
    return count((fault(row) for row in rows if not row.hours and not row.cost), len(rows), "no unfinished task of a day or more")


@check(
    "GT-03",
    family=Family.OURS,
    title="Estimates",
    measures="unfinished tasks whose duration is only estimated",
    limit=Limit(0.05),
    weight=2,
    advice="Ask who will do the work for a duration, and take the mark away.",
)
def estimates(plan: Plan) -> Answer:
    return share((fault(row) for row in plan.unfinished if row.is_estimated), len(plan.unfinished), NO_TASKS)


@check(
    "GT-04",
    family=Family.OURS,
    title="Deadlines",
    measures="unfinished rows that finish after their deadline",
    limit=Limit(0, "rows"),
    weight=4,
    advice="Shorten what drives it, or agree on another deadline with whoever set it.",
)
def deadlines(plan: Plan) -> Answer:
    rows = [row for row in plan.rows if row.is_scheduled and row.actual_finish is None and row.deadline and row.place >= 0]
    found = []
    for row in rows:
        late = plan.days(row.deadline, moment_of(plan.schedule.early_finish[row.place])) if row.deadline else 0.0
        found += [fault(row, f"{late:,.1f} days after its deadline")] if late > 0 else []
    return count(found, len(rows), "no unfinished row has a deadline")


def _scheduled(plan: Plan) -> list[Row]:
    return [row for row in plan.unfinished if row.place >= 0]
