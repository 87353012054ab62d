"""Writes that a page across rooms offers: a person's own quick work, proof of a duty, the repair of a gap."""

from __future__ import annotations

from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, visible
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import actions as plan
from goldenthread.plan.models import BusinessPlan, DutyOccurrence, Raci, Step
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity
from goldenthread.workspace import actions as workspace

LONGEST_HOURS = 10_000


def _minutes(hours: str) -> int:
    try:
        number = float((hours or "1").replace(",", "."))
    except ValueError as error:
        raise Refused(f"“{hours}” is not a number of hours.", field="hours") from error
    if not 0 < number <= LONGEST_HOURS:
        raise Refused("Hours lie between 0 and 10,000.", field="hours")
    return max(1, round(number * 60))


def add_own_work(*, person: Person, name: str, hours: str, step_id: str) -> Activity:
    """A task that a person gives herself: in the step named, where she works on it or may plan, else at the end of the plan."""
    if not name.strip():
        raise Refused("Say what is to be done.", field="name")
    minutes = _minutes(hours)
    step = None
    if step_id:
        step = visible(Step.objects.select_related("activity__schedule__scope", "plan"), person).filter(pk=step_id).first()
        if step is None:
            raise Refused("There is no such step.", field="step")
    own = visible(BusinessPlan.objects.select_related("schedule__scope"), person).order_by("pk").first()
    business_plan = step.plan if step else own
    if business_plan is None:
        raise Refused("There is no plan to add it to yet.", advice="Ask the head of your PMO to start one.")
    if step is not None and not (_works_on(person, step) or may_in(person, Act.EDIT, Kind.PLAN, step.plan.scope_id)):
        raise Forbidden("You do not work on this step.")
    with changeset(title=f"Add {name.strip()}", by=person):
        activity = schedule.add_activity(
            schedule=business_plan.schedule,
            name=name,
            by=None,
            parent=step.activity if step else None,
            duration=minutes,
            effort_low=round(minutes * 0.8),
            effort_likely=minutes,
            effort_high=round(minutes * 1.5),
        )
        schedule.assign(activity=activity, person=person, by=None)
    return activity


def _works_on(person: Person, step: Step) -> bool:
    return Raci.objects.filter(step=step, person=person, letter__in=[Raci.Letter.RESPONSIBLE, Raci.Letter.ACCOUNTABLE]).exists()


def mark_seen(*, person: Person) -> None:
    """The person has read what changed in her work."""
    with changeset(title="Read what changed", by=person):
        history.change(person, {"seen_at": timezone.now()})


def prove_duty(*, occurrence: DutyOccurrence, proof: str, by: Person) -> None:
    """Proof of a duty from the page of the day."""
    plan.prove(occurrence=occurrence, proof=proof, by=by)


def subject_of(ref: str, person: Person) -> Step | Project:
    """The step or project of a reference, if the person may see it."""
    kind, _, ident = ref.partition(":")
    model = {"step": Step, "project": Project}.get(kind)
    found = visible(model.objects.all(), person).filter(pk=ident).first() if model and ident.isdigit() else None
    if found is None:
        raise Refused("There is no such piece of work.", field="ref")
    return found  # type: ignore[return-value]


def repair_gap(*, ref: str, action: str, by: Person, kpi_id: str = "", size: str = "M", source: str = "") -> str:
    """Do the one thing that repairs a row of the gaps page; returns a sentence that says what was done."""
    subject = subject_of(ref, by)
    if action == "assign_goal":
        kpi = visible(Kpi.objects.all(), by).filter(pk=kpi_id).first() if kpi_id.isdigit() else None
        plan.answer_goal(subject=subject, answer=GoalAnswer.LINKED, by=by, kpi=kpi, size=size)
        return f"{subject} now serves {kpi}."
    if action == "mark_duty":
        return _mark_duty(subject, source, by)
    if action == "stop":
        if isinstance(subject, Step):
            plan.stop_step(step=subject, by=by, because="serves no goal")
            return f"{subject} is stopped."
        raise Refused("A project is stopped by its sponsor.", advice="Ask the sponsor instead.")
    if action in {"ask_owner", "ask_requester"}:
        owner = _owner(subject)
        kind, _, ident = ref.partition(":")
        question = "GOAL" if action == "ask_owner" else "KEEP"
        workspace.ask_question(asked=owner, ref_kind=kind, ref_id=int(ident), question_kind=question, by=by)
        return f"{owner} has been asked."
    raise Refused(f"There is no action “{action}”.", field="action")


def _mark_duty(subject: Step | Project, source: str, by: Person) -> str:
    business_plan = subject.plan if isinstance(subject, Step) else BusinessPlan.objects.order_by("pk").first()
    if business_plan is None:
        raise Refused("There is no plan that could hold the duty.")
    step, project = (subject, None) if isinstance(subject, Step) else (None, subject)
    plan.add_duty(plan=business_plan, name=str(subject)[:200], source=source, by=by, step=step, project=project, holder=_holder(subject))
    return f"{subject} is a duty."


def _holder(subject: Step | Project) -> Person | None:
    if isinstance(subject, Project):
        return subject.manager or subject.sponsor
    row = subject.raci.filter(letter=Raci.Letter.ACCOUNTABLE).select_related("person").first()
    return row.person if row else None


def _owner(subject: Step | Project) -> Person:
    owner = _holder(subject)
    if owner is None:
        raise Refused("Nobody is named who could be asked.", advice="Name an accountable person first.")
    return owner
