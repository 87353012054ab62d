"""The causes of a moved finish in words: what was changed, on which rows, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goldenthread.engine import schedule_compare_causes as causes
from goldenthread.engine.schedule_compare_causes import Cause
from goldenthread.formats.schedule_pair import PlanPair

NAMED, LONGEST = 3, 60
LEAST = 0.1  # working days that are told as a figure
ONE = {causes.ADDED: "added", causes.DROPPED: "removed"}
SEVERAL = {
    causes.ADDED: "rows added",
    causes.DROPPED: "rows removed",
    causes.DURATION: "durations",
    causes.PROGRESS: "progress",
    causes.BOUND: "constraints and deadlines",
    causes.LOGIC: "relationships",
    causes.START: "the day from which work may begin",
    causes.RULES: "the rules of the program",
}
OF_KIND = {
    causes.DURATION: ("duration", "remaining"),
    causes.PROGRESS: ("progress", "remaining", "actual start", "actual finish"),
    causes.BOUND: ("constraint", "second constraint", "deadline"),
}


def movement(days: float) -> str:
    """How far a finish moved, in working days."""
    if not days:
        return "did not move"
    size = f"{abs(days):,.1f}".removesuffix(".0") if abs(days) >= LEAST else f"less than {LEAST}"
    return f"moved {size} working {'day' if size == '1' else 'days'} {'later' if days > 0 else 'earlier'}"


class Words:
    """rows: by id of the later file what `row_changes` found; logic: what `logic_changes` found, by the ids of both ends."""

    def __init__(
        self,
        both: PlanPair,
        rows: Mapping[str, list[dict[str, str]]],
        logic: Mapping[tuple[str, str], dict[str, Any]],
        start: str,
    ) -> None:
        self.both, self.rows, self.logic, self.start = both, rows, logic, start

    def of(self, cause: Cause) -> str:
        """One line."""
        kind = cause.kinds[0]
        if len(cause.kinds) > 1:
            return self._together(cause)
        if kind == causes.RULES:
            return "The two programs count differently (starts, milestones, lags, progress)"
        if kind == causes.START:
            return f"The day from which work may begin{self.start}"
        if kind == causes.CALENDAR:
            return self._calendar(cause)
        if kind == causes.LOGIC:
            return self._logic(cause)
        if len(cause.keys) != 1:
            return f"{len(cause.keys)} × {SEVERAL[kind]}: {self._names(cause.keys)}"
        return self._row(kind, cause.keys[0])

    def _row(self, kind: str, key: int) -> str:
        task = self.both.tasks[key]
        if kind in ONE:
            return f"{self._name(key)} {ONE[kind]}"
        found = [one for one in self.rows.get(task.id, ()) if one["field"] in OF_KIND[kind]]
        if not found:
            return f"{self._name(key)}: {SEVERAL[kind]}"
        said = ", ".join(f"{one['field']} {one['before'] or 'none'} → {one['after'] or 'none'}" for one in found[:2])
        return f"{self._name(key)}: {said}"

    def _logic(self, cause: Cause) -> str:
        if len(cause.pairs) != 1:
            ends = sorted({key for pair in cause.pairs for key in pair})
            return f"{len(cause.pairs)} × relationships: {self._names(tuple(ends))}"
        before, after = cause.pairs[0]
        told = self.logic.get((self.both.tasks[before].id, self.both.tasks[after].id))
        named = f"{self._name(before)} → {self._name(after)}"
        if told is None:
            return f"{named}: relationship"
        if told["change"] == "changed":
            return f"{named}: {told['before']} becomes {told['after']}"
        return f"{named}: relationship {told['before'] or told['after']} {told['change']}"

    def _calendar(self, cause: Cause) -> str:
        named = {self.both.calendars[place] if place >= 0 else "by the clock" for place in cause.calendars}
        rows = f"{len(cause.keys)} rows" if len(cause.keys) != 1 else self._name(cause.keys[0])
        if len(named) == 1:
            return f"Working time of “{named.pop()}” changed ({rows})"
        before, after = (self.both.calendars[place] if place >= 0 else "by the clock" for place in cause.calendars)
        return f"Working time “{before}” → “{after}” ({rows})"

    def _together(self, cause: Cause) -> str:
        if set(cause.kinds) <= {causes.ADDED, causes.DROPPED, causes.LOGIC} and cause.keys:
            done = " and ".join(ONE[kind] for kind in cause.kinds if kind in ONE)
            return f"{self._names(cause.keys)} {done}, with relationships around"
        kinds = ", ".join(SEVERAL.get(kind, kind) for kind in cause.kinds)
        return f"Only together ({kinds}): {self._names(cause.keys or tuple(sorted({k for pair in cause.pairs for k in pair})))}"

    def _names(self, keys: tuple[int, ...]) -> str:
        named = list(dict.fromkeys(self._name(key) for key in keys))
        more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
        return ", ".join(named[:NAMED]) + more

    def _name(self, key: int) -> str:
        name = self.both.tasks[key].name
        return f"“{name[: LONGEST - 1]}…”" if len(name) > LONGEST else f"“{name}”"
