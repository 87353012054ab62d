"""Whole numbers for the ids of a schedule, for formats that know no other ids; an id that is one already stays."""

from __future__ import annotations

from collections.abc import Iterable

_LARGEST = 2_000_000_000


def numbered(ids: Iterable[str], first: int = 1) -> dict[str, str]:
    """For each id its number, as text; every number once, none below `first`."""
    wanted = list(dict.fromkeys(ids))
    found = {one: one for one in wanted if is_number(one) and int(one) >= first}
    taken = {int(one) for one in found}
    number = max(taken, default=first - 1)
    for one in wanted:
        if one not in found:
            number += 1
            found[one] = str(number)
    return found


def is_number(text: str) -> bool:
    """Whether these are the plain digits of a number that other programs take as an id."""
    return text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= _LARGEST and str(int(text)) == text
