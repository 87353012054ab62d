"""The one exception of this room: what is wrong, where, and what the reader of the message can do."""

from __future__ import annotations


class FormatError(ValueError):
    """A file, cell or field that cannot be read.

    message: one sentence in plain words. place: "line 12", "sheet Plan, row 5, column D", "element Goal 3" or "".
    advice: one sentence saying what to do, or "".
    """

    def __init__(self, message: str, place: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.advice = advice

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        then = f" {self.advice}" if self.advice else ""
        return f"{self.message}{where}{then}"
