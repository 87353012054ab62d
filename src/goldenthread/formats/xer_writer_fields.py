"""What an organisation added, as rows of a Primavera XER file: activity codes, user-defined fields, notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from goldenthread.formats.schedule_file import CustomField, CustomValue, Project, ScheduleFile
from goldenthread.formats.schedule_numbers import numbered
from goldenthread.formats.xer_cells import Cells
from goldenthread.formats.xer_custom import NOTES

_CODE, _OWN = "code:", "udf:"
_TABLES = {"task": "TASK", "resource": "RSRC", "assignment": "TASKRSRC", "project": "PROJECT"}
_ROWS_OF_WBS = "PROJWBS"
_CELLS = {"double": "udf_number", "int": "udf_number", "float_2_decimals": "udf_number", "money": "udf_number"}
_KINDS = ("text", "start_date", "end_date", "statictype", *_CELLS)


@dataclass(slots=True)
class Fields:
    """Custom fields on their way out. numbers: of each field by its id; rows: by table."""

    numbers: dict[str, str]
    rows: dict[str, list[Cells]] = field(default_factory=dict)
    _known: dict[str, CustomField] = field(default_factory=dict)
    _codes: dict[tuple[str, str], str] = field(default_factory=dict)
    _doubled: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """The id that each field has when the file is read again."""
        return {key: f"{_CODE if key.startswith(_CODE) else _OWN}{number}" for key, number in self.numbers.items()}

    def add(self, table: str, cells: Cells) -> None:
        """One more row of a table."""
        self.rows.setdefault(table, []).append(cells)

    def values(self, table: str, key: str, project: str, values: Sequence[CustomValue]) -> None:
        """The values of one row. table: where it stands; project: the number of its project, or ""."""
        for value in values:
            known = self._known.get(value.field_id)
            if known is None:
                continue
            cells = Cells()
            if value.field_id.startswith(_CODE) and table == "TASK":
                cells.text("task_id", key)
                cells.text("actv_code_type_id", self.numbers[value.field_id])
                cells.text("actv_code_id", self._code(value.field_id, value.value))
                cells.text("proj_id", project)
                self.add("TASKACTV", cells)
            elif not value.field_id.startswith(_CODE):
                cells.text("udf_type_id", self._type(known, table))
                cells.text("fk_id", key)
                cells.text("proj_id", project)
                for name in ("udf_date", "udf_number", "udf_text"):
                    cells.text(name, value.value if name == _cell(known, value.value) else "")
                self.add("UDFVALUE", cells)

    def _type(self, known: CustomField, table: str) -> str:
        """The field for rows of that table: WBS rows have fields of their own, which here carry the same name."""
        if _TABLES.get(known.of) == table or table != _ROWS_OF_WBS:
            return self.numbers[known.id]
        if known.id not in self._doubled:
            taken = max(int(number) for number in (*self.numbers.values(), *self._doubled.values()))
            self._doubled[known.id] = str(taken + 1)
            self.add("UDFTYPE", _user_field(known, str(taken + 1), table))
        return self._doubled[known.id]

    def _code(self, field_id: str, value: str) -> str:
        key = field_id, value
        if key not in self._codes:
            self._codes[key] = str(len(self._codes) + 1)
            words = dict(self._known[field_id].choices).get(value, value)
            cells = Cells()
            cells.text("actv_code_id", self._codes[key])
            cells.text("actv_code_type_id", self.numbers[field_id])
            cells.text("actv_code_name", words)
            cells.text("short_name", value)
            self.add("ACTVCODE", cells)
        return self._codes[key]


def fields_of(file: ScheduleFile) -> Fields:
    """The definitions of all custom fields, with the codes that may be chosen."""
    numbers: dict[str, str] = {}
    for prefix in (_CODE, _OWN):
        keys = [one.id for one in file.custom_fields if one.id.startswith(_CODE) == (prefix == _CODE)]
        bare = numbered(key.removeprefix(prefix) for key in keys)
        numbers |= {key: bare[key.removeprefix(prefix)] for key in keys}
    found = Fields(numbers, _known={one.id: one for one in file.custom_fields})
    for one in file.custom_fields:
        if one.id.startswith(_CODE):
            cells = Cells()
            cells.text("actv_code_type_id", numbers[one.id])
            cells.text("actv_code_type", one.name)
            cells.text("actv_code_type_scope", "AS_Global")
            found.add("ACTVTYPE", cells)
            for value, _ in one.choices:
                found._code(one.id, value)  # noqa: SLF001 -- of this module
        else:
            found.add("UDFTYPE", _user_field(one, numbers[one.id], _TABLES.get(one.of, "TASK")))
    return found


def _user_field(one: CustomField, number: str, table: str) -> Cells:
    cells = Cells()
    cells.text("udf_type_id", number)
    cells.text("table_name", table)
    cells.text("udf_type_name", f"user_field_{number}")
    cells.text("udf_type_label", one.name)
    cells.text("logical_data_type", f"FT_{_kind(one).upper()}")
    return cells


def _kind(one: CustomField) -> str:
    return one.kind if one.kind in _KINDS else "text"


def _cell(one: CustomField, value: str) -> str:
    kind = _kind(one)
    if kind in _CELLS and value.replace(".", "", 1).replace("-", "", 1).isdigit():
        return _CELLS[kind]
    return "udf_date" if kind in ("start_date", "end_date") else "udf_text"


def note_rows(project: Project, tasks: Mapping[str, str], wbs: Mapping[str, str], number: str) -> dict[str, list[Cells]]:
    """Notebook entries, all under one topic."""
    found: dict[str, list[Cells]] = {"MEMOTYPE": [], "TASKMEMO": [], "WBSMEMO": []}
    for task in project.tasks:
        if not task.notes:
            continue
        table, key, ids = ("WBSMEMO", "wbs", wbs) if task.is_summary else ("TASKMEMO", "task", tasks)
        cells = Cells()
        cells.text("wbs_memo_id" if task.is_summary else "memo_id", f"{number}{len(found[table]) + 1:06}")
        cells.text(f"{key}_id", ids[task.id])
        cells.text("memo_type_id", "1")
        cells.text("proj_id", number)
        cells.text(f"{key}_memo", task.notes)
        found[table].append(cells)
    return found


def notes_topic() -> Cells:
    """The one topic of MEMOTYPE."""
    cells = Cells()
    cells.text("memo_type_id", "1")
    cells.text("memo_type", NOTES)
    return cells


def all_rows(tables: Iterable[Mapping[str, list[Cells]]]) -> dict[str, list[Cells]]:
    """Rows of several mappings, table by table."""
    found: dict[str, list[Cells]] = {}
    for one in tables:
        for name, rows in one.items():
            found.setdefault(name, []).extend(rows)
    return found
