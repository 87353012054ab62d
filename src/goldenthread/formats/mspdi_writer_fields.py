"""Custom fields as Microsoft Project XML: its own by their numbers, others in texts that are free."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from goldenthread.formats.mspdi_cells import Cells, holder, plain
from goldenthread.formats.mspdi_tasks import OUTLINE
from goldenthread.formats.schedule_file import MSPDI, CustomField, Project, ScheduleFile
from goldenthread.formats.schedule_numbers import is_number

ACTIVITY_CODE = "activity code of the row"  # not an id that a file could hold
_TEXTS = {
    "task": (*range(188743731, 188743746, 3), *range(188743746, 188743751), *range(188743997, 188744017)),
    "resource": (205520904, 205520905, *range(205520926, 205520929), *range(205520993, 205520998), *range(205521121, 205521141)),
    "assignment": (*range(255852632, 255852642), *range(255852762, 255852782)),
}


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """The number of each custom field by its id, definitions as XML, and the field for codes of activities, or ""."""

    numbers: dict[str, str]
    attributes: list[str]
    codes: list[str]
    activity_code: str


def planned(file: ScheduleFile, project: Project) -> FieldPlan:
    """Numbers and definitions for the fields of the file, and for values of fields that it does not define."""
    fields = list(file.custom_fields)
    has_codes = any(task.display_id and not is_number(task.display_id) for task in project.tasks)
    if has_codes:
        fields.append(CustomField(ACTIVITY_CODE, "Activity ID", "task"))
    numbers, names = _numbers(file, project, fields)
    attributes: list[str] = []
    codes: list[str] = []
    for field in fields:
        if field.id in numbers:
            (codes if OUTLINE in field.kept else attributes).append(_definition(field, numbers, names))
    return FieldPlan(numbers, attributes, codes, ACTIVITY_CODE if has_codes else "")


def _numbers(file: ScheduleFile, project: Project, fields: list[CustomField]) -> tuple[dict[str, str], dict[str, str]]:
    """The number of each field, and Microsoft's name for the texts that were taken."""
    found: dict[str, str] = {}
    if file.kind == MSPDI:
        found = {field.id: field.id for field in file.custom_fields}
        rows = (*project.tasks, *project.assignments, *file.resources, *([project.project_row] if project.project_row else ()))
        found |= {value.field_id: value.field_id for row in rows for value in row.custom}
    taken = set(found.values())
    free = {of: [(n, f"Text{at}") for at, n in enumerate(texts, 1) if str(n) not in taken] for of, texts in _TEXTS.items()}
    names: dict[str, str] = {}
    count: defaultdict[str, int] = defaultdict(int)
    for field in fields:
        if field.id in found or count[field.of] >= len(free.get(field.of, ())):
            continue
        number, name = free[field.of][count[field.of]]
        found[field.id], names[field.id] = str(number), name
        count[field.of] += 1
    return found, names


def _definition(field: CustomField, numbers: dict[str, str], names: dict[str, str]) -> str:
    is_code = OUTLINE in field.kept
    kept = tuple(pair for pair in field.kept if pair != OUTLINE)
    kind, tag = ("OutlineCodeField", "OutlineCode") if is_code else ("CustomField", "ExtendedAttribute")
    cells = Cells(kind, kept, tag)
    cells.text("FieldID", numbers[field.id])
    cells.text("FieldName", names.get(field.id, field.kind))
    if field.name not in (cells.stated.get("Alias", ""), names.get(field.id, field.kind), field.id):
        cells.text("Alias", field.name)
    if field.choices and not cells.has("ValueList") and not cells.has("Values"):
        cells.rows("ValueList", [holder("ValueList", (_choice(n, *one) for n, one in enumerate(field.choices, 1)))])
    return cells.xml()


def _choice(number: int, value: str, words: str) -> str:
    said = f"<Description>{plain(words)}</Description>" if words else ""
    return f"<Value><ID>{number}</ID><Value>{plain(value)}</Value>{said}</Value>"
