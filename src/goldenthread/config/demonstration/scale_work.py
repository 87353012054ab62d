"""The work of the large organisation: project networks of 250 activities, and the business plan above them."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.kit import history
from goldenthread.plan import actions as plans
from goldenthread.plan.models import BusinessPlan, Contribution, Raci, Step, Supervision
from goldenthread.projects import actions
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Office
from goldenthread.schedule.actions import compute_dates
from goldenthread.schedule.models import Activity, Assignment, Relationship, Resource, Schedule

PROJECTS, PHASES, TASKS = 200, 10, 24  # 10 phases and 240 tasks make 250 activities a project
LINKED, EFFECTS = 160, 5  # 160 projects and 240 steps with five contributions each: 2,000
INITIATIVES, STEPS = 20, 12
DAY = 480
NAMES = "Survey, Design, Order, Build, Install, Test, Train, Move, Hand over, Close"
KINDS = "Network, Works, Customer, Property, Digital, Safety, Fleet, Data"
RATINGS = ("GREEN", "GREEN", "GREEN", "AMBER_GREEN", "AMBER", "AMBER_RED", "RED")


def projects(office: Office, managers: list[Person], today: date, rng: random.Random) -> list[Project]:
    """The projects, a third of them mandatory, each with an empty schedule."""
    kinds = KINDS.split(", ")
    rows = []
    for i in range(PROJECTS):
        budget = rng.randrange(200, 20_000) * 100_000
        finish = today + timedelta(days=rng.randrange(60, 500))
        rows.append(
            {
                "reference": f"GN-{i + 1:03}", "name": f"{kinds[i % 8]} renewal {i // 8 + 1}", "department": f"Department {i % 12 + 1}",
                "category": kinds[i % 8], "manager": managers[i % len(managers)], "state": "RUNNING", "rating": rng.choice(RATINGS),
                "starts_on": today - timedelta(days=rng.randrange(60, 500)), "finishes_on": finish,
                "baseline_finish": finish - timedelta(days=rng.randrange(0, 90)), "currency": "GBP", "budget_minor": budget,
                "forecast_minor": round(budget * rng.uniform(0.95, 1.25)), "spent_minor": round(budget * rng.uniform(0.1, 0.7)),
                "is_mandatory": i % 3 == 0, "mandatory_because": "Keeps supply running" if i % 3 == 0 else "",
                "goal_answer": GoalAnswer.LINKED if i < LINKED else GoalAnswer.NOT_ASKED,
            }
        )  # fmt: skip
    made = actions.add_projects(rows=rows, by=None, under=office.scope)
    networks = history.add_all(Schedule, [Schedule(scope=p.scope, name=p.name[:200]) for p in made])
    for project, schedule in zip(made, networks, strict=True):
        project.schedule = schedule
    history.change_all(Project, made, ["schedule"])
    return made


@dataclass(frozen=True)
class _Course:
    """How far a project is: the first `done` tasks lie evenly between its start and today."""

    begun: date
    days: int
    done: int

    def day(self, place: int) -> date:
        return self.begun + timedelta(days=self.days * place // max(self.done, 1))


def schedules(made: list[Project], people: list[Person], today: date, rng: random.Random) -> None:
    """Phases, tasks, logic and people of every project, and their dates."""
    phases = history.add_all(
        Activity,
        [
            Activity(schedule=p.schedule, position=i + 1, name=name, duration=0)
            for p in made
            for i, name in enumerate(NAMES.split(", "))
        ],
    )
    resources = history.add_all(Resource, [Resource(name=p.name, person=p) for p in people])
    for place, project in enumerate(made):
        begun = project.starts_on or today
        course = _Course(begun, (today - begun).days, rng.randrange(20, PHASES * TASKS - 20))
        tasks = [
            _task(project, phase, number * TASKS + i, course, rng)
            for number, phase in enumerate(phases[place * PHASES : (place + 1) * PHASES])
            for i in range(TASKS)
        ]
        tasks = history.add_all(Activity, tasks)
        history.add_all(Relationship, _logic(tasks))
        team = [resources[(place * 7 + n * 61) % len(resources)] for n in range(8)]
        history.add_all(Assignment, [Assignment(activity=t, resource=rng.choice(team)) for t in tasks])
        if project.schedule is not None:
            compute_dates(schedule=project.schedule, today=today)


def _task(project: Project, phase: Activity, place: int, course: _Course, rng: random.Random) -> Activity:
    """One task; the last of a phase is its milestone. Tasks done have dates, the next one is under way."""
    number = place % TASKS
    is_milestone = number == TASKS - 1
    hours = 0 if is_milestone else rng.randrange(4, 40)
    task = Activity(
        schedule=project.schedule, parent=phase, position=number + 1, is_milestone=is_milestone,
        name=f"{phase.name} done" if is_milestone else f"{phase.name}, part {number + 1}", duration=0 if is_milestone else DAY * rng.randrange(1, 6),
        effort_low=hours * 45, effort_likely=hours * 60, effort_high=hours * 95,
    )  # fmt: skip
    if place < course.done:
        task.actual_start, task.actual_finish, task.progress = course.day(place), course.day(place + 1), 100
    elif place == course.done:
        task.actual_start, task.progress = course.day(place), 0 if is_milestone else 40
    return task


def _logic(tasks: list[Activity]) -> list[Relationship]:
    """A phase begins with one task, runs in two lanes and ends at its milestone, which lets the next phase begin."""
    pairs = []
    half = TASKS // 2
    for first in range(0, len(tasks), TASKS):
        last = first + TASKS - 1
        lanes = (range(first + 1, first + half), range(first + half, last))
        for lane in lanes:
            steps = [first, *lane, last]
            pairs += list(itertools.pairwise(steps))
        if last + 1 < len(tasks):
            pairs.append((last, last + 1))
    return [Relationship(predecessor=tasks[a], successor=tasks[b]) for a, b in pairs]


def plan(office: Office, people: list[Person], kpis: list[Kpi], made: list[Project], today: date, rng: random.Random) -> None:
    """Initiatives of twelve steps that contribute and one that supervises ten projects; contributions of steps and projects."""
    business_plan = plans.found_plan(office=office, by=None)
    schedule = business_plan.schedule
    tops = [Activity(schedule=schedule, position=i + 1, name=f"Initiative {i + 1}", duration=0) for i in range(INITIATIVES)]
    tops = history.add_all(Activity, tops)
    work = []
    for top in tops:
        for n in range(STEPS + 1):
            hours = rng.randrange(8, 80)
            name = f"{top.name}: supervise ten projects" if n == STEPS else f"{top.name}, step {n + 1}"
            work.append(
                Activity(
                    schedule=schedule, parent=top, position=n + 1, name=name, duration=DAY * rng.randrange(3, 25),
                    effort_low=hours * 45, effort_likely=hours * 60, effort_high=hours * 100,
                    deadline=today + timedelta(days=rng.randrange(20, 300)),
                )
            )  # fmt: skip
    work = history.add_all(Activity, work)
    links = [Relationship(predecessor=a, successor=b) for a, b in itertools.pairwise(work) if a.parent_id == b.parent_id]
    history.add_all(Relationship, links)
    steps = history.add_all(Step, [_step(a, business_plan, today) for a in [*tops, *work]])
    below = steps[INITIATIVES:]
    staff = people[:30]
    resources = {r.person_id: r for r in Resource.objects.filter(person__in=staff)}
    holders = [staff[i % len(staff)] for i in range(len(below))]
    history.add_all(
        Raci,
        [Raci(step=s, person=people[0], letter="A") for s in steps]
        + [Raci(step=s, person=p, letter="R") for s, p in zip(below, holders, strict=True)],
    )
    history.add_all(
        Assignment, [Assignment(activity=s.activity, resource=resources[p.pk]) for s, p in zip(below, holders, strict=True)]
    )
    contributing = [s for s in below if s.mode == Step.Mode.DIRECT]
    rows = [_effect(kpi, rng, step=s) for i, s in enumerate(contributing) for kpi in _some(kpis, i)]
    rows += [_effect(kpi, rng, project=p) for i, p in enumerate(made[:LINKED]) for kpi in _some(kpis, i + 11)]
    history.add_all(Contribution, rows)
    watching = [s for s in below if s.mode == Step.Mode.SUPERVISED]
    history.add_all(
        Supervision, [Supervision(step=s, project=made[i * 8 + n]) for i, s in enumerate(watching) for n in range(EFFECTS * 2)]
    )
    compute_dates(schedule=schedule, today=today)


def _step(activity: Activity, business_plan: BusinessPlan, today: date) -> Step:
    supervises = activity.name.endswith("supervise ten projects")
    return Step(
        activity=activity,
        plan=business_plan,
        step_kind=Step.StepKind.STEP if activity.parent_id else Step.StepKind.INITIATIVE,
        mode=Step.Mode.SUPERVISED if supervises else Step.Mode.DIRECT,
        deliverable=f"{activity.name}, accepted",
        acceptance="The owner of the figure has signed",
        goal_answer=GoalAnswer.LINKED if activity.parent_id else GoalAnswer.NOT_ASKED,
        updated_on=today,
    )


def _some(kpis: list[Kpi], place: int) -> list[Kpi]:
    """Five different KPIs, spread evenly over all places."""
    return [kpis[(place * 7 + n * 13) % len(kpis)] for n in range(EFFECTS)]


def _effect(kpi: Kpi, rng: random.Random, step: Step | None = None, project: Project | None = None) -> Contribution:
    sign = -1 if kpi.direction == Kpi.Direction.FALL else 1
    likely = rng.uniform(0.2, 0.9)
    return Contribution(
        step=step, project=project, kpi=kpi, low=sign * likely * 0.4, likely=sign * likely, high=sign * likely * 1.7,
        chance=rng.choice([50, 60, 70, 80]), lag_days=rng.choice([0, 30, 60]), ramp_days=rng.choice([30, 90, 180]),
        mechanism="It removes waiting between two departments.", grade=rng.choice([0, 0, 1, 2]),
    )  # fmt: skip
