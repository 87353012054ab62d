"""Performance.gov's goals, or its targets by quarter, as a plan: the form into which every reader of strategies reads.

A fiscal year begins on 1 October of the year before. A target's last day is the last one of the fiscal year in which it was
reported last, its start stands at the first one; the records state neither.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from goldenthread.formats.bad_cells import BadCell
from goldenthread.formats.performance_gov import (
    DECREASE,
    INCREASE,
    MAINTAIN_ABOVE,
    MAINTAIN_BELOW,
    MILESTONE,
    GoalRecord,
    TargetRecord,
    read_goals,
    read_targets,
)
from goldenthread.formats.strategy import (
    Goal,
    Indicator,
    Measurement,
    NotUnderstood,
    Objective,
    Organisation,
    Plan,
    Result,
    Role,
    Stakeholder,
)

LOST = "\ufffd"
SOURCE = "https://www.performance.gov"
NAME = 140  # characters of an indicator's name, so that what tells it from its like still fits behind it
GROUPS = {"APG": "Agency priority goals", "PMA": "President’s Management Agenda"}
K = TypeVar("K")
V = TypeVar("V")
Series = dict[tuple[int, int], TargetRecord]  # by fiscal year and quarter


def read_performance_gov(data: bytes, options: Any = None) -> Plan:
    """Goals or targets, whichever the file holds; FormatError where it is neither. `options` is not used."""
    if _holds_targets(data):
        targets = read_targets(data)
        return _of_targets(targets.targets, targets.bad_cells)
    goals = read_goals(data)
    return _of_goals(goals.goals, goals.bad_cells)


def _holds_targets(data: bytes) -> bool:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False  # read_goals says what is wrong
    return isinstance(found, list) and any(isinstance(one, dict) and "related_goal_id" in one for one in found)


def _of_goals(records: Sequence[GoalRecord], bad: Sequence[BadCell]) -> Plan:
    """A strategic goal with its objectives; an agency's priority goals under one goal."""
    found: dict[str, tuple[Goal, list[Objective]]] = {}
    agencies: dict[str, str] = {}
    for record in records:
        agencies.setdefault(record.agency, record.agency_name)
        goal = _goal_of(record)
        found.setdefault(goal.identifier, (goal, []))[1].append(_objective(record))
    return Plan(
        "Performance.gov: goals",
        2,
        "Strategic_Plan",
        identifier="performance.gov/goals",
        organisations=tuple(Organisation(name or key, key) for key, name in agencies.items() if key),
        goals=tuple(replace(goal, objectives=tuple(under)) for goal, under in found.values()),
        source=SOURCE,
        not_understood=(
            *_said(bad),
            *(n for r in records for n in _damaged(r.place, goal_name=r.name, goal_description=r.description)),
        ),
    )


def _goal_of(record: GoalRecord) -> Goal:
    agency = record.agency_name or record.agency
    performers = (Stakeholder(agency, type="Organization", roles=(Role("Agency", types=("Performer",)),)),) if agency else ()
    if record.kind in ("SG", "PMA"):
        key = record.strategic_goal or record.name
        identifier = f"{record.agency}/{record.kind}/{key}"[:120]
        return Goal(record.name, "", identifier, record.strategic_goal, stakeholders=performers, place=record.place)
    name = f"{GROUPS.get(record.kind, 'Goals')} of {agency}" if agency else GROUPS.get(record.kind, "Goals")
    return Goal(name, "", f"{record.agency}/{record.kind}", stakeholders=performers, place=record.place)


def _objective(record: GoalRecord) -> Objective:
    """A strategic goal's objective is its description; a priority goal has a name of its own."""
    is_strategic = record.kind in ("SG", "PMA")
    said = f"Status at the end of the year: {record.status}" if record.status else ""
    return Objective(
        name="" if is_strategic and record.description else record.name,
        description=record.description,
        identifier=record.goal,
        sequence=record.strategic_objective,
        other_information=said,
        place=record.place,
    )


