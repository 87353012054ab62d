"""Resources, rates, assignments and custom fields of Microsoft Project XML."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from xml.etree.ElementTree import Element

from goldenthread.formats.mspdi_stream import Nested, cells_of, children, kept_parts
from goldenthread.formats.mspdi_tasks import OUTLINE, WHY, baselines_of, custom_of
from goldenthread.formats.schedule_file import Assignment, CustomField, Kept, Rate, Resource, TimePhase
from goldenthread.formats.schedule_values import Losses, Row

FIRST_DAY, LAST_DAY = dt.date(1984, 1, 1), dt.date(2049, 12, 31)  # which Microsoft writes for: always
_CENTS = 100
_KINDS = ("material", "work", "cost")
_TABLES = "ABCDE"
_FIELD_KINDS = {0x0B40: "task", 0x0C40: "resource", 0x0F40: "assignment"}  # the upper half of a field's number
_RESOURCE = frozenset(
    "UID Name Type IsNull Initials Code EmailAddress Group CalendarUID MaxUnits MaterialLabel IsInactive IsGeneric "
    "IsCostResource StandardRate OvertimeRate CostPerUse Notes".split()
)
_PRICES = frozenset({"StandardRate", "OvertimeRate", "CostPerUse"})  # stated again on the resource, as of today
_PARTS = frozenset({"Rates", "Baseline", "ExtendedAttribute", "OutlineCode"})
_RATE = frozenset({"RatesFrom", "RatesTo", "RateTable", "StandardRate", "OvertimeRate", "CostPerUse"})
_SUMS = "Work ActualWork RemainingWork Cost ActualCost RemainingCost Start Finish PercentWorkComplete OverAllocated SV CV".split()
_OF_ASSIGNMENTS = {**WHY, **dict.fromkeys(_SUMS, "a sum over its assignments")}
_ASSIGNMENT = frozenset(
    "UID TaskUID ResourceUID Units Work ActualWork RemainingWork Cost ActualCost RemainingCost Start Finish CostRateTable".split()
)


_WORKED = frozenset({"ActualWork", "RemainingWork"})  # of a material: how much of it is used and left
_PARTS_OF_ASSIGNMENT = frozenset({"Baseline", "ExtendedAttribute", "OutlineCode", "TimephasedData"})


class Unassigned(NamedTuple):
    """When a task without any resource is worked on."""

    task_id: str
    phases: tuple[TimePhase, ...]
    kept: Kept


class Nameless(NamedTuple):
    """Microsoft's resource 0, which stands for nobody."""

    kept: Kept


def resource_of(element: Element, losses: Losses) -> Resource | Nameless | None:
    """One resource; none for empty rows."""
    row, nested = cells_of(element, "Resource", losses)
    uid, name = row.text("UID"), row.text("Name")
    if uid == "0" and not name:
        return Nameless((*row.kept(frozenset()), *kept_parts(nested, frozenset())))
    if not uid or row.truth("IsNull"):
        row.lose("UID" if not uid else "IsNull", "a resource without UID, or an empty row, was left out")
        return None
    row.unread(_RESOURCE, _OF_ASSIGNMENTS)
    for part in {part for part, _ in nested} - _PARTS:
        losses.field("Resource", row.name, part)
    kind = row.whole("Type", 0, 2)
    return Resource(
        id=uid,
        name=name,
        kind="cost" if row.truth("IsCostResource") else _KINDS[1 if kind is None else kind],
        code=row.text("Code"),
        initials=row.text("Initials"),
        email=row.text("EmailAddress"),
        group=row.text("Group"),
        calendar_id=row.key("CalendarUID"),
        max_units=row.number("MaxUnits"),
        material_unit=row.text("MaterialLabel"),
        is_active=not row.truth("IsInactive"),
        is_generic=row.truth("IsGeneric"),
        rates=_rates(nested, row),
        notes=row.text("Notes"),
        baselines=baselines_of(nested, row),
        custom=custom_of(nested, row),
        kept=(*row.kept(_RESOURCE - _PRICES - {"IsNull"}), *kept_parts(nested, _PARTS)),
    )


def _rates(nested: Nested, row: Row) -> tuple[Rate, ...]:
    found = [_rate(one, row) for name, part in nested if name == "Rates" for one in children(part, "Rate")]
    if found:
        return tuple(found)
    stated = row.money("StandardRate"), row.money("OvertimeRate"), row.money("CostPerUse", _CENTS)
    return (Rate("A", None, None, *stated),) if any(stated) else ()


def _rate(element: Element, row: Row) -> Rate:
    cells = cells_of(element, "Rate", row.losses)[0]
    cells.name = row.name
    cells.unread(_RATE, WHY)
    table = cells.whole("RateTable", 0, 4)
    return Rate(
        _TABLES[table or 0],
        _unless(cells, "RatesFrom", FIRST_DAY),
        _unless(cells, "RatesTo", LAST_DAY),
        cells.money("StandardRate"),
        cells.money("OvertimeRate"),
        cells.money("CostPerUse", _CENTS),
        kept=cells.kept(_RATE),
    )


