"""Editing one field of a row as people type it: hours, days, dates, percent, a name, a person, what it waits for."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.plan.actions.steps import edit_step, must_plan_row, set_raci
from goldenthread.plan.models import Raci
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.schedule.queries import outline

HOUR, DAY = 60, 480
LONGEST_LAG = 2000  # working days
OF_LEAVES = frozenset({"days", "hours", "left", "progress", "not_before"})
WAITS = re.compile(r"(?P<number>\d+(?:\.\d+)*)\s*(?P<kind>FS|SS|FF|SF)?\s*(?:(?P<sign>[+-])\s*(?P<lag>\d+(?:\.\d+)?)\s*D?)?")


def edit_cell(*, row: Activity, field: str, value: str, by: Person, version: int | None = None) -> None:
    """Change one field of a row. `version` is the row's, as the writer saw it."""
    must_plan_row(by, row)
    if field in {"accountable", "waits_for"}:
        history.require_version(row, version)
    if field == "accountable":
        set_who(row=row, person=Person.objects.filter(pk=value).first() if value.isdecimal() else None, by=by)
        return
    if field == "waits_for":
        set_predecessors(row=row, text=value, by=by)
        return
    if field in OF_LEAVES and row.children.exists():
        raise Refused(f"“{row}” is the sum of its parts.", field=field, advice="Change those instead.")
    changes = _left(row, value) if field == "left" else read_field(field, value.strip())
    step = getattr(row, "step", None)
    history.require_version(row, version, changes)
    if step is not None:
        edit_step(step=step, changes=changes, by=by)
    else:
        schedule.edit_activity(activity=row, changes=changes, by=by)


def set_who(*, row: Activity, person: Person | None, by: Person) -> None:
    """Who answers for a step; who does a task, alone."""
    if person is None:
        raise Refused("There is no such person.", field="accountable")
    step = getattr(row, "step", None)
    if step is not None:
        set_raci(step=step, person=person, letter=Raci.Letter.ACCOUNTABLE, by=by)
        return
    with changeset(title=f"{person} does {row.name}", by=by, about=f"activity:{row.pk}"):
        for held in row.assignments.select_related("resource").exclude(resource__person=person):
            held.delete()
        schedule.assign(activity=row, person=person, by=None)


def set_predecessors(*, row: Activity, text: str, by: Person) -> None:
    """What a row waits for, as planners write it: 1.2, 3SS, 2.1FS+2d. Row numbers are those of the outline."""
    wanted = _waits(row, text)
    with changeset(title=f"What {row.name} waits for", by=by, about=f"activity:{row.pk}"), schedule.postponed_dates():
        for link in Relationship.objects.filter(successor=row).select_related("predecessor", "successor__schedule__scope"):
            key = (link.predecessor_id, link.relationship_kind)
            if wanted.get(key) == link.lag:
                del wanted[key]
            else:
                schedule.unrelate(relationship=link, by=None)
        for (predecessor, kind), lag in wanted.items():
            before = Activity.objects.get(pk=predecessor)
            schedule.relate(predecessor=before, successor=row, by=None, relationship_kind=kind, lag=lag)


def _waits(row: Activity, text: str) -> dict[tuple[int, str], int]:
    rows: list[Any] = list(Activity.objects.filter(schedule=row.schedule_id).select_related("dates").order_by("position", "id"))
    keys = {r.number: r.activity.pk for r in outline(rows)}
    found: dict[tuple[int, str], int] = {}
    for part in re.split(r"[,;]", text.upper().replace("−", "-")):
        if not part.strip():
            continue
        match = WAITS.fullmatch(part.strip())
        if match is None:
            raise Refused(
                f"“{part.strip()}” says no row to wait for.", field="waits_for", advice="Write 1.2, or 1.2SS, or 1.2FS+2d."
            )
        if match["number"] not in keys:
            raise Refused(f"There is no row {match['number']}.", field="waits_for")
        lag = float(match["lag"] or 0) * (-1 if match["sign"] == "-" else 1)
        if abs(lag) > LONGEST_LAG:
            raise Refused(f"{lag:g} days between two rows are too many.", field="waits_for")
        found[keys[match["number"]], match["kind"] or "FS"] = round(lag * DAY)
    return found


def _left(row: Activity, value: str) -> dict[str, Any]:
    """Hours that are left, as hours of the whole at the progress that was reported."""
    hours = _number("left", value.strip().rstrip(" h"), 20_000)
    if row.progress >= 100:
        raise Refused(f"“{row}” is reported as done.", field="left", advice="Say first how much of it is done.")
    return _effort(hours * 100 / (100 - row.progress))


def _effort(hours: float) -> dict[str, int]:
    return dict(zip(schedule.EFFORTS, schedule.effort_range(hours * HOUR), strict=True))


def read_field(field: str, value: str) -> dict[str, Any]:
    """What a person typed into a field, as fields of an activity. Refused where it cannot be read."""
    if field == "name":
        if not value:
            raise Refused("A step needs a name.", field=field)
        return {"name": value[:300]}
    if field in {"not_before", "deadline"}:
        return {field: _day(field, value)}
    if field == "progress":
        return {"progress": round(_number(field, value.rstrip(" %"), 100))}
    if field == "days":
        return {"duration": round(_number(field, value.rstrip(" d"), 5000) * DAY)}
    if field == "hours":
        return _effort(_number(field, value.rstrip(" h"), 20_000))
    raise Refused(f"“{field}” cannot be changed here.", field="field")


def _day(field: str, value: str) -> date | None:
    if not value:
        return None
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    if day is None:
        raise Refused(f"“{value}” is not a day.", field=field, advice="Write it as 2027-03-31.")
    return day


def _number(field: str, value: str, most: float) -> float:
    if not re.fullmatch(r"\d+([.,]\d+)?", value):
        raise Refused(f"“{value}” is not a number.", field=field)
    number = float(value.replace(",", "."))
    if number > most:
        raise Refused(f"{value} is more than {most:g}.", field=field)
    return number
