"""A city's reports -> cases of slip or growth by a later report, each with the day from which its outcome is known."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from goldenthread.engine.histories import Floats, Ints
from goldenthread.engine.usual_change import Asked, Cases
from goldenthread.formats.capital_reports import CapitalFile, CapitalReport

DAYS, SHARE = "days", "share of the budget"


NEVER = dt.date.max.toordinal()


@dataclass(frozen=True, eq=False)
class Story:
    """Columns (n,), one row for each report with a forecast completion; what a report says later is in its outcome alone.

    asked_on: ordinal of the report's day. remaining: days to the completion forecast then. outcome, `steps` reports later: that
    completion less this one (days), or that budget over this one, less 1; nan, and known_on NEVER, where there is none.
    """

    project: Ints
    asked_on: Ints
    known_on: Ints
    remaining: Floats
    phase: Ints
    outcome: Floats


def story(file: CapitalFile, *, steps: int, what: str) -> Story:
    """The rows of all projects, in the order of project numbers and days."""
    by_project: dict[str, list[CapitalReport]] = defaultdict(list)
    for report in file.reports:
        by_project[report.project].append(report)
    phases = {name: at for at, name in enumerate(sorted({report.phase for report in file.reports}))}
    rows = []
    for at, name in enumerate(sorted(by_project)):
        told = sorted(by_project[name], key=lambda report: report.reported_on)
        for now, later in zip_longest(told, told[steps:]):
            if now.completion is None:
                continue
            change = None if later is None else _change(now, later, what)
            known_on, outcome = (NEVER, np.nan) if later is None or change is None else (later.reported_on.toordinal(), change)
            days = (now.completion - now.reported_on).days
            rows.append((at, now.reported_on.toordinal(), known_on, days, phases[now.phase], outcome))
    columns = list(zip(*rows, strict=True)) or [()] * 6
    project, asked_on, known_on, phase = (np.array(columns[i], np.int64) for i in (0, 1, 2, 4))
    return Story(project, asked_on, known_on, np.array(columns[3], np.float64), phase, np.array(columns[5], np.float64))


def _change(now: CapitalReport, later: CapitalReport, what: str) -> float | None:
    if what == DAYS:
        if now.completion is None or later.completion is None:
            return None
        return float((later.completion - now.completion).days)
    if now.budget is None or later.budget is None:
        return None
    return later.budget / now.budget - 1.0


def cases(told: Story, known: Ints) -> Cases:
    """The rows at these places as finished cases."""
    return Cases(told.project[known], _size(told.remaining[known]), told.phase[known], told.outcome[known])


def asked(told: Story, rows: Ints, wait: float) -> Asked:
    """The rows at these places as items asked about.

    wait: days after which the outcome will be seen. A project that is reported again then is not finished before, so that its
    completion lies at least so far off; minus infinity for a budget, which has no such bound.
    """
    return Asked(told.project[rows], _size(told.remaining[rows]), told.phase[rows], wait - told.remaining[rows])


def _size(days: Floats) -> Floats:
    """Time left on a scale on which a year more matters less the more years there are."""
    return np.log1p(np.maximum(days, 0.0) / 365.0)