def _unless(cells: Row, name: str, open_end: dt.date) -> dt.datetime | None:
    """A time; none where Microsoft writes the first or the last day it knows."""
    found = cells.date(name)
    if found is not None and found.date() == open_end:
        cells.inexact.add(name)
        return None
    return found


def assignment_of(element: Element, resources: dict[str, Resource], losses: Losses) -> Assignment | Unassigned | None:
    """One assignment; Unassigned where it names no resource: Microsoft writes one for every task without any."""
    row, nested = cells_of(element, "Assignment", losses)
    task, resource = row.text("TaskUID"), row.key("ResourceUID")
    row.name = f"{row.name} (task {task[:20]})"
    if resource is None:
        losses.field("Assignment", row.name, "ResourceUID", "no resource: its work, cost and dates stand on the task")
        phases = tuple(_phase(part, row) for name, part in nested if name == "TimephasedData")
        kept = (*row.kept(frozenset({"TaskUID"})), *kept_parts(nested, frozenset({"TimephasedData"})))
        return Unassigned(task, phases, kept)
    if resource not in resources:
        row.lose("ResourceUID", f"there is no resource {resource[:20]}; the assignment was left out")
        return None
    row.unread(_ASSIGNMENT, WHY)
    for part in {part for part, _ in nested} - _PARTS_OF_ASSIGNMENT:
        losses.field("Assignment", row.name, part)
    return _assignment(row, task, resources[resource], nested)


def _assignment(row: Row, task: str, resource: Resource, nested: Nested) -> Assignment:
    work = row.span("Work")
    is_work = resource.kind == "work"
    table = row.whole("CostRateTable", 0, 4)
    return Assignment(
        id=row.text("UID"),
        task_id=task,
        resource_id=resource.id,
        units=row.number("Units"),
        work_minutes=work if is_work else None,
        actual_work_minutes=row.span("ActualWork") if is_work else None,
        remaining_work_minutes=row.span("RemainingWork") if is_work else None,
        quantity=None if is_work or work is None else work / 60,
        cost=row.money("Cost", _CENTS),
        actual_cost=row.money("ActualCost", _CENTS),
        remaining_cost=row.money("RemainingCost", _CENTS),
        start=row.date("Start"),
        finish=row.date("Finish"),
        rate_table=_TABLES[table] if table is not None else "",
        baselines=baselines_of(nested, row),
        phases=tuple(_phase(part, row) for name, part in nested if name == "TimephasedData"),
        custom=custom_of(nested, row),
        kept=(*row.kept(_ASSIGNMENT if is_work else _ASSIGNMENT - _WORKED), *kept_parts(nested, _PARTS_OF_ASSIGNMENT)),
    )


_PHASE = frozenset({"Type", "UID", "Start", "Finish", "Unit", "Value"})


def _phase(element: Element, row: Row) -> TimePhase:
    cells = cells_of(element, "TimephasedData", row.losses)[0]
    cells.name = row.name
    dates = cells.date("Start"), cells.date("Finish")
    return TimePhase(cells.text("Type"), *dates, cells.text("Unit"), cells.text("Value"), cells.kept(_PHASE))


def custom_fields(kind: str, element: Element, losses: Losses) -> list[CustomField]:
    """The fields an organisation named, with their lists of values. kind: ExtendedAttributes or OutlineCodes."""
    found = []
    for one in element:
        row, nested = cells_of(one, "Custom field", losses)
        key = row.text("FieldID")
        row.name = f"field {key[:20]} “{(row.text('Alias') or row.text('FieldName'))[:60]}”"
        row.unread(frozenset({"FieldID", "FieldName", "Alias"}))
        for part in {part for part, _ in nested} - {"ValueList", "Values"}:
            losses.field("Custom field", row.name, part)
        if key:
            name = row.text("Alias") or row.text("FieldName") or key
            of = _FIELD_KINDS.get(int(key) >> 16, "") if key.isascii() and key.isdigit() and len(key) < 12 else ""
            kept = (*row.kept(frozenset({"FieldID", "FieldName"})), *kept_parts(nested, frozenset()))
            kept = (*kept, OUTLINE) if kind == "OutlineCodes" else kept
            found.append(CustomField(key, name, of, row.text("FieldName"), _choices(nested, row), kept))
    return found


def _choices(nested: Nested, row: Row) -> tuple[tuple[str, str], ...]:
    found = []
    for name, part in nested:
        for one in part if name in ("ValueList", "Values") else ():
            cells = cells_of(one, "Custom field value", row.losses)[0]
            cells.name = row.name
            cells.unread(frozenset({"ID", "ValueID", "Value", "Description"}))
            found.append((cells.text("Value"), cells.text("Description")))
    return tuple(found)
