"""Scenarios side by side with the plan; making one, computing them, adopting one, setting one aside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import activity, may, may_in, visible
from goldenthread.kit import worlds
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries
from goldenthread.plan.actions import adopting
from goldenthread.plan.actions import scenarios as actions
from goldenthread.plan.mapping.scenario_text import first_id, from_text
from goldenthread.plan.models import Scenario
from goldenthread.plan.queries import scenarios as reads
from goldenthread.plan.views.shared import done, seen, sees_scenarios, visitor
from goldenthread.purpose.models import Objective
from goldenthread.ui import pages


@require_GET
def scenarios(request: HttpRequest) -> HttpResponse:
    """What each open scenario would bring beside the plan, and all there are."""
    person = visitor(request)
    found = queries.plan_of(person, request.GET.get("office"))
    if not sees_scenarios(request, found):
        raise Forbidden("Only who plans looks at scenarios.")
    rows = reads.scenarios(found, person)
    table = reads.columns(found, rows)
    context = {
        "plan": found,
        "office": found.office,
        "rows": rows,
        "table": table,
        "objectives": reads.objective_lines(found, table, person, _only_inside(table, person)),
        "people": reads.people_lines(table, person),
        "totals": {key: reads.totals(table, key) for key in ("minutes", "unassigned", "work", "cost_minor", "without_rate")},
        "sees_cost": reads.may_see_cost(person, found),
        "currency": person.organisation.currency,
        "is_old": any(column.is_old for column in table),
        "job": reads.running(found),
        "may_change": may_in(person, Act.EDIT, Kind.SCENARIO, found.scope_id),
        "may_adopt": may_in(person, Act.APPROVE, Kind.SCENARIO, found.scope_id),
    }
    return pages.page(request, "plan/templates/scenarios.html", context, block="compared")


def _only_inside(table: list[reads.Column], person: Person) -> dict[int, str]:
    """Objectives that were added in a scenario, by id, those that the person may see there."""
    found: dict[int, str] = {}
    for column in table:
        told = (column.measures or {}).get("objectives") or {}
        if column.scenario is None or not any(int(pk) >= first_id(column.scenario.pk) for pk in told):
            continue
        world, _ = actions.world_of(column.scenario)
        with worlds.inside(world):
            rows = visible(Objective.objects.filter(pk__gte=first_id(column.scenario.pk)), person)
            found |= {row.pk: row.label for row in rows}
    return found


@require_GET
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """One scenario: what was done inside, newest last, and what can become of it."""
    person = visitor(request)
    row: Scenario = seen(request, Scenario, pk, "plan__office", "made_by")
    content = from_text(reads.content_of(row).text)
    first = first_id(row.pk)
    with worlds.inside(actions.world_of(row)[0]):
        lines = [line for line in activity(person).lines if line.changeset.pk >= first]
    is_open = row.state == Scenario.State.OPEN
    context = {
        "scenario": row,
        "plan": row.plan,
        "office": row.plan.office,
        "lines": lines,
        "left_behind": adopting.net_of(content, first).left_behind,
        "may_change": is_open and may(person, Act.EDIT, row),
        "may_adopt": is_open and may(person, Act.APPROVE, row),
    }
    return pages.page(request, "plan/templates/scenario.html", context)


@require_POST
def add_scenario(request: HttpRequest) -> HttpResponse:
    """Copy the data as they stand, and go inside."""
    plan = queries.plan_of(visitor(request), request.GET.get("office"))
    given = request.POST
    made = actions.add_scenario(plan=plan, name=given.get("name", ""), question=given.get("question", ""), by=visitor(request))
    inside = f"/scenario/{made.pk}/plan?office={plan.office.code}"
    return done(request, f"The scenario {made} is a copy of the plan; change what you like in it", inside)


@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Have the plan and its scenarios computed."""
    plan = queries.plan_of(visitor(request), request.GET.get("office"))
    actions.ask_for_results(plan=plan, by=visitor(request))
    return pages.see_other(f"{reverse('plan:scenarios')}?office={plan.office.code}")


@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was changed inside into the plan, and go on to propose it."""
    row: Scenario = seen(request, Scenario, pk, "plan__office", "plan__scope")
    adopting.adopt(scenario=row, by=visitor(request), version=pages.version_seen(request))
    address = f"{reverse('plan:versions')}?office={row.plan.office.code}"
    return done(request, f"The plan is now as in the scenario {row}. Propose it as a version", address)


@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it without adopting it."""
    row: Scenario = seen(request, Scenario, pk, "plan__office", "plan__scope")
    actions.set_aside(scenario=row, by=visitor(request), version=pages.version_seen(request))
    return done(request, f"The scenario {row} is set aside", f"{reverse('plan:scenarios')}?office={row.plan.office.code}")
