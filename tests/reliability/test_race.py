"""R2: many writers (1,000 with LONG_TESTS=1) send one version of a row to the real server. One wins, the others learn it.

Through the API, a form, the step that stands in two tables, and several rows of the plan at once.
"""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.db import connection

from goldenthread.accounts import actions
from goldenthread.accounts.models import Changeset
from goldenthread.kit import history
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan import actions as plans
from goldenthread.plan.actions import versions
from goldenthread.plan.models import PlanEvent, PlanVersion
from goldenthread.plan.queries.version_chain import chain_faults
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Objective
from goldenthread.schedule import actions as schedules
from goldenthread.schedule.models import Activity
from tests.cast import build
from tests.reliability.server import Crowd, browser_of, serving
from tests.schedule.conftest import MONDAY, dates, network
from tests.workspace.filled import filled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WRITERS, FEWER = (1000, 1000) if os.environ.get("LONG_TESTS") else (200, 40)  # a page costs more than a program's answer
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def cast(transactional_db):
    built = build()
    with organisation_scope(built.organisation):
        yield built


def bearers(person) -> list[dict[str, str]]:
    """Headers of four programs: together they stay below what one of them may ask in a minute."""
    made = [actions.issue_token(person=person, name=f"Racer {n}", days=1, may_write=True, by=person)[1] for n in range(4)]
    return [JSON | {"Authorization": f"Bearer {secret}"} for secret in made]


def test_of_many_writers_with_one_version_one_wins(cast, tmp_path):
    objective = purpose.add_objective(office=cast.office, title="Fewer leaks", by=cast.head)
    plan = plans.found_plan(office=cast.office, by=None)
    steps = [plans.add_step(plan=plan, name=f"Look {n}", by=cast.head, accountable=cast.head) for n in range(4)]
    programs = bearers(cast.head)
    begun = Changeset.objects.count()
    with serving(tmp_path / "data") as port:
        crowd, (key, browser) = Crowd(port), browser_of(cast.head.user, port)

        def race(name: str, writers: int, request) -> None:
            started = time.perf_counter()
            answers = crowd.send([request(n) for n in range(writers)])
            print(f"{name}: {writers} writers in {time.perf_counter() - started:.1f} s: {dict(answers)}")
            won = answers.pop(200, 0) + answers.pop(303, 0)
            assert won == 1, (name, answers)
            assert answers == {409: writers - 1}, (name, answers)

        def form(path: str, **fields: object):
            """The form as it stands on its page, with a word of each writer's own."""
            page = cast.client(cast.head).get(path)
            stands = filled(page.content.decode()) if page.status_code == 200 else {}
            given = {"csrfmiddlewaretoken": key, **stands, **fields}
            return lambda n: ("POST", path, urlencode(given).replace("RACER", f"Racer+{n}"), browser)

        def patch(n: int):
            body = json.dumps({"version": 1, "title": f"No leaks {n}"})
            return "PATCH", f"/api/objectives/{objective.pk}", body, programs[n % 4]

        race("API", WRITERS, patch)
        race("form", FEWER, form(f"/objectives/{objective.pk}/edit", title="RACER"))
        race("step", FEWER, form(f"/plan/steps/{steps[0].pk}/edit", name="RACER"))
        rows = [Activity.objects.get(step=step) for step in steps[1:]]
        picked = ",".join(f"{row.pk}:{row.version}" for row in rows)
        race("several rows", FEWER, form("/plan/rows/act", ids=picked, action="shift", days=7))
    stored = Objective.objects.get(pk=objective.pk)
    assert stored.version == 3
    assert stored.title.startswith("Racer ")
    assert Changeset.objects.count() == begun + 4, "a refused write left a changeset behind"
    shifted = {row.not_before for row in Activity.objects.filter(pk__in=[row.pk for row in rows])}
    assert len(shifted) == 1
    assert shifted.pop() < date.today() + timedelta(days=14), "it was shifted twice"


def test_of_many_who_put_one_version_in_force_one_does(cast, tmp_path):
    """The others are told that it is in force already."""
    plan = plans.found_plan(office=cast.office, by=None)
    for number in (1, 2):
        version = versions.propose_version(plan=plan, because=f"Try {number}", by=cast.head)
        if number == 1:
            versions.withdraw_version(version=version, by=cast.head)
    with serving(tmp_path / "data") as port:
        crowd, (key, browser) = Crowd(port), browser_of(cast.head.user, port)
        path, body = f"/plan/versions/{version.pk}/approve", urlencode({"csrfmiddlewaretoken": key})
        answers = crowd.send([("POST", path, body, browser) for _ in range(FEWER)])
    assert answers == {303: 1, 422: FEWER - 1}
    assert PlanVersion.objects.get(number=2).state == PlanVersion.State.IN_FORCE
    assert PlanEvent.objects.filter(what="APPROVED").count() == 1
    assert list(chain_faults(plan)) == []


@pytest.mark.skipif(connection.vendor == "sqlite", reason="there one writer at a time is the rule")
def test_two_edits_of_one_schedule_leave_the_dates_of_both(cast):
    with actions.changeset(title="Start", by=cast.head):
        plan = schedules.add_schedule(scope=cast.office.scope, name="Plan", data_date=MONDAY)
    made = network(plan, "A 1; B 1; C 1 after A B")
    both = Barrier(2)

    def edit(name: str, days: int) -> None:
        with organisation_scope(cast.organisation), actions.changeset(title=f"Edit {name}", by=None):
            history.change(made[name], {"duration": days * 480})
            both.wait(10)  # neither sees what the other wrote
            schedules.compute_dates(schedule=plan)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(edit, ("A", "B"), (3, 2)))
    found = dates(made)
    assert (found["A"][1], found["B"][1], found["C"][0]) == (date(2027, 3, 3), date(2027, 3, 2), date(2027, 3, 4))
