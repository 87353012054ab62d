"""Writes that the outline offers on its rows, steps and tasks alike: adding, moving, ending, one thing for several rows."""

from __future__ import annotations

import re
from datetime import timedelta

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.plan.actions.cells import set_who
from goldenthread.plan.actions.steps import (
    add_step,
    must_plan,
    must_plan_row,
    refuse_doubled_effects,
    remove_step,
    stop_step,
)
from goldenthread.plan.models import BusinessPlan, Step
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity, ActivityDates, Relationship

FARTHEST = 3660
MOVES = ("up", "down", "indent", "outdent", "before", "after", "inside")


def add_row(
    *, plan: BusinessPlan, name: str, by: Person, inside: Activity | None = None, after: Activity | None = None
) -> Activity:
    """A row right after another one, or last inside one, or last of all.

    At the top it is an initiative, below that a step, and a task below a step.
    """
    must_plan(by, plan)
    parent = after.parent if after is not None else inside
    if parent is not None and parent.schedule_id != plan.schedule_id:
        raise Refused("That row stands in another plan.", field="inside")
    if parent is None or parent.parent_id is None:
        kind = Step.StepKind.INITIATIVE if parent is None else Step.StepKind.STEP
        above = getattr(parent, "step", None) if parent is not None else None
        if parent is not None and above is None:
            raise Refused(f"“{parent}” is no step: nothing goes below it.", field="inside")
        return add_step(plan=plan, name=name, by=by, parent=above, after=after, step_kind=kind).activity
    return schedule.add_activity(schedule=plan.schedule, name=name, by=by, parent=parent, after=after)


def move_row(*, row: Activity, where: str, by: Person, other: Activity | None = None) -> None:
    """Move a row with all below it by one place (up, down, indent, outdent), or before, after or inside another one."""
    must_plan_row(by, row)
    parent, after = _goal(row, where, other)
    plan = BusinessPlan.objects.filter(schedule=row.schedule_id).first()
    step = getattr(row, "step", None)
    if parent is None and step is None and not hasattr(row, "duty_occurrence"):
        raise Refused(f"“{row}” is a task: it stays below a step.", field="where", advice="Add a step and move it into that.")
    with changeset(title=f"Move {row.name}", by=by, about=f"step:{step.pk}" if step else f"activity:{row.pk}"):
        schedule.move_activity(activity=row, by=None, parent=parent, after=after)
        if plan is not None:
            refuse_doubled_effects(plan)


def _goal(row: Activity, where: str, other: Activity | None) -> tuple[Activity | None, Activity | None]:
    """The parent it goes to, and the sibling after which it stands there."""
    beside = _siblings(row)
    place = next(i for i, one in enumerate(beside) if one.pk == row.pk)
    if other is not None and other.pk != row.pk and other.schedule_id == row.schedule_id:
        if where == "inside":
            return other, _last_child(other)
        if where == "after":
            return other.parent, other
        if where == "before":
            there = [one for one in _siblings(other) if one.pk != row.pk]
            at = next(i for i, one in enumerate(there) if one.pk == other.pk)
            return other.parent, there[at - 1] if at else None
    if where == "up" and place > 0:
        return row.parent, beside[place - 2] if place > 1 else None
    if where == "down" and place < len(beside) - 1:
        return row.parent, beside[place + 1]
    if where == "indent" and place > 0:
        return beside[place - 1], _last_child(beside[place - 1])
    if where == "outdent" and row.parent is not None:
        return row.parent.parent, row.parent
    raise Refused(f"“{row}” cannot be moved there.", field="where")


def _siblings(row: Activity) -> list[Activity]:
    return list(Activity.objects.filter(schedule=row.schedule_id, parent=row.parent_id).order_by("position", "pk"))


def _last_child(row: Activity) -> Activity | None:
    return row.children.order_by("-position", "-pk").first()


def stop_row(*, row: Activity, by: Person) -> None:
    """Stop a row and everything below it."""
    must_plan_row(by, row)
    step = getattr(row, "step", None)
    if step is not None:
        stop_step(step=step, by=by)
        return
    with changeset(title=f"Stop {row.name}", by=by, about=f"activity:{row.pk}"):
        schedule.cancel_activity(activity=row, by=None)


