"""What finished work teaches about new claims: the part of claimed effects that came true here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.engine.drift import drift
from goldenthread.engine.realised_share import RealisedShare, realised_share
from goldenthread.plan.mapping.finishes import Finish
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.plan.models import Contribution

FEWEST_BEFORE = 3  # figures before the work finished, to know its drift


@dataclass(frozen=True)
class _Case:
    """A claim of finished work, and the days of the last figure before it and of the first one after all of it has come."""

    begin: date
    end: date
    claim: float


def experience(rows: ThreadRows, done: dict[str, Finish]) -> RealisedShare:
    """The factor for new claims, from contributions of finished work whose lag and ramp have passed.

    What a KPI did over spans that overlap is shared out among all their claims, so that no change counts twice.
    """
    cases: dict[int, list[_Case]] = defaultdict(list)
    for row in rows.contributions:
        case = _case(row, rows, done)
        if case is not None:
            cases[row.kpi_id].append(case)
    claimed: list[float] = []
    realised: list[float] = []
    errors: list[float] = []
    for kpi_id, found in cases.items():
        for together in _overlapping(found):
            change, error = _change(rows.figures[kpi_id], together[0].begin, max(case.end for case in together))
            total = sum(case.claim for case in together)
            claimed += [case.claim for case in together]
            realised += [change * case.claim / total if total else 0.0 for case in together]
            errors += [error] * len(together)
    return realised_share(claimed, realised, errors)


def _case(row: Contribution, rows: ThreadRows, done: dict[str, Finish]) -> _Case | None:
    finish = done.get(f"step:{row.step_id}" if row.step_id else f"project:{row.project_id}")
    claim = row.likely * row.chance / 100
    if finish is None or finish.high > 0 or claim == 0 or row.kpi_id not in rows.figures:
        return None
    finished = rows.today + timedelta(days=finish.high)
    grown = finished + timedelta(days=row.lag_days + row.ramp_days)
    before = [on for on, _ in rows.figures[row.kpi_id] if on <= finished]
    after = [on for on, _ in rows.figures[row.kpi_id] if on >= grown and on > finished]
    if len(before) < FEWEST_BEFORE or not after:
        return None
    return _Case(before[-1], after[0], claim)


def _overlapping(cases: list[_Case]) -> list[list[_Case]]:
    """The cases in groups whose spans overlap, first begun first."""
    groups: list[list[_Case]] = []
    end = date.min
    for case in sorted(cases, key=lambda case: (case.begin, case.end)):
        if not groups or case.begin >= end:
            groups.append([])
        groups[-1].append(case)
        end = max(end, case.end)
    return groups


def _change(figures: list[tuple[date, float]], begin: date, end: date) -> tuple[float, float]:
    """What the KPI did between two figures beyond its earlier drift, and the standard error of that."""
    before = [(on, value) for on, value in figures if on <= begin]
    last = next(value for on, value in figures if on == end)
    trend = drift([(on - before[0][0]).days for on, _ in before], [value for _, value in before])
    days = (end - begin).days
    change = last - before[-1][1] - trend.mean_per_day * days
    return change, float((trend.noise_per_root_day**2 * days + (trend.mean_error * days) ** 2) ** 0.5)
