"""An office that grows: n objectives, KPIs, steps, projects, duties and hours, so that the same page is read at two sizes."""

from datetime import date, timedelta

from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Person
from goldenthread.kit import history
from goldenthread.plan import actions as plans
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.models import Contribution, Duty, DutyOccurrence, Raci, Step
from goldenthread.projects import actions as projects
from goldenthread.purpose.models import Kpi, Measurement, Objective, Office, Target, ValueRate
from goldenthread.resources.models import TimeEntry
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity, Assignment, Relationship


def grow(office: Office, person: Person, size: int) -> None:
    """Add `size` of each noun, all of it open work of `person`, and make the forecast anew."""
    today = timezone.localdate()
    with accounts.changeset(title=f"Grow by {size}", by=None):
        kpis = _aim(office, person, size, today)
        steps = _work(office, person, size, today)
        _tie(office, kpis, steps, size, today)
    make_forecast(office=office, today=today, runs=200)


def _aim(office: Office, person: Person, size: int, today: date) -> list[Kpi]:
    mark = Kpi.objects.count()
    objectives = history.add_all(
        Objective, [Objective(office=office, title=f"Reach {mark + i}", owner=person, state="APPROVED") for i in range(size)]
    )
    kpis = history.add_all(Kpi, [Kpi(office=office, name=f"Figure {mark + i}", unit="%", owner=person) for i in range(size)])
    days = [today - timedelta(days=d) for d in (400, 300, 200, 100)]  # the newest is late: the owner owes a figure
    history.add_all(Measurement, [Measurement(kpi=k, on=day, value=50 + i) for k in kpis for i, day in enumerate(days)])
    due = today + timedelta(days=300)
    history.add_all(
        Target,
        [Target(objective=o, kpi=k, baseline=53, value=60, due_on=due) for o, k in zip(objectives, kpis, strict=True)],
    )
    history.add_all(ValueRate, [ValueRate(kpi=k, minor=100_000, currency="EUR", valid_from=today) for k in kpis])
    return kpis


def _work(office: Office, person: Person, size: int, today: date) -> list[Step]:
    plan = plans.found_plan(office=office, by=None)
    mark = Activity.objects.count()
    rows = [Activity(schedule=plan.schedule, position=mark + i, name=f"Work {mark + i}", effort_likely=600) for i in range(size)]
    activities = history.add_all(Activity, rows)
    links = [Relationship(predecessor=a, successor=b) for a, b in zip(activities[::2], activities[1::2], strict=True)]
    history.add_all(Relationship, links)
    steps = history.add_all(Step, [Step(activity=a, plan=plan, deliverable="It", updated_on=today) for a in activities])
    history.add_all(Raci, [Raci(step=s, person=person, letter=letter) for s in steps for letter in "AR"])
    resource = schedule.ensure_resource(person=person)
    history.add_all(Assignment, [Assignment(activity=a, resource=resource) for a in activities])
    history.add_all(TimeEntry, [TimeEntry(activity=a, person=person, on=today, minutes=90) for a in activities])
    duties = history.add_all(Duty, [Duty(plan=plan, name=f"Duty {mark + i}", source="Law", holder=person) for i in range(size)])
    works = history.add_all(Activity, [Activity(schedule=plan.schedule, position=9000 + mark, name=d.name) for d in duties])
    history.add_all(Assignment, [Assignment(activity=a, resource=resource) for a in works])
    history.add_all(
        DutyOccurrence, [DutyOccurrence(duty=d, activity=a, due_on=today) for d, a in zip(duties, works, strict=True)]
    )
    schedule.compute_dates(schedule=plan.schedule, today=today)
    return steps


def _tie(office: Office, kpis: list[Kpi], steps: list[Step], size: int, today: date) -> None:
    """Half of the steps and half of the projects have an effect; the other half are gaps."""
    finish = today + timedelta(days=90)
    rows = [{"name": f"Project {kpis[0].pk + i}", "finishes_on": finish, "starts_on": today} for i in range(size)]
    made = projects.add_projects(rows=rows, by=None, under=office.scope)
    pairs = [(s, None, k) for s, k in zip(steps[::2], kpis, strict=False)]
    pairs += [(None, p, k) for p, k in zip(made[::2], kpis, strict=False)]
    effect = {"low": 1.0, "likely": 2.0, "high": 3.0}
    history.add_all(Contribution, [Contribution(step=s, project=p, kpi=k, **effect) for s, p, k in pairs])
