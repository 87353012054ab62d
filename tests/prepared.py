"""Prepared queries under watch: each answer is compared with what the query would be if it were composed at that moment.

To compose is what the product saves, and most of what the watch costs. So in one test, the same function asked under the same key
and told the same values, down to each field of a row, is compared at its first answer and then at every tenth: what it looks at
beside what it is told (the day, other rows) cannot be seen any earlier.
"""

from collections import Counter
from collections.abc import Hashable
from typing import Any

from django.db.models import Model

from goldenthread.kit import prepared, worlds
from goldenthread.kit.scoping import limits

EVERY = 40
_asked: Counter[Hashable] = Counter()


def as_text(composed: Any) -> tuple[Any, ...] | None:
    """SQL and parameters, blanks by their names."""
    if composed is None:
        return None
    params = [p.name if isinstance(p, prepared.Blank) else p for p in composed.params]
    return "?".join(composed.pieces), params, sorted(composed.converters)


def _facts(told: Any) -> Hashable:
    """A value, or a row by all its fields; what cannot be compared is like nothing else."""
    if isinstance(told, Model):
        return type(told), tuple((f.attname, repr(told.__dict__.get(f.attname))) for f in told._meta.concrete_fields)
    return told if isinstance(told, Hashable) else object()


def forget() -> None:
    """Begin anew: another test."""
    _asked.clear()


def watch() -> None:
    """From now on fail where a kept query differs from a fresh one: its key then lacks something that its function looks at."""
    answer = prepared.Prepared.composed

    def composed(self: Any, told: tuple[Any, ...], key: Hashable) -> Any:
        found = answer(self, told, key)
        if worlds.is_inside():  # composed anew each time
            return found
        asked = (self, limits(), key, *map(_facts, told))
        _asked[asked] += 1
        if _asked[asked] % EVERY == 1:
            fresh = prepared._compose(self.build(*told))
            assert as_text(found) == as_text(fresh), f"{self.build.__qualname__}: its key does not hold all that it looks at"
        return found

    prepared.Prepared.composed = composed  # type: ignore[method-assign]
