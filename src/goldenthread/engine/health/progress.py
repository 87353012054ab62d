"""Checks of progress and baseline: DCMA 9, 11 and 14 in both forms; status date, order of progress, dates of summaries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from goldenthread.engine.health.plan import Plan, Row
from goldenthread.engine.health.register import Answer, Family, Finding, Limit, check, count, fault, share

NO_DATA_DATE = "the schedule states no status date"
NO_BASELINE = "the schedule holds no baseline"
NONE_DUE = "nothing was to be finished by the status date"
LATE = "The work behind it is late: see which task was to be finished first, and whether the rest of the plan still holds."


@check(
    "DCMA-09",
    family=Family.DCMA,
    title="Invalid dates",
    measures="rows forecast before the status date, or with actual dates after it",
    limit=Limit(0, "rows"),
    weight=8,
    advice="Move what is still to do behind the status date, and enter what has happened only once it has.",
)
def invalid_dates(plan: Plan) -> Answer:
    day = plan.data_date
    if day is None:
        return Answer(None, note=NO_DATA_DATE)
    rows = [row for row in plan.rows if row.is_scheduled]
    found = ((row, _invalid(row, day)) for row in rows)
    return count((fault(row, "; ".join(words)) for row, words in found if words), len(rows), "no row")


def _invalid(row: Row, day: dt.datetime) -> list[str]:
    words = []
    if row.actual_start is None and row.actual_finish is None and row.start is not None and row.start < day:
        words.append(f"to start on {row.start:%Y-%m-%d}, before the status date, and has not begun")
    elif row.actual_finish is None and row.finish is not None and row.finish < day:
        words.append(f"to finish on {row.finish:%Y-%m-%d}, before the status date, and is not finished")
    for word, moment in (("start", row.actual_start), ("finish", row.actual_finish)):
        if moment is not None and moment > day:
            words.append(f"actual {word} {moment:%Y-%m-%d} lies after the status date")
    return words


@check(
    "DCMA-11",
    family=Family.DCMA,
    title="Missed tasks",
    measures="tasks to be finished by the status date that finished late or are unfinished",
    limit=Limit(0.05),
    weight=6,
    advice=LATE,
)
def missed(plan: Plan) -> Answer:
    why = _no_due(plan)
    due = _due(plan)
    return Answer(None, note=why) if why else share(_missed(due), len(due), NONE_DUE)


def _missed(due: list[Row]) -> Iterator[Finding]:
    for row in due:
        wanted, done = row.baseline_finish, row.actual_finish
        if wanted is not None and (done is None or done.date() > wanted.date()):
            yield fault(row, f"due on {wanted:%Y-%m-%d}, " + (f"finished on {done:%Y-%m-%d}" if done else "not finished"))


@check(
    "DCMA-14",
    family=Family.DCMA,
    title="Baseline execution index",
    measures="finished tasks / (tasks to be finished by the status date + tasks without a baseline finish)",
    limit=Limit(0.95, "index", at_least=True),
    weight=6,
    advice=LATE,
)
def execution(plan: Plan) -> Answer:
    done = sum(row.actual_finish is not None for row in plan.tasks)
    without = sum(row.baseline_finish is None for row in plan.tasks)
    return _index(plan, done, len(_due(plan)) + without)


@check(
    "DCMA-14B",
    family=Family.DCMA,
    title="Baseline execution index, with work added since",
    measures="finished tasks / (tasks to be finished by the status date + finished tasks without a baseline finish)",
    limit=Limit(0.95, "index", at_least=True),
    weight=0,
    advice=LATE,
)
def execution_with_added(plan: Plan) -> Answer:
    done = [row for row in plan.tasks if row.actual_finish is not None]
    added = sum(row.baseline_finish is None for row in done)
    return _index(plan, len(done), len(_due(plan)) + added)


def _index(plan: Plan, done: int, of: int) -> Answer:
    why = _no_due(plan) or ("" if of else NONE_DUE)
    if why:
        return Answer(None, note=why)
    waiting = (fault(row, "to be finished, and is not") for row in _due(plan) if row.actual_finish is None)
    return Answer(done / of, tuple(waiting), of)


@check(
    "GT-05",
    family=Family.OURS,
    title="Status date",
    measures="schedules with work begun and no status date",
    limit=Limit(0, "schedules"),
    weight=4,
    advice="Set the status date: without it nobody can tell what should have happened by now.",
)
def status_date(plan: Plan) -> Answer:
    begun = any(row.actual_start or row.actual_finish for row in plan.tasks)
    return Answer(int(plan.data_date is None), (), 1) if begun else Answer(None, note="no work has begun")


@check(
    "GT-06",
    family=Family.OURS,
    title="Progress out of order",
    measures="rows that began although a predecessor has not let them (finish to start, start to start)",
    limit=Limit(0, "rows"),
    weight=4,
    advice="Correct the relationship or the actual dates: one of them does not say what happened.",
)
def out_of_order(plan: Plan) -> Answer:
    begun = [row for row in plan.rows if row.is_scheduled and row.actual_start is not None]
    found = []
    for row in begun:
        early = [before.name for before in _waited_for(plan, row) if before is not None]
        found += [fault(row, f"began before “{early[0][:60]}” let it")] if early else []
    return count(found, len(begun), "no work has begun")


def _waited_for(plan: Plan, row: Row) -> Iterator[Row]:
    for link in plan.before.get(row.id, ()):
        before = plan.by_id.get(link.predecessor)
        if before is None or before.is_summary or link.kind not in ("FS", "SS") or link.lag < 0:
            continue
        let = before.actual_finish if link.kind == "FS" else before.actual_start
        if let is None or (row.actual_start is not None and let > row.actual_start):
            yield before


@check(
    "GT-07",
    family=Family.OURS,
    title="Baseline",
    measures="tasks without a baseline",
    limit=Limit(0.05),
    weight=5,
    advice="Freeze what was agreed as a baseline, and add new work to it once it is approved.",
)
def baseline(plan: Plan) -> Answer:
    return share((fault(row) for row in plan.tasks if not row.has_baseline), len(plan.tasks), "no task")


@check(
    "GT-08",
    family=Family.OURS,
    title="Summaries agree with their rows",
    measures="summaries whose dates are not those of the rows under them",
    limit=Limit(0, "rows"),
    weight=3,
    advice="Let the summary take its dates from the rows under it, or say why it promises others.",
)
def summaries_agree(plan: Plan) -> Answer:
    under = _under(plan)
    rows = [row for row in plan.rows if row.is_summary and row.start and row.finish and row.id in under]
    found = []
    for row in rows:
        first, last = under[row.id]
        if row.start and row.finish and (row.start.date(), row.finish.date()) != (first.date(), last.date()):
            found.append(fault(row, f"{_span(row.start, row.finish)}; the rows under it {_span(first, last)}"))
    return count(found, len(rows), "no summary with dates")


def _under(plan: Plan) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """First start and last finish of the rows under each summary."""
    spans: dict[str, tuple[dt.datetime, dt.datetime]] = {}
    for row in plan.rows:
        if row.is_summary or not row.is_active or row.start is None or row.finish is None:
            continue
        over, seen = row.parent, {row.id}
        while over is not None and over not in seen and over in plan.by_id:
            first, last = spans.get(over, (row.start, row.finish))
            spans[over] = min(first, row.start), max(last, row.finish)
            seen.add(over)
            over = plan.by_id[over].parent
    return spans


def _span(first: dt.datetime, last: dt.datetime) -> str:
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _due(plan: Plan) -> list[Row]:
    day = plan.data_date
    return [row for row in plan.tasks if day is not None and row.baseline_finish is not None and row.baseline_finish <= day]


def _no_due(plan: Plan) -> str:
    if plan.data_date is None:
        return NO_DATA_DATE
    return "" if any(row.baseline_finish for row in plan.tasks) else NO_BASELINE
