"""Writes the business plan of an office from its table: steps, tasks, people, logic, effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.config.demonstration.dates import FRIDAY, ago, worked
from goldenthread.config.demonstration.plan_rows import Effect, I, S
from goldenthread.evidence import actions as evidence
from goldenthread.kit import history
from goldenthread.plan import actions
from goldenthread.plan.models import BusinessPlan, Contribution, Step
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Office
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity, Assignment, Resource

HOUR, DAY = 60, 480
STALE = {"Weekly slide pack": 160, "Drawing archive": 240, "Site diary of the old contract": 310}  # days since anybody looked


@dataclass
class Made:
    """What came to be: the plan, and its steps by name."""

    plan: BusinessPlan
    people: Mapping[str, Person]
    kpis: Mapping[str, Kpi]
    today: date
    steps: dict[str, Step] = field(default_factory=dict)
    past: Step = field(default_factory=Step)  # the initiative of finished work
    promised: frozenset[str] = frozenset()  # steps whose results were written down before they began

    def task(self, step: str, begins: str) -> Activity:
        """The task of a step whose name begins so."""
        return next(a for a in self.steps[step].activity.children.order_by("position") if a.name.startswith(begins))


def promise(
    office: Office, finished: Sequence[S], kpis: Mapping[str, Kpi], people: Mapping[str, Person], today: date, day: date
) -> Made:
    """The first steps of an office, before they began, and what each was to bring: written down on that day."""
    made = Made(actions.found_plan(office=office, by=None), people, kpis, today)
    boss = people["head" if office.code == "it" else "capital"]
    with schedule.postponed_dates():
        made.past = actions.add_step(
            plan=made.plan, name="Finished", by=None, accountable=boss, step_kind=Step.StepKind.INITIATIVE
        )
        for row in finished:
            if all(effect.kpi in kpis for effect in row.effects):
                _step(made, row, made.past)
                made.promised |= {row.name}
    for row in finished:
        for effect in row.effects if row.name in made.promised else ():
            contribution = _contribute(made, effect, step=made.steps[row.name])
            evidence.register_result(contribution=contribution, by=boss, today=day)
    return made


def write(
    made: Made,
    table: tuple[Sequence[I], Sequence[S], Mapping[str, Effect]],
    kpis: Mapping[str, Kpi],
    projects: Mapping[str, Project],
) -> Made:
    """The rest of the plan from its table: initiatives, work of the past, effects of projects."""
    initiatives, finished, of_projects = table
    made.kpis = kpis
    with schedule.postponed_dates():
        for initiative in initiatives:
            _initiative(made, initiative)
        actions.move_step(step=made.past, parent=None, after=made.steps[initiatives[-1].name], by=None)
        for row in finished:
            if row.name not in made.promised:
                _step(made, row, made.past)
        for row in (*finished, *(s for i in initiatives for s in i.steps)):
            _finish(made, row)
            for effect in row.effects if row.name not in made.promised else ():
                _contribute(made, effect, step=made.steps[row.name])
            if row.after:
                _link(made.steps[row.after], made.steps[row.name])
            for key in row.supervises:
                actions.supervise(step=made.steps[row.name], project=projects[key], by=None, raised=(4, 10, 18))
    for key, effect in of_projects.items():
        _contribute(made, effect, project=projects[key])
    actions.make_repeats(plan=made.plan, today=made.today)
    _look_at_all(made)
    return made


def _initiative(made: Made, row: I) -> None:
    top = actions.add_step(
        plan=made.plan, name=row.name, by=None, accountable=made.people[row.a], step_kind=Step.StepKind.INITIATIVE,
        deliverable=row.deliverable,
    )  # fmt: skip
    made.steps[row.name] = top
    for step in row.steps:
        _step(made, step, top)
    for effect in row.effects:
        _contribute(made, effect, step=top)


def _step(made: Made, row: S, parent: Step) -> None:
    people, plan = made.people, made.plan
    service = plan.office.services.filter(name=row.service).first() if row.service else None
    hours = sum(t[1] for t in row.tasks)
    step = actions.add_step(
        plan=plan, name=row.name, by=None, parent=parent, accountable=people.get(row.a), responsible=tuple(people[r] for r in row.r),
        deliverable=row.deliverable, acceptance=row.acceptance, service=service, mode=row.mode, requested_by=row.requested_by,
        goal_answer=row.answer or GoalAnswer.NOT_ASKED, duration=DAY, effort_low=hours * 48, effort_likely=hours * HOUR, effort_high=hours * 96,
    )  # fmt: skip
    made.steps[row.name] = step
    for key, letter in row.more:
        actions.set_raci(step=step, person=people[key], letter=letter, by=None)
    if row.weekly:
        friday = made.today + timedelta(days=(FRIDAY - made.today.weekday() - 1) % 7 + 1)
        recurs = {"repeats": "WEEKLY", "next_on": friday, "repeat_minutes": row.weekly * HOUR}
        actions.edit_step(step=step, changes=recurs, by=None)
    before: Activity | None = None
    for i, (name, hours, days, done) in enumerate(row.tasks):
        task = schedule.add_activity(
            schedule=plan.schedule, name=name, by=None, parent=step.activity, duration=days * DAY, progress=done,
            effort_low=hours * 48, effort_likely=hours * HOUR, effort_high=hours * 96,
            actual_start=worked(ago(made.today, 11 + i)) if done else None,
            not_before=made.today + timedelta(days=row.begins) if row.begins and i == 0 else None,
        )  # fmt: skip
        for person in row.r[i % len(row.r) :][:1]:
            schedule.assign(activity=task, person=people[person], by=None)
        if before is not None:
            schedule.relate(predecessor=before, successor=task, by=None)
        before = task


def _link(predecessor: Step, successor: Step) -> None:
    last = predecessor.activity.children.order_by("-position").first()
    first = successor.activity.children.order_by("position").first()
    if last is not None and first is not None:
        schedule.relate(predecessor=last, successor=first, by=None)


def _contribute(made: Made, effect: Effect, step: Step | None = None, project: Project | None = None) -> Contribution:
    day = ago(made.today, 9) if effect.confirmed else None
    return actions.contribute(
        kpi=made.kpis[effect.kpi], by=None, step=step, project=project, effect=(effect.low, effect.likely, effect.high),
        chance=effect.chance, lag_days=effect.lag, ramp_days=effect.ramp, mechanism=effect.why, grade=effect.grade,
        confirmed_by=made.people["finance"] if day else None, confirmed_on=day,
    )  # fmt: skip


def _finish(made: Made, row: S) -> None:
    """Work of the past is done; what is still left of a delivered step (its refresher, say) stays open."""
    if row.finished is None:
        return
    step, day = made.steps[row.name], made.today + timedelta(days=row.finished)
    for activity in [step.activity.children.order_by("position").first(), step.activity]:
        changes = {"progress": 100, "actual_start": worked(day - timedelta(days=20)), "actual_finish": worked(day)}
        if activity is not None:
            schedule.edit_activity(activity=activity, changes=changes, by=None)


def _look_at_all(made: Made) -> None:
    """When somebody last looked at each step: at the writing of the plan, except for what has run on unseen."""
    steps = list(made.steps.values())
    for step in steps:
        step.refresh_from_db()
        step.updated_on = ago(made.today, STALE.get(str(step), 9))
    history.change_all(Step, steps, ["updated_on"])


def fill_with(made: Made, post: Resource, step: str) -> None:
    """Plan work on a post that nobody holds yet."""
    rows = [Assignment(activity=a, resource=post) for a in made.steps[step].activity.children.all()]
    history.add_all(Assignment, rows)
