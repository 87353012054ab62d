"""The schedule of a project, written for another program: who may take it out, and what is in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, may_in, visible
from goldenthread.formats.schedule_compare_sheets import comparison_sheets, written_comparison
from goldenthread.formats.schedule_losses import Written
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects.models import Project
from goldenthread.schedule.queries import Review, written_schedule


def may_take_out_schedule(person: Person, project: Project) -> bool:
    """Whether somebody may export the project and see its plan."""
    return may(person, Act.EXPORT, project) and may_in(person, Act.VIEW, Kind.PLAN, project.scope_id)


def found_project(name: str, person: Person) -> Project:
    """The project of this id, reference or name that somebody may see; of several the newest."""
    known = visible(Project.objects.select_related("schedule__scope", "scope"), person).order_by("-id")
    asked: list[dict[str, Any]] = [{"pk": int(name)}] if name.isascii() and name.isdigit() and len(name) < 16 else []
    found = (known.filter(**by).first() for by in (*asked, {"reference__iexact": name}, {"name__iexact": name}))
    project = next((one for one in found if one is not None), None)
    if project is None:
        raise Refused(f"There is no project “{name[:60]}” that you may see.", field="PROJECT")
    return project


def exported_schedule(project: Project, kind: str, person: Person, *, now: datetime, today: date) -> Written:
    """The file, and all that is not in it. now: in UTC. Names and costs only for who may see them."""
    if not may_take_out_schedule(person, project):
        raise Forbidden("You may not export this schedule.")
    if project.schedule is None:
        raise Refused(f"“{project}” has no schedule yet.", field="PROJECT")
    named = may_in(person, Act.VIEW, Kind.PERSON, project.scope_id)
    costs = may_in(person, Act.VIEW, Kind.COST_RATE, project.scope_id)
    return written_schedule(project.schedule, kind, now=now, today=today, with_people=named, with_costs=costs)


def exported_comparison(project: Project, person: Person, found: Review, form: str, *, against: str) -> bytes:
    """What the page of a comparison tells, in a form of `schedule_compare_sheets.FORMS`. against: the earlier plan in words.

    It tells names of rows, dates and relationships, never who works on them or what they cost. Refused where there is no answer.
    """
    if not may_take_out_schedule(person, project):
        raise Forbidden("You may not export this schedule.")
    if found.told is None:
        raise Refused("The two plans have not been compared yet.", advice="Have them compared on the page, and take it out then.")
    if "refused" in found.told:
        raise Refused(found.told["refused"])
    lists = {name: rows[: len(rows)] for name, rows in found.lists.items()}
    return written_comparison(comparison_sheets(found.told, lists, project=project.name, against=against), form)
