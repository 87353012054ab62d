"""A list of tasks (CSV, Excel, OpenDocument) as a schedule: outline, durations, predecessors, progress, who works on it.

It is dated as Microsoft Project would date it, in an office week of five eight-hour days. A start binds only where a task
waits for nothing; else it is what the list says, beside the date that follows from its predecessors. What cannot be read is
named with its row and left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from goldenthread.formats import schedule_file as said
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import Assignment, Project, Relationship, Resource, ScheduleFile, Task
from goldenthread.formats.schedule_values import Losses
from goldenthread.formats.tables import Detected, Settings, Table, detect
from goldenthread.formats.task_columns import DATES, LABELS, guessed, is_task_list
from goldenthread.formats.values import is_blank, read_boolean, read_number

DAY = 480  # working minutes
SHIFTS = (said.Shift(480, 720), said.Shift(780, 1020))
OPENS, CLOSES = dt.time(8), dt.time(17)
MOST_LEVELS = 50
PREVIEW = 200
_UNITS = {"m": 1, "h": 60, "d": DAY, "w": 5 * DAY, "mo": 20 * DAY}
_LENGTH = re.compile(r"^\s*([+-]?\d+(?:[.,]\d+)?)\s*(e?)\s*([a-zµ]*)\??\s*$", re.IGNORECASE)
_LINK = re.compile(r"^(.+?)\s*(FS|SS|FF|SF|EA|AA|EE|AE)?\s*(?:([+-]\s*\d+(?:[.,]\d+)?)\s*(%|e?[a-z]*))?$", re.IGNORECASE)
_GERMAN = {"EA": "FS", "AA": "SS", "EE": "FF", "AE": "SF"}
_PERSON = re.compile(r"^(.*?)\s*\[\s*(\d+(?:[.,]\d+)?)\s*%\s*\]$")
_NO_NAME = "Choose the column that holds the names of the tasks."
_NO_DATES = "Choose the column that holds durations, starts, finishes or predecessors."
PROGRAM = "a list of tasks"


@dataclass(frozen=True, slots=True)
class TaskListOptions:
    """settings for the table; mapping: field of LABELS -> column, replacing the guess."""

    settings: Settings | None = None
    mapping: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class TaskList:
    """The table as found, cut to its first PREVIEW records, what each column is, and the schedule that the list makes.

    missing: which column nobody named yet, without which there are no tasks.
    """

    detected: Detected
    chosen: dict[str, int]
    schedule: ScheduleFile
    missing: str = ""


def read_task_list(data: bytes, options: TaskListOptions | None = None) -> TaskList:
    """Raises FormatError where no table is found, or where the columns given make no schedule."""
    options = options or TaskListOptions()
    detected = detect(data, options.settings)
    table, given = detected.table, options.mapping
    chosen = guessed(table) if given is None else {name: at for name, at in given.items() if name in LABELS}
    if any(not 0 <= at < len(table.columns) for at in chosen.values()):
        raise FormatError("The mapping points to a column that is not there.", "", "Choose the columns again.")
    missing = _missing(chosen)
    if missing and given is not None:
        raise FormatError(missing, "", _NO_NAME if "name" not in chosen else _NO_DATES)
    nothing = ScheduleFile(said.MSPDI, PROGRAM, (Project("1", ""),), (), (), (), ())
    schedule = nothing if missing else _Reader(table, chosen).schedule()
    shown = replace(table, texts=table.texts[:PREVIEW], values=table.values[:PREVIEW])
    return TaskList(replace(detected, table=shown), dict(chosen), schedule, missing)


def _missing(chosen: Mapping[str, int]) -> str:
    if "name" not in chosen:
        return "No column holds the names of the tasks."
    return "" if is_task_list(chosen) else "No column holds durations, dates or predecessors."


@dataclass(slots=True)
class _Row:
    """A record on its way. key: its number in the list, by which others name it; level: letters that its name is set in."""

    record: int
    key: str
    name: str
    level: int


class _Reader:
    """One table read as one project."""

    def __init__(self, table: Table, chosen: Mapping[str, int]) -> None:
        self.table, self.chosen, self.losses = table, chosen, Losses()
        self.hours = "h" in _bracket(table, chosen.get("duration"))
        self.days_of_work = "d" in _bracket(table, chosen.get("work"))

    def schedule(self) -> ScheduleFile:
        """The whole."""
        rows = self._rows()
        levels = self._levels(rows)
        parents, depths, summaries = _outline(rows, levels)
        links = [link for link in self._links(rows) if not self._is_within(link, parents)]
        waiting = {link.successor_id for link in links}
        tasks = tuple(
            self._task(row, parents[row.key], depths[row.key], is_summary=row.key in summaries, waits=row.key in waiting)
            for row in rows
        )
        starts = [moment for task in tasks for moment in (task.start, task.actual_start) if moment is not None]
        if not starts:
            raise FormatError("The list has no date at all.", "", "Give at least one task a start.")
        resources, assignments = self._people(rows, summaries)
        project = Project(
            "1",
            self.table.sheet or "List of tasks",
            start=min(starts),
            default_calendar_id="1",
            tasks=tasks,
            relationships=tuple(links),
            assignments=assignments,
        )
        week = said.WorkWeek(tuple(SHIFTS if day < 5 else () for day in range(7)))
        calendar = said.Calendar("1", "Five days of eight hours", week)
        return ScheduleFile(said.MSPDI, PROGRAM, (project,), (calendar,), resources, (), self.losses.found())

    def _rows(self) -> list[_Row]:
        found: dict[str, _Row] = {}
        for record in range(len(self.table.texts)):
            raw = self.table.texts[record][self.chosen["name"]]
            if is_blank(raw):
                self._lose(record, "name", "a row without a name was left out")
                continue
            number = self._text(record, "number") or str(record + 1)
            if number in found:
                raise FormatError(f"The number {number[:20]} stands twice.", self.table.place(record), "Give each task its own.")
            found[number] = _Row(record, number, " ".join(raw.split())[:300], len(raw) - len(raw.lstrip()))
        if not found:
            raise FormatError("The list names no task.", "", _NO_NAME)
        return list(found.values())

    def _levels(self, rows: list[_Row]) -> dict[str, int]:
        """Levels from 1: as a column says, by outline codes, else by how far names are set in."""
        if "level" in self.chosen:
            given = [self._number(row.record, "level") for row in rows]
            return {row.key: max(1, int(level or 1)) for row, level in zip(rows, given, strict=True)}
        codes = [self._text(row.record, "wbs").strip(".") for row in rows]
        if all(codes) and len(set(codes)) == len(codes) and any("." in code for code in codes):
            return {row.key: code.count(".") + 1 for row, code in zip(rows, codes, strict=True)}
        indents = sorted({row.level for row in rows})
        return {row.key: indents.index(row.level) + 1 for row in rows}

    def _task(self, row: _Row, parent: str | None, level: int, *, is_summary: bool, waits: bool) -> Task:
        at = row.record
        start, finish = self._day(at, "start", OPENS), self._day(at, "finish", CLOSES)
        begun, ended = self._day(at, "actual_start", OPENS), self._day(at, "actual_finish", CLOSES)
        if start is not None and finish is not None and finish < start:
            self._lose(at, "finish", "it lies before the start and was left out")
            finish = None
        minutes, is_elapsed = self._duration(at)
        stone = bool(read_boolean(self._text(at, "is_milestone")))
        if minutes is None and not is_summary:
            minutes = 0 if stone else _worked(start, finish)
        is_stone = not is_summary and (stone or minutes == 0)
        progress = self._progress(at)
        begun, ended = self._actual(at, progress, (start, finish), (begun, ended), is_summary=is_summary)
        binds = start is not None and not waits and not is_summary and begun is None
        return Task(
            row.key,
            row.name,
            parent,
            level,
            display_id=row.key,
            wbs=self._text(at, "wbs"),
            is_summary=is_summary,
            is_milestone=is_stone,
            kind="fixed units",
            calendar_id="1",
            duration_minutes=minutes,
            is_duration_elapsed=is_elapsed,
            actual_duration_minutes=None if minutes is None or begun is None else round(minutes * progress / 100),
            remaining_minutes=None if minutes is None else round(minutes * (100 - progress) / 100),
            percent_complete=progress,
            start=start,
            finish=finish,
            actual_start=begun,
            actual_finish=ended,
            constraint=said.START_NO_EARLIER if binds else "",
            constraint_at=start if binds else None,
            deadline=self._day(at, "deadline", CLOSES),
            work_minutes=None if is_summary else self._work(at),
            notes=self._text(at, "notes"),
        )

    def _actual(
        self, at: int, progress: float, planned: tuple[Any, Any], actual: tuple[Any, Any], *, is_summary: bool
    ) -> tuple[dt.datetime | None, dt.datetime | None]:
        """When it began and ended: as stated; what is begun or done without a day has its planned one."""
        begun, ended = actual
        if is_summary:
            return None, None
        if progress > 0 and begun is None:
            begun = planned[0]
        if progress >= 100 and ended is None:
            ended = planned[1] or begun
        if (progress > 0 or ended is not None) and begun is None:
            self._lose(at, "progress", "it is begun, and no day says when; its progress is kept, its dates are as planned")
            return None, None
        if ended is not None and ended < begun:
            self._lose(at, "actual_finish", "it lies before the start of the work and was left out")
            ended = None
        return begun, ended

    def _links(self, rows: list[_Row]) -> list[Relationship]:
        keys = {row.key.casefold(): row.key for row in rows}
        for row in rows:  # codes and names serve where they are nobody else's number
            for other in (self._text(row.record, "wbs"), row.name):
                keys.setdefault(other.casefold(), row.key)
        found: dict[tuple[str, str, str], Relationship] = {}
        for row in rows:
            for word in re.split(r"[;\n]|,(?!\d+\s*(?:%|e?[a-zA-Z]+)\s*(?:[;,]|$))", self._text(row.record, "predecessors")):
                if word.strip():
                    link = self._link(row, word.strip(), keys)
                    if link is not None:
                        found.setdefault((link.predecessor_id, link.successor_id, link.kind), link)
        return list(found.values())

    def _is_within(self, link: Relationship, parents: Mapping[str, str | None]) -> bool:
        """Whether one end of a link stands under the other; such a link is named and left out."""
        for inner, outer in ((link.predecessor_id, link.successor_id), (link.successor_id, link.predecessor_id)):
            above = parents[inner]
            while above is not None:
                if above == outer:
                    why = f"“{link.predecessor_id}” and “{link.successor_id}” stand one under the other"
                    self.losses.value("Task", f"number {link.successor_id[:20]}", "predecessors", why)
                    return True
                above = parents[above]
        return False

    def _link(self, row: _Row, word: str, keys: Mapping[str, str]) -> Relationship | None:
        if word.casefold() in keys:
            before, kind, lag, unit = keys[word.casefold()], "FS", "", ""
        else:
            match = _LINK.match(word)
            key = match[1].strip().casefold() if match else ""
            if match is None or key not in keys:
                self._lose(row.record, "predecessors", f"“{word[:40]}” names no task of the list")
                return None
            before, lag, unit = keys[key], (match[3] or "").replace(" ", ""), (match[4] or "").lower()
            kind = (match[2] or "FS").upper()
        if before == row.key:
            self._lose(row.record, "predecessors", "the task names itself")
            return None
        link = Relationship(before, row.key, _GERMAN.get(kind, kind))
        if not lag:
            return link
        if unit == "%":
            return replace(link, lag_percent=float(lag.replace(",", ".")))
        minutes, is_elapsed = _length(f"{lag}{unit or 'd'}", "d")
        if minutes is None:
            self._lose(row.record, "predecessors", f"the lag of “{word[:40]}” was not understood; none was taken")
            return link
        return replace(link, lag_minutes=minutes, is_elapsed=is_elapsed)

    def _people(self, rows: list[_Row], summaries: set[str]) -> tuple[tuple[Resource, ...], tuple[Assignment, ...]]:
        known: dict[str, Resource] = {}
        given: list[Assignment] = []
        for row in rows:
            words = [word.strip() for word in re.split(r"[;\n,]", self._text(row.record, "resources")) if word.strip()]
            if words and row.key in summaries:
                self._lose(row.record, "resources", "nobody is assigned to a summary")
                continue
            for word in dict.fromkeys(words):
                match = _PERSON.match(word)
                name, units = (match[1], float(match[2].replace(",", ".")) / 100) if match else (word, 1.0)
                one = known.setdefault(name.casefold(), Resource(str(len(known) + 1), name[:120], "work"))
                if not any(each.task_id == row.key and each.resource_id == one.id for each in given[-len(words) :]):
                    given.append(Assignment(str(len(given) + 1), row.key, one.id, units))
        return tuple(known.values()), tuple(given)

    def _text(self, record: int, field: str) -> str:
        at = self.chosen.get(field)
        text = "" if at is None else self.table.texts[record][at]
        return "" if is_blank(text) else text.strip()

    def _number(self, record: int, field: str) -> Decimal | None:
        found = read_number(self._text(record, field).replace("%", "").strip())
        return found.value if found is not None else None

    def _day(self, record: int, field: str, clock: dt.time) -> dt.datetime | None:
        at = self.chosen.get(field)
        if at is None or field not in DATES or not self._text(record, field):
            return None
        value = self.table.values[record][at]
        if isinstance(value, dt.date):
            return dt.datetime.combine(value, clock)
        self._lose(record, field, f"“{self._text(record, field)[:40]}” is no date")
        return None

    def _duration(self, record: int) -> tuple[int | None, bool]:
        text = self._text(record, "duration")
        if not text:
            return None, False
        minutes, is_elapsed = _length(text, "h" if self.hours else "d")
        if minutes is None or minutes < 0:
            self._lose(record, "duration", f"“{text[:40]}” is no duration")
            return None, False
        return minutes, is_elapsed

    def _work(self, record: int) -> int | None:
        text = self._text(record, "work")
        if not text:
            return None
        minutes, _ = _length(text, "d" if self.days_of_work else "h")
        if minutes is None or minutes < 0:
            self._lose(record, "work", f"“{text[:40]}” is no amount of work")
            return None
        return minutes

    def _progress(self, record: int) -> float:
        at = self.chosen.get("progress")
        if at is None or not self._text(record, "progress"):
            return 0.0
        value = self.table.values[record][at]
        if isinstance(value, bool):
            return 100.0 if value else 0.0
        number = value if isinstance(value, Decimal) else self._number(record, "progress")
        if number is None or not 0 <= number <= 100:
            self._lose(record, "progress", f"“{self._text(record, 'progress')[:40]}” is no percentage")
            return 0.0
        return float(number)

    def _lose(self, record: int, field: str, why: str) -> None:
        self.losses.value("Task", self.table.place(record), field, why)


def _bracket(table: Table, at: int | None) -> str:
    """The first letter of the unit that a heading names: Duration (h), Work [days]."""
    found = re.search(r"[(\[]\s*([a-z])", table.columns[at].name.lower()) if at is not None else None
    return found[1] if found else ""


def _length(text: str, unit: str) -> tuple[int | None, bool]:
    """Minutes of a duration such as 5d, 2.5 weeks, 16h, 3 ed (by the clock); a bare number is of this unit."""
    match = _LENGTH.match(text)
    if match is None:
        return None, False
    amount, is_elapsed, letters = Decimal(match[1].replace(",", ".")), bool(match[2]), match[3].lower()
    if is_elapsed and not letters:
        return None, False
    name = next((one for one in ("mo", "m", "h", "d", "w") if letters.startswith(one)), "") if letters else unit
    if letters.startswith(("min", "m")) and not letters.startswith("mo"):
        name = "m"
    if not name:
        return None, False
    minutes = _UNITS[name] * (3 if is_elapsed and name in ("d", "w", "mo") else 1)  # a day by the clock has 24 hours, not 8
    if is_elapsed and name in ("w", "mo"):
        minutes = {"w": 7, "mo": 30}[name] * 1440
    return round(amount * minutes), is_elapsed


def _worked(start: dt.datetime | None, finish: dt.datetime | None) -> int | None:
    """Working minutes from the morning of one day to the evening of another; None where one is missing."""
    if start is None or finish is None:
        return None
    days = (finish.date() - start.date()).days + 1
    return DAY * sum((start.date() + dt.timedelta(days=n)).weekday() < 5 for n in range(min(days, 20_000)))


def _outline(rows: list[_Row], levels: Mapping[str, int]) -> tuple[dict[str, str | None], dict[str, int], set[str]]:
    """The row above each, by levels in order, and its depth from 1; and the summaries: rows with rows under them."""
    parents: dict[str, str | None] = {}
    depths: dict[str, int] = {}
    summaries: set[str] = set()
    over: list[tuple[int, str]] = []
    for row in rows:
        level = min(levels[row.key], MOST_LEVELS)
        while over and over[-1][0] >= level:
            over.pop()
        parents[row.key] = over[-1][1] if over else None
        depths[row.key] = len(over) + 1
        if over:
            summaries.add(over[-1][1])
        over.append((level, row.key))
    return parents, depths, summaries
