"""What happened after everything was approved: figures asked for, work logged, things that broke."""

from __future__ import annotations

import random
from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.config.demonstration.plan import Made
from goldenthread.kit import history
from goldenthread.plan import actions as plan
from goldenthread.plan.models import PulseAnswer
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Objective, Office
from goldenthread.resources.models import TimeEntry
from goldenthread.schedule import actions as schedule
from goldenthread.workspace import actions as workspace

WEEKS = 8
LOGGERS = ("benefits", "delivery", "assurance", "reporting", "administrator", "planner")


def log_time(office: Office, made: Made, people: dict[str, Person], today: date) -> None:
    """Eight weeks of hours of those who log them; some go to a stopped service."""
    rng = random.Random("hours")  # noqa: S311  demo data, not a secret
    services = {s.name: s for s in office.services.all()}
    tasks = {
        key: [a for step in made.steps.values() for a in step.activity.children.filter(assignments__resource__person=people[key])]
        for key in LOGGERS
    }
    rows = []
    for key in LOGGERS:
        for back in range(WEEKS * 7, 0, -1):
            day = today - timedelta(days=back)
            if day.weekday() > 4:
                continue
            half = people[key].minutes_per_week < 2000
            for minutes in (120, 150) if half else (180, 150, 90):
                if key == "reporting" and rng.random() < 0.55:
                    rows.append(TimeEntry(person=people[key], on=day, minutes=minutes, service=services["Weekly slide packs"]))
                elif tasks[key] and rng.random() < 0.7:
                    rows.append(TimeEntry(person=people[key], on=day, minutes=minutes, activity=rng.choice(tasks[key])))
                else:
                    rows.append(
                        TimeEntry(person=people[key], on=day, minutes=minutes, service=services[rng.choice(list(services)[:6])])
                    )
    history.add_all(TimeEntry, rows)


def answer_pulse(office: Office, people: dict[str, Person], today: date) -> None:
    """Six answers of the last weeks."""
    shares = {"benefits": 90, "delivery": 80, "assurance": 85, "reporting": 70, "administrator": 60, "planner": 75}
    history.add_all(
        PulseAnswer,
        [
            PulseAnswer(office=office, person=people[k], on=today - timedelta(days=6), share=s, knows_goal=s > 70)
            for k, s in shares.items()
        ],
    )


def approve(objectives: dict[str, Objective], people: dict[str, Person]) -> None:
    """The sponsor approves what is ready; the vague one stays proposed."""
    for key, objective in objectives.items():
        purpose.propose_objective(objective=objective, by=people["head"])
        if key != "vague":
            purpose.approve_objective(objective=objective, by=people["sponsor"])


def happen(
    office: Office,
    made: Made,
    objectives: dict[str, Objective],
    running: dict[str, Project],
    people: dict[str, Person],
    today: date,
) -> None:
    """Later events, each by the person who caused it."""
    target = objectives["decide"].targets.order_by("pk").first()
    if target is not None:
        purpose.edit_target(target=target, changes={"tolerance": 0.1}, by=people["head"], reason="The board wants it tighter")
    projects.cancel_project(project=running["mobile"], by=people["head"], because="Its benefit died with the new tablets")
    step = made.steps["Second portfolio list for the region"]
    plan.mark_duplicate(step=step, doubles=made.steps["Monthly portfolio list"], by=people["head"])
    ask = next(
        a for a in made.steps["Seats in three steering groups"].activity.children.all() if a.name.startswith("Ask the two")
    )
    schedule.block(activity=ask, because="", by=people["delivery"])
    blocked = made.steps["Interviews"] if "Interviews" in made.steps else made.steps["New benefits analyst"]
    first = blocked.activity.children.order_by("position").first()
    if first is not None:
        schedule.block(activity=first, because="the sponsor’s release of the post", by=people["head"])
    review = next(
        a for a in made.steps["Supervision of the projects that carry the goals"].activity.children.all() if "Pump" in a.name
    )
    schedule.edit_activity(activity=review, changes={"deadline": today + timedelta(days=3)}, by=people["head"])
    workspace.ask_question(
        asked=people["client"], ref_kind="project", ref_id=running["meters"].pk, question_kind="FREE", by=people["delivery"],
        text="Which bill lay-out do you choose, A or B?",
    )  # fmt: skip
    workspace.ask_question(
        asked=people["sponsor"],
        ref_kind="step",
        ref_id=made.steps["Weekly slide pack"].pk,
        question_kind="KEEP",
        by=people["head"],
    )
    workspace.notify(
        people=[people["head"]], title="A project of the plan was cancelled", link=f"/projects/{running['mobile'].pk}",
        body="Meter reading app: its effect on leak repair no longer counts.",
    )  # fmt: skip
