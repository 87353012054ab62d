"""The IT office with an objective, a KPI, a plan and a project: what a thread needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.queries import forget_rights
from goldenthread.accounts.undo import undo
from goldenthread.kit.money import Money
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan import actions as plan
from goldenthread.plan.models import BusinessPlan, Step
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.schedule.models import Activity
from tests.cast import Cast, cast, kept_cast, module_cast

__all__ = ["cast", "kept_cast", "module_cast"]


@dataclass
class Scene:
    """One thread: mandate, objective, target, KPI, plan, step, project."""

    cast: Cast
    objective: Objective
    kpi: Kpi
    target: Target
    plan: BusinessPlan
    step: Step
    project: Project

    @property
    def today(self) -> date:
        return timezone.localdate()

    def task(self, name: str) -> Activity:
        return Activity.objects.select_related("schedule__scope").get(name=name)

    def fresh(self, row):
        return type(row).objects.get(pk=row.pk)


def make(cast: Cast) -> Scene:
    head, today = cast.head, timezone.localdate()
    mandate = purpose.draft_mandate(
        office=cast.office, title="Mandate", purpose="Value", issuer="Board", by=head, clauses=["Decide in time"],
        valid_from=today - timedelta(days=60),
    )  # fmt: skip
    purpose.put_mandate_in_force(mandate=mandate, by=head)
    kpi = purpose.add_kpi(
        office=cast.office,
        name="Decision latency",
        by=head,
        unit="days",
        direction="FALL",
        floor=0.0,
        source="Minutes",
        owner=cast.member,
    )
    figures = [purpose.Figure(kpi, today - timedelta(days=30 * i + 3), 5 + 0.05 * i + (0.1 if i % 2 else 0)) for i in range(14)]
    purpose.enter_measurements(figures=figures, by=head)
    objective = purpose.add_objective(
        office=cast.office, title="Bring decisions from 5 to 3 days", short_name="Faster decisions", by=head,
        clause=mandate.clauses.get(number=1), owner=cast.pmo,
    )  # fmt: skip
    target = purpose.set_target(
        objective=objective, kpi=kpi, by=head, baseline=5.5, baseline_on=today - timedelta(days=300), value=3.0,
        due_on=today + timedelta(days=300), tolerance=0.1,
    )  # fmt: skip
    rate = purpose.set_value_rate(kpi=kpi, worth=Money.of(100_000, "EUR"), valid_from=today - timedelta(days=30), by=head)
    purpose.sign_value_rate(rate=rate, by=cast.sponsor)
    business_plan = plan.found_plan(office=cast.office, by=head)
    step = plan.add_step(
        plan=business_plan, name="Clients decide", by=head, deliverable="Seats", accountable=head, responsible=(cast.member,),
        duration=4800, effort_low=900, effort_likely=1200, effort_high=2400,
    )  # fmt: skip
    project = projects.add_project(
        name="Billing renewal", by=None, under=cast.office.scope, manager=cast.people["PROJECT_MANAGER"],
        starts_on=today - timedelta(days=100), finishes_on=today + timedelta(days=90),
    )  # fmt: skip
    forget_rights(head)
    return Scene(cast, objective, kpi, target, business_plan, step, project)


@pytest.fixture(scope="module")
def module_scene(module_cast: Cast, django_db_blocker) -> Iterator[Scene]:
    """The thread, built once for a module; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        with organisation_scope(module_cast.organisation):
            made = make(module_cast)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def scene(module_scene: Scene, kept_cast: Cast) -> Scene:
    """The module's thread for one test, read anew and rolled back after it."""
    rows = (getattr(module_scene, name) for name in ("objective", "kpi", "target", "plan", "step", "project"))
    return Scene(kept_cast, *(type(row).objects.get(pk=row.pk) for row in rows))


@pytest.fixture
def undo_last(scene):
    """Undo what was written last, as the head of PMO."""
    return lambda: undo(changeset=Changeset.objects.latest("id"), by=scene.cast.fresh(scene.cast.head))
