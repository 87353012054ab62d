"""What finished work teaches about new claims: the part of claimed effects that came true here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.engine.drift import drift
from goldenthread.engine.realised_share import RealisedShare, realised_share
from goldenthread.plan.mapping.finishes import Finish
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.plan.models import Contribution, Step
from goldenthread.projects.models import Project

FEWEST_ALIKE = 3  # cases of one kind from which something is offered
FEWEST_BEFORE = 3  # figures before the work finished, to know its drift


@dataclass(frozen=True)
class _Case:
    """A claim of finished work, and the days of the last figure before it and of the first one after all of it has come."""

    begin: date
    end: date
    claim: float
    kind: str
    is_open: bool


@dataclass(frozen=True)
class _Shown:
    """A claim, its part of what the KPI did, and the standard error of that."""

    case: _Case
    change: float
    error: float


def experience(rows: ThreadRows, done: dict[str, Finish]) -> RealisedShare:
    """The factor for new claims, from contributions of finished work whose lag and ramp have passed.

    What a KPI did over spans that overlap is shared out among all their claims, so that no change counts twice.
    """
    return _factor(_all_shown(rows, done))


def experience_by_kind(rows: ThreadRows, done: dict[str, Finish]) -> dict[str, dict[str, int]]:
    """Kind of work -> the factor for it and what was seen on average, in percent, and of how many; for kinds of `FEWEST_ALIKE`.

    What is confidential, a project or a KPI that only confidential objectives ask for, is no part of it: it is shown to all.
    """
    by_kind: dict[str, list[_Shown]] = defaultdict(list)
    for one in _all_shown(rows, done):
        if one.case.is_open:
            by_kind[one.case.kind].append(one)
    found = {kind: _factor(shown) for kind, shown in by_kind.items() if len(shown) >= FEWEST_ALIKE}
    return {
        kind: {"percent": round(100 * share.mean), "seen": round(100 * share.observed), "cases": share.cases}
        for kind, share in found.items()
    }


def kind_of(subject: Step | Project) -> str:
    """Of which kind a piece of work is: a project, or a step by the class of its service."""
    if isinstance(subject, Project):
        return "PROJECT"
    return str(subject.service.service_class) if subject.service is not None else "STEP"


def _factor(shown: list[_Shown]) -> RealisedShare:
    return realised_share([one.case.claim for one in shown], [one.change for one in shown], [one.error for one in shown])


def _all_shown(rows: ThreadRows, done: dict[str, Finish]) -> list[_Shown]:
    cases: dict[int, list[_Case]] = defaultdict(list)
    for row in rows.contributions:
        case = _case(row, rows, done)
        if case is not None:
            cases[row.kpi_id].append(case)
    found: list[_Shown] = []
    for kpi_id, of_kpi in cases.items():
        for together in _overlapping(of_kpi):
            change, error = _change(rows.figures[kpi_id], together[0].begin, max(case.end for case in together))
            total = sum(case.claim for case in together)
            found += [_Shown(case, change * case.claim / total if total else 0.0, error) for case in together]
    return found


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
    subject: Step | Project = rows.steps[row.step_id] if row.step_id else rows.projects[row.project_id or 0]
    is_secret = isinstance(subject, Project) and subject.is_confidential
    return _Case(before[-1], after[0], claim, kind_of(subject), not is_secret and row.kpi_id in rows.others.ways)


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
