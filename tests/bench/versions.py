"""A plan of 50,000 activities: proposed, changed in 5 % of its work, proposed again, approved; and compared, in two ways."""

import itertools
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

SLUG, DOMAIN = "versions", "versions.example.org"
STEPS, TASKS, PEOPLE, KPIS = 1_000, 49, 50, 20
DAY = 480
SHARE = 20  # one task in so many changes
HEAD = f"head@{DOMAIN}"


def organisation() -> Any:
    """The organisation with its plan, made once."""
    from goldenthread.accounts.models import Organisation

    found = Organisation.objects.filter(slug=SLUG).first()
    if found is None:
        with transaction.atomic():
            found = _found()
    return found


def _found() -> Any:
    from django.contrib.auth.hashers import make_password

    from goldenthread.accounts import actions, queries
    from goldenthread.accounts.models import Person
    from goldenthread.config.demonstration import cast
    from goldenthread.kit import history
    from goldenthread.kit.permissions import Role
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.purpose import actions as purpose

    made, operator = actions.found_organisation(
        name="Long Plan", slug=SLUG, administrator="Odo Sallow", email=f"operator@{DOMAIN}", is_demo=True
    )
    with organisation_scope(made):
        top = queries.top_scope()
        actions.grant_role(person=operator, role=Role.HEAD, scope=top, by=None)
        queries.forget_rights(operator)
        with actions.changeset(title="People", by=None, source="COMMAND"):
            rows = [Person(name=f"Person {i}", email=HEAD if i == 0 else f"p{i}@{DOMAIN}") for i in range(PEOPLE)]
            people = history.add_all(Person, rows)
            cast.open_door(people[0], make_password(cast.PASSWORD))
        office = purpose.add_office(name="Long PMO", code="long", by=operator, head=people[0])
        actions.grant_role(person=people[0], role=Role.HEAD, scope=office.scope, by=None)
        queries.forget_rights(people[0])
        with actions.changeset(title="Plan", by=None, source="COMMAND"):
            _plan(office, people)
    return made


def _plan(office: Any, people: list[Any]) -> None:
    """A thousand steps of 49 tasks one after the other; each task is somebody's, each step is answered for and moves a figure."""
    from goldenthread.kit import history
    from goldenthread.plan import actions as plans
    from goldenthread.plan.models import Contribution, Raci, Step
    from goldenthread.purpose.models import Kpi, Objective, Target
    from goldenthread.schedule.actions import compute_dates
    from goldenthread.schedule.models import Activity, Assignment, Relationship, Resource

    today = timezone.localdate()
    plan = plans.found_plan(office=office, by=None)
    kpis = history.add_all(Kpi, [Kpi(office=office, name=f"Figure {i}", owner=people[0]) for i in range(KPIS)])
    aims = history.add_all(Objective, [Objective(office=office, title=f"Raise figure {i}") for i in range(KPIS)])
    due = today + timedelta(days=700)
    targets = [Target(objective=aim, kpi=kpi, baseline=10.0, value=20.0, due_on=due) for aim, kpi in zip(aims, kpis, strict=True)]
    history.add_all(Target, targets)
    tops = [Activity(schedule=plan.schedule, position=i + 1, name=f"Step {i}", duration=0) for i in range(STEPS)]
    tops = history.add_all(Activity, tops)
    tasks = history.add_all(Activity, [_task(plan, top, n) for top in tops for n in range(TASKS)])
    chains = (itertools.pairwise(tasks[i : i + TASKS]) for i in range(0, len(tasks), TASKS))
    links = [Relationship(predecessor=a, successor=b) for chain in chains for a, b in chain]
    history.add_all(Relationship, links)
    resources = history.add_all(Resource, [Resource(name=person.name, person=person) for person in people])
    history.add_all(Assignment, [Assignment(activity=task, resource=resources[i % PEOPLE]) for i, task in enumerate(tasks)])
    steps = history.add_all(Step, [Step(plan=plan, activity=top) for top in tops])
    history.add_all(Raci, [Raci(step=step, person=people[i % PEOPLE], letter="A") for i, step in enumerate(steps)])
    given = [
        Contribution(step=step, kpi=kpis[i % KPIS], low=0.1, likely=0.2, high=0.4, chance=70, lag_days=10)
        for i, step in enumerate(steps)
    ]
    history.add_all(Contribution, given)
    compute_dates(schedule=plan.schedule, today=today)


def _task(plan: Any, top: Any, number: int) -> Any:
    from goldenthread.schedule.models import Activity

    return Activity(
        schedule=plan.schedule, parent=top, position=number + 1, name=f"{top.name}, task {number}", duration=DAY,
        effort_low=300, effort_likely=400, effort_high=600,
    )  # fmt: skip


