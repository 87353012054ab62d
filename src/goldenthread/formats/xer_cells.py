"""Rows of a Primavera XER file on their way out: cells as text by column, and tables of them as bytes.

What a row said in the file it came from (`kept`) is written as it stood there, as long as it still says the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from goldenthread.formats.schedule_file import Kept
from goldenthread.formats.schedule_values import Losses, Row

HOUR = 60
_BREAK = re.compile(r"\r\n?|\n")
_NO_CELL = re.compile("[\t\x00]")


class Cells:
    """Cells by column; an empty one where nothing is stated."""

    def __init__(self, kept: Kept = ()) -> None:
        self.stated = dict(kept)
        self._row = Row("", "", self.stated, Losses())
        self.cells: dict[str, str] = {}

    def text(self, name: str, value: str | None) -> None:
        """A text; line breaks become the two marks that Primavera writes for them."""
        self.cells[name] = _NO_CELL.sub(" ", _BREAK.sub("\x7f\x7f", value or ""))

    def flag(self, name: str, *, value: bool) -> None:
        """Yes or no, as Y or N."""
        self.cells[name] = "Y" if value else "N"

    def hours(self, name: str, minutes: int | None) -> None:
        """Minutes in hours."""
        if minutes is not None and self._row.minutes(name, HOUR, signed=True) == minutes:
            self.cells[name] = self.stated[name]
        else:
            self.number(name, None if minutes is None else Decimal(minutes) / HOUR)

    def minutes(self, name: str) -> int:
        """What a kept column of hours says, in minutes; 0 where nothing was kept."""
        return self._row.minutes(name, HOUR, signed=True) or 0

    def amount(self, name: str) -> Decimal:
        """What a kept column says as a number; 0 where nothing was kept."""
        return self._row.money(name) or Decimal(0)

    def number(self, name: str, value: float | Decimal | None) -> None:
        """A number without needless digits."""
        self.cells[name] = "" if value is None else figure(value)

    def date(self, name: str, value: dt.datetime | None) -> None:
        """A local time, to the minute unless more was stated."""
        form = "%Y-%m-%d %H:%M:%S" if value is not None and value.second else "%Y-%m-%d %H:%M"
        self.cells[name] = "" if value is None else value.strftime(form)

    def kept(self, *names: str) -> None:
        """Columns as they stood, so far as they are not written yet; all where none is named."""
        for name in names or self.stated:
            if name in self.stated and name not in self.cells:
                self.text(name, self.stated[name])


def figure(value: float | Decimal) -> str:
    """A number without an exponent, of ten digits after the point at most, and without zeros at its end."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = format(exact.quantize(Decimal("1e-10")) if exact.as_tuple().exponent < -10 else exact, "f")  # type: ignore[operator]
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def xer_bytes(head: Sequence[str], tables: Mapping[str, Sequence[Cells]]) -> bytes:
    """The whole file in code page 1252, or in UTF-8 where a letter has no place in it; tables without rows are left out."""
    lines = ["\t".join(["ERMHDR", *(_NO_CELL.sub(" ", word) for word in head)])]
    for name, rows in tables.items():
        if not rows:
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row.cells))
        lines += [f"%T\t{name}", "\t".join(["%F", *columns])]
        lines += ["\t".join(["%R", *(row.cells.get(column, "") for column in columns)]) for row in rows]
    text = "\r\n".join([*lines, "%E", ""])
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return text.encode("utf-8-sig", "replace")
