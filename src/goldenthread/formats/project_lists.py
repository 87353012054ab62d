"""A detected table as a list of projects: which column is which field, and each row read with its gaps and oddities named.

`guess_mapping` proposes, a person may correct, `read_projects` reads. `reconcile` (see reconciliation) compares with what is
already known.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from goldenthread.formats.columns import Column, are_fractions, date_in, scaled
from goldenthread.formats.dates import last_of_month, read_date
from goldenthread.formats.errors import FormatError
from goldenthread.formats.header_words import fields_of, words_of
from goldenthread.formats.project_rows import FIELDS, HistoryPoint, Match, Problem, ProjectList, ProjectRow
from goldenthread.formats.reconciliation import Known, Reconciliation, reconcile
from goldenthread.formats.tables import Detected, Settings, Table, detect
from goldenthread.formats.values import CODES, is_blank, is_no_number, is_spreadsheet_error, read_number, read_rating, tidy

__all__ = [
    "FIELDS", "HistoryPoint", "Known", "Match", "Problem", "ProjectFile", "ProjectList", "ProjectOptions", "ProjectRow",
    "Reconciliation", "guess_mapping", "headings_of", "read_project_file", "read_projects", "recalled", "reconcile",
]  # fmt: skip
PREVIEW = 200
SHARED = 0.9  # different titles for each cell, at most, where a column of titles groups the projects
_SURE_ENOUGH = 0.36
_FITS = {
    "text": {"text": 1.0, "id": 0.9, "boolean": 0.3, "rating": 0.5, "number": 0.5, "date": 0.2, "money": 0.2, "percent": 0.2},
    "date": {"date": 1.0},
    "money": {"money": 1.0, "number": 0.9},
    "rating": {"rating": 1.0, "text": 0.4},
    "percent": {"percent": 1.0, "number": 0.9},
}


@dataclass(frozen=True, slots=True)
class ProjectOptions:
    """settings for the table; mapping: field -> column indices, replacing the guess.

    headings: field -> headings as `headings_of` returned them for an earlier file; fields found again need no guess.
    """

    settings: Settings | None = None
    mapping: dict[str, tuple[int, ...]] | None = None
    headings: dict[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """What `read_project_file` returns: the detected table, cut to its first PREVIEW records, and all projects read from it."""

    detected: Detected
    projects: ProjectList


def read_project_file(data: bytes, options: ProjectOptions | None = None) -> ProjectFile:
    """Detect, map and read in one step; raises FormatError where no table or no name of a project is found."""
    options = options or ProjectOptions()
    detected = detect(data, options.settings)
    mapping = recalled(detected.table, options.headings) if options.headings is not None else guess_mapping(detected.table)
    if options.mapping is not None:
        mapping = {name: Match(tuple(columns), 1.0, "given") for name, columns in options.mapping.items() if columns}
    projects = read_projects(detected.table, mapping)
    table = replace(detected.table, texts=detected.table.texts[:PREVIEW], values=detected.table.values[:PREVIEW])
    return ProjectFile(replace(detected, table=table), projects)


def guess_mapping(table: Table) -> dict[str, Match]:
    """Field -> Match by heading and content; each column serves one field. Fields that are not found are absent."""
    offers = []
    repeats = any(column.kind == "date" and fields_of(column.name).get("reported_on", 0.0) >= 0.8 for column in table.columns)
    for column in table.columns:
        for name, score in fields_of(column.name).items():
            fit = _fit(name, column, len(table.texts), repeats=repeats)
            offers.append((round(score * fit, 4), -column.index, name, column))
    offers += _offers_by_content(table)
    chosen: dict[str, Match] = {}
    taken: set[int] = set()
    for score, _, name, column in sorted(offers, key=lambda offer: offer[:3], reverse=True):
        if score >= _SURE_ENOUGH and name not in chosen and column.index not in taken:
            chosen[name] = Match((column.index,), min(1.0, score), f"heading {column.name!r}"[:80])
            taken.add(column.index)
    _group_by_second_title(chosen, taken, offers)
    return _with_second_columns(table, chosen, taken, offers)


def _group_by_second_title(chosen: dict[str, Match], taken: set[int], offers: list[tuple[float, int, str, Column]]) -> None:
    """A second column of titles that several projects share says what they belong to, where nothing else does: the category."""
    if "name" not in chosen or "category" in chosen:
        return
    for score, _, name, column in sorted(offers, key=lambda offer: offer[:3], reverse=True):
        shared = 1 < column.distinct <= SHARED * column.filled
        if name == "name" and score >= _SURE_ENOUGH and shared and column.kind == "text" and column.index not in taken:
            chosen["category"] = Match((column.index,), min(1.0, score), f"heading {column.name!r}, shared by several"[:80])
            taken.add(column.index)
            return


def headings_of(table: Table, mapping: Mapping[str, Match]) -> dict[str, tuple[str, ...]]:
    """Field -> headings of its columns: what to store so that next month's file needs no questions."""
    return {name: tuple(table.columns[column].name for column in match.columns) for name, match in mapping.items()}


