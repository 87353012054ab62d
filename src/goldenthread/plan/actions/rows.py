"""Writes that the outline offers on its rows: moving by one place, editing a cell, one thing for several rows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.plan.actions.steps import edit_step, move_step, must_plan, set_raci, stop_step
from goldenthread.plan.models import Raci, Step
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity

HOUR, DAY = 60, 480
FARTHEST = 3660


def _siblings(step: Step) -> list[Step]:
    rows = Activity.objects.filter(schedule=step.activity.schedule_id, parent=step.activity.parent_id, step__isnull=False)
    return [a.step for a in rows.select_related("step__plan", "step__activity__schedule").order_by("position", "pk")]


def _parent(step: Step) -> Step | None:
    above = step.activity.parent
    return above.step if above is not None and hasattr(above, "step") else None


def move_row(*, step: Step, where: str, by: Person, other: Step | None = None) -> None:
    """Move a step one place (up, down, indent, outdent), or `under` or `after` another one."""
    rows = _siblings(step)
    place = next((i for i, s in enumerate(rows) if s.pk == step.pk), 0)
    parent = _parent(step)
    if where == "under" and other is not None:
        move_step(step=step, parent=other, after=_last_child(other), by=by)
    elif where == "after" and other is not None:
        move_step(step=step, parent=_parent(other), after=other, by=by)
    elif where == "up" and place > 0:
        move_step(step=step, parent=parent, after=rows[place - 2] if place > 1 else None, by=by)
    elif where == "down" and place < len(rows) - 1:
        move_step(step=step, parent=parent, after=rows[place + 1], by=by)
    elif where == "indent" and place > 0:
        move_step(step=step, parent=rows[place - 1], after=_last_child(rows[place - 1]), by=by)
    elif where == "outdent" and parent is not None:
        move_step(step=step, parent=_parent(parent), after=parent, by=by)
    else:
        raise Refused(f"“{step}” cannot be moved there.", field="where")


def _last_child(step: Step) -> Step | None:
    last = step.activity.children.filter(step__isnull=False).order_by("-position", "-pk").first()
    return last.step if last is not None else None


def edit_cell(*, step: Step, field: str, value: str, by: Person) -> None:
    """Change one field as people type it: hours, days, dates, percent, a name."""
    if field == "accountable":
        person = Person.objects.filter(pk=value).first() if value.isdecimal() else None
        if person is None:
            raise Refused("There is no such person.", field=field)
        set_raci(step=step, person=person, letter=Raci.Letter.ACCOUNTABLE, by=by)
        return
    edit_step(step=step, changes=_read(field, value.strip()), by=by)


def _read(field: str, value: str) -> dict[str, Any]:
    if field == "name":
        if not value:
            raise Refused("A step needs a name.", field=field)
        return {"name": value[:300]}
    if field in {"not_before", "deadline"}:
        return {field: _day(field, value)}
    if field == "progress":
        return {"progress": round(_number(field, value.rstrip(" %"), 100))}
    if field == "days":
        return {"duration": round(_number(field, value, 5000) * DAY)}
    if field == "hours":
        hours = _number(field, value, 20_000)
        return {"effort_low": round(hours * 48), "effort_likely": round(hours * HOUR), "effort_high": round(hours * 90)}
    raise Refused(f"“{field}” cannot be changed here.", field="field")


def _day(field: str, value: str) -> Any:
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


def act_on_rows(*, steps: list[Step], action: str, by: Person, person: Person | None = None, days: str = "") -> str:
    """One action on several steps, as one changeset; returns what was done."""
    must_plan(by, steps[0].plan)
    many = f"{len(steps)} step{'s' if len(steps) > 1 else ''}"
    if action == "stop":
        with changeset(title=f"Stop {many}", by=by), schedule.postponed_dates():
            for step in steps:
                stop_step(step=step, by=by)
        return f"Stopped {many}."
    if action == "accountable":
        if person is None:
            raise Refused("Choose a person.", field="person")
        with changeset(title=f"{person} answers for {many}", by=by):
            for step in steps:
                set_raci(step=step, person=person, letter=Raci.Letter.ACCOUNTABLE, by=by)
        return f"{person} answers for {many}."
    if action == "shift":
        shift = _shift(days)
        with changeset(title=f"Shift {many} by {shift} days", by=by), schedule.postponed_dates():
            for step in steps:
                start = step.activity.not_before or timezone.localdate()
                edit_step(step=step, changes={"not_before": start + timedelta(days=shift)}, by=by)
        return f"Shifted {many} by {shift} days."
    raise Refused("Choose what to do with the rows.", field="action")


def _shift(days: str) -> int:
    text = days.strip().replace("−", "-")
    if not re.fullmatch(r"[+-]?\d{1,4}", text) or abs(int(text)) > FARTHEST:
        raise Refused(f"“{days}” is not a number of days.", field="days")
    return int(text)
