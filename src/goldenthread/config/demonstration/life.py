"""What happened after everything was approved: work logged, figures that came true or not, things that broke."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.config.demonstration.plan import DAY, Made
from goldenthread.evidence import actions as evidence
from goldenthread.evidence.models import ExpectedResult
from goldenthread.kit import history
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Contribution, PulseAnswer
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective, Office
from goldenthread.resources.models import TimeEntry
from goldenthread.schedule import actions as schedule
from goldenthread.workspace import actions as workspace

WEEKS = 8
LOGGERS = ("benefits", "delivery", "assurance", "reporting", "planner")
CAPITAL_LOGGERS = ("engineer", "costs", "site", "consents", "documents")
ON_PROJECTS = {
    "manager1": ("meters", "billing", "prestige"),
    "manager2": ("mains", "pump", "outfall"),
    "member": ("chat", "portal"),
    "member2": ("data", "archive"),
}
SHARES = {"benefits": 90, "delivery": 80, "assurance": 85, "reporting": 70, "administrator": 60, "planner": 75}
CAPITAL_SHARES = {"engineer": 85, "costs": 80, "site": 95, "consents": 75, "documents": 40}
SEEN = {  # what was seen of finished work, and where
    "One register for decisions": (
        Contribution.Shown.SHOWN,
        "The median fell from 6.0 to 5.4 days within two months; the two committees without the register did not move.",
    ),
    "Survey by text message": (Contribution.Shown.NOT_SHOWN, "Twelve months of answers: the score stayed where it was."),
    "Trench boxes for every crew": (
        Contribution.Shown.SHOWN,
        "No trench injury in ten months, five in the ten before; other injuries did not change.",
    ),
    "Reminders before appointments": (
        Contribution.Shown.REFUTED,
        "Two towns with reminders and two without: repeat contacts were the same to a tenth.",
    ),
}


@dataclass
class World:
    """Everything that events need; it fills up as the demo comes to be."""

    people: dict[str, Person]
    projects: dict[str, Project]
    today: date
    objectives: dict[str, Objective] = field(default_factory=dict)
    plans: dict[str, Made] = field(default_factory=dict)
    early: dict[str, dict[str, Kpi]] = field(default_factory=dict)  # KPIs of which something was promised long ago

    @property
    def it(self) -> Made:
        """The IT office's plan."""
        return self.plans["it"]

    @property
    def works(self) -> Made:
        """The capital works office's plan."""
        return self.plans["capital"]


def log_hours(world: World) -> None:
    """Hours of eight weeks, and last week's pulse."""
    with happened(ago(world.today, 1), "Hours of eight weeks"):
        log_projects(world)
        for made, loggers, shares in ((world.it, LOGGERS, SHARES), (world.works, CAPITAL_LOGGERS, CAPITAL_SHARES)):
            log_time(made.plan.office, made, loggers, world)
            answer_pulse(made.plan.office, shares, world.people, world.today)


def log_time(office: Office, made: Made, loggers: tuple[str, ...], world: World) -> None:
    """Eight weeks of hours of those who log them; some go to a stopped service."""
    rng = random.Random(f"hours {office.code}")  # noqa: S311  demo data, not a secret
    people, today = world.people, world.today
    services = [s for s in office.services.order_by("pk") if s.state == "OFFERED"]
    stopped = office.services.filter(name="Weekly slide packs").first()
    open_tasks = {
        key: [
            a
            for a in made.plan.schedule.activities.filter(assignments__resource__person=people[key], children=None).order_by("pk")
            if not a.is_done
        ]
        for key in loggers
    }
    rows = []
    for key in loggers:
        half = people[key].minutes_per_week < 2000
        for day in _working_days(today):
            for minutes in (120, 150) if half else (180, 150, 90):
                entry = TimeEntry(person=people[key], on=day, minutes=minutes)
                if key == "reporting" and rng.random() < 0.55:
                    entry.service = stopped
                elif open_tasks[key] and rng.random() < 0.7:
                    entry.activity = rng.choice(open_tasks[key])
                else:
                    entry.service = rng.choice(services)
                rows.append(entry)
    history.add_all(TimeEntry, rows)


def log_projects(world: World) -> None:
    """Hours of those who work in projects."""
    rng = random.Random("projects")  # noqa: S311  demo data, not a secret
    rows = [
        TimeEntry(person=world.people[key], on=day, minutes=rng.choice((120, 180, 240)), project=world.projects[rng.choice(keys)])
        for key, keys in ON_PROJECTS.items()
        for day in _working_days(world.today)
    ]
    history.add_all(TimeEntry, rows)


def _working_days(today: date) -> list[date]:
    """The last eight weeks' working days: as many, whatever weekday today is."""
    days = [ago(today, back) for back in range(WEEKS * 7, 0, -1)]
    return [day for day in days if day.weekday() < 5]


def answer_pulse(office: Office, shares: dict[str, int], people: dict[str, Person], today: date) -> None:
    """What people said of their own work last week."""
    rows = [PulseAnswer(office=office, person=people[k], on=ago(today, 6), share=s, knows_goal=s > 70) for k, s in shares.items()]
    history.add_all(PulseAnswer, rows)


def approve(objectives: dict[str, Objective], people: dict[str, Person], today: date) -> None:
    """The sponsor approves what is ready; the vague one and the one nobody agreed to stay where they are."""
    with happened(ago(today, 8), f"Propose {len(objectives)} objectives", by=people["head"]):
        for key, objective in objectives.items():
            if key != "carbon":
                purpose.propose_objective(objective=objective, by=people["operator"])
    with happened(ago(today, 7), "Approve what is ready", by=people["sponsor"]):
        for key, objective in objectives.items():
            if key not in {"vague", "carbon"}:
                purpose.approve_objective(objective=objective, by=people["sponsor"])


