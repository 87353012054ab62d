"""The lists of an answer about a schedule, apart from its figures: a page reads of a kept one as much as it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from goldenthread.schedule.models import ReviewedRows, ScheduleReview

PART = 500  # rows of a list that are kept together


@dataclass(frozen=True)
class KeptRows:
    """A list of a kept answer, by parts: as much of a sequence as pages need. A slice takes one statement."""

    review: ScheduleReview
    name: str
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: slice) -> list[Any]:
        first, last, _ = place.indices(self.count)
        parts = range(first // PART, (last + PART - 1) // PART)
        found = ReviewedRows.objects.filter(review=self.review, name=self.name, number__in=parts).order_by("number")
        rows = [row for part in found.values_list("rows", flat=True) for row in part]
        return rows[first - parts.start * PART : last - parts.start * PART]


Lists = dict[str, list[Any]]


def parted(told: dict[str, Any]) -> tuple[dict[str, Any], Lists]:
    """An answer without its lists, with `counts` of each; and the lists. Those of a health review are rows at fault by check."""
    if "refused" in told:
        return told | {"counts": {}}, {}
    lists = _of_health(told) if "checks" in told else _of_comparison(told)
    left = {name: value for name, value in told.items() if name not in _TAKEN}
    if "checks" in told:
        left["checks"] = [{name: value for name, value in one.items() if name != "findings"} for one in told["checks"]]
    return left | {"counts": {name: len(rows) for name, rows in lists.items()}}, lists


_TAKEN = {"rows_added", "rows_removed", "rows_changed", "logic", "dates_moved", "critical_entered", "critical_left"}


def _of_health(told: dict[str, Any]) -> Lists:
    return {one["id"]: one["findings"] for one in told["checks"]}


def _of_comparison(told: dict[str, Any]) -> Lists:
    """What dates alone cannot tell is no list."""
    added, removed = ("added", "removed") if told["is_whole"] else ("not in the baseline", "stopped since")
    lists = {
        "rows": [
            *({"row": one, "how": added, "changes": []} for one in told["rows_added"]),
            *({"row": one, "how": removed, "changes": []} for one in told["rows_removed"]),
            *({"row": one, "how": "changed", "changes": one["changes"]} for one in told["rows_changed"]),
        ],
        "logic": told["logic"],
        "dates": told["dates_moved"],
        "critical": None
        if told["critical_entered"] is None
        else [
            *({"row": one, "how": "became critical"} for one in told["critical_entered"]),
            *({"row": one, "how": "is no longer critical"} for one in told["critical_left"]),
        ],
    }
    return {name: rows for name, rows in lists.items() if rows is not None}
