"""Performance.gov's records -> one history a target, and what is asked of it at the end of quarters 1, 2 and 3."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from goldenthread.engine.histories import Floats, Histories, histories_of
from goldenthread.engine.outlook import Asked
from goldenthread.engine.reference_class import Cases
from goldenthread.formats.performance_gov import DECREASE, MAINTAIN_BELOW, MILESTONE, UNDEFINED, TargetFile, TargetRecord
from goldenthread.formats.performance_plan import joined

QUARTER = 365.0 / 4.0  # days; the start stands at the first day of the fiscal year
LAST = 4
NOT_SCORED = {UNDEFINED: "target_undefined", MILESTONE: "milestone_without_figures"}


@dataclass(frozen=True)
class Row:
    """One question, asked at the end of `quarter`: will quarter 4 be at or beyond its target.

    figures: day and value of the start, where it is known, and of each quarter reported so far. target: as stated then.
    """

    agency: str
    series: str
    quarter: int
    start: float | None
    target: float
    figures: tuple[tuple[float, float], ...]
    falls: bool
    outcome: float
    target_at_end: float

    @property
    def value(self) -> float:
        return self.figures[-1][1]

    @property
    def met(self) -> bool:
        return reaches(self.outcome, self.target_at_end, falls=self.falls)

    @property
    def way(self) -> float:
        """From start to target, signed by the direction asked for; the size of the target where they are equal."""
        size = abs(self.target - (self.start or 0.0)) or abs(self.target) or 1.0
        return -size if self.falls else size


@dataclass(frozen=True)
class Questions:
    """The rows to score, how many series they come from, and what was left out: records, then rows, by reason."""

    rows: tuple[Row, ...]
    series: int
    records_left_out: dict[str, int]
    rows_left_out: dict[str, int]


def reaches(value: float, target: float, *, falls: bool) -> bool:
    """At or beyond the target."""
    return value <= target if falls else value >= target


def questions(file: TargetFile) -> Questions:
    """Every row with a figure by then and one at the end. One series = goal, indicator, start and target; parts are joined."""
    records_left_out: Counter[str] = Counter()
    parts: dict[tuple[str, str], dict[tuple[float | None, float | None], dict[int, TargetRecord]]] = defaultdict(dict)
    for record in file.targets:
        if record.kind in NOT_SCORED or record.quarter is None:
            records_left_out[NOT_SCORED.get(record.kind, "no_quarter")] += 1
            continue
        name = (record.goal, re.sub(r"\W+", " ", record.indicator).strip().casefold())
        quarters = parts[name].setdefault((record.start, record.goal_value), {})
        if record.quarter in quarters:
            records_left_out["same_target_twice_in_a_quarter"] += 1
            if record.value is None:
                continue
        quarters[record.quarter] = record
    rows: list[Row] = []
    rows_left_out: Counter[str] = Counter()
    count = 0
    for (goal, indicator), found in parts.items():
        for quarters in joined(list(found.values())):
            count += 1
            rows += _rows(f"{goal} {indicator} {count}", quarters, rows_left_out)
    return Questions(tuple(rows), count, dict(records_left_out), dict(rows_left_out))


def _rows(name: str, quarters: dict[int, TargetRecord], left_out: Counter[str]) -> list[Row]:
    end = quarters.get(LAST)
    if end is None or end.value is None or end.goal_value is None:
        left_out["no_record_in_quarter_4" if end is None else "no_figure_in_quarter_4"] += LAST - 1
        return []
    rows = []
    for quarter in range(1, LAST):
        record = quarters.get(quarter)
        figures = [(q * QUARTER, quarters[q].value) for q in range(1, quarter + 1) if q in quarters]
        known = tuple((day, value) for day, value in figures if value is not None)
        if record is None or not known or record.goal_value is None:
            reason = "no_record_in_that_quarter" if record is None else "nothing_reported_yet" if not known else "no_target"
            left_out[reason] += 1
            continue
        start = () if record.start is None else ((0.0, record.start),)
        falls = end.kind in {DECREASE, MAINTAIN_BELOW}
        rows.append(
            Row(end.agency, name, quarter, record.start, record.goal_value, (*start, *known), falls, end.value, end.goal_value)
        )
    return rows


def histories(rows: list[Row]) -> Histories:
    """What was known of each row when it was asked."""
    return histories_of([row.figures for row in rows])


def asked(rows: list[Row]) -> Asked:
    """What is asked of the outlook; Performance.gov states no range of an indicator."""
    none = np.full(len(rows), np.nan)
    return Asked(_ways(rows), _ahead(rows), none, none)


def cases(rows: list[Row]) -> Cases:
    """The same rows with their outcome, to learn from."""
    return Cases(histories(rows), _ways(rows), _ahead(rows), np.array([row.outcome for row in rows]))


def reach(rows: list[Row]) -> tuple[Floats, Floats]:
    """From where to where a figure meets its target."""
    low = [-np.inf if row.falls else row.target for row in rows]
    high = [row.target if row.falls else np.inf for row in rows]
    return np.array(low), np.array(high)


def _ways(rows: list[Row]) -> Floats:
    return np.array([row.way for row in rows])


def _ahead(rows: list[Row]) -> Floats:
    return np.array([(LAST - row.quarter) * QUARTER for row in rows])
