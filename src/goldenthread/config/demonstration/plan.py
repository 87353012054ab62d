"""The IT office's business plan: eight initiatives, their steps and tasks, and how they move which number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.plan import actions
from goldenthread.plan.models import BusinessPlan, Contribution, Step
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Office
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity

HOUR, DAY = 60, 480


@dataclass(frozen=True)
class Effect:
    """KPI key, range in its units, chance in percent, lag and ramp in days, why, evidence grade."""

    kpi: str
    low: float
    likely: float
    high: float
    chance: int
    lag: int
    ramp: int
    why: str
    grade: int = 0
    confirmed: bool = False
    size: str = ""


@dataclass(frozen=True)
class S:
    """A step: name, who is accountable, who is responsible, tasks as (name, hours, days, percent done), and more."""

    name: str
    a: str
    r: tuple[str, ...]
    tasks: tuple[tuple[str, int, int, int], ...]
    deliverable: str = ""
    acceptance: str = ""
    begins: int | None = None
    after: str = ""
    effects: tuple[Effect, ...] = ()
    service: str = ""
    mode: str = "DIRECT"
    supervises: tuple[str, ...] = ()
    finished: int | None = None
    answer: str = ""
    requested_by: str = ""


@dataclass(frozen=True)
class I:  # noqa: E742  an initiative; the table below is read in one glance
    """An initiative and its steps; effects on the initiative are inherited by its steps."""

    name: str
    a: str
    steps: tuple[S, ...]
    effects: tuple[Effect, ...] = ()
    deliverable: str = ""


def _work(*names: str, hours: int = 6, days: int = 3, done: int = 0) -> tuple[tuple[str, int, int, int], ...]:
    return tuple((name, hours, days, done if i == 0 else 0) for i, name in enumerate(names))


PLAN = (
    I("Benefits checks in delivery", "benefits", deliverable="Every gate decides on a benefit forecast of that week", effects=(
        Effect("benefits", 0.25, 0.55, 0.95, 75, 45, 150, "benefits that have died are found while money can still move", 2, confirmed=True),), steps=(
        S("Benefit profile for each running project", "benefits", ("benefits", "administrator"), _work("List the owners outside the project", "Interview six owners", "Write the profiles", "Have the profiles signed", hours=10, days=5, done=80), "Signed profiles of 20 projects", "Each profile has an owner, a KPI and a date", service="Benefits checks"),
        S("Check at every gate", "benefits", ("benefits",), _work("Benefits check of Smart meters before the gate", "Benefits check of Billing renewal", "Benefits check of One asset register", hours=5, days=2), "A check sheet a gate", "The board quotes the check in its minutes", after="Benefit profile for each running project", service="Benefits checks"),
        S("Report to the board each quarter", "benefits", ("benefits", "reporting"), _work("Draw the benefit curves", "Agree them with finance", "Write the two pages", hours=7, days=4), "Two pages", "The board decides on them", after="Check at every gate", service="Benefits checks"),
        S("Measure benefits after closure", "benefits", ("benefits",), _work("Choose five closed projects", "Measure with the owners", "Publish what came true", hours=9, days=6), "Five measured projects", "Finance agrees the figures", begins=50))),
    I("Stop list", "head", deliverable="Spending that no longer pays is stopped in time", effects=(
        Effect("stopped", 0.15, 0.35, 0.6, 65, 20, 60, "each stopped project frees what it had left to spend"),), steps=(
        S("Cost to complete against benefit, all projects", "head", ("delivery", "benefits"), _work("Collect the costs to complete", "Set them against the benefits left", "Mark the ten weakest", hours=8, days=4, done=45), "One table of 25 projects", "Finance and sponsors accept the figures"),
        S("Stop talks with three sponsors", "head", ("head",), _work("Prepare the three cases", "Talk with the sponsors", "Bring the rulings to the board", hours=5, days=5), "Three rulings", "Written, with dates", after="Cost to complete against benefit, all projects"),
        S("Move the freed people", "functional", ("resources",), _work("List who becomes free", "Offer them to the next projects", hours=4, days=3), "Named moves", after="Stop talks with three sponsors"))),
    I("Clients decide", "delivery", deliverable="Client seats with a vote in the three largest projects", effects=(
        Effect("latency", -1.1, -0.8, -0.5, 85, 20, 75, "those who wait longest sit at the table", 1, confirmed=True),), steps=(
        S("Seats in three steering groups", "delivery", ("delivery", "administrator"), _work("Agree the charters", "Ask the two pilot clients for their ruling on billing", "Name the deputies", hours=4, days=3, done=60), "Three charters", "Signed by client and sponsor", service="Decision support"),
        S("Clock on every decision paper", "delivery", ("delivery", "manager1"), _work("Design the paper with its clock", "Try it in Billing renewal", "Roll it to all papers", hours=6, days=5), "One form of paper", "Nine of ten papers carry the clock", after="Seats in three steering groups", service="Decision support"),
        S("Deputies for every committee seat", "delivery", ("administrator",), _work("Ask each member for a deputy", "Put the deputies on the list", hours=3, days=4), "A deputy for each of 41 seats", begins=20),
        S("Decisions between meetings", "operations", ("delivery",), _work("Write the rule", "Have it approved", "Teach the secretaries", hours=5, days=4), "A rule for written decisions", after="Clock on every decision paper"))),
    I("Dates that hold", "planner", deliverable="Schedules people believe", effects=(
        Effect("ontime", 3, 6, 10, 70, 60, 120, "schedules with sound logic show trouble while it is small"),), steps=(
        S("Health check of the ten largest schedules", "planner", ("planner",), _work("Collect the schedules", "Check logic and float", "Talk them through with the planners", hours=9, days=5, done=70), "Ten findings sheets", "Each finding has an owner"),
        S("Repair the logic with the planners", "planner", ("planner", "manager1"), _work("Repair Smart meters", "Repair Pump renewal", "Repair Mains replacement", hours=12, days=8), "Three repaired schedules", after="Health check of the ten largest schedules"),
        S("Range instead of one date in reports", "assurance", ("assurance", "planner"), _work("Simulate three schedules", "Show P50 and P80 beside the promise", "Agree the wording with the sponsors", hours=8, days=6), "Ranges in the monthly report", after="Repair the logic with the planners"))),
    I("Supervision where it pays", "assurance", deliverable="Hours go to the projects that carry the goals", steps=(
        S("Supervision of the projects that carry the goals", "assurance", ("assurance", "delivery"), _work("Full review of Pump renewal", "Standard review of Smart meters", "Light review of Leak detection", "Look at Billing renewal before its date", hours=10, days=4), "A review a month", "Every finding has an owner and a date", mode="SUPERVISED", supervises=("meters", "billing", "leaks", "pump"), service="Project reviews"),
        S("Follow up the findings", "assurance", ("assurance",), _work("Chase the open findings", "Close with evidence", hours=4, days=5), "No finding older than 60 days", service="Project reviews"))),
    I("Customer effort", "customer", deliverable="Fewer reasons to call", effects=(
        Effect("contacts", -3.5, -2.2, -1.0, 60, 30, 120, "callers get the answer the first time"),), steps=(
        S("Find the ten reasons to call again", "customer", ("member", "member2"), _work("Read 400 contacts", "Group the reasons", "Rank them with the desk", hours=12, days=6, done=35), "A ranked list", "The desk agrees"),
        S("Mend the first three reasons", "customer", ("member",), _work("Mend the moving-house letter", "Mend the meter appointment", "Mend the refund wording", hours=10, days=8), "Three mended processes", after="Find the ten reasons to call again"))),
    I("Forecasts that hold", "head", deliverable="Costs that come true", effects=(
        Effect("forecast", -6, -4, -2, 70, 60, 90, "ranges from our own history replace single guesses", 1, confirmed=True),), steps=(
        S("Reference class from 60 closed projects", "benefits", ("member2", "benefits"), _work("Collect the closed projects", "Clean the figures", "Fit the ranges", hours=14, days=8, done=50), "A table of ranges by kind of project", "Back-tested on the last ten"),
        S("Ranges at every gate", "benefits", ("benefits", "manager1"), _work("Try it at two gates", "Make it the rule", hours=8, days=10), "A rule", after="Reference class from 60 closed projects"))),
    I("Running the office", "head", deliverable="The office works", steps=(
        S("Weekly slide pack", "reporting", ("reporting",), _work("Collect the colours", "Draw the slides", hours=8, days=5), "Forty slides", requested_by="Regional directors", answer="NOT_ASKED", service="Weekly slide packs"),
        S("Method coaching", "delivery", ("delivery",), _work("Coach the new project managers", "Write the one-page guides", hours=9, days=6), "Four coached managers", answer="NONE", service="Method coaching"),
        S("Monthly portfolio list", "administrator", ("administrator",), _work("Collect the list", "Chase the late ones", "Publish", hours=6, days=4), "The list on the fifth day", answer="NOT_ASKED", service="Project administration"),
        S("Second portfolio list for the region", "administrator", ("reporting",), _work("Copy the list", "Send it round", hours=5, days=3), "The same list again", answer="DONT_KNOW"),
        S("New benefits analyst", "", ("head",), _work("Write the advertisement", "Interview", hours=8, days=15), "A filled vacancy", answer="DONT_KNOW"))),
)  # fmt: skip

DONE = (
    S("One register for decisions", "delivery", ("delivery",), (("Set up the register", 30, 10, 100),), "The register", "In use by all committees", finished=-300, effects=(Effect("latency", -0.9, -0.6, -0.3, 90, 15, 60, "what is seen late is decided late", 3),)),
    S("Survey by text message", "customer", ("member",), (("Start the survey", 24, 10, 100),), "Four hundred answers a month", "", finished=-280, effects=(Effect("effort", -0.4, -0.3, -0.1, 70, 30, 90, "people who are asked feel heard", 1),)),
    S("Leak crews on call at night", "operations", ("member2",), (("Agree the rota", 20, 8, 100),), "A rota", "", finished=-30, effects=(Effect("leak", -1.2, -0.8, -0.4, 75, 60, 90, "night repairs need no morning meeting", 1),)),
)  # fmt: skip

OF_PROJECTS = {
    "meters": Effect("interruptions", -0.9, -0.5, -0.2, 60, 60, 180, "meters show bursts the same night", 1, confirmed=True),
    "pump": Effect("interruptions", -1.6, -1.0, -0.5, 65, 30, 90, "failed pumps cause a third of the minutes", 2, confirmed=True),
    "leaks": Effect("leak", -1.1, -0.7, -0.3, 70, 20, 90, "crews dig where the sound is", 1, confirmed=True),
    "billing": Effect("contacts", -2.5, -1.5, -0.5, 55, 60, 120, "a bill that is understood needs no call", 1),
    "portal": Effect("contacts", -2.0, -1.1, -0.3, 50, 45, 150, "the meter appointment is booked without a call"),
    "data": Effect("forecast", -2.0, -1.2, -0.4, 55, 90, 120, "one count of assets, one cost"),
    "mobile": Effect("leak", -0.5, -0.3, -0.1, 50, 60, 90, "crews see the job before they drive"),
}


@dataclass
class Made:
    """What came to be, by name."""

    plan: BusinessPlan
    steps: dict[str, Step] = field(default_factory=dict)


def write(office: Office, kpis: dict[str, Kpi], projects: dict[str, Project], people: dict[str, Person], today: date) -> Made:
    """The whole plan, as one action."""
    plan = actions.found_plan(office=office, by=None)
    made = Made(plan)
    with schedule.postponed_dates():
        for initiative in PLAN:
            top = actions.add_step(
                plan=plan, name=initiative.name, by=None, accountable=people[initiative.a], step_kind=Step.StepKind.INITIATIVE,
                deliverable=initiative.deliverable,
            )  # fmt: skip
            made.steps[initiative.name] = top
            for step in initiative.steps:
                made.steps[step.name] = _step(plan, step, top, people, today, made)
            for effect in initiative.effects:
                _contribute(effect, kpis, people, today, step=top)
        past = actions.add_step(
            plan=plan, name="Finished", by=None, accountable=people["head"], step_kind=Step.StepKind.INITIATIVE
        )
        for step in DONE:
            made.steps[step.name] = _step(plan, step, past, people, today, made)
        _finish_steps(made, people, kpis, today)
        for step in (s for i in PLAN for s in i.steps):
            if step.after:
                _link(made.steps[step.after], made.steps[step.name])
            for key in step.supervises:
                actions.supervise(step=made.steps[step.name], project=projects[key], by=None, raised=(4, 10, 18))
    for key, effect in OF_PROJECTS.items():
        _contribute(effect, kpis, people, today, project=projects[key])
    return made


def _step(plan: BusinessPlan, row: S, parent: Step, people: dict[str, Person], today: date, made: Made) -> Step:
    service = plan.office.services.filter(name=row.service).first() if row.service else None
    hours = sum(t[1] for t in row.tasks)
    step = actions.add_step(
        plan=plan, name=row.name, by=None, parent=parent, accountable=people.get(row.a), responsible=tuple(people[r] for r in row.r),
        deliverable=row.deliverable, acceptance=row.acceptance, service=service, mode=row.mode, requested_by=row.requested_by,
        goal_answer=row.answer or GoalAnswer.NOT_ASKED, duration=DAY, effort_low=hours * 48, effort_likely=hours * HOUR, effort_high=hours * 96,
    )  # fmt: skip
    before: Activity | None = None
    for i, (name, hours, days, done) in enumerate(row.tasks):
        task = schedule.add_activity(
            schedule=plan.schedule, name=name, by=None, parent=step.activity, duration=days * DAY, progress=done,
            effort_low=hours * 48, effort_likely=hours * HOUR, effort_high=hours * 96,
            actual_start=today - timedelta(days=11 + i) if done else None,
            not_before=today + timedelta(days=row.begins) if row.begins and i == 0 else None,
        )  # fmt: skip
        for person in row.r[i % len(row.r) :][:1]:
            schedule.assign(activity=task, person=people[person], by=None)
        if before is not None:
            schedule.relate(predecessor=before, successor=task, by=None)
        before = task
    return step


def _link(predecessor: Step, successor: Step) -> None:
    last = predecessor.activity.children.order_by("-position").first()
    first = successor.activity.children.order_by("position").first()
    if last is not None and first is not None:
        schedule.relate(predecessor=last, successor=first, by=None)


def _contribute(
    effect: Effect,
    kpis: dict[str, Kpi],
    people: dict[str, Person],
    today: date,
    step: Step | None = None,
    project: Project | None = None,
) -> Contribution:
    return actions.contribute(
        kpi=kpis[effect.kpi], by=None, step=step, project=project, effect=(effect.low, effect.likely, effect.high), chance=effect.chance,
        lag_days=effect.lag, ramp_days=effect.ramp, mechanism=effect.why, grade=effect.grade,
        confirmed_by=people["finance"] if effect.confirmed else None, confirmed_on=today - timedelta(days=20) if effect.confirmed else None,
    )  # fmt: skip


def _finish_steps(made: Made, people: dict[str, Person], kpis: dict[str, Kpi], today: date) -> None:
    """Work of the past: one whose effect was seen, one whose was not, one where there is not enough data yet."""
    marks = {"One register for decisions": Contribution.Shown.SHOWN, "Survey by text message": Contribution.Shown.NOT_SHOWN}
    for row in DONE:
        step, day = made.steps[row.name], today + timedelta(days=row.finished or 0)
        for activity in [*step.activity.children.all(), step.activity]:
            schedule.edit_activity(
                activity=activity,
                changes={"progress": 100, "actual_start": day - timedelta(days=20), "actual_finish": day},
                by=None,
            )
        for effect in row.effects:
            contribution = _contribute(effect, kpis, people, today, step=step)
            mark = marks.get(row.name)
            if mark:
                actions.judge_contribution(
                    contribution=contribution, shown=mark, by=people["benefits"], because="seen in the figures"
                )


DUTIES = [  # name, source, holder, cadence, first due in days, minutes, proof, ends in days
    (
        "Data protection register",
        "Data protection law, article 30",
        "administrator",
        "YEARLY",
        7,
        40,
        "Link to the attested register",
        900,
    ),
    ("Regulatory progress return", "Licence condition 12", "reporting", "QUARTERLY", 18, 300, "Receipt of the regulator", 1200),
    (
        "Audit follow-up report",
        "Audit committee, standing order 4",
        "assurance",
        "MONTHLY",
        4,
        90,
        "Minutes of the committee",
        700,
    ),
    ("Contract review with the tool's vendor", "Contract, clause 9", "delivery", "YEARLY", 24, 120, "Signed minutes", -15),
]


def oblige(made: Made, people: dict[str, Person], projects: dict[str, Project], today: date) -> None:
    """Duties, among them one that has expired, and the law behind some projects."""
    for name, source, holder, cadence, due, minutes, proof, ends in DUTIES:
        actions.add_duty(
            plan=made.plan, name=name, source=source, holder=people[holder], cadence=cadence, by=None, minutes=minutes, proof_wanted=proof,
            next_due=today + timedelta(days=due), valid_from=today - timedelta(days=400), valid_to=today + timedelta(days=ends),
        )  # fmt: skip
    for key in ("lead", "reservoir"):
        actions.add_duty(
            plan=made.plan, name=projects[key].name, source=projects[key].mandatory_because, cadence="ONCE", by=None,
            project=projects[key], holder=projects[key].sponsor,
        )  # fmt: skip
    actions.make_occurrences(plan=made.plan, today=today)
