"""What a written schedule file no longer says: it is read again and compared with what it was written from, value by value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from goldenthread.formats.schedule_file import (
    ASAP,
    Assignment,
    Calendar,
    CustomField,
    NotCarried,
    Project,
    Relationship,
    Resource,
    ScheduleFile,
    Task,
)
from goldenthread.formats.schedule_values import Losses

_SEPARATE = frozenset(
    {"id", "kept", "tasks", "relationships", "assignments", "project_row", "options", "custom", "duration_stated", "is_default"}
)
_NOTHING = (None, "", (), ASAP)  # as soon as possible is what a task without a constraint is
_PARTS = ("baselines", "rates", "phases", "exceptions", "custom")
Why = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes of another format, and what they do not say of what was to be written."""

    data: bytes
    not_carried: tuple[NotCarried, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """The id of each row in the written file, by its id before. fields: of custom fields; links need none."""

    tasks: Mapping[str, str]
    resources: Mapping[str, str]
    calendars: Mapping[str, str]
    assignments: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str, key: Any) -> Any:
        """What the reference `name` of a row points to, in the written file."""
        if key is None:
            return None
        known = _KINDS.get(name)
        return getattr(self, known).get(key, key) if known else key


_KINDS = {
    **dict.fromkeys(("parent_id", "task_id", "predecessor_id", "successor_id"), "tasks"),
    **dict.fromkeys(("calendar_id", "base_id", "default_calendar_id"), "calendars"),
    "resource_id": "resources",
    "predecessor_project_id": "projects",
    "project_id": "projects",
    "baseline_of_id": "projects",
}


class Comparison:
    """Differences between what was to be written and what was read again.

    why: reasons by kind of row and field. is_same_kind: both are files of one kind, so that what is kept counts, too.
    """

    def __init__(self, names: Renamed, why: Why, otherwise: str, *, is_same_kind: bool) -> None:
        self._names, self._why, self._otherwise, self._is_same_kind = names, why, otherwise, is_same_kind
        self.losses = Losses()

    def files(self, before: ScheduleFile, after: ScheduleFile, projects: Iterable[Project]) -> tuple[NotCarried, ...]:
        """Everything that differs; `projects`: those that were to be written."""
        self._all("Calendar", before.calendars, after.calendars, self._names.calendars)
        self._all("Resource", before.resources, after.resources, self._names.resources)
        self._all("Custom field", before.custom_fields, after.custom_fields, self._names.fields)
        written = {one.id: one for one in after.projects}
        for project in projects:
            found = written.get(self._names.projects.get(project.id, project.id))
            if found is None:
                self.losses.field("Project", f"project “{project.name[:60]}”", "all", self._otherwise)
                continue
            self._project(project, found)
        return self.losses.found()

    def _project(self, before: Project, after: Project) -> None:
        self._one("Project", before, after)
        said = dict(after.options)
        for name, value in before.options:
            if said.get(name) != value:
                self._lose("Project", f"project “{before.name[:60]}”", name)
        self._custom("Project", f"project “{before.name[:60]}”", before.custom, after.custom)
        self._all("Task", before.tasks, after.tasks, self._names.tasks)
        self._all("Assignment", before.assignments, after.assignments, self._names.assignments)
        if before.project_row is not None and after.project_row is not None:
            self._one("Task", before.project_row, after.project_row)
        elif before.project_row is not None:
            self._lose("Task", "the row of the whole project", "all")
        links = {(one.predecessor_id, one.successor_id, one.kind): one for one in after.relationships}
        for link in before.relationships:
            tasks = self._names.tasks
            key = (
                tasks.get(link.predecessor_id, link.predecessor_id),
                tasks.get(link.successor_id, link.successor_id),
                link.kind,
            )
            if key in links:
                self._one("Relationship", link, links[key])
            else:
                self._lose("Relationship", _named(link), "all")

    def _all(self, where: str, before: Iterable[Any], after: Iterable[Any], ids: Mapping[str, str]) -> None:
        written = {one.id: one for one in after}
        for one in before:
            found = written.get(ids.get(one.id, one.id))
            if found is None:
                self._lose(where, _named(one), "all")
                continue
            if found.id != one.id:
                self.losses.field(where, _named(one), "id", "this format knows other ids; the row was given a new one")
            self._one(where, one, found)
            if hasattr(one, "custom"):
                self._custom(where, _named(one), one.custom, found.custom)

    def _one(self, where: str, before: Any, after: Any) -> None:
        for name in _fields_of(type(before)):
            value = self._names.of(name, getattr(before, name))
            found = getattr(after, name)
            if value != found and value not in _NOTHING and not (value == 0 and found is None):
                self._lose(where, _named(before), name, is_summary=isinstance(before, Task) and before.is_summary)
        if self._is_same_kind:
            self._kept(where, _named(before), before, after)

    def _kept(self, where: str, row: str, before: Any, after: Any) -> None:
        """Cells of this very kind of file, of a row and of what stands in it."""
        if before.kept != after.kept:
            for name, _ in set(before.kept) - set(after.kept):
                self._lose(where, row, name.strip("/"))
        for name in _PARTS:
            inner = getattr(before, name, None) or ()
            for one, other in zip(inner, getattr(after, name, None) or (), strict=False):
                if one.kept != other.kept:
                    self._kept(f"{where} {type(one).__name__}", row, one, other)

    def _custom(self, where: str, row: str, before: Iterable[Any], after: Iterable[Any]) -> None:
        said = {(one.field_id, one.value) for one in after}
        for one in before:
            if (self._names.fields.get(one.field_id, one.field_id), one.value) not in said:
                self._lose(where, row, "custom")

    def _lose(self, where: str, row: str, name: str, *, is_summary: bool = False) -> None:
        why = self._why.get((where, name))
        if is_summary:
            why = self._why.get(("Summary", name)) or why or self._why.get(("Summary", ""))
        self.losses.field(where, row, name, why or self._otherwise)


_FIELDS: dict[type, tuple[str, ...]] = {}


def _fields_of(kind: type) -> tuple[str, ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(one.name for one in fields(kind) if one.name not in _SEPARATE)
    return _FIELDS[kind]


def _named(row: Task | Resource | Calendar | Assignment | Relationship | CustomField | Project) -> str:
    if isinstance(row, Relationship):
        return f"{row.kind} from {row.predecessor_id[:20]} to {row.successor_id[:20]}"
    if isinstance(row, Assignment):
        return f"Assignment {row.id[:20]} (task {row.task_id[:20]})"
    return f"{type(row).__name__} {row.id[:20]} “{row.name[:60]}”"
