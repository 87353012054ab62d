"""What an organisation added to a Primavera XER file: activity codes, user-defined fields, notebooks, expenses."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from goldenthread.formats.schedule_file import CustomField, CustomValue
from goldenthread.formats.xer_resources import total
from goldenthread.formats.xer_tables import Xer

_OF = {"TASK": "task", "PROJWBS": "task", "RSRC": "resource", "TASKRSRC": "assignment", "PROJECT": "project"}
_MEMOS = (("TASKMEMO", "task_id", "task_memo"), ("WBSMEMO", "wbs_id", "wbs_memo"))
NOTES = "Notes"  # the topic under which notes without one are written

Values = dict[tuple[str, str], tuple[CustomValue, ...]]


def custom_of(xer: Xer) -> tuple[list[CustomField], Values]:
    """The fields, and their values by table and id of the row."""
    values: defaultdict[tuple[str, str], list[CustomValue]] = defaultdict(list)
    fields = {field.id: field for field in (*_codes(xer, values), *_user_fields(xer, values))}
    return list(fields.values()), {key: tuple(found) for key, found in values.items()}


def _codes(xer: Xer, values: dict[tuple[str, str], list[CustomValue]]) -> list[CustomField]:
    choices: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    words: dict[str, str] = {}
    for row in xer.rows("ACTVCODE", "actv_code_id", "short_name"):
        row.unread(frozenset("actv_code_id actv_code_type_id actv_code_name short_name".split()))
        choices[row.text("actv_code_type_id")].append((row.text("short_name"), row.text("actv_code_name")))
        words[row.text("actv_code_id")] = row.text("short_name")
    fields = []
    for row in xer.rows("ACTVTYPE", "actv_code_type_id", "actv_code_type"):
        row.unread(frozenset("actv_code_type_id actv_code_type".split()))
        key = row.text("actv_code_type_id")
        fields.append(CustomField(f"code:{key}", row.text("actv_code_type"), "task", "activity code", tuple(choices[key])))
    for row in xer.rows("TASKACTV", "task_id"):
        code = row.text("actv_code_id")
        if code not in words:
            row.lose("actv_code_id", f"there is no activity code {code[:20]}")
            continue
        values["TASK", row.text("task_id")].append(CustomValue(f"code:{row.text('actv_code_type_id')}", words[code]))
    return fields


def _user_fields(xer: Xer, values: dict[tuple[str, str], list[CustomValue]]) -> list[CustomField]:
    fields, tables = [], {}
    for row in xer.rows("UDFTYPE", "udf_type_id", "udf_type_label"):
        row.unread(frozenset("udf_type_id table_name udf_type_name udf_type_label logical_data_type".split()))
        key, table = row.text("udf_type_id"), row.text("table_name")
        name = row.text("udf_type_label") or row.text("udf_type_name")
        kind = row.text("logical_data_type").removeprefix("FT_").lower()
        fields.append(CustomField(f"udf:{key}", name, _OF.get(table, table.lower()), kind))
        tables[key] = table
        if table not in _OF:
            row.lose("table_name", f"values of {table[:20]} have no place here")
    for row in xer.rows("UDFVALUE", "fk_id"):
        kind = row.text("udf_type_id")
        value = next((row.text(f"udf_{part}") for part in ("text", "number", "date", "code_id") if row.text(f"udf_{part}")), "")
        if kind not in tables:
            row.lose("udf_type_id", f"there is no field {kind[:20]}")
        elif value:
            values[tables[kind], row.text("fk_id")].append(CustomValue(f"udf:{kind}", value))
    return fields


def notes_of(xer: Xer) -> dict[tuple[str, str], str]:
    """Notebook entries by kind of row (task_id, wbs_id) and id, each after its topic."""
    topics = {row.text("memo_type_id"): row.text("memo_type") for row in xer.rows("MEMOTYPE", "memo_type_id", "memo_type")}
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for table, key, text in _MEMOS:
        for row in xer.rows(table, "memo_id"):
            row.unread(frozenset({"memo_id", "wbs_memo_id", "memo_type_id", "proj_id", key, text}))
            topic = topics.get(row.text("memo_type_id"), "")
            found[key, row.text(key)].append(f"{topic}: {row.text(text)}" if topic not in ("", NOTES) else row.text(text))
    return {where: "\n\n".join(parts) for where, parts in found.items()}


def expenses_of(xer: Xer) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """Actual and remaining cost of expenses by task; who is paid and for what is not carried."""
    found: dict[str, tuple[Decimal | None, Decimal | None]] = {}
    for row in xer.rows("PROJCOST", "cost_item_id", "cost_name"):
        row.unread(frozenset({"cost_item_id", "proj_id", "task_id", "act_cost", "remain_cost"}))
        actual, left = found.get(row.text("task_id"), (None, None))
        found[row.text("task_id")] = total(actual, row.money("act_cost")), total(left, row.money("remain_cost"))
    return found
