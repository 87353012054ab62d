"""A list of risks beside a plan: what may happen, how likely, and by how much it would lengthen which activities.

CSV, Excel or OpenDocument with one risk a row and the headings `risk`, `chance` (percent), `activities` (ids, codes or names,
with semicolons between them), `low`, `likely`, `high` and `unit`: `days` of work that are added, or `percent` of what remains.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from goldenthread.engine.network import NONE
from goldenthread.engine.uncertainty import Risk
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import ScheduleFile
from goldenthread.formats.schedule_network import PlanNetwork
from goldenthread.formats.values import read_number
from goldenthread.formats.workbook import Sheet, read_workbook

HEADINGS = ("risk", "chance", "activities", "low", "likely", "high", "unit")
UNITS = ("days", "percent")
MOST = 1_000
_ADVICE = f"Give one risk a row under the headings {', '.join(HEADINGS)}."
_OFTEN = "Name the activity by an id, a code or a name that is its alone."
LONGEST = 10_000  # days that a risk may add, or percent


@dataclass(frozen=True)
class RiskEvent:
    """place: where it stands in its list. chance: percent. low, likely, high: working days, or percent of a duration."""

    place: str
    name: str
    chance: float
    low: float
    likely: float
    high: float
    is_factor: bool
    activities: tuple[str, ...]


def read_risk_list(data: bytes, _: Any = None) -> tuple[RiskEvent, ...]:
    """The risks of the first sheet that has the headings; FormatError names the row and what to do."""
    for sheet in read_workbook(data).sheets:
        for at, row in enumerate(sheet.rows[:20]):
            titles = [str(cell or "").strip().lower() for cell in row]
            if {"risk", "chance", "activities"} <= set(titles):
                return _events(sheet, at + 1, {title: place for place, title in enumerate(titles) if title in HEADINGS})
    raise FormatError("The list of risks has no headings that are known.", "", _ADVICE)


def _events(sheet: Sheet, first: int, columns: dict[str, int]) -> tuple[RiskEvent, ...]:
    missing = [title for title in HEADINGS[:-1] if title not in columns]
    if missing:
        raise FormatError(f"The list of risks has no column {missing[0]}.", f"row {sheet.numbers[first - 1]}", _ADVICE)
    found = []
    for row, number in zip(sheet.rows[first:], sheet.numbers[first:], strict=True):
        said = {title: str("" if row[at] is None else row[at]).strip() for title, at in columns.items()}
        if any(said.values()):
            found.append(_event(said, f"row {number} of the list of risks"))
    if not found:
        raise FormatError("The list names no risk.", "", _ADVICE)
    if len(found) > MOST:
        raise FormatError(f"The list names {len(found):,} risks.", "", f"Simulate with at most {MOST:,}.")
    return tuple(found)


def _event(said: dict[str, str], place: str) -> RiskEvent:
    unit = said.get("unit", "").lower() or UNITS[0]
    if unit not in UNITS:
        raise FormatError(f"The unit “{unit[:20]}” is not known.", place, f"Write {' or '.join(UNITS)}.")
    chance, low, likely, high = (_number(said[title], title, place) for title in ("chance", "low", "likely", "high"))
    if not 0 <= chance <= 100:
        raise FormatError(f"The chance {chance:g} is no percentage.", place, "Write 0 to 100.")
    if max(abs(low), abs(high)) > LONGEST:
        raise FormatError(f"An impact reaches {LONGEST:,} {unit} at most.", place, "Look for a figure that is too large by far.")
    if not low <= likely <= high:
        raise FormatError("Low, likely and high are not in order.", place, "Write the smallest first.")
    if unit == UNITS[1] and low < 0:
        raise FormatError("A duration cannot fall below 0 %.", place, "Write 100 for no change, 150 for half as long again.")
    names = tuple(one.strip() for one in said["activities"].split(";") if one.strip())
    if not names:
        raise FormatError("The risk names no activity.", place, "Name what it would lengthen, with semicolons between.")
    return RiskEvent(place, said["risk"][:200] or f"Risk in {place}", chance, low, likely, high, unit == UNITS[1], names)


def _number(text: str, title: str, place: str) -> float:
    found = read_number(text.removesuffix("%").strip())
    if found is None:
        raise FormatError(f"“{text[:20]}” is no number under {title}.", place, "Write a number, with a point before decimals.")
    return float(found.value)


def risks_of(plan: PlanNetwork, file: ScheduleFile, events: Sequence[RiskEvent]) -> tuple[Risk, ...]:
    """The events on rows of a network; FormatError where an activity is unknown or several are called so."""
    names: dict[str, set[int]] = defaultdict(set)
    for row, one in enumerate(plan.rows):
        if one is not None:
            for called in (one[1].id, one[1].display_id, one[1].wbs, one[1].name):
                names[called.strip().lower()].add(row)
    seen: Counter[str] = Counter()
    day = {project.id: project.minutes_per_day for project in file.projects}
    made = []
    for event in events:
        rows = tuple(dict.fromkeys(_row(name, names, event.place) for name in event.activities))
        _check_open(plan, rows, event)
        seen[event.name] += 1
        told = f"{event.name}/{seen[event.name]}"  # two of one name are two risks
        minutes = day[plan.task(rows[0])[0]]
        low, likely, high = ((one / 100 if event.is_factor else one * minutes) for one in (event.low, event.likely, event.high))
        key = int.from_bytes(hashlib.blake2b(told.encode(), digest_size=8).digest(), "little", signed=True)
        made.append(Risk(key, event.chance / 100, low, likely, high, rows, event.is_factor))
    return tuple(made)


def _check_open(plan: PlanNetwork, rows: tuple[int, ...], event: RiskEvent) -> None:
    """Refuse a risk that can change nothing: of a row that is finished, or a share of one that takes no time."""
    for row in rows:
        name = plan.task(row)[1].name[:60]
        if plan.network.actual_finish[row] != NONE:
            raise FormatError(f"“{name}” is finished, so nothing can lengthen it.", event.place, "Take it out of the list.")
        if event.is_factor and not plan.network.duration[row]:
            raise FormatError(f"“{name}” takes no time, of which percent are nothing.", event.place, "Give days instead.")


def _row(name: str, names: dict[str, set[int]], place: str) -> int:
    found = names.get(name.lower()) or set()
    if len(found) > 1:
        raise FormatError(f"“{name[:60]}” is an id, code or name of {len(found)} activities.", place, _OFTEN)
    if not found:
        raise FormatError(f"The plan has no activity “{name[:60]}” that is scheduled.", place, _OFTEN)
    return next(iter(found))
