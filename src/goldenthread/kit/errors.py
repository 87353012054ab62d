"""What an action raises when it will not do what was asked. Views, commands and the API turn these into clear answers."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_NOW = ("full", "locked", "deadlock", "disk I/O error", "No space left")  # as SQLite and PostgreSQL say it


class Refused(Exception):
    """The input or the state of things forbids the action. `field` names the input at fault, `advice` says what to do."""

    def __init__(self, message: str, *, field: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.advice = advice

    def __str__(self) -> str:
        """The message and the advice as one text."""
        return f"{self.message} {self.advice}".strip()


class Forbidden(Exception):
    """The person may see that the thing exists, but may not do this with it."""


@dataclass
class Difference:
    """One field of a row on which two writers disagree."""

    field: str
    yours: Any
    theirs: Any


class Conflict(Exception):
    """The row has changed since the writer read it, or the writer did not say what was read. Carries both, field by field."""

    def __init__(self, row: Any, *, expected: int, current: int, differences: tuple[Difference, ...] = ()) -> None:
        changed = f"{row} was changed by somebody else (version {current}, you had {expected})."
        super().__init__(changed if expected else f"This did not say which version of {row} it changes. Nothing was changed.")
        self.row = row
        self.expected = expected
        self.current = current
        self.differences = differences


def why_not_written(error: BaseException) -> str:
    """What keeps a file or the database from being written just now, in words for people; empty for any other fault."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return "There is no room left on the disk."
    if type(error).__name__ == "OperationalError" and any(words in str(error) for words in NOT_NOW):
        return "The database cannot write now."
    return ""
