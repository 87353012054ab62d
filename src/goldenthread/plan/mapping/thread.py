"""Rows -> what the forecast reads. What cannot be computed with is left out and said why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import numpy as np

from goldenthread.engine.drift import FAIR, GOOD, THIN, drift
from goldenthread.engine.randoms import stable_key
from goldenthread.engine.realised_share import RealisedShare
from goldenthread.engine.thread_data import (
    NO_RATE,
    ONCE,
    PER_YEAR,
    Contributions,
    Objectives,
    ScheduleRuns,
    Subjects,
    Supervisions,
    Targets,
    ThreadData,
)
from goldenthread.plan.mapping.experience import experience
from goldenthread.plan.mapping.finishes import Finish, finishes
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.plan.mapping.trends import Trends, trends
from goldenthread.plan.models import Contribution
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Target, ValueRate

MILLION = 1_000_000
UNPAID = (float("nan"), NO_RATE, float("nan"))
CONFIRMED_GRADE = 2
MILESTONES = ((GOOD, 20), (FAIR, 5), (THIN, 0))  # so many others done carry so much


@dataclass
class Thread:
    """What goes into a forecast: the engine's tables, the ids of their rows, and what was left out with its reason."""

    data: ThreadData
    ids: dict[str, list[Any]]
    basis: dict[int, str]
    trends: Trends
    left_out: list[dict[str, str]] = field(default_factory=list)
    finish: dict[str, Finish] = field(default_factory=dict)
    paid_by: dict[int, int] = field(default_factory=dict)  # target -> the one on its KPI that counts its money


T = TypeVar("T")


def table(made: type[T], /, **columns: Any) -> T:
    """One of the engine's tables from plain lists, which it turns into arrays itself."""
    return made(**columns)


def day_number(day: date | None, today: date, default: float = float("nan")) -> float:
    """Days from today; negative is past."""
    return float((day - today).days) if day is not None else default


def thread(rows: ThreadRows, done: dict[str, Finish] | None = None) -> Thread:
    """The tables of one office's thread; `done` where it is known already when its work finishes."""
    left_out: list[dict[str, str]] = []

    def leave_out(ref: str, reason: str) -> None:
        left_out.append({"ref": ref, "reason": reason})

    targets = [t for t in rows.targets if _complete(t, rows, leave_out)]
    kpi_ids = sorted({t.kpi_id for t in targets})
    objective_ids = sorted({t.objective_id for t in targets})
    done = finishes(rows) if done is None else done
    given = [c for c in rows.contributions if c.kpi_id in set(kpi_ids) and _counts(c, rows, done, leave_out)]
    subject_refs = sorted({_subject(c) for c in given})
    watched = [s for s in rows.supervisions if f"project:{s.project_id}" in subject_refs and f"step:{s.step_id}" in done]
    subject_refs = sorted({*subject_refs, *(f"step:{s.step_id}" for s in watched)})
    place_kpi = {pk: i for i, pk in enumerate(kpi_ids)}
    place_objective = {pk: i for i, pk in enumerate(objective_ids)}
    place_subject = {ref: i for i, ref in enumerate(subject_refs)}
    moves = trends([rows.kpis[pk] for pk in kpi_ids], targets, rows)
    data = ThreadData(
        kpis=moves.table,
        objectives=table(Objectives, key=_keys("objective", objective_ids)),
        targets=_targets(targets, place_objective, place_kpi, rows, leave_out),
        subjects=table(
            Subjects,
            key=np.array([stable_key(*_split(r)) for r in subject_refs], np.int64),
            finish_low=[done[r].low for r in subject_refs],
            finish_likely=[done[r].likely for r in subject_refs],
            finish_high=[done[r].high for r in subject_refs],
            **_where_drawn(subject_refs, done),
        ),
        contributions=_contributions(given, place_subject, place_kpi, experience(rows, done)),
        supervisions=table(
            Supervisions,
            key=_keys("supervision", [s.pk for s in watched]),
            subject=[place_subject[f"step:{s.step_id}"] for s in watched],
            supervised=[place_subject[f"project:{s.project_id}"] for s in watched],
            low=[s.raise_low / 100 for s in watched],
            likely=[s.raise_likely / 100 for s in watched],
            high=[s.raise_high / 100 for s in watched],
        ),
        schedules=_schedules(subject_refs, done),
    )
    ids: dict[str, list[Any]] = {
        "kpis": kpi_ids,
        "objectives": objective_ids,
        "targets": [t.pk for t in targets],
        "subjects": subject_refs,
        "contributions": [c.pk for c in given],
        "supervisions": [s.pk for s in watched],
    }
    return Thread(data, ids, _basis(kpi_ids, given, rows, moves), moves, left_out, done, paying(targets))


