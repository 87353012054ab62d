"""An office with a mandate, goals, a plan and projects, small or large, some of it confidential."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts import actions as accounts
from goldenthread.plan import actions as plan
from goldenthread.plan.models import BusinessPlan, Step
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective
from goldenthread.schedule.actions import postponed_dates
from tests.cast import Cast, built_once
from tests.cast import kept_cast as cast

__all__ = ["cast"]

TODAY, NOW = date(2026, 11, 23), "2026-11-23 10:00Z"
HOUR = 60


@pytest.fixture(scope="module")
def module_cast(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The cast, built once for a module, and on that day."""
    with time_machine.travel(NOW, tick=False), built_once(django_db_blocker) as built:
        yield built


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Scene:
    """What the pages read: goals, steps with people, projects."""

    cast: Cast
    plan: BusinessPlan
    objective: Objective
    kpi: Kpi
    steps: list[Step] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)

    def add_steps(self, count: int) -> None:
        """Steps of the member: every other one moves the KPI."""
        by, member = self.cast.head, self.cast.member
        with accounts.changeset(title="Plan", by=by), postponed_dates():
            for n in range(count):
                step = plan.add_step(
                    plan=self.plan, name=f"Step {n}", by=by, accountable=by, responsible=(member,),
                    duration=8 * HOUR, effort_low=6 * HOUR, effort_likely=8 * HOUR, effort_high=12 * HOUR,
                )  # fmt: skip
                if n % 2 == 0:
                    plan.contribute(kpi=self.kpi, step=step, size="M", by=by)
                self.steps.append(step)

    def add_projects(self, count: int) -> None:
        """Projects that nobody was asked about."""
        first = len(self.projects)
        rows = [{"name": f"Project {first + n}"} for n in range(count)]
        self.projects += projects.add_projects(rows=rows, under=self.cast.office.scope, by=self.cast.head)


def text(response) -> str:
    """What a reader reads of the page itself."""
    main = response.content.decode().split('id="main"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def goal(cast: Cast, title: str, *, confidential: bool = False) -> tuple[Objective, Kpi]:
    """An objective with a KPI and a target."""
    head = cast.head
    objective = purpose.add_objective(office=cast.office, title=title, by=head, owner=cast.pmo, is_confidential=confidential)
    kpi = purpose.add_kpi(
        office=cast.office, name=f"Figure {Kpi.objects.count()}", unit="days", direction=Kpi.Direction.FALL, by=head
    )
    purpose.set_target(
        objective=objective, kpi=kpi, by=head, baseline=14.0, baseline_on=TODAY - timedelta(days=30), value=8.0,
        due_on=date(2027, 12, 31),
    )  # fmt: skip
    return objective, kpi


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """One goal, one plan, four steps, two projects."""
    mandate = purpose.draft_mandate(
        office=cast.office,
        title="Mandate",
        purpose="Have projects decided in time.",
        issuer="Board",
        by=cast.head,
        clauses=["Decide in time."],
    )
    purpose.put_mandate_in_force(mandate=mandate, by=cast.head)
    objective, kpi = goal(cast, "Faster decisions")
    made = Scene(cast, plan.found_plan(office=cast.office, by=cast.head), objective, kpi)
    made.add_steps(4)
    made.add_projects(2)
    return made


@pytest.fixture
def statements() -> Callable[..., int]:
    """How many statements a page takes, session and user included."""

    def count(client, address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            response = client.get(address)
        assert response.status_code == 200, response.status_code
        return len(seen)

    return count
