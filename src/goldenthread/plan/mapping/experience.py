"""What finished work teaches about new claims: the part of claimed effects that came true here."""

from __future__ import annotations

from datetime import date, timedelta

from goldenthread.engine.drift import drift
from goldenthread.engine.realised_share import RealisedShare, realised_share
from goldenthread.plan.mapping.finishes import Finish
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.plan.models import Contribution

FEWEST_BEFORE = 3  # figures before the work finished, to know its drift


def experience(rows: ThreadRows, done: dict[str, Finish]) -> RealisedShare:
    """The factor for new claims, from contributions of finished work whose lag and ramp have passed.

    Several contributions to one KPI whose spans overlap share the change by their claims.
    """
    cases = [case for row in rows.contributions if (case := _case(row, rows, done)) is not None]
    claims: dict[tuple[int, date], float] = {}
    for row, end, claim, _, _ in cases:
        claims[row.kpi_id, end] = claims.get((row.kpi_id, end), 0.0) + claim
    claimed = [c for _, _, c, _, _ in cases]
    realised = [change * c / claims[row.kpi_id, end] if claims[row.kpi_id, end] else 0.0 for row, end, c, change, _ in cases]
    return realised_share(claimed, realised, [error for _, _, _, _, error in cases])


def _case(row: Contribution, rows: ThreadRows, done: dict[str, Finish]) -> tuple[Contribution, date, float, float, float] | None:
    finish = done.get(f"step:{row.step_id}" if row.step_id else f"project:{row.project_id}")
    claimed = row.likely * row.chance / 100
    if finish is None or finish.high > 0 or claimed == 0 or row.kpi_id not in rows.figures:
        return None
    finished = rows.today + timedelta(days=finish.high)
    grown = finished + timedelta(days=row.lag_days + row.ramp_days)
    before = [(on, value) for on, value in rows.figures[row.kpi_id] if on <= finished]
    after = [(on, value) for on, value in rows.figures[row.kpi_id] if on >= grown and on > finished]
    if len(before) < FEWEST_BEFORE or not after:
        return None
    trend = drift([(on - before[0][0]).days for on, _ in before], [value for _, value in before])
    days = (after[0][0] - before[-1][0]).days
    change = after[0][1] - before[-1][1] - trend.mean_per_day * days
    error = float((trend.noise_per_root_day**2 * days + (trend.mean_error * days) ** 2) ** 0.5)
    return row, after[0][0], claimed, change, error