def remove_row(*, row: Activity, by: Person) -> None:
    """Delete a row that was entered by mistake: one with nothing below it and nothing that hangs on it."""
    must_plan_row(by, row)
    step = getattr(row, "step", None)
    if step is not None:
        remove_step(step=step, by=by)
        return
    if row.children.exists() or row.time_entries.exists() or row.baselines.exists() or hasattr(row, "duty_occurrence"):
        raise Refused(f"“{row}” has parts, hours, a baseline or a duty.", advice="Stop it instead: its history stays.")
    with changeset(title=f"Remove {row.name}", by=by):
        for held in (*row.assignments.all(), *row.successor_links.all(), *row.predecessor_links.all()):
            held.delete()
        network = row.schedule
        row.delete()
        schedule.compute_dates(schedule=network)


def act_on_rows(*, rows: list[Activity], action: str, by: Person, person: Person | None = None, days: str = "") -> str:
    """One action on several rows, as one changeset; returns what was done."""
    for row in rows:
        must_plan_row(by, row)
    tops = _without_parts(rows)
    many = f"{len(rows)} row{'s' if len(rows) > 1 else ''}"
    if action in {"up", "down", "indent", "outdent"}:
        with changeset(title=f"Move {many}", by=by), schedule.postponed_dates():
            for row in reversed(tops) if action in {"down", "outdent"} else tops:
                move_row(row=Activity.objects.get(pk=row.pk), where=action, by=by)
        return f"Moved {many}."
    if action == "stop":
        with changeset(title=f"Stop {many}", by=by), schedule.postponed_dates():
            for row in tops:
                stop_row(row=row, by=by)
        return f"Stopped {many}."
    if action == "accountable":
        if person is None:
            raise Refused("Choose a person.", field="person")
        with changeset(title=f"{person} answers for {many}", by=by):
            for row in rows:
                set_who(row=row, person=person, by=by)
        return f"{person} answers for {many}."
    if action == "shift":
        return _shift_all(tops, _shift(days), many, by)
    raise Refused("Choose what to do with the rows.", field="action")


def _without_parts(rows: list[Activity]) -> list[Activity]:
    """The rows in outline order, without those that lie below another of them: they go with it."""
    picked = {row.pk for row in rows}
    order: dict[int, list[tuple[int, int]]] = {}
    parents: dict[int, int | None] = dict(
        Activity.objects.filter(schedule__in={row.schedule_id for row in rows}).values_list("pk", "parent_id")
    )
    places = dict(Activity.objects.filter(pk__in=parents).values_list("pk", "position"))
    tops: list[Activity] = []
    for row in rows:
        path = [(places[row.pk], row.pk)]
        here = parents[row.pk]
        while here is not None and here not in picked:
            path.insert(0, (places[here], here))
            here = parents[here]
        if here is None:
            order[row.pk] = path
            tops.append(row)
    return sorted(tops, key=lambda row: order[row.pk])


def _shift_all(rows: list[Activity], days: int, many: str, by: Person) -> str:
    """Let the work begin so many days later or earlier. What waits for other work picked with it follows by its logic."""
    leaves = [leaf for row in rows for leaf in [row, *schedule.descendants(row)]]
    summaries = {leaf.parent_id for leaf in leaves}
    leaves = [x for x in leaves if x.pk not in summaries and x.actual_start is None and x.cancelled_on is None]
    moved = {leaf.pk for leaf in leaves}
    followers = {
        successor
        for successor, predecessor in Relationship.objects.filter(successor__in=moved).values_list(
            "successor_id", "predecessor_id"
        )
        if predecessor in moved
    }
    free = [leaf for leaf in leaves if leaf.pk not in followers or leaf.not_before is not None]
    if not free:
        raise Refused("All of this work has begun already.", field="days", advice="Change what is left of it instead.")
    with changeset(title=f"Shift {many} by {days} days", by=by), schedule.postponed_dates():
        for leaf in free:
            dates = ActivityDates.objects.filter(activity=leaf).first()
            begins = leaf.not_before if dates is None else dates.early_start
            if begins is not None:
                schedule.edit_activity(activity=leaf, changes={"not_before": begins + timedelta(days=days)}, by=None)
    return f"Shifted {many} by {days} days."


def _shift(days: str) -> int:
    text = days.strip().replace("−", "-")
    if not re.fullmatch(r"[+-]?\d{1,4}", text) or abs(int(text)) > FARTHEST:
        raise Refused(f"“{days}” is not a number of days.", field="days")
    return int(text)
