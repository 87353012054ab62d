"""Of which day a list is, where its rows do not say so: what its name, its title rows or its sheet state, to be confirmed."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from goldenthread.engine.text_dates import find_dates
from goldenthread.formats.project_lists import ProjectFile

_DAY = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?([0-3]\d))?(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class FoundDay:
    """A day that the file states, or None, and where in words."""

    day: date | None
    where: str = ""


def day_of_list(name: str, reading: ProjectFile, today: date) -> FoundDay:
    """The day in the file's name, else in the rows above the table, else in the name of the sheet; a day to come is none.

    A month, a quarter or a year counts as its last day; a year alone comes after everything that says more.
    """
    found = reading.detected
    places = [(name.rpartition(".")[0] or name, "the file’s name")]
    places += [(text, "the rows above the table") for text in found.above]
    places.append((found.table.sheet, "the name of the sheet"))
    years: list[FoundDay] = []
    for text, where in places:
        plain = re.sub(r"[_\s]+", " ", text)
        written = day_in_name(text, today)
        named = [(words.day, plain[words.start : words.end]) for words in find_dates(plain)]
        past = [(day, words) for day, words in named if day is not None and day <= today]
        exact = written or next((day for day, words in past if not _YEAR.fullmatch(words)), None)
        if exact is not None:
            return FoundDay(exact, where)
        years += [FoundDay(day, f"the year in {where}") for day, _ in past]
    return next(iter(years), FoundDay(None))


def day_in_name(name: str, today: date) -> date | None:
    """The day that a name states in figures, as 2026-03-31; a month counts as its last day, a day to come not at all."""
    found = _DAY.search(name)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    try:
        day = date(year, month, int(found[3] or monthrange(year, month)[1]))
    except ValueError:
        return None
    return day if day <= today else None
