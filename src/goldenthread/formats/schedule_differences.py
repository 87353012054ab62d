"""What differs between the rows and the relationships of two versions of a project, field by field, in words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from goldenthread.formats.schedule_file import ASAP, Project, Relationship, Task
from goldenthread.formats.schedule_matching import MatchedProjects

ELAPSED_DAY = 1440
OF_SUMMARY = ("name", "constraint", "deadline")  # its other figures follow from the rows under it


class Telling:
    """How values of one project are told: lengths in its own days, calendars by name."""

    def __init__(self, calendars: Mapping[str, str], day: int) -> None:
        self.calendars, self.day = calendars, day
        self.fields: dict[str, Callable[[Task], str]] = {
            "name": lambda task: task.name,
            "duration": lambda task: self.length(task.duration_minutes, elapsed=task.is_duration_elapsed),
            "remaining": lambda task: self.length(task.remaining_minutes, elapsed=task.is_duration_elapsed),
            "progress": lambda task: "" if task.percent_complete is None else f"{task.percent_complete:g} %",
            "actual start": lambda task: moment(task.actual_start),
            "actual finish": lambda task: moment(task.actual_finish),
            "calendar": lambda task: self.calendars.get(task.calendar_id or "", ""),
            "constraint": lambda task: bound(task.constraint, task.constraint_at),
            "second constraint": lambda task: bound(task.second_constraint, task.second_constraint_at),
            "deadline": lambda task: moment(task.deadline),
            "counts": lambda task: "yes" if task.is_active else "no, it is inactive",
        }

    def length(self, minutes: int | None, *, elapsed: bool = False) -> str:
        """Minutes as days of work, or of the clock."""
        if minutes is None:
            return ""
        return f"{round(minutes / ELAPSED_DAY, 2):g} days by the clock" if elapsed else f"{round(minutes / self.day, 2):g} d"

    def link(self, link: Relationship) -> str:
        """A relationship as planners write it: FS, SS+2 d."""
        if link.lag_percent:
            return f"{link.kind}{link.lag_percent:+g} %"
        if not link.lag_minutes:
            return link.kind
        sign = "+" if link.lag_minutes > 0 else "−"
        return f"{link.kind}{sign}{self.length(abs(link.lag_minutes), elapsed=link.is_elapsed)}"


def moment(at: dt.datetime | None) -> str:
    """A time of the plan."""
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def bound(kind: str, at: dt.datetime | None) -> str:
    """A constraint; none where work is as soon as possible."""
    return "" if kind in ("", ASAP) else f"{kind} {moment(at)}".strip()


def row_changes(match: MatchedProjects, before: Telling, after: Telling) -> list[dict[str, Any]]:
    """Rows of both that say something else, with each field before and after."""
    old, new = ({task.id: task for task in project.tasks} for project in (match.old, match.new))
    told = []
    for once, now in match.pairs:
        a, b = old[once], new[now]
        names = OF_SUMMARY if a.is_summary and b.is_summary else before.fields
        cells = [(name, before.fields[name](a), after.fields[name](b)) for name in names]
        changes = [{"field": name, "before": x, "after": y} for name, x, y in cells if x != y]
        lengths = [(one["before"], one["after"]) for one in changes if one["field"] in ("duration", "remaining")]
        if len(lengths) == 2 and lengths[0] == lengths[1]:  # work that has not begun: said once
            changes = [one for one in changes if one["field"] != "remaining"]
        if changes:
            told.append({"id": now, "name": b.name, "changes": changes})
    return told


def logic_changes(match: MatchedProjects, before: Telling, after: Telling) -> list[dict[str, Any]]:
    """Relationships by the two rows they tie: added, removed, or of another type or lag."""
    same = dict(match.pairs)
    once = _links(match.old, before, lambda key: same.get(key, f"\0{key}"))
    now = _links(match.new, after, lambda key: key)
    old, new = ({task.id: task.name for task in project.tasks} for project in (match.old, match.new))
    told = []
    for pair in dict.fromkeys([*now, *once]):
        was, found = once.get(pair, []), now.get(pair, [])
        if was == found:
            continue
        ends = [{"id": key.lstrip("\0"), "name": new.get(key) or old.get(key.lstrip("\0"), "")} for key in pair]
        change = "added" if not was else "removed" if not found else "changed"
        told.append(
            {
                "change": change,
                "predecessor": ends[0],
                "successor": ends[1],
                "before": ", ".join(was),
                "after": ", ".join(found),
            }
        )
    return told


def _links(project: Project, telling: Telling, key: Callable[[str], str]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in project.relationships:
        if link.predecessor_project_id in (None, project.id):
            found[key(link.predecessor_id), key(link.successor_id)].append(telling.link(link))
    return {pair: sorted(links) for pair, links in found.items()}