def _by_schedule(refs: list[str], done: dict[str, Finish]) -> dict[int, list[str]]:
    """Schedule -> the subjects that are drawn from its runs, in order."""
    found: dict[int, list[str]] = {}
    for ref in refs:
        if done[ref].runs.size:
            found.setdefault(done[ref].schedule, []).append(ref)
    return found


def _where_drawn(refs: list[str], done: dict[str, Finish]) -> dict[str, list[int]]:
    """Of each subject the row of its schedule, and its line there."""
    drawn = _by_schedule(refs, done).values()
    place = {ref: (schedule, line) for schedule, some in enumerate(drawn) for line, ref in enumerate(some)}
    return {name: [place.get(ref, (-1, 0))[n] for ref in refs] for n, name in enumerate(("schedule", "line"))}


def _schedules(refs: list[str], done: dict[str, Finish]) -> tuple[ScheduleRuns, ...]:
    drawn = _by_schedule(refs, done)
    return tuple(
        ScheduleRuns(stable_key("schedule", pk), np.stack([done[ref].runs for ref in some])) for pk, some in drawn.items()
    )


def _keys(kind: str, ids: list[int]) -> Any:
    return np.array([stable_key(kind, i) for i in ids], np.int64)


def _split(ref: str) -> tuple[str, int]:
    kind, _, ident = ref.partition(":")
    return kind, int(ident)


def _subject(row: Contribution) -> str:
    return f"step:{row.step_id}" if row.step_id else f"project:{row.project_id}"


def _complete(target: Target, rows: ThreadRows, leave_out: Callable[[str, str], None]) -> bool:
    ref, kpi = f"target:{target.pk}", rows.kpis.get(target.kpi_id)
    if kpi is None:
        leave_out(ref, "Its KPI belongs to another office.")
        return False
    band = target.band_low is not None or target.band_high is not None
    if target.due_on is None:
        leave_out(ref, f"{kpi}: the target has no date.")
    elif not band and target.value is None:
        leave_out(ref, f"{kpi}: the target has no value.")
    elif not band and target.baseline is None:
        leave_out(ref, f"{kpi}: the target has no baseline.")
    elif not band and target.value == target.baseline:
        leave_out(ref, f"{kpi}: target and baseline are equal.")
    elif kpi.redefined_on is not None and target.due_on < min(kpi.redefined_on, rows.today):
        leave_out(ref, f"{kpi}: its date passed before the KPI was redefined; later figures say nothing about it.")
    elif not rows.figures[kpi.pk] and target.baseline is None:
        leave_out(ref, f"{kpi}: no figure has been entered.")
    else:
        return True
    return False


def _counts(row: Contribution, rows: ThreadRows, done: dict[str, Finish], leave_out: Callable[[str, str], None]) -> bool:
    ref = f"contribution:{row.pk}"
    if row.shown == Contribution.Shown.REFUTED:
        leave_out(ref, "Shown not to work.")
        return False
    if row.project_id and rows.projects[row.project_id].state == Project.State.CANCELLED:
        leave_out(ref, "Its project is cancelled.")
        return False
    if _subject(row) not in done:
        leave_out(ref, "Its work is stopped, or has no finish date.")
        return False
    return True


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _targets(
    targets: list[Target],
    objectives: dict[int, int],
    kpis: dict[int, int],
    rows: ThreadRows,
    leave_out: Callable[[str, str], None],
) -> Targets:
    pays = paying(targets)
    worth = [_worth(t, rows, leave_out) if pays[t.pk] == t.pk else UNPAID for t in targets]
    sides = {Kpi.Direction.RISE: 1, Kpi.Direction.FALL: -1}
    return table(
        Targets,
        key=_keys("target", [t.pk for t in targets]),
        objective=[objectives[t.objective_id] for t in targets],
        kpi=[kpis[t.kpi_id] for t in targets],
        baseline=[_number(t.baseline) for t in targets],
        value=[_number(t.value) for t in targets],
        band_low=[_number(t.band_low) for t in targets],
        band_high=[_number(t.band_high) for t in targets],
        direction=[sides.get(Kpi.Direction(rows.kpis[t.kpi_id].direction), 0) for t in targets],
        due_day=[day_number(t.due_on, rows.today) for t in targets],
        tolerance=[t.tolerance or 0.0 for t in targets],
        required=[int(t.is_required) for t in targets],
        value_at_due=[_figure_at(t, rows) for t in targets],
        worth_per_unit=[w[0] for w in worth],
        worth_kind=[w[1] for w in worth],
        held_until_day=[w[2] for w in worth],
    )