def recalled(table: Table, headings: Mapping[str, Sequence[str]]) -> dict[str, Match]:
    """The mapping of an earlier file found again by its headings; fields whose heading is gone are guessed from free columns."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for column in table.columns:
        places[words_of(column.name) or (column.name,)].append(column.index)
    found: dict[str, Match] = {}
    for name, wanted in headings.items():
        keys = dict.fromkeys(words_of(heading) or (heading,) for heading in wanted)
        columns = [index for key in keys for index in places.get(key, ())]
        if columns and name in FIELDS:
            found[name] = Match(tuple(columns), 1.0, "as in the last file")
    taken = {column for match in found.values() for column in match.columns}
    for name, match in guess_mapping(table).items():
        if name in headings and name not in found and not taken.intersection(match.columns):
            found[name] = match
    return found


def _fit(name: str, column: Column, records: int, *, repeats: bool) -> float:
    """How well the content suits the field, 0 to 1. repeats: the list may hold a project once per reporting date."""
    kind = FIELDS[name]
    fit = _FITS[kind].get(column.kind, 0.0)
    if column.filled == 0:
        return 0.3 if kind == "text" else 0.5
    if name in ("reference", "name"):
        unique = max(column.distinct / max(1, column.filled), 0.8 if repeats and column.distinct > 1 else 0.0)
        filled = column.filled / max(1, records)
        fit = 0.9 if column.kind == "id" and name == "reference" else fit
        fit *= (0.55 + 0.45 * unique) * (0.6 + 0.4 * filled)
    if name == "name" and column.kind in ("id", "number"):
        fit *= 0.6
    if name == "currency" and any(len(tidy(sample)) > 4 for sample in column.samples):
        fit *= 0.2
    return fit


def _offers_by_content(table: Table) -> list[tuple[float, int, str, Column]]:
    """For headings that say nothing: a column of ratings is the rating, the first text column without repeats the name."""
    offers = [(0.5, -column.index, "rating", column) for column in table.columns if column.kind == "rating"]
    records = len(table.texts)
    for column in table.columns:
        lengths = [len(sample) for sample in column.samples]
        unlike = column.distinct >= 0.9 * max(1, column.filled) and column.filled >= 0.8 * records
        if column.kind == "text" and unlike and lengths and 4 <= sum(lengths) / len(lengths) <= 90 and not fields_of(column.name):
            offers.append((0.38, -column.index, "name", column))
            break
    return offers


def _with_second_columns(
    table: Table, chosen: dict[str, Match], taken: set[int], offers: list[tuple[float, int, str, Column]]
) -> dict[str, Match]:
    """Add columns of the same meaning that fill gaps of the first (two rating columns), and all comments."""
    for score, _, name, column in sorted(offers, key=lambda offer: offer[:3], reverse=True):
        if name not in chosen or column.index in taken or score < 0.5 or FIELDS[name] == "money":
            continue
        first = chosen[name]
        if name == "comment" or (name not in ("name", "reference") and _fills_gaps(table, first.columns, column.index)):
            chosen[name] = replace(first, columns=(*first.columns, column.index))
            taken.add(column.index)
    return chosen


def _fills_gaps(table: Table, firsts: tuple[int, ...], second: int) -> bool:
    gaps = [row for row in table.texts if all(is_blank(row[first]) for first in firsts)]
    return len(gaps) >= 0.02 * len(table.texts) and sum(not is_blank(row[second]) for row in gaps) >= 0.5 * len(gaps)


def read_projects(table: Table, mapping: Mapping[str, Match]) -> ProjectList:
    """Read each record as a project; rows on the same project at several dates are folded into the latest with its history.

    Raises FormatError where neither a name nor a reference is mapped or a column does not exist.
    """
    for name, match in mapping.items():
        if name not in FIELDS or any(not 0 <= column < len(table.columns) for column in match.columns):
            raise FormatError(f"The mapping of {name} points to a column that is not there.", "", "Choose the columns again.")
    if "name" not in mapping and "reference" not in mapping:
        raise FormatError("No column holds the names of the projects.", "", "Say which column holds the name.")
    table = _with_shares(table, mapping)
    rows = [_project(table, record, mapping) for record in range(len(table.texts))]
    problems = [
        Problem(table.place(record), "name", "A row without a name was left out.")
        for record, row in enumerate(rows)
        if row is None
    ]
    read = [row for row in rows if row is not None]
    folded, repeats = _folded(read)
    problems += repeats
    problems += [Problem(row.place, "", text) for row in folded for text in row.problems]
    return ProjectList(tuple(folded), tuple(problems), len(table.texts), dict(mapping), len(read) - len(folded))


def _with_shares(table: Table, mapping: Mapping[str, Match]) -> Table:
    """Mark progress columns of plain numbers that turn out to be shares of one, so that they are read in per cent."""
    marked = (
        {column for column in mapping["progress"].columns if _holds_shares(table, column)} if "progress" in mapping else set()
    )
    columns = [replace(column, power=2) if column.index in marked else column for column in table.columns]
    return replace(table, columns=tuple(columns))


def _holds_shares(table: Table, column: int) -> bool:
    return table.columns[column].kind == "number" and are_fractions([row[column] for row in table.values])


def _project(table: Table, record: int, mapping: Mapping[str, Match]) -> ProjectRow | None:
    found: dict[str, Any] = {}
    withheld: dict[str, str] = {}
    problems: list[str] = []
    for name, match in mapping.items():
        value = _field(table, record, name, match, withheld, problems)
        if value is not None:
            found[name] = value
    if not found.get("name"):
        found["name"] = found.get("reference", "")
    if not found["name"]:
        return None
    found["currency"] = _currency(table, record, mapping, found)
    start, finish = found.get("start"), found.get("finish")
    if start and finish and finish < start:
        problems.append(f"The finish {finish} lies before the start {start}.")
    return ProjectRow(place=table.place(record), withheld=withheld, problems=tuple(problems), **found)


def _field(table: Table, record: int, name: str, match: Match, withheld: dict[str, str], problems: list[str]) -> Any:
    """The value of one field, or None with the words kept in `withheld`. The first column with a value wins."""
    kind = FIELDS[name]
    texts, values = table.texts[record], table.values[record]
    filled = [column for column in match.columns if values[column] is not None]
    if kind == "text":
        words = [tidy(texts[column]) for column in filled]
        return "\n\n".join(dict.fromkeys(words)) if name == "comment" else words[0] if words else ""
    filled = [column for column in match.columns if values[column] is not None or is_no_number(texts[column])]
    cells = [
        (table.columns[column], texts[column], texts[column] if values[column] is None else values[column]) for column in filled
    ]
    for column, text, value in cells:
        read = _READ[kind](column, text, value, name)
        if read is not None:
            return _checked(name, read, text, problems)
    if cells:
        withheld[name] = tidy(cells[0][1])
        if is_spreadsheet_error(withheld[name]):
            problems.append(f"{name.replace('_', ' ').capitalize()} holds the spreadsheet error {withheld[name]}.")
        elif is_no_number(withheld[name]):
            problems.append(f"{name.replace('_', ' ').capitalize()} holds {withheld[name]}, which is no number.")
    return None


def _checked(name: str, value: Any, text: str, problems: list[str]) -> Any:
    if name == "progress" and not 0 <= value <= 100:
        problems.append(f"Progress {tidy(text)} lies outside 0 to 100 %.")
        return None
    if name in ("budget", "whole_life_cost") and value < 0:
        problems.append(f"{name.replace('_', ' ').capitalize()} {tidy(text)} is negative.")
    return value


def _read_date(column: Column, text: str, value: Any, name: str) -> dt.date | None:
    """A whole month means its last day for a finish, its first for a start."""
    found = read_date(text, column.date_order)
    if found:
        return last_of_month(found.date) if found.whole_month and "finish" in name else found.date
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else date_in(text, text, column.date_order)


def _read_money(column: Column, text: str, value: Any, name: str) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    found = read_number(text, column.decimal_mark)
    return scaled(found.scaled, column.power) if found and not found.percent else None


def _read_percent(column: Column, text: str, value: Any, name: str) -> Decimal | None:
    if column.kind == "percent" and isinstance(value, Decimal):
        return value
    found = read_number(text, column.decimal_mark)
    return scaled(found.value, 0 if found.percent else column.power) if found else None


def _read_rating(column: Column, text: str, value: Any, name: str) -> str | None:
    return read_rating(text)


_READ = {"date": _read_date, "money": _read_money, "rating": _read_rating, "percent": _read_percent}


def _currency(table: Table, record: int, mapping: Mapping[str, Match], found: Mapping[str, Any]) -> str | None:
    stated = str(found.get("currency") or "").upper()
    if stated in CODES:
        return stated
    for name in ("budget", "forecast_cost", "whole_life_cost", "spend"):
        if name not in found:
            continue
        for index in mapping[name].columns:
            column = table.columns[index]
            own = read_number(table.texts[record][index], column.decimal_mark)
            code = (own.currency if own and own.currency and len(own.currency) == 3 else None) or column.currency
            if code in CODES:
                return code
    return None


def _folded(rows: list[ProjectRow]) -> tuple[list[ProjectRow], list[Problem]]:
    """Keep one row per project where a file repeats its projects per reporting date; name true duplicates."""
    groups: dict[str, list[ProjectRow]] = defaultdict(list)
    for place, row in enumerate(rows):
        groups[row.reference.casefold() or f"\0{place}"].append(row)
    if all(len(group) == 1 for group in groups.values()):
        return rows, []
    kept, problems = [], []
    for group in groups.values():
        dates = [row.reported_on for row in group]
        if len(group) > 1 and None not in dates and len(set(dates)) == len(dates):
            latest, *earlier = sorted(group, key=lambda row: row.reported_on or dt.date.min, reverse=True)
            kept.append(replace(latest, history=tuple(_point(row) for row in reversed(earlier))))
            continue
        kept += group
        problems += [
            Problem(row.place, "reference", f"The reference {row.reference} occurs more than once.") for row in group[1:]
        ]
    order = {row.place: place for place, row in enumerate(rows)}
    return sorted(kept, key=lambda row: order[row.place]), problems


def _point(row: ProjectRow) -> HistoryPoint:
    reported = row.reported_on or dt.date.min
    return HistoryPoint(reported, row.rating, row.status, row.finish, row.budget, row.forecast_cost, row.place)
