"""Reads of scenarios: which there are, and what each would bring beside the plan as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import BusinessPlan, Scenario, ScenarioContent, ScenarioResult
from goldenthread.purpose.models import Objective
from goldenthread.workspace.models import Job

HIDDEN = "People whose load is not shown"


@dataclass(frozen=True)
class Column:
    """The plan as it stands (no scenario), or a scenario: what it would bring, None where that is not computed yet."""

    scenario: Scenario | None
    measures: dict[str, Any] | None
    made_at: datetime | None
    is_old: bool

    @property
    def name(self) -> str:
        """What stands over the column."""
        return self.scenario.name if self.scenario is not None else "The plan as it stands"

    @property
    def fault(self) -> str:
        """Why nothing could be computed; empty where it could."""
        return str((self.measures or {}).get("fault", ""))

    @property
    def ends(self) -> date | None:
        """The last day of its work."""
        told = (self.measures or {}).get("ends")
        return date.fromisoformat(told) if told else None


@dataclass(frozen=True)
class Cell:
    """A figure of one column, beside that of the plan."""

    value: Any
    plan: Any
    basis: str = ""

    @property
    def change(self) -> float | None:
        """How much more than in the plan."""
        return self.value - self.plan if self.value is not None and self.plan is not None else None


@dataclass(frozen=True)
class Line:
    """One objective, or one person, across the columns."""

    name: str
    link: str
    cells: tuple[Cell, ...]


def scenarios(plan: BusinessPlan, person: Person) -> list[Scenario]:
    """The plan's scenarios that the person may see, open ones first, newest first; each with `edition` and `actions`."""
    rows = visible(Scenario.objects.filter(plan=plan), person).select_related("made_by")
    told = rows.annotate(  # one that came back by an undo has no content
        edition=Coalesce(F("content__edition"), 1),
        actions=Coalesce(F("content__actions"), 0),
        changed_at=Coalesce(F("content__changed_at"), F("copied_at")),
    )
    return sorted(told.order_by("-pk"), key=lambda row: row.state != Scenario.State.OPEN)


def content_of(scenario: Scenario) -> ScenarioContent:
    """What was changed in the scenario; empty where nothing was."""
    found = ScenarioContent.objects.filter(scenario=scenario).first()
    return found or ScenarioContent(scenario=scenario, changed_at=scenario.copied_at, text="")


def columns(plan: BusinessPlan, found: list[Scenario]) -> list[Column]:
    """The plan first, then the open scenarios, oldest first. Two statements."""
    results = {row.scenario_id: row for row in ScenarioResult.objects.filter(plan=plan)}
    head = Changeset.objects.order_by("-id").values_list("id", flat=True).first() or 0
    open_ones = [row for row in reversed(found) if row.state == Scenario.State.OPEN]
    told: list[tuple[Scenario | None, int]] = [(None, head), *((row, row.edition) for row in open_ones)]  # type: ignore[attr-defined]
    made = [(one, results.get(one.pk if one is not None else None), of) for one, of in told]
    return [
        Column(one, row.measures if row else None, row.made_at if row else None, row is None or row.of != of)
        for one, row, of in made
    ]


def running(plan: BusinessPlan) -> Job | None:
    """The work of computing them that waits or runs, or failed last."""
    newest = Job.objects.filter(key=f"scenarios:{plan.pk}").order_by("-id").first()
    return newest if newest is not None and newest.state != Job.State.DONE else None


def objective_lines(plan: BusinessPlan, table: list[Column], person: Person, inside: dict[int, str]) -> list[Line]:
    """A line for each objective that the person may see; `inside` names those that exist in a scenario only."""
    rows = visible(Objective.objects.filter(office=plan.office_id), person).order_by("short_name", "title", "pk")
    names = {row.pk: row.label for row in rows} | inside
    told = [((column.measures or {}).get("objectives") or {}) for column in table]
    lines = []
    for pk, name in names.items():
        of = [one.get(str(pk)) or {} for one in told]
        if any(of):
            plan_chance = of[0].get("chance")
            cells = tuple(Cell(one.get("chance"), plan_chance, one.get("basis") or "") for one in of)
            lines.append(Line(name, "" if pk in inside else f"/objectives/{pk}", cells))
    return lines


def people_lines(table: list[Column], person: Person) -> list[Line]:
    """Hours left by person; where loads are not shown, those of others stand together."""
    told = [((column.measures or {}).get("minutes") or {}) for column in table]
    ids = sorted({int(pk) for one in told for pk in one if pk})
    shows = person.organisation.shows_person_load
    names = dict(visible(Person.objects.filter(pk__in=ids), person).order_by("name").values_list("pk", "name"))
    lines = []
    for pk, name in names.items():
        if shows or pk == person.pk:
            lines.append(Line(name, f"/people/{pk}", _across(told, {str(pk)})))
    rest = {pk for one in told for pk in one} - {line.link.removeprefix("/people/") for line in lines} - {""}
    return [*lines, Line(HIDDEN, "", _across(told, rest))] if rest else lines


def _across(told: list[dict[str, int]], ids: set[str]) -> tuple[Cell, ...]:
    sums = [sum(one.get(pk, 0) for pk in ids) for one in told]
    return tuple(Cell(each if told[at] else None, sums[0] if told[0] else None) for at, each in enumerate(sums))


def totals(table: list[Column], key: str) -> Line:
    """One figure of every column: `cost_minor`, `unassigned`, `work`, or the sum of all `minutes`."""
    found = []
    for column in table:
        told = column.measures or {}
        value = told.get(key)
        found.append(sum(value.values()) if isinstance(value, dict) else value)
    return Line(key, "", tuple(Cell(each, found[0]) for each in found))


def may_see_cost(person: Person, plan: BusinessPlan) -> bool:
    """Cost tells a rate to who knows the hours: it is shown with the right to rates alone."""
    return plan.scope_id in rights(person).scopes(Act.VIEW, Kind.COST_RATE) or rights(person).everywhere(Act.VIEW, Kind.COST_RATE)
