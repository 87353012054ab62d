"""The capital works office: its own mandate, one objective, a short plan."""

from __future__ import annotations

from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.plan import actions as plans
from goldenthread.projects.models import Project
from goldenthread.purpose import actions
from goldenthread.purpose.actions import Figure
from goldenthread.purpose.models import Office
from goldenthread.schedule import actions as schedule


def give(office: Office, people: dict[str, Person], today: date) -> None:
    """A mandate whose validity ends soon, and two services."""
    by = people["operator"]
    mandate = actions.draft_mandate(
        office=office, title="Deliver the works of the price review", purpose="Build what the price review promised, on its dates.",
        issuer="Capital committee", by=by, clauses=["Deliver the promised works on their dates"],
        issued_on=today - timedelta(days=380), valid_from=today - timedelta(days=370), valid_to=today + timedelta(days=25),
    )  # fmt: skip
    actions.put_mandate_in_force(mandate=mandate, by=by)
    actions.add_service(office=office, name="Planning of works", by=by, service_class="GOVERNANCE", planned_share=7000)
    actions.add_service(office=office, name="Site reviews", by=by, service_class="ASSURANCE", planned_share=3000)


def plan(office: Office, projects: dict[str, Project], people: dict[str, Person], today: date) -> None:
    """One objective with a thin history, and a plan of three steps."""
    by, head = people["operator"], people["capital"]
    mandate = office.mandates.get(state="IN_FORCE")
    kpi = actions.add_kpi(
        office=office, name="Works finished by their promised date", unit="%", direction="RISE", decimals=0, floor=0, ceiling=100,
        source="Capital register", owner=people["engineer"], by=by,
    )  # fmt: skip
    figures = [Figure(kpi=kpi, on=today - timedelta(days=d), value=v) for d, v in ((190, 58), (100, 60), (9, 61))]
    actions.enter_measurements(figures=figures, by=by)
    objective = actions.add_objective(
        office=office, title="Raise works finished by their promised date from 61 to 75 %", short_name="Works on their dates",
        clause=mandate.clauses.get(number=1), owner=head, by=by, missed_by="The regulator",
    )  # fmt: skip
    actions.set_target(
        objective=objective, kpi=kpi, by=by, baseline=61, baseline_on=today - timedelta(days=9), value=75,
        due_on=today + timedelta(days=400), tolerance=2,
    )  # fmt: skip
    business_plan = plans.found_plan(office=office, by=None)
    engineer = people["engineer"]
    with schedule.postponed_dates():
        top = plans.add_step(plan=business_plan, name="Works on their dates", by=None, accountable=head, step_kind="INITIATIVE")
        for name, hours, days in (
            ("Weekly look-ahead with the contractors", 40, 20),
            ("Supervision of mains and outfalls", 60, 25),
            ("Early order of long-lead parts", 25, 15),
        ):
            step = plans.add_step(
                plan=business_plan, name=name, by=None, parent=top, accountable=head, responsible=(engineer,), duration=days * 480,
                effort_low=hours * 45, effort_likely=hours * 60, effort_high=hours * 100, deliverable=name,
            )  # fmt: skip
            if name.startswith("Supervision"):
                plans.supervise(step=step, project=projects["mains"], by=None, raised=(3, 8, 15))
                plans.supervise(step=step, project=projects["outfall"], by=None, raised=(3, 8, 15))
            else:
                plans.contribute(kpi=kpi, step=step, by=None, size="M", mechanism="trouble is seen a fortnight earlier")
    plans.contribute(kpi=kpi, project=projects["mains"], by=None, size="S", mechanism="a tenth of all promised works")
    plans.contribute(kpi=kpi, project=projects["outfall"], by=None, size="S", mechanism="a seventh of all promised works")
