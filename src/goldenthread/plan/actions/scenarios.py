"""Scenarios: made, changed inside their own world, computed beside the plan, set aside. Adopting one is `adopting.py`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import may, may_in
from goldenthread.engine.errors import EngineError
from goldenthread.kit import clock, history, jobs, past, worlds
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.scoping import current_organisation
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.mapping import scenario_text
from goldenthread.plan.mapping.others import OtherFigures
from goldenthread.plan.mapping.rows import thread_rows
from goldenthread.plan.models import BusinessPlan, Scenario, ScenarioContent, ScenarioResult
from goldenthread.plan.queries.scenarios import content_of
from goldenthread.schedule.actions import compute_dates
from goldenthread.schedule.models import Activity, Assignment, Schedule

MOST = 12  # open scenarios of a plan: more are no choice any more
LARGEST = 20_000_000  # characters of what was changed in one
NOT_HERE = "Only who may change scenarios of this plan does that."
_worlds = worlds.Kept(MOST + 4)  # the page that compares them looks into each


def add_scenario(*, plan: BusinessPlan, name: str, by: Person, question: str = "") -> Scenario:
    """A copy of the data as they stand, to try things out on."""
    if not may_in(by, Act.EDIT, Kind.SCENARIO, plan.scope_id):
        raise Forbidden(NOT_HERE)
    name = name.strip()
    if not name:
        raise Refused("Give the scenario a name.", field="name", advice="Say what is different in it: “Two more analysts”.")
    open_ones = Scenario.objects.filter(plan=plan, state=Scenario.State.OPEN)
    if open_ones.filter(name__iexact=name).exists():
        raise Refused(f"There is a scenario “{name}” already.", field="name", advice="Choose another name.")
    if open_ones.count() >= MOST:
        raise Refused(f"There are {MOST} open scenarios already.", advice="Set one aside first.")
    with changeset(title=f"Add the scenario {name}", by=by, about=f"plan:{plan.pk}") as made:
        scenario = Scenario(plan=plan, name=name[:120], question=question.strip()[:500], copied_at=made.at, made_by=by)
        scenario.full_clean(exclude=["organisation"])
        scenario.save()
        ScenarioContent(scenario=scenario, changed_at=made.at, text="").save()
    return scenario


def set_aside(*, scenario: Scenario, by: Person, version: int | None = None) -> None:
    """Close a scenario without adopting it; undo opens it again."""
    _must_edit(scenario, by)
    with changeset(title=f"Set the scenario {scenario} aside", by=by, about=f"plan:{scenario.plan_id}"):
        history.change(scenario, {"state": Scenario.State.SET_ASIDE}, version=version)


def _must_edit(scenario: Scenario, by: Person) -> None:
    if not may(by, Act.EDIT, scenario):
        raise Forbidden(NOT_HERE)
    if scenario.state != Scenario.State.OPEN:
        raise Refused(f"The scenario is {scenario.get_state_display().lower()}.", advice="Make a new one.")


# Its world


def world_of(scenario: Scenario) -> tuple[worlds.World, int]:
    """The data inside the scenario, with what was changed there; and the edition that is."""
    content = content_of(scenario)
    return _worlds.get(_key(scenario, content.edition), lambda: _built(scenario, content)), content.edition


def _key(scenario: Scenario, edition: int) -> tuple[Any, ...]:
    """What the world follows from: the scenario's own edition, and whatever decides who may see what."""
    organisation = current_organisation()
    newest = Changeset.objects.order_by("-id").values_list("id", "at").first()
    return organisation.pk, organisation.created_at, organisation.version, scenario.pk, scenario.copied_at, edition, newest


def _built(scenario: Scenario, content: ScenarioContent) -> worlds.World:
    made, secret = worlds.World(past.content_as_of(scenario.copied_at), may_write=True), past.secrets()
    with worlds.inside(made) as copy_of:
        connection.disable_constraint_checking()
        scenario_text.put_in(connection, scenario_text.from_text(content.text))
        past.conceal(connection, secret)
        first = scenario_text.first_id(scenario.pk)
        scenario_text.number_from(connection, max(first, scenario_text.last_id(connection) + 1))
        compute_all_dates(clock.today())
        return replace(made, content=copy_of())


def compute_all_dates(day: date) -> None:
    """The dates of every schedule, as on `day`; a network that cannot be computed keeps none."""
    for schedule in Schedule.objects.all():
        try:
            compute_dates(schedule=schedule, today=day)
        except (Refused, EngineError):
            continue