def _figure_at(target: Target, rows: ThreadRows) -> float:
    """The last figure up to a due day that has passed."""
    if target.due_on is None or target.due_on > rows.today:
        return float("nan")
    upto = [value for on, value in rows.figures[target.kpi_id] if on <= target.due_on]
    return upto[-1] if upto else float("nan")


def paying(targets: list[Target]) -> dict[int, int]:
    """Target -> the target on its KPI with which the money of a unit counts: the one due last, at one day the furthest.

    A rate belongs to a KPI, so several targets on it speak of the same units; the later includes the earlier.
    """
    last: dict[int, Target] = {}
    for target in sorted(targets, key=lambda t: (t.due_on or date.min, abs((t.value or 0.0) - (t.baseline or 0.0)), -t.pk)):
        last[target.kpi_id] = target
    return {target.pk: last[target.kpi_id].pk for target in targets}


def _worth(target: Target, rows: ThreadRows, leave_out: Callable[[str, str], None]) -> tuple[float, int, float]:
    """Worth of one unit in the organisation's currency, its kind and until when; no rate unless finance has signed."""
    rate = rows.rates.get(target.kpi_id)
    if rate is None or rate.signed_on is None:
        return UNPAID
    minor = _in_own_currency(rate, rows)
    if minor is None:
        leave_out(f"value_rate:{rate.pk}", f"No dated rate from {rate.currency} to {rows.office.organisation.currency}.")
        return UNPAID
    if rate.rate_kind == ValueRate.RateKind.ONCE:
        return minor, ONCE, float("nan")
    due = day_number(target.due_on, rows.today)
    return minor, PER_YEAR, max(day_number(rate.held_until, rows.today, due + 365.0), due)


def _in_own_currency(rate: ValueRate, rows: ThreadRows) -> float | None:
    if rate.currency == rows.office.organisation.currency:
        return float(rate.minor)
    millionths = rows.currency_rates.get(rate.currency)
    return None if millionths is None else rate.minor * millionths / MILLION


def _contributions(
    given: list[Contribution], subjects: dict[str, int], kpis: dict[int, int], learnt: RealisedShare
) -> Contributions:
    return table(
        Contributions,
        key=_keys("contribution", [c.pk for c in given]),
        subject=[subjects[_subject(c)] for c in given],
        kpi=[kpis[c.kpi_id] for c in given],
        low=[c.low for c in given],
        likely=[c.likely for c in given],
        high=[c.high for c in given],
        chance=[c.chance / 100 for c in given],
        lag=[float(c.lag_days) for c in given],
        ramp=[float(c.ramp_days) for c in given],
        factor_mean=[_counted(c, learnt) for c in given],
        factor_sd=[learnt.sd * _counted(c, learnt) / learnt.mean if learnt.cases and learnt.mean else 0.0 for c in given],
        evidence=[c.grade for c in given],
    )


def _counted(row: Contribution, learnt: RealisedShare) -> float:
    """Which part of an effect counts: the one that was chosen for it, else what the office learnt."""
    return learnt.mean if row.counted_percent is None else row.counted_percent / 100


def _basis(kpi_ids: list[int], given: list[Contribution], rows: ThreadRows, moves: Trends) -> dict[int, str]:
    """thin, fair or good for each KPI: what its history carries, and good only where somebody else confirmed every effect.

    Of a milestone without work, how many others are done.
    """
    basis = {}
    for pk in kpi_ids:
        figures = rows.figures[pk]
        history = drift([day_number(on, rows.today) for on, _ in figures], [value for _, value in figures]).basis
        effects = [c for c in given if c.kpi_id == pk]
        if not effects and (told := moves.of[pk]["milestone"]):
            history = GOOD if not told["waits"] else next(name for name, least in MILESTONES if told["cases"] >= least)
        confirmed = all(c.confirmed_on is not None or c.grade >= CONFIRMED_GRADE for c in effects)
        basis[pk] = FAIR if history == GOOD and not confirmed else history
    return basis
