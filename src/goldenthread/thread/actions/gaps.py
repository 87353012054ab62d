"""The repair of a gap: the one thing that a row of the gaps page asks for."""

from __future__ import annotations

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan import actions as plan
from goldenthread.plan.models import BusinessPlan, Raci, Step
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi
from goldenthread.workspace import actions as workspace

UNNAMED = "Duty of a confidential project"


def subject_of(ref: str, person: Person) -> Step | Project:
    """The step or project of a reference, if the person may see it."""
    kind, _, ident = ref.partition(":")
    model = {"step": Step, "project": Project}.get(kind)
    found = visible(model.objects.all(), person).filter(pk=ident).first() if model and ident.isdecimal() else None
    if found is None:
        raise Refused("There is no such piece of work.", field="ref")
    return found  # type: ignore[return-value]


def repair_gap(*, ref: str, action: str, by: Person, kpi_id: str = "", size: str = "M", source: str = "") -> str:
    """Do the one thing that repairs a row of the gaps page; returns a sentence that says what was done."""
    subject = subject_of(ref, by)
    if action == "assign_goal":
        kpi = visible(Kpi.objects.all(), by).filter(pk=kpi_id).first() if kpi_id.isdecimal() else None
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
    step, project = (subject, None) if isinstance(subject, Step) else (None, subject)
    business_plan = step.plan if step else visible(BusinessPlan.objects.all(), by, Act.EDIT).order_by("pk").first()
    if business_plan is None:
        raise Refused("There is no plan that could hold the duty.")
    name = UNNAMED if project is not None and project.is_confidential else str(subject)[:200]  # the plan shows it to everybody
    plan.add_duty(plan=business_plan, name=name, source=source, by=by, step=step, project=project, holder=_holder(subject))
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
