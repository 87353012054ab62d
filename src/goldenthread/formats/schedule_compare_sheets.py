"""What a comparison of two plans tells as tables: what moved the finish, every row that differs with both its dates, logic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from goldenthread.formats.schedule_compare_words import movement
from goldenthread.formats.sheets import OutCell, OutSheet, write_csv, write_xlsx

FORMS = {"xlsx": "an Excel workbook", "csv": "CSV"}
WIDE, NARROW, DAY = 48, 12, 18
DATED = ("start_before", "start", "finish_before", "finish")


def comparison_sheets(
    told: Mapping[str, Any], lists: Mapping[str, Sequence[dict[str, Any]]], *, project: str, against: str
) -> list[OutSheet]:
    """told, lists: an answer of `compare_schedules` about one project and its lists apart, as pages have them."""
    return [_finish(told, project, against), _rows(lists), *_logic(lists.get("logic"))]


def written_comparison(sheets: Sequence[OutSheet], form: str) -> bytes:
    """The tables in a form of FORMS; in CSV a blank line parts them."""
    return write_xlsx(sheets) if form == "xlsx" else write_csv(sheets)


def _finish(told: Mapping[str, Any], project: str, against: str) -> OutSheet:
    """The finish before, each cause with its working days, the finish now: the causes sum to the whole."""
    before, now = (_moment(told[name]) for name in ("finish_before", "finish"))
    rows: list[Sequence[OutCell]] = [
        (project, None, None, None),
        (f"The schedule as it stands now, against {against}", None, None, None),
        ("Finish before", None, None, before),
        *((one["words"], one["moved_days"], one["error_days"] or None, None) for one in told["causes"]),
        (f"Finish now: {movement(told['moved_days'])}", told["moved_days"], None, now),
        (told["method"], None, None, None),
    ]
    return OutSheet("What moved the finish", ("Change", "Working days", "± days", "Finish"), rows, (WIDE, NARROW, NARROW, DAY))


def _rows(lists: Mapping[str, Sequence[dict[str, Any]]]) -> OutSheet:
    """One line for each row that came, went, says something else, moved, or became critical or no longer is."""
    found: dict[tuple[str, bool], dict[str, Any]] = {}

    def line(one: Mapping[str, Any], how: str = "") -> dict[str, Any]:
        """Of a row that went apart from that of another that has its id now: rows are not always matched by their ids."""
        key = (str(one["id"]), how == "removed")
        return found.setdefault(key, {"name": one["name"], "how": [], "what": [], "dates": {}})

    for one in lists.get("rows", ()):
        told = line(one["row"], one["how"])
        told["how"].append(one["how"])
        told["what"] += [f"{cell['field']}: {cell['before'] or 'none'} → {cell['after'] or 'none'}" for cell in one["changes"]]
        told["dates"].update({name: one["row"][name] for name in DATED if name in one["row"]})
    for one in lists.get("dates", ()):
        told = line(one)
        stands = one["start_before"] == one["start"] and one["finish_before"] == one["finish"]
        told["how"] += [] if told["how"] else ["other float" if stands else "moved"]
        told["dates"].update(one)
    for one in lists.get("critical", ()):
        line(one["row"])["how"].append(one["how"])
    head = (
        "Id",
        "Row",
        "How",
        "What changed",
        "Start before",
        "Start",
        "Finish before",
        "Finish",
        "Float before (d)",
        "Float (d)",
    )
    widths = (NARROW, WIDE, DAY, WIDE, DAY, DAY, DAY, DAY, NARROW, NARROW)
    return OutSheet("Rows that differ", head, [_cells(key, one) for (key, _), one in found.items()], widths)


def _cells(key: str, one: Mapping[str, Any]) -> Sequence[OutCell]:
    dates = one["dates"]
    return (
        *(key, one["name"], ", ".join(one["how"]), "; ".join(one["what"])),
        *(_moment(dates.get(name)) for name in DATED),
        *(dates.get(name) for name in ("float_days_before", "float_days")),
    )


def _logic(changes: Iterable[dict[str, Any]] | None) -> list[OutSheet]:
    """The relationships that came, went or are others; nothing where dates alone were compared."""
    if changes is None:
        return []
    ends = ("predecessor", "successor")
    rows = [
        (*(cell for end in ends for cell in (one[end]["id"], one[end]["name"])), one["change"], one["before"], one["after"])
        for one in changes
    ]
    head = ("Predecessor id", "Predecessor", "Successor id", "Successor", "How", "Before", "After")
    return [OutSheet("Relationships", head, rows, (NARROW, WIDE, NARROW, WIDE, DAY, DAY, DAY))]


def _moment(text: str | None) -> OutCell:
    """A day, or a moment of one, as the cell of a date."""
    if not text:
        return None
    return dt.date.fromisoformat(text) if len(text) == len("2027-03-01") else dt.datetime.fromisoformat(text)
