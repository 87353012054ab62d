"""A list of risks beside a plan: what may happen, how likely, and by how much it would lengthen which activities.

CSV, Excel or OpenDocument with one risk a row and the headings `risk`, `chance` (percent), `activities` (ids, codes or names,
with semicolons between them), `low`, `likely`, `high` and `unit`: `days` of work that are added, or `percent` of what remains.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from goldenthread.engine.network import NONE
from goldenthread.engine.uncertainty import Risk
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import ScheduleFile, Task
from goldenthread.formats.schedule_network import PlanNetwork
from goldenthread.formats.sheets import OutCell, OutSheet, unguarded
from goldenthread.formats.values import read_number
from goldenthread.formats.workbook import Sheet, read_workbook

HEADINGS = ("risk", "chance", "activities", "low", "likely", "high", "unit")
UNITS = ("days", "percent")
MOST = 1_000
MOST_DRIVEN = 20_000  # activities that the risks of a list name together
_ADVICE = f"Give one risk a row under the headings {', '.join(HEADINGS)}."
OFTEN = "Name the activity by an id, a code or a name that is its alone."
TIMELESS, INSTEAD = "takes no time, of which percent are nothing.", "Give days instead."
LONGEST = 10_000  # days that a risk may add, or percent
PLACES = 6  # decimals of a figure that are kept
LONGEST_NAME = 200

Key = TypeVar("Key")


@dataclass(frozen=True)
class RiskEvent:
    """place: where it stands in its list. chance: percent. low, likely, high: working days, or percent of a duration.

    stored: its id where it is kept with its schedule; 0 in a list. What is kept outlives its activities: they are then ids of
    tasks and nothing else, and those that it can no longer lengthen are passed over, where a list would be refused.
    """

    place: str
    name: str
    chance: float
    low: float
    likely: float
    high: float
    is_factor: bool
    activities: tuple[str, ...]
    stored: int = 0


@dataclass(frozen=True)
class RiskList:
    """What a list says. faults: message, place and advice of every row that cannot be used."""

    events: tuple[RiskEvent, ...]
    faults: tuple[tuple[str, str, str], ...] = ()

    def usable(self) -> tuple[RiskEvent, ...]:
        """All risks of the list; FormatError names the first row that cannot be used."""
        if self.faults:
            raise FormatError(*self.faults[0])
        return self.events


def read_risk_list(data: bytes, _: Any = None) -> RiskList:
    """The risks of the first sheet that has the headings; FormatError where there is none, or where it names too many."""
    book = read_workbook(data)
    for sheet in book.sheets:
        for at, row in enumerate(sheet.rows[:20]):
            titles = [str(cell or "").strip().lower() for cell in row]
            if {"risk", "chance", "activities"} <= set(titles):
                columns = {title: place for place, title in enumerate(titles) if title in HEADINGS}
                return _read(sheet, at + 1, columns, is_text=book.kind == "text")
    raise FormatError("The list of risks has no headings that are known.", "", _ADVICE)


def _read(sheet: Sheet, first: int, columns: dict[str, int], *, is_text: bool) -> RiskList:
    missing = [title for title in HEADINGS[:-1] if title not in columns]
    if missing:
        raise FormatError(f"The list of risks has no column {missing[0]}.", f"row {sheet.numbers[first - 1]}", _ADVICE)
    found, faults = [], []
    for row, number in zip(sheet.rows[first:], sheet.numbers[first:], strict=True):
        said = {title: str("" if row[at] is None else row[at]).strip() for title, at in columns.items()}
        if not any(said.values()):
            continue
        if is_text:
            said |= {title: unguarded(said[title]) for title in ("risk", "activities")}
        try:
            found.append(_event(said, f"row {number} of the list of risks"))
        except FormatError as error:
            faults.append((error.message, error.place, error.advice))
    if not found and not faults:
        raise FormatError("The list names no risk.", "", _ADVICE)
    if len(found) + len(faults) > MOST:
        raise FormatError(f"The list names {len(found) + len(faults):,} risks.", "", f"Simulate with at most {MOST:,}.")
    if sum(len(one.activities) for one in found) > MOST_DRIVEN:
        raise FormatError(f"The risks name more than {MOST_DRIVEN:,} activities together.", "", "Name what is lengthened first.")
    return RiskList(tuple(found), tuple(faults))


def _event(said: dict[str, str], place: str) -> RiskEvent:
    unit = said.get("unit", "").lower() or UNITS[0]
    if unit not in UNITS:
        raise FormatError(f"The unit “{unit[:20]}” is not known.", place, f"Write {' or '.join(UNITS)}.")
    chance, low, likely, high = (_number(said[title], title, place) for title in ("chance", "low", "likely", "high"))
    names = tuple(dict.fromkeys(one.strip() for one in said["activities"].split(";") if one.strip()))
    name = said["risk"] or f"Risk in {place}"
    return checked_event(RiskEvent(place, name, chance, low, likely, high, unit == UNITS[1], names))


def checked_event(event: RiskEvent) -> RiskEvent:
    """The risk with its name and figures in order; FormatError where it is none."""
    chance, low, likely, high = (round(one, PLACES) for one in (event.chance, event.low, event.likely, event.high))
    place, name = event.place, " ".join(event.name.split())[:LONGEST_NAME].strip()
    if not name:
        raise FormatError("The risk has no name.", place, "Say in a few words what may happen.")
    if not 0 <= chance <= 100:
        raise FormatError(f"The chance {chance:g} is no percentage.", place, "Write 0 to 100.")
    if not max(abs(low), abs(likely), abs(high)) <= LONGEST:
        unit = UNITS[event.is_factor]
        raise FormatError(f"An impact reaches {LONGEST:,} {unit} at most.", place, "Look for a figure that is too large by far.")
    if not low <= likely <= high:
        raise FormatError("Low, likely and high are not in order.", place, "Write the smallest first.")
    if event.is_factor and low < 0:
        raise FormatError("A duration cannot fall below 0 %.", place, "Write 100 for no change, 150 for half as long again.")
    if not event.activities:
        raise FormatError("The risk names no activity.", place, "Name what it would lengthen, with semicolons between.")
    return replace(event, name=name, chance=chance, low=low, likely=likely, high=high)


def _number(text: str, title: str, place: str) -> float:
    found = read_number(text.removesuffix("%").strip())
    if found is None:
        raise FormatError(f"“{text[:20]}” is no number under {title}.", place, "Write a number, with a point before decimals.")
    return float(found.value)


def risk_sheet(events: Sequence[RiskEvent]) -> OutSheet:
    """The list as it is read again; activities as they are named in it."""
    rows: list[list[OutCell]] = [
        [
            one.name,
            _short(one.chance),
            "; ".join(one.activities),
            *map(_short, (one.low, one.likely, one.high)),
            UNITS[one.is_factor],
        ]
        for one in events
    ]
    return OutSheet("Risks", HEADINGS, rows, (40, 8, 60, 8, 8, 8, 8), choices={6: UNITS})


def _short(value: float) -> OutCell:
    return int(value) if value == int(value) else value


def called(tasks: Iterable[tuple[Key, Task]]) -> Mapping[str, set[Key]]:
    """What each of the tasks may be called in a list, in small letters: its ids, its code and its name."""
    names: dict[str, set[Key]] = defaultdict(set)
    for key, task in tasks:
        for name in (task.id, task.display_id, task.wbs, task.name):
            names[name.strip().lower()].add(key)
    return names


def one_called(name: str, names: Mapping[str, set[Key]], place: str) -> Key:
    """The one task that is called so; FormatError where there is none, or several."""
    found = names.get(name.lower()) or set()
    if len(found) > 1:
        raise FormatError(f"“{name[:60]}” is an id, code or name of {len(found)} activities.", place, OFTEN)
    if not found:
        raise FormatError(f"The plan has no activity “{name[:60]}” that is scheduled.", place, OFTEN)
    return next(iter(found))


def risks_of(plan: PlanNetwork, file: ScheduleFile, events: Sequence[RiskEvent]) -> tuple[tuple[RiskEvent, Risk], ...]:
    """The events that can lengthen something, each on its rows of the network.

    FormatError where a list names an activity that is unknown, is called as others are, or cannot be lengthened.
    """
    tasks = [(row, one[1]) for row, one in enumerate(plan.rows) if one is not None]
    names = called(tasks) if any(not event.stored for event in events) else {}
    ids = {task.id: row for row, task in tasks} if any(event.stored for event in events) else {}
    seen: Counter[str] = Counter()
    day = {project.id: project.minutes_per_day for project in file.projects}
    made = []
    for event in events:
        seen[event.name] += 1
        told = f"{event.name}/{seen[event.name]}"  # two of one name are two risks
        if event.stored:
            known = (ids[key] for key in event.activities if key in ids)
            rows = tuple(row for row in known if not _why_not(plan, row, event))
        else:
            rows = tuple(dict.fromkeys(one_called(name, names, event.place) for name in event.activities))
            _check_open(plan, rows, event)
        if not rows:
            continue
        minutes = day[plan.task(rows[0])[0]]
        low, likely, high = ((one / 100 if event.is_factor else one * minutes) for one in (event.low, event.likely, event.high))
        key = int.from_bytes(hashlib.blake2b(told.encode(), digest_size=8).digest(), "little", signed=True)
        made.append((event, Risk(key, event.chance / 100, low, likely, high, rows, event.is_factor)))
    return tuple(made)


def _check_open(plan: PlanNetwork, rows: tuple[int, ...], event: RiskEvent) -> None:
    """Refuse a risk that can change nothing."""
    for row in rows:
        if why := _why_not(plan, row, event):
            raise FormatError(f"“{plan.task(row)[1].name[:60]}” {why[0]}", event.place, why[1])


def _why_not(plan: PlanNetwork, row: int, event: RiskEvent) -> tuple[str, str] | None:
    """Why the risk cannot lengthen a row, and what to do: it is finished, or takes no time of which there could be a share."""
    if plan.network.actual_finish[row] != NONE:
        return "is finished, so nothing can lengthen it.", "Take it out of the list."
    if event.is_factor and not plan.network.duration[row]:
        return TIMELESS, INSTEAD
    return None
