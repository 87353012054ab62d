"""Resources, roles, rates and assignments of a Primavera XER file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from goldenthread.formats.schedule_file import Assignment, CustomValue, Rate, Resource
from goldenthread.formats.schedule_values import Row
from goldenthread.formats.xer_tables import Xer

_KINDS = {"RT_Labor": "work", "RT_Equip": "equipment", "RT_Mat": "material"}
_TABLES = "ABCDE"
_RESOURCE = frozenset(
    "rsrc_id rsrc_name rsrc_short_name email_addr parent_rsrc_id clndr_id rsrc_type active_flag rsrc_notes max_qty_per_hr".split()
)
_ROLE = frozenset({"role_id", "role_name", "role_short_name", "parent_role_id", "role_descr"})
_RATE = frozenset(
    "rsrc_rate_id role_rate_id rsrc_id role_id start_date max_qty_per_hr cost_per_qty cost_per_qty2 cost_per_qty3 cost_per_qty4 "
    "cost_per_qty5".split()
)
_ASSIGNMENT = frozenset(
    "taskrsrc_id task_id proj_id rsrc_id role_id remain_qty act_reg_qty act_ot_qty target_qty_per_hr act_reg_cost "
    "act_ot_cost remain_cost act_start_date act_end_date restart_date reend_date rate_type".split()
)
_CARRIED = frozenset(
    "taskrsrc_id task_id proj_id rsrc_id remain_qty act_reg_qty target_qty_per_hr act_reg_cost remain_cost rate_type".split()
)


def total(*amounts: Decimal | None) -> Decimal | None:
    """The sum of what is stated; None where nothing is."""
    stated = [amount for amount in amounts if amount is not None]
    return sum(stated, Decimal(0)) if stated else None


def resources_of(xer: Xer, custom: dict[tuple[str, str], tuple[CustomValue, ...]]) -> dict[str, Resource]:
    """All resources by id, and roles as generic resources under `role:ID`."""
    found: dict[str, Resource] = {}
    most: dict[str, float] = {}
    rates = _rates(xer, "RSRCRATE", "rsrc_id", "", most) | _rates(xer, "ROLERATE", "role_id", "role:", most)
    for row in xer.rows("RSRC", "rsrc_id", "rsrc_name"):
        resource = _resource(row)
        if not resource.id or resource.id in found:
            row.lose("rsrc_id", "the id is missing or taken; the resource was left out")
            continue
        row.unread(_RESOURCE)
        found[resource.id] = replace(resource, custom=custom.get(("RSRC", resource.id), ()))
    for row in xer.rows("ROLES", "role_id", "role_name"):
        row.unread(_ROLE)
        key, parent = f"role:{row.text('role_id')}", row.key("parent_role_id")
        notes, code = row.text("role_descr"), row.text("role_short_name")
        above = f"role:{parent}" if parent else None
        found[key] = Resource(
            key, row.text("role_name"), "work", code, parent_id=above, is_generic=True, notes=notes, kept=row.kept(_ROLE)
        )
    return {
        key: replace(
            one, rates=tuple(rates.get(key, ())), max_units=one.max_units if one.max_units is not None else most.get(key)
        )
        for key, one in found.items()
    }


def _resource(row: Row) -> Resource:
    kind = row.text("rsrc_type")
    if kind not in _KINDS:
        row.lose("rsrc_type", f"“{kind[:20]}” is no known kind of resource; read as work")
    return Resource(
        id=row.text("rsrc_id"),
        name=row.text("rsrc_name"),
        kind=_KINDS.get(kind, "work"),
        code=row.text("rsrc_short_name"),
        email=row.text("email_addr"),
        calendar_id=row.key("clndr_id"),
        parent_id=row.key("parent_rsrc_id"),
        max_units=row.number("max_qty_per_hr"),
        is_active=row.truth("active_flag", default=True),
        notes=row.text("rsrc_notes"),
        kept=row.kept(_RESOURCE - {"max_qty_per_hr"}),
    )


def _rates(xer: Xer, table: str, key: str, prefix: str, most: dict[str, float]) -> dict[str, list[Rate]]:
    """Prices by resource. most: takes the units of the first row of each, whether or not a price stands there."""
    found: defaultdict[str, list[Rate]] = defaultdict(list)
    for row in xer.rows(table, key):
        row.unread(_RATE)
        begins, units, owner = row.date("start_date"), row.number("max_qty_per_hr"), f"{prefix}{row.text(key)}"
        if units is not None:
            most.setdefault(owner, units)
        for number, letter in enumerate(_TABLES, 1):
            price = row.money(f"cost_per_qty{number if number > 1 else ''}")
            if price is not None:
                found[owner].append(Rate(letter, begins, None, price, max_units=units))
    return dict(found)


def assignments_of(
    xer: Xer, tasks: dict[str, str], resources: dict[str, Resource], custom: dict[tuple[str, str], tuple[CustomValue, ...]]
) -> dict[str, list[Assignment]]:
    """Assignments by project. tasks: the project of each task."""
    found: defaultdict[str, list[Assignment]] = defaultdict(list)
    seen: set[str] = set()
    for row in xer.rows("TASKRSRC", "taskrsrc_id"):
        key, task = row.text("taskrsrc_id"), row.text("task_id")
        role = row.key("role_id")
        resource = row.key("rsrc_id") or (f"role:{role}" if role else None)
        row.name = f"{row.name} (task {task[:20]})"
        if key in seen or task not in tasks or resource not in resources:
            why = "the id is taken" if key in seen else f"there is no task {task[:20]} or no resource {(resource or '')[:20]}"
            row.lose("taskrsrc_id", f"{why}; the assignment was left out")
            continue
        seen.add(key)
        row.unread(_ASSIGNMENT)
        found[tasks[task]].append(_assignment(row, key, task, resources[resource], custom.get(("TASKRSRC", key), ())))
    return dict(found)


def _assignment(row: Row, key: str, task: str, resource: Resource, custom: tuple[CustomValue, ...]) -> Assignment:
    is_work = resource.kind != "material"
    done = total(row.money("act_reg_qty"), row.money("act_ot_qty"))
    left = row.money("remain_qty")
    amount = total(done, left) if done is not None or left is not None else row.money("target_qty")
    actual = total(row.money("act_reg_cost"), row.money("act_ot_cost"))
    table = row.text("rate_type").removeprefix("COST_PER_QTY") or "1"
    return Assignment(
        id=key,
        task_id=task,
        resource_id=resource.id,
        units=row.number("target_qty_per_hr") if row.text("target_qty_per_hr") else row.number("remain_qty_per_hr"),
        work_minutes=_minutes(amount) if is_work else None,
        actual_work_minutes=_minutes(done) if is_work else None,
        remaining_work_minutes=_minutes(left) if is_work else None,
        quantity=None if is_work or amount is None else float(amount),
        cost=total(actual, row.money("remain_cost")),
        actual_cost=actual,
        remaining_cost=row.money("remain_cost"),
        start=row.date("act_start_date") or row.date("restart_date") or row.date("target_start_date"),
        finish=row.date("act_end_date") or row.date("reend_date") or row.date("target_end_date"),
        rate_table=_TABLES[int(table) - 1] if table in tuple("12345") else "",
        custom=custom,
        kept=row.kept(_CARRIED if is_work else _CARRIED - {"act_reg_qty"}),
    )


def _minutes(hours: Decimal | None) -> int | None:
    return None if hours is None else round(hours * 60)
