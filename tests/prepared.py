"""Prepared queries under watch: each answer is compared with what the query would be if it were composed at that moment."""

from typing import Any

from goldenthread.kit import prepared
from goldenthread.kit.scoping import limits


def as_text(composed: Any) -> tuple[Any, ...] | None:
    """SQL and parameters, blanks by their names."""
    if composed is None:
        return None
    params = [p.name if isinstance(p, prepared.Blank) else p for p in composed.params]
    return "?".join(composed.pieces), params, sorted(composed.converters)


def watch() -> None:
    """From now on fail where a kept query differs from a fresh one: its key then lacks something that its function looks at."""
    answer = prepared.Prepared.rows

    def rows(self: Any, *told: Any, key: Any = (), **values: Any) -> list[Any]:
        found = answer(self, *told, key=key, **values)
        kept = self._composed[(limits(), key)]
        fresh = prepared._compose(self.build(*told))
        assert as_text(kept) == as_text(fresh), f"{self.build.__qualname__}: its key does not hold all that it looks at"
        return found

    prepared.Prepared.rows = rows  # type: ignore[method-assign]