def keep(*, scenario: Scenario, edition: int, content: bytes, by: Person) -> bool:
    """Keep what was written inside, a world of `content`, over the edition that it began from. Returns whether there was any.

    Conflict where somebody else changed the scenario meanwhile.
    """
    _must_edit(scenario, by)
    first, secret = scenario_text.first_id(scenario.pk), past.secrets()
    with worlds.inside(worlds.World(content, may_write=True)) as copy_of:
        written = scenario_text.written(first)
        actions = Changeset.objects.filter(pk__gte=first).count()
        past.conceal(connection, secret)  # as when it is built from its text
        content = copy_of()
    row = content_of(scenario)
    if actions == row.actions and row.edition == edition:
        return False
    text = scenario_text.as_text(written)
    if len(text) > LARGEST:
        raise Refused("That is more than a scenario can hold.", advice="Adopt it, or begin another.")
    if row._state.adding:
        row.save()
    found = ScenarioContent.objects.filter(scenario=scenario, edition=edition)
    told = {"text": text, "actions": actions, "edition": edition + 1, "changed_at": timezone.now()}
    if not found.update(**told):
        raise Conflict(scenario, expected=edition, current=row.edition)
    if _worlds.has(_key(scenario, edition)):  # else something changed meanwhile that may decide who sees what
        _worlds.put(_key(scenario, edition + 1), worlds.World(content, may_write=True))
    return True


# What it would bring


def ask_for_results(*, plan: BusinessPlan, by: Person) -> None:
    """Have the plan and its open scenarios computed by the worker, those that changed since."""
    if not may_in(by, Act.VIEW, Kind.SCENARIO, plan.scope_id):
        raise Forbidden(NOT_HERE)
    jobs.ask_for("scenarios", by=by, key=f"scenarios:{plan.pk}", plan_id=plan.pk)


def compute_results(plan: BusinessPlan, progress: jobs.Progress) -> int:
    """Compute what is not computed yet, each in its own world. Returns how many were."""
    todo: list[tuple[Scenario | None, worlds.World, int]] = []
    head = Changeset.objects.order_by("-id").values_list("id", flat=True).first() or 0
    known = {row.scenario_id: row.of for row in ScenarioResult.objects.filter(plan=plan)}
    if known.get(None) != head:
        todo.append((None, worlds.World(past.content_as_of(timezone.now()), may_write=True), head))
    for scenario in Scenario.objects.filter(plan=plan, state=Scenario.State.OPEN):
        world, edition = world_of(scenario)
        if known.get(scenario.pk) != edition:
            todo.append((scenario, world, edition))
    for done, (which, world, of) in enumerate(todo):
        progress(done, len(todo))
        others = _others(plan, which.copied_at) if which is not None else None
        with worlds.inside(world):
            found = measures(BusinessPlan.objects.select_related("office", "schedule").get(pk=plan.pk), clock.today(), others)
        told = {"made_at": timezone.now(), "of": of, "measures": found, "organisation": current_organisation()}
        ScenarioResult.objects.update_or_create(plan=plan, scenario=which, defaults=told)
    progress(len(todo), len(todo))
    return len(todo)


def _others(plan: BusinessPlan, moment: datetime) -> OtherFigures:
    """What the trends were drawn to when the scenario was made: a target that is tried out teaches no other KPI anything."""
    with worlds.inside(worlds.World(past.content_as_of(moment))):
        return thread_rows(plan.office, clock.today()).others


def measures(plan: BusinessPlan, day: date, others: OtherFigures | None = None) -> dict[str, Any]:
    """What the plan of the open data would bring: chances by objective, hours and cost by person, the last day.

    Chances by the forecast's own rules and seed, so that only what differs in the plan makes a difference. Hours are those left
    of work that nobody has finished, shared among who is assigned by their units. Cost is hours times the rate of who does them.
    """
    try:
        compute_dates(schedule=plan.schedule, today=day)
        results = make_forecast(office=plan.office, today=day, others=others).results
    except (Refused, EngineError) as error:
        return {"fault": str(error)[:300]}
    objectives = {pk: {"chance": row.get("chance"), "basis": row.get("basis")} for pk, row in results["objectives"].items()}
    return {"objectives": objectives, **_work(plan)}


def _work(plan: BusinessPlan) -> dict[str, Any]:
    leaves = Activity.objects.filter(schedule=plan.schedule, children__isnull=True, actual_finish__isnull=True)
    open_ones = {row.pk: row for row in leaves.filter(cancelled_on__isnull=True).select_related("dates")}
    shares: dict[int, list[Assignment]] = defaultdict(list)
    for one in Assignment.objects.filter(activity__in=open_ones).select_related("resource"):
        shares[one.activity_id].append(one)
    minutes: dict[str, float] = defaultdict(float)
    cost = without_rate = unassigned = 0.0
    for pk, activity in open_ones.items():
        left = (activity.effort_likely if activity.effort_likely is not None else activity.duration) * (
            1 - activity.progress / 100
        )
        units = sum(one.units for one in shares[pk])
        unassigned += 0 if units else left
        for one in shares[pk] if units else ():
            mine = left * one.units / units
            minutes[str(one.resource.person_id or "")] += mine
            cost += mine / 60 * (one.resource.cost_minor or 0)
            without_rate += 0 if one.resource.cost_minor is not None else mine
    ends = [row.dates.early_finish for row in open_ones.values() if hasattr(row, "dates")]
    return {
        "minutes": {who: round(each) for who, each in sorted(minutes.items())},
        "unassigned": round(unassigned),
        "cost_minor": round(cost),
        "without_rate": round(without_rate),
        "ends": max(ends).isoformat() if ends else None,
        "work": len(open_ones),
    }