def freeze(made: Made, by: Person, today: date) -> None:
    """The plan's dates and effort as they were approved."""
    with happened(ago(today, 7), "Set the baseline of the plan as approved", by=by):
        schedule.set_baseline(schedule=made.plan.schedule, name="As approved", by=by, on=ago(today, 7))


def events(world: World) -> list[tuple[int, Callable[[], object]]]:
    """Later events by how many days ago, each by the person who caused it."""
    return [
        (6, lambda: _tighten(world)),
        (6, lambda: _reach(world)),
        (5, lambda: _judge(world)),
        (4, lambda: _cancel(world)),
        (4, lambda: _double(world)),
        (3, lambda: _block(world)),
        (2, lambda: _slip(world)),
        (1, lambda: _hurry(world)),
    ]


def _tighten(world: World) -> None:
    because, head = "The board wants it tighter", world.people["head"]
    with happened(ago(world.today, 6), "Tighten the tolerance of decision latency", by=head, reason=because):
        for target in world.objectives["decide"].targets.filter(is_required=True):
            purpose.edit_target(target=target, changes={"tolerance": 0.1}, by=head, reason=because)


def _reach(world: World) -> None:
    with happened(ago(world.today, 6), "Close an objective as reached: Leaner reporting", by=world.people["head"]):
        purpose.achieve_objective(objective=world.objectives["lean"], by=world.people["head"])


def _judge(world: World) -> None:
    for name, (shown, because) in SEEN.items():
        made, who = (world.works, world.people["capital"]) if name in world.works.steps else (world.it, world.people["benefits"])
        step = made.steps[name]
        with happened(ago(world.today, 5), f"Judge the effect of {name}", by=who, about=f"step:{step.pk}", reason=because):
            plan.judge_contribution(contribution=step.contributions.get(), shown=shown, by=who, because=because)


def explain(world: World) -> None:
    """Who looked at the register of decisions says what else could have made it."""
    who = world.people["operations"]
    result = ExpectedResult.objects.get(step=world.it.steps["One register for decisions"])
    answers = (
        ("SEASON", "RULED_OUT", "The year before, the same months were as slow as the rest."),
        ("OTHER_WORK", "POSSIBLE", "Two committees began to meet every second week at the same time."),
    )
    with happened(ago(world.today, 1), f"Other explanations of {result}", by=who, about=f"step:{result.step_id}"):
        for cause, answer, because in answers:
            evidence.answer_rival(result=result, cause=cause, answer=answer, because=because, by=who)


def _slip(world: World) -> None:
    """Two tasks take longer than approved; what follows them moves along, and the plan says so against its baseline."""
    longer = (
        (world.it, "Health check of the ten largest schedules", "Check logic", 12, "planner"),
        (world.works, "Early order of long-lead parts", "Order", 11, "costs"),
    )
    for made, step, task, days, who in longer:
        activity = made.task(step, task)
        because = "More to do than was thought"
        with happened(ago(world.today, 2), f"Re-estimate {activity}", by=world.people[who], reason=because):
            schedule.edit_activity(activity=activity, changes={"duration": days * DAY}, by=None)


def _hurry(world: World) -> None:
    review = world.it.task("Supervision of the projects that carry the goals", "Full review")
    with happened(ago(world.today, 1), f"Edit {review}", by=world.people["head"]):
        schedule.edit_activity(activity=review, changes={"deadline": world.today + timedelta(days=3)}, by=world.people["head"])


def _cancel(world: World) -> None:
    because, mobile = "Its benefit died with the new tablets", world.projects["mobile"]
    with happened(
        ago(world.today, 4), "Cancel Meter reading app", by=world.people["head"], about=f"project:{mobile.pk}", reason=because
    ):
        projects.cancel_project(project=mobile, by=world.people["head"], because=because)
        workspace.notify(
            people=[world.people["head"]], title="A project of the plan was cancelled", link=f"/projects/{mobile.pk}",
            body="Meter reading app: its effect on leak repair no longer counts.",
        )  # fmt: skip


def _double(world: World) -> None:
    pairs = (
        (world.it, "Second portfolio list for the region", "Monthly portfolio list", "head"),
        (world.works, "Second look-ahead for the region", "Weekly look-ahead with the contractors", "capital"),
    )
    for made, name, first, who in pairs:
        with happened(ago(world.today, 4), f"Mark {name}", by=world.people[who], about=f"step:{made.steps[name].pk}"):
            plan.mark_duplicate(step=made.steps[name], doubles=made.steps[first], by=world.people[who])


def _block(world: World) -> None:
    waits = (
        (world.it, "Seats in three steering groups", "Ask the two", f"an answer of Farrow Dairies, asked on {ago(world.today, 24).day} {ago(world.today, 24):%B} and again since", "delivery"),
        (world.it, "New benefits analyst", "Write", "the sponsor’s release of the post", "head"),
        (world.works, "Early order of long-lead parts", "Book", "the lease of the yard", "costs"),
    )  # fmt: skip
    for made, step, task, because, who in waits:
        activity = made.task(step, task)
        with happened(ago(world.today, 3), f"Block {activity}", by=world.people[who], about=f"activity:{activity.pk}"):
            schedule.block(activity=activity, because=because, by=world.people[who])
