"""Cells that were not taken as they stand: listed with their place, counted by what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BadCell:
    """Where ("record 12", "line 7"), the file's own name of the field ("" for the whole record), what is wrong, and its text."""

    place: str
    field: str
    what: str
    text: str = ""


def counted(cells: Iterable[BadCell]) -> dict[str, int]:
    """How many cells are wrong in which way: "value_start: missing" -> 58, most first."""
    found = Counter(f"{cell.field}: {cell.what}" if cell.field else cell.what for cell in cells)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
