"""The outline of a Primavera project: WBS rows as summaries with activities under them, in the order Primavera shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from goldenthread.formats.schedule_file import CustomValue, Task
from goldenthread.formats.schedule_values import Row
from goldenthread.formats.xer_tables import Xer

_READ = frozenset(
    "wbs_id proj_id parent_wbs_id wbs_name wbs_short_name seq_num proj_node_flag status_code anticip_start_date "
    "anticip_end_date".split()
)


def wbs_key(number: str) -> str:
    """The id of a WBS row: activities have numbers of their own."""
    return f"wbs:{number}"


class Wbs:
    """All WBS rows of the file: who stands under whom, without circles."""

    def __init__(
        self, xer: Xer, notes: dict[tuple[str, str], str], custom: dict[tuple[str, str], tuple[CustomValue, ...]]
    ) -> None:
        self.rows: dict[str, Row] = {}
        self.parents: dict[str, str | None] = {}
        self._notes, self._custom = notes, custom
        for row in xer.rows("PROJWBS", "wbs_id", "wbs_name"):
            key = row.text("wbs_id")
            if not key or key in self.rows:
                row.lose("wbs_id", "the id is missing or taken; the row was left out")
                continue
            row.unread(_READ)
            self.rows[key] = row
        for key, row in self.rows.items():
            self.parents[key] = self._parent(row)
        self._open_circles()
        self._by_project: defaultdict[str, list[str]] = defaultdict(list)
        for key in self.rows:
            self._by_project[self.project(key)].append(key)

    def _parent(self, row: Row) -> str | None:
        parent = row.key("parent_wbs_id")
        if parent is None or row.truth("proj_node_flag"):
            return None
        if parent not in self.rows or self.project(parent) != row.text("proj_id"):
            row.lose("parent_wbs_id", f"there is no WBS row {parent[:20]} in this project; the row was put at the top")
            return None
        return parent

    def project(self, key: str) -> str:
        """The project of a WBS row."""
        return self.rows[key].text("proj_id")

    def _open_circles(self) -> None:
        """A row that stands under itself, through whatever others, is put at the top."""
        whole: set[str] = set()
        for key in self.rows:
            path: dict[str, None] = {}
            at: str | None = key
            while at is not None and at not in whole and at not in path:
                path[at] = None
                at = self.parents[at]
            if at is not None and at in path:
                circle = " → ".join([*list(path)[list(path).index(at) :][:10], at])
                self.rows[at].lose("parent_wbs_id", f"it stands under itself ({circle}); it was put at the top")
                self.parents[at] = None
            whole.update(path)

    def tasks(self, project: str, activities: list[Task]) -> tuple[Task, ...]:
        """The rows of one project in outline order: each WBS row, its activities, then the WBS rows under it."""
        under: defaultdict[str | None, list[str]] = defaultdict(list)
        for key in sorted(self._by_project.get(project, ()), key=self._order):
            under[self.parents[key]].append(key)
        work: defaultdict[str | None, list[Task]] = defaultdict(list)
        for task in activities:
            work[task.parent_id].append(task)
        found: list[Task] = []
        waiting = [(key, 1, "") for key in reversed(under[None])]
        while waiting:
            key, level, path = waiting.pop()
            code = self.rows[key].text("wbs_short_name")
            path = f"{path}.{code}" if path else code
            found.append(self._summary(key, level, path))
            found += [replace(task, level=level + 1, wbs=path) for task in work.pop(wbs_key(key), ())]
            waiting += [(below, level + 1, path[-500:]) for below in reversed(under[key])]
        found += [replace(task, level=1) for tasks in work.values() for task in tasks]
        return tuple(found)

    def _order(self, key: str) -> float:
        return self.rows[key].number("seq_num") or 0.0

    def _summary(self, key: str, level: int, path: str) -> Task:
        row, parent = self.rows[key], self.parents[key]
        return Task(
            id=wbs_key(key),
            name=row.text("wbs_name"),
            parent_id=wbs_key(parent) if parent is not None else None,
            level=level,
            display_id=row.text("wbs_short_name"),
            wbs=path,
            is_summary=True,
            kind="WBS",
            status=row.text("status_code").removeprefix("WS_").lower(),
            planned_start=row.date("anticip_start_date"),
            planned_finish=row.date("anticip_end_date"),
            notes=self._notes.get(("wbs_id", key), ""),
            custom=self._custom.get(("PROJWBS", key), ()),
            kept=row.kept(_READ - {"seq_num"}),
        )