def _of_targets(records: Sequence[TargetRecord], bad: Sequence[BadCell]) -> Plan:
    """A goal for each one named, with an indicator for each series of quarters."""
    missed = list(_said(bad))
    for record in records:
        missed += _damaged(record.place, related_goal=record.goal_name, target=record.target, indicator=record.indicator)
    goals: dict[str, str] = {}
    parts: dict[tuple[str, str], dict[tuple[float | None, float | None], Series]] = defaultdict(dict)
    for record in records:
        goals.setdefault(record.goal, record.goal_name)
        if record.year is None or record.quarter is None:
            continue  # listed by the reader
        key = re.sub(r"\W+", " ", record.indicator or record.target).strip().casefold()
        quarters = parts[record.goal, key].setdefault((record.start, record.goal_value), {})
        same = quarters.get((record.year, record.quarter))
        if same is None or record.value is not None:  # of two of one quarter, which the reader has listed, the later counts
            quarters[record.year, record.quarter] = record
    series = [(goal, key, one) for (goal, key), found in parts.items() for one in joined(list(found.values()))]
    named = _names(series)
    indicators: dict[str, list[Indicator]] = defaultdict(list)
    for (goal, _, quarters), (name, key) in zip(series, named, strict=True):
        indicators[goal].append(_indicator(name, key, quarters, missed))
    return Plan(
        "Performance.gov: targets by quarter",
        2,
        "Performance_Report",
        identifier="performance.gov/targets",
        goals=tuple(Goal(name or key, identifier=key, indicators=tuple(indicators[key])) for key, name in goals.items()),
        source=SOURCE,
        not_understood=tuple(missed),
    )


def joined(parts: Sequence[Mapping[K, V]]) -> list[dict[K, V]]:
    """Parts of one indicator whose start or target was changed during the year: one series, where no quarter is in both."""
    whole: list[dict[K, V]] = []
    for part in parts:
        room = next((other for other in whole if not other.keys() & part.keys()), None)
        if room is None:
            whole.append(dict(part))
        else:
            room.update(part)
    return whole


def _names(series: Sequence[tuple[str, str, Series]]) -> list[tuple[str, str]]:
    """Name and identifier of each series; where two share a name, the goal's id and a number tell them apart."""
    names = [" ".join((one[max(one)].indicator or one[max(one)].target).split())[:NAME] for _, _, one in series]
    count = Counter(name.casefold() for name in names)
    taken: Counter[str] = Counter()
    found = []
    for (goal, key, _), name in zip(series, names, strict=True):
        whole = f"{name} ({goal})" if count[name.casefold()] > 1 else name
        taken[whole.casefold()] += 1
        number = taken[whole.casefold()]
        last = f" {number}" if number > 1 else ""
        found.append((f"{whole}{last}", f"{goal}/{key[:90]}{last}"))
    return found


def _indicator(name: str, key: str, quarters: Series, missed: list[NotUnderstood]) -> Indicator:
    """One series: a target at the end of its last fiscal year, a figure at the end of each quarter that reports one."""
    ordered = [quarters[when] for when in sorted(quarters)]
    last = ordered[-1]
    changes = list(dict.fromkeys((one.start, one.goal_value) for one in ordered))
    if len(changes) > 1:
        said = ", then ".join(f"{_figure(start)} to {_figure(value)}" for start, value in changes)
        missed.append(NotUnderstood(last.place, "start or target was changed; the last counts", said))
    if last.kind not in (INCREASE, DECREASE, MAINTAIN_ABOVE, MAINTAIN_BELOW, MILESTONE):
        missed.append(NotUnderstood(last.place, "no direction stated; taken as higher is better", name))
    wanted = Result(
        _decimal(last.goal_value),
        "" if last.goal_value is not None else last.kind,
        finish=_quarter_end(last.year or 0, 4),
        baseline=_decimal(last.start),
        baseline_on=dt.date((ordered[0].year or 0) - 1, 10, 1),
        place=last.place,
    )
    return Indicator(
        name,
        "%" if re.match(r"percent(age)?\b", name, re.IGNORECASE) else "",
        key,
        type="Qualitative" if last.kind == MILESTONE else "Quantitative",
        other_information="\n\n".join(dict.fromkeys(text for text in (last.target, last.kind) if text)),
        direction="FALL" if last.kind in (DECREASE, MAINTAIN_BELOW) else "RISE",
        measurements=(Measurement((wanted,), tuple(_actual(one) for one in ordered if one.value is not None)),),
    )


def _actual(record: TargetRecord) -> Result:
    end = _quarter_end(record.year or 0, record.quarter or 0)
    start = dt.date(end.year, end.month - 2, 1)
    return Result(_decimal(record.value), start=start, finish=end, place=record.place)


def _quarter_end(year: int, quarter: int) -> dt.date:
    """The last day of a fiscal quarter: the first one ends on 31 December of the year before."""
    month, day = {1: (12, 31), 2: (3, 31), 3: (6, 30), 4: (9, 30)}[quarter]
    return dt.date(year - (quarter == 1), month, day)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _figure(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"


def _damaged(place: str, **cells: str) -> Iterator[NotUnderstood]:
    """Words that lost a character on their way into the file: kept as they stand."""
    for name, text in cells.items():
        if LOST in text:
            yield NotUnderstood(f"{place} > {name}", "a character was lost", text[:200])


def _said(bad: Iterable[BadCell]) -> Iterator[NotUnderstood]:
    for cell in bad:
        yield NotUnderstood(f"{cell.place} > {cell.field}" if cell.field else cell.place, cell.what, cell.text)
