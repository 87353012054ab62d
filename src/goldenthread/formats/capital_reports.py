"""A city's reports on its capital projects: one row per project and report, as New York publishes them.

The columns of total changes are not read: they state the end of the story on every row. A date or an amount that is no such
thing, a project reported twice on one day and a forecast that lies before its own report are listed with their line.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from goldenthread.formats.bad_cells import BadCell
from goldenthread.formats.dates import read_date
from goldenthread.formats.errors import FormatError
from goldenthread.formats.text import read_text
from goldenthread.formats.values import is_blank, read_number

COLUMNS = {
    "reported_on": "Date Reported As Of",
    "project": "PID",
    "name": "Project Name",
    "category": "Category",
    "agency": "Managing Agency",
    "phase": "Current Phase",
    "begun_on": "Design Start",
    "budget": "Budget Forecast",
    "completion": "Forecast Completion",
}


@dataclass(frozen=True, slots=True)
class CapitalReport:
    """What one report says about one project; budget in the city's currency, None where the cell is empty or unreadable."""

    place: str
    reported_on: dt.date
    project: str
    name: str
    category: str
    agency: str
    phase: str
    begun_on: dt.date | None
    budget: float | None
    completion: dt.date | None


@dataclass(frozen=True, slots=True)
class CapitalFile:
    """Reports in the order of the file, and the cells that were not understood."""

    reports: tuple[CapitalReport, ...]
    bad_cells: tuple[BadCell, ...]


def read_capital(data: bytes, options: None = None) -> CapitalFile:
    """The reports; raises FormatError where a column is missing. A row without project or report date is listed, not kept."""
    grid = read_text(data)
    heads = [head.strip().lstrip("\ufeff").strip() for head in grid.rows[0]] if grid.rows else []
    missing = [name for name in COLUMNS.values() if name not in heads]
    if missing:
        raise FormatError(f"The file has no column “{missing[0]}”.", "line 1", f"It needs: {', '.join(COLUMNS.values())}.")
    at = {field: heads.index(name) for field, name in COLUMNS.items()}
    reports: list[CapitalReport] = []
    bad: list[BadCell] = []
    seen: set[tuple[str, dt.date]] = set()
    for line, row in zip(grid.lines[1:], grid.rows[1:], strict=True):
        if not any(cell.strip() for cell in row):
            continue
        cells = {field: row[column].strip() if column < len(row) else "" for field, column in at.items()}
        report = _report(f"line {line}", cells, bad)
        if report is None:
            continue
        if (report.project, report.reported_on) in seen:
            bad.append(BadCell(report.place, "", "project stands there twice in one report", report.project))
            continue
        seen.add((report.project, report.reported_on))
        reports.append(report)
    return CapitalFile(tuple(reports), tuple(bad))


def _report(place: str, cells: dict[str, str], bad: list[BadCell]) -> CapitalReport | None:
    def day(field: str) -> dt.date | None:
        if is_blank(cells[field]):
            bad.append(BadCell(place, COLUMNS[field], "missing"))
            return None
        found = read_date(cells[field], "mdy")
        if found is None:
            bad.append(BadCell(place, COLUMNS[field], "no date", cells[field]))
        return None if found is None else found.date

    reported = day("reported_on")
    if not cells["project"]:
        bad.append(BadCell(place, COLUMNS["project"], "missing"))
    if reported is None or not cells["project"]:
        return None
    budget = None
    if is_blank(cells["budget"]):
        bad.append(BadCell(place, COLUMNS["budget"], "missing"))
    else:
        number = read_number(cells["budget"])
        if number is None or number.scaled <= 0:
            bad.append(BadCell(place, COLUMNS["budget"], "no amount", cells["budget"]))
        else:
            budget = float(number.scaled)
    completion = day("completion")
    if completion is not None and completion < reported:
        bad.append(BadCell(place, COLUMNS["completion"], "before its own report", cells["completion"]))
    if not cells["phase"]:
        bad.append(BadCell(place, COLUMNS["phase"], "missing"))
    return CapitalReport(
        place,
        reported,
        cells["project"],
        cells["name"],
        cells["category"],
        cells["agency"],
        cells["phase"],
        day("begun_on"),
        budget,
        completion,
    )
