"""Versions of the plans: the first one in force, in one office a second one, with what was said of them and who has read it."""

from __future__ import annotations

from datetime import date, timedelta

from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo
from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.config.demonstration.plan import Made
from goldenthread.plan import actions as plans
from goldenthread.plan.actions import telling, version_effects, versions
from goldenthread.plan.models import PlanVersion, Step
from goldenthread.plan.queries.version_approval import in_the_way
from goldenthread.plan.queries.versions import signers

STANDS_DAYS = 90
VACANT = "New benefits analyst"  # its post is open, so the head answers for it until the versions are in force
HAVE_READ = ("head", "delivery", "planner")


def first(made: Made, people: dict[str, Person], head: str, today: date) -> Changeset | None:
    """The plan as it was written: signed by everybody asked, and put in force. What is to be taken back after the second."""
    by, day, for_a_while = people[head], ago(today, 7), None
    if VACANT in made.steps:
        with happened(day, f"Answer for {VACANT} until the post is filled", by=by) as for_a_while:
            plans.set_raci(step=made.steps[VACANT], person=by, letter="A", by=by)
    version = _propose(made, by, day, "The plan as it was written with those who do the work")
    for person in signers(made.plan, day):
        with happened(day, f"Sign {version} of {made.plan}", by=person):
            versions.sign(version=version, by=person)
    _approve(made, version, by, day)
    return for_a_while


def second(made: Made, people: dict[str, Person], head: str, today: date, for_a_while: Changeset) -> None:
    """What the board tightened and what was cancelled since, after one objection; told to whom it concerns."""
    by, day = people[head], ago(today, 4)
    version = _propose(made, by, day, "The board wants decisions tighter, and one project of the plan has ended")
    who = people["delivery"]
    with happened(day, f"Object to {version} of {made.plan}", by=who):
        objection = versions.object_to(version=version, because="Nobody has the hours for tighter decisions.", by=who)
    with happened(day, f"Answer the objection of {who}", by=by):
        because = "Two hours a week are freed by the stop list."
        versions.answer_objection(objection=objection, answer="RESOLVED", because=because, by=by)
    version = _approve(made, version, by, day)
    with happened(day, f"Undo: {for_a_while.title}", by=by, about=for_a_while.about):
        undo(changeset=for_a_while, by=by)
    with happened(day, f"Tell of {version} of {made.plan}"):
        telling.tell(version)
    for key in HAVE_READ:
        with happened(ago(today, 3), f"Read {version} of {made.plan}", by=people[key]):
            versions.see_version(version=version, by=people[key])


def effects() -> None:
    """What the second version does to the objectives; once every record has its own time."""
    for new in PlanVersion.objects.select_related("plan__office", "plan__schedule", "document"):
        old = telling.before(new)
        if old is not None:
            version_effects.make_effect(old=old, new=new, progress=lambda *_: None)


def _propose(made: Made, by: Person, day: date, because: str) -> PlanVersion:
    with happened(day, f"Propose a version of {made.plan}", by=by):
        return versions.propose_version(plan=made.plan, because=because, by=by)


def _approve(made: Made, version: PlanVersion, by: Person, day: date) -> PlanVersion:
    """Let what leads nowhere stand for a while, and put the version in force."""
    for one in in_the_way(made.plan, version, day):
        if one.may_be_excepted and one.step is not None:
            step = Step.objects.select_related("plan", "activity").get(pk=one.step)
            with happened(day, f"Let {step} stand without a goal", by=by, about=f"step:{step.pk}"):
                until = day + timedelta(days=STANDS_DAYS)
                versions.except_step(step=step, because="Looked at again at the next review", until=until, by=by)
    with happened(day, f"Put {version} of {made.plan} in force", by=by):
        return versions.approve_version(version=version, by=by)
