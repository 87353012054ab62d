"""One row of Microsoft Project XML on its way out: cells as text, in Microsoft's order.

What the row said in the file it came from (`kept`) is written as it stood there, as long as it still says the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

from goldenthread.formats.mspdi_order import ORDER
from goldenthread.formats.schedule_file import Kept
from goldenthread.formats.schedule_values import Losses, Row

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TENTH, _CENTS = 0.1, 100


class Cells:
    """Cells by name. tag: the element, where it is not named as its kind in ORDER."""

    def __init__(self, kind: str, kept: Kept = (), tag: str = "") -> None:
        self._kind, self._tag = kind, tag or kind
        self.stated = {name: text for name, text in kept if not name.endswith("/")}
        self._row = Row("", "", self.stated, Losses())
        self._xml: dict[str, list[str]] = {name: [plain(text)] for name, text in self.stated.items()}
        for name, inner in kept:
            if name.endswith("/"):
                self._xml.setdefault(name[:-1], []).append(inner)

    def text(self, name: str, value: str | None) -> None:
        """A text; nothing where it is empty."""
        if value:
            self._xml[name] = [plain(value)]

    def flag(self, name: str, *, value: bool) -> None:
        """Yes or no, as 1 or 0."""
        if name not in self.stated or self._row.truth(name) != value:
            self._xml[name] = [str(int(value))]

    def whole(self, name: str, value: int | None) -> None:
        """A whole number."""
        self.number(name, value)

    def number(self, name: str, value: float | Decimal | None) -> None:
        """A number without needless digits."""
        if value is not None and (name not in self.stated or self._row.number(name) != float(value)):
            self._xml[name] = [figure(value)]

    def money(self, name: str, value: Decimal | None) -> None:
        """An amount in hundredths."""
        self.number(name, None if value is None else value * _CENTS)

    def tenths(self, name: str, minutes: int | None) -> None:
        """Minutes in tenths."""
        if minutes is not None and (name not in self.stated or self._row.minutes(name, _TENTH, signed=True) != minutes):
            self._xml[name] = [str(minutes * 10)]

    def span(self, name: str, minutes: int | None, stated: str = "") -> None:
        """A duration. stated: how it was written before, used while it says the same."""
        if minutes is None or (name in self.stated and self._row.span(name, signed=True) == minutes):
            return
        if stated and Row("", "", {name: stated}, Losses()).span(name) == minutes:
            self._xml[name] = [plain(stated)]
            return
        hours, rest = divmod(abs(minutes), 60)
        self._xml[name] = [f"{'-' if minutes < 0 else ''}PT{hours}H{rest}M0S"]

    def date(self, name: str, value: dt.datetime | None) -> None:
        """A local time."""
        if value is not None and (name not in self.stated or self._row.date(name) != value):
            self._xml[name] = [value.isoformat(timespec="seconds")]

    def rows(self, name: str, rows: Iterable[str]) -> None:
        """Whole elements of that name, one after the other, instead of what was kept."""
        found = [one for one in rows if one]
        if found:
            self._xml[name] = found

    def has(self, name: str) -> bool:
        """Whether anything stands there yet."""
        return name in self._xml

    def xml(self) -> str:
        """The element with its cells in order; Microsoft refuses a file with names that it does not know."""
        inside = "".join(
            inner if inner.startswith(f"<{name}>") else f"<{name}>{inner}</{name}>"
            for name in ORDER[self._kind]
            for inner in self._xml.get(name, ())
        )
        return f"<{self._tag}>{inside}</{self._tag}>\n"


def plain(text: str) -> str:
    """Text as it may stand in XML."""
    return escape(_NOT_IN_XML.sub("\ufffd", text), {"\r": "&#13;"})


def figure(value: float | Decimal) -> str:
    """A number without an exponent and without zeros at its end."""
    text = format(value if isinstance(value, Decimal) else Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def holder(tag: str, rows: Iterable[str]) -> str:
    """An element around rows; nothing where there are none."""
    inner = "".join(rows)
    return f"<{tag}>{inner}</{tag}>" if inner else ""
