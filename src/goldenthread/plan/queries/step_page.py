"""Everything that one step's page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import open_ids, rights, visible
from goldenthread.kit import history
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import Contribution, Duty, Raci, Step, Supervision
from goldenthread.plan.queries.answers import none_said_of
from goldenthread.plan.queries.forecasts import latest_forecast
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
    links = list(_links(activity))
    supervised = list(_supervised(step, person))
    said = _said(step, above, person)
    raci = list(step.raci.select_related("person").order_by("letter", "person__name"))
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
        duties=list(visible(Duty.objects.filter(step=step).select_related("holder"), person).order_by("pk")),
        hidden=Contribution.objects.filter(step__in=[step, *above]).count() - len(said),
        none_said=none_said_of(step, *(row.person_id for row in raci if row.letter in {"A", "R"})),
        changes=_changes(step, person) if rights(person).anywhere(Act.VIEW, Kind.CHANGESET) else [],
    )


def _links(activity: Activity) -> QuerySet[Relationship]:
    """What it waits for and what waits for it."""
    either = Q(successor=activity) | Q(predecessor=activity)
    return Relationship.objects.filter(either).select_related("predecessor", "successor").order_by("pk")


def _supervised(step: Step, person: Person) -> QuerySet[Any]:
    """Its supervisions with `is_shown`: whether `person` may see what is supervised."""
    shown = visible(Supervision.objects.filter(pk=OuterRef("pk")), person)
    return step.supervisions.select_related("project").annotate(is_shown=Exists(shown)).order_by("pk")


def _rolled_up(activity: Activity) -> OutlineRow:
    """The activity with all below it, dates and hours rolled up. One statement a level."""
    every = Activity.objects.select_related("dates", "step").order_by("position", "id")
    rows = level = [activity]
    while level:
        level = list(every.filter(parent__in=[row.pk for row in level]))
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


def _said(step: Step, above: list[Step], person: Person) -> list[Said]:
    made = latest_forecast(step.plan.office_id)
    known: dict[str, Any] = made.results["contributions"] if made else {}
    rows = (
        visible(Contribution.objects.filter(step__in=[step, *above]), person)
        .select_related("kpi", "step__activity")
        .order_by("pk")
    )
    found = []
    for row in rows:
        figures = known.get(str(row.pk), {})
        gains = [v for v in figures.get("objectives", {}).values() if v is not None]
        found.append(
            Said(row, contribution_sentence(row, None), figures.get("stake"), max(gains, default=None), row.step_id != step.pk)
        )
    return found


def _changes(step: Step, person: Person) -> list[Change]:
    """The newest actions that touched the step. One about more than the step may name what is not for `person`."""
    of_step = history.records(Step).filter(id=step.pk).values("changeset")
    of_activity = history.records(Activity).filter(id=step.activity_id).values("changeset")
    rows = Changeset.objects.filter(Q(pk__in=of_step) | Q(pk__in=of_activity)).select_related("by").order_by("-pk")[:HISTORY]
    found = list(rows)
    told = open_ids(
        [c for c in found if c.about == f"step:{step.pk}"], person
    )  # an import is not judged row by row for its title
    return [Change(c.title if c.pk in told else LARGER, c.by, c.at) for c in found]
