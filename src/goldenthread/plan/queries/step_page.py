"""Everything that one step's page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import for_person, open_ids, rights, visible
from goldenthread.kit import history
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.prepared import Blank, Prepared
from goldenthread.plan.models import Contribution, Duty, Raci, Step, Supervision
from goldenthread.plan.queries.answers import none_said_of
from goldenthread.plan.queries.forecasts import latest_forecast, with_shown
from goldenthread.plan.queries.outline import contribution_sentence
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.schedule.queries import OutlineRow, outline

HISTORY = 8
LARGER = "Changed with other things"


@dataclass
class Said:
    """A contribution with its sentence and what the forecast says it brings."""

    contribution: Contribution
    sentence: str
    stake: float | None
    chances: float | None
    is_inherited: bool


@dataclass(frozen=True)
class Change:
    """An action that touched the step: what it was, by whom, when."""

    title: str
    by: Person | None
    at: datetime


@dataclass
class StepPage:
    """The step with its people, logic, effects, duties and history."""

    step: Step
    above: list[Step]
    row: OutlineRow
    raci: list[Raci]
    waits_for: list[Relationship]
    releases: list[Relationship]
    said: list[Said]
    supervisions: list[Supervision]  # those that may be shown; `supervises` counts all
    supervises: int
    duties: list[Duty]
    none_said: str = ""
    hidden: int = 0  # effects on figures that are not shown to the person
    changes: list[Change] = field(default_factory=list)


def step_page(step: Step, person: Person) -> StepPage:
    """The page of a step that the person may see."""
    above = _above(step)
    activity = step.activity
    links = _links.rows(activity=activity.pk)
    supervised = _supervised(person, step=step.pk)
    said, hidden = _said(step, above, person)
    raci = _people.rows(step=step.pk)
    return StepPage(
        step=step,
        above=above,
        row=_rolled_up(activity),
        raci=raci,
        waits_for=[link for link in links if link.successor_id == activity.pk],
        releases=[link for link in links if link.predecessor_id == activity.pk],
        said=said,
        supervisions=[row for row in supervised if row.is_shown],
        supervises=len(supervised),
        duties=_duties(person, step=step.pk),
        hidden=hidden,
        none_said=none_said_of(step, *(row.person_id for row in raci if row.letter in {"A", "R"})),
        changes=_changes(step, person) if rights(person).anywhere(Act.VIEW, Kind.CHANGESET) else [],
    )


@Prepared
def _links() -> QuerySet[Relationship]:
    """What an activity waits for and what waits for it."""
    either = Q(successor=Blank("activity")) | Q(predecessor=Blank("activity"))
    return Relationship.objects.filter(either).select_related("predecessor", "successor").order_by("pk")


@Prepared
def _people() -> QuerySet[Raci]:
    """Who is what on a step."""
    return Raci.objects.filter(step=Blank("step")).select_related("person").order_by("letter", "person__name")


@for_person
def _duties(person: Person) -> QuerySet[Duty]:
    """The duties of a step."""
    return visible(Duty.objects.filter(step=Blank("step")).select_related("holder"), person).order_by("pk")


@for_person
def _supervised(person: Person) -> QuerySet[Any]:
    """A step's supervisions with `is_shown`: whether `person` may see what is supervised."""
    shown = visible(Supervision.objects.filter(pk=OuterRef("pk")), person)
    found = Supervision.objects.filter(step=Blank("step")).select_related("project")
    return found.annotate(is_shown=Exists(shown)).order_by("pk")


@Prepared
def _below() -> QuerySet[Activity]:
    """The activities right below some others."""
    found = Activity.objects.filter(parent__in=Blank("parents")).select_related("dates", "step")
    return found.order_by("position", "id")


def _rolled_up(activity: Activity) -> OutlineRow:
    """The activity with all below it, dates and hours rolled up. One statement a level."""
    rows = level = [activity]
    while level:
        level = _below.rows(parents=[row.pk for row in level])
        rows += level
    return outline(rows, under=activity.parent_id)[0]


def _above(step: Step) -> list[Step]:
    found: list[Step] = []
    here = step.activity.parent
    while here is not None:
        if hasattr(here, "step"):
            found.append(here.step)
        here = here.parent
    return found


@for_person
def _contributions(person: Person) -> QuerySet[Contribution]:
    """What some steps bring, with `is_shown`."""
    found = with_shown(Contribution.objects.filter(step__in=Blank("steps")), person)
    return found.select_related("kpi", "step__activity").order_by("pk")


def _said(step: Step, above: list[Step], person: Person) -> tuple[list[Said], int]:
    """What it brings, itself and through what lies above; and how much more that is not shown to `person`."""
    made = latest_forecast(step.plan.office_id)
    known: dict[str, Any] = made.results["contributions"] if made else {}
    found = []
    rows: list[Any] = _contributions(person, steps=[row.pk for row in (step, *above)])
    for row in (row for row in rows if row.is_shown):
        figures = known.get(str(row.pk), {})
        gains = [v for v in figures.get("objectives", {}).values() if v is not None]
        found.append(
            Said(row, contribution_sentence(row, None), figures.get("stake"), max(gains, default=None), row.step_id != step.pk)
        )
    return found, len(rows) - len(found)


@Prepared
def _touched() -> QuerySet[Changeset]:
    """The newest actions that touched a step or its activity."""
    of_step = history.records(Step).filter(id=Blank("step")).values("changeset")
    of_activity = history.records(Activity).filter(id=Blank("activity")).values("changeset")
    found = Changeset.objects.filter(Q(pk__in=of_step) | Q(pk__in=of_activity))
    return found.select_related("by").order_by("-pk")[:HISTORY]


def _changes(step: Step, person: Person) -> list[Change]:
    """The newest actions that touched the step. One about more than the step may name what is not for `person`."""
    found = _touched.rows(step=step.pk, activity=step.activity_id)
    told = open_ids(
        [c for c in found if c.about == f"step:{step.pk}"], person
    )  # an import is not judged row by row for its title
    return [Change(c.title if c.pk in told else LARGER, c.by, c.at) for c in found]