def change_some(plan: Any) -> int:
    """Make the last three tasks of five steps in six a day longer: 5 % of all activities change, and none moves beside them."""
    from goldenthread.accounts.actions import changeset
    from goldenthread.kit import history
    from goldenthread.schedule.actions import compute_dates
    from goldenthread.schedule.models import Activity

    last = Activity.objects.filter(schedule=plan.schedule, position__gt=TASKS - 3, parent__isnull=False)
    rows = [row for row in last.select_related("parent").order_by("pk") if row.parent.position % 6]
    with changeset(title="Some tasks take longer", by=None, source="COMMAND"):
        for row in rows:
            row.duration += DAY
        history.change_all(Activity, rows, ["duration"])
    compute_dates(schedule=plan.schedule)
    return len(rows)


def row_by_row(old: Any, new: Any) -> set[tuple[str, int, str]]:
    """What differs, found as one would with rows of our models: each field of each row against that of the other side."""
    found = set()
    for table in old:
        columns = [name for name in vars(next(iter(old[table] or new[table]), SimpleNamespace())) if name != "pk"]
        before, after = ({row.pk: row for row in side[table]} for side in (old, new))
        for key, row in after.items():
            if key not in before:
                found.add((table, key, "added"))
                continue
            for column in columns:
                if getattr(row, column) != getattr(before[key], column):
                    found.add((table, key, column))
        found |= {(table, key, "dropped") for key in before if key not in after}
    return found


def measure() -> dict[str, Any]:
    """Seconds of each step, sizes, and whether both ways of comparing find the same."""
    from goldenthread.accounts.models import Person
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.plan.actions import versions
    from goldenthread.plan.models import BusinessPlan, PlanVersion

    made, found = organisation(), {}
    with organisation_scope(made):
        plan = BusinessPlan.objects.select_related("schedule", "office").get()
        head = Person.objects.get(email=HEAD)
        for one in PlanVersion.objects.filter(plan=plan, state__in=["PROPOSED", "SIGNED"]):
            versions.withdraw_version(version=one, by=head)
        numbers = []
        for _ in range(2):
            begun = time.perf_counter()
            version = versions.propose_version(plan=plan, because="As it stands", by=head)
            found["propose"] = time.perf_counter() - begun
            begun = time.perf_counter()
            versions.approve_version(version=version, by=head)
            found["approve"] = time.perf_counter() - begun
            numbers.append(version.pk)
            if len(numbers) == 1:
                found["changed"] = change_some(plan)
        old, new = (PlanVersion.objects.select_related("document").get(pk=pk) for pk in numbers)
        found |= _compared(old, new) | _page(new, head)
    return found


def _compared(old: Any, new: Any) -> dict[str, Any]:
    """Both ways from the same rows to what differs, in turns; the answers are checked first."""
    from goldenthread.engine.table_compare import compare
    from goldenthread.plan.mapping.version_changes import between
    from goldenthread.plan.queries.version_changes import states_of

    read, states = _timed(lambda: states_of(old, new))
    sides = [_as_rows(state) for state in states]
    ours, theirs = [], []
    for _ in range(3):
        seconds, changes = _timed(lambda: compare(*states))
        ours.append(seconds)
        seconds, naive = _timed(lambda: row_by_row(*sides))
        theirs.append(seconds)
    if _cells(changes) != naive:
        raise SystemExit("the two ways of comparing versions find different changes")
    whole, told = _timed(lambda: between(*states))
    return {
        "read": read, "compare": min(ours), "naive": min(theirs), "causes": whole, "lines": len(told.lines), "cells": len(naive),
    }  # fmt: skip


def _timed(work: Any) -> tuple[float, Any]:
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def _cells(changes: Any) -> set[tuple[str, int, str]]:
    """The engine's answer as the other way tells it."""
    found = set()
    for table, one in changes.items():
        for column, cells in one.changed.items():
            found |= {(table, key, column) for key in cells.keys.tolist()}
        found |= {(table, key, "added") for key in one.added.keys.tolist()}
        found |= {(table, key, "dropped") for key in one.dropped.keys.tolist()}
    return found


def _as_rows(state: Any) -> dict[str, list[Any]]:
    """The rows of a version as rows of a model: objects with an attribute a column."""
    found = {}
    for name, table in state.items():
        columns = {"pk": table.keys.tolist()} | {column: values.tolist() for column, values in table.columns.items()}
        found[name] = [
            SimpleNamespace(**{c: None if v != v else v for c, v in zip(columns, row, strict=True)})
            for row in zip(*columns.values(), strict=True)
        ]
    return found


def _page(new: Any, head: Any) -> dict[str, Any]:
    """What one person reads of it, and all of it, as pages."""
    client = Client()
    client.force_login(head.user)
    client.get("/plan/versions")  # what lives as long as the server
    found = {}
    for name, query in (("own", ""), ("all", "?all=1")):
        with CaptureQueriesContext(connection) as seen:
            begun = time.perf_counter()
            answer = client.get(f"/plan/versions/{new.pk}/changes{query}")
            found[f"{name} page"] = time.perf_counter() - begun
        if answer.status_code != 200:
            raise SystemExit(f"the page of changes answered {answer.status_code}")
        found[f"{name} statements"], found[f"{name} bytes"] = len(seen), len(answer.content)
    return found
