"""The repair of a gap: the one thing that a row of the gaps page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person, ScopePath
from goldenthread.accounts.queries import may, visible
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan import actions as plan
from goldenthread.plan import queries as plans
from goldenthread.plan.models import BusinessPlan, Raci, Step
from goldenthread.projects import actions as projects
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective, Service
from goldenthread.workspace import actions as workspace

UNNAMED = "Duty of a confidential project"
NOUNS: dict[str, Any] = {"step": Step, "project": Project, "objective": Objective, "service": Service}


def subject_of(ref: str, person: Person) -> Step | Project | Objective | Service:
    """The step, project, objective or service of a reference, if the person may see it."""
    kind, _, ident = ref.partition(":")
    model = NOUNS.get(kind)
    found = visible(model.objects.all(), person).filter(pk=ident).first() if model and ident.isdecimal() else None
    if found is None:
        raise Refused("There is no such piece of work.", field="ref")
    return found


def repair_gap(*, ref: str, action: str, by: Person, answers: Mapping[str, str]) -> str:
    """Do the one thing that repairs a row of the gaps page; returns a sentence that says what was done.

    `answers`: what the action asks for, by name: kpi, size, source, name, person.
    """
    subject = subject_of(ref, by)
    if isinstance(subject, Objective):
        if action != "plan_work":
            raise Refused("There is no such action for a goal.", field="action")
        return _plan_work(subject, answers, by)
    if isinstance(subject, Service):
        return _settle_service(subject, action, by)
    if action == "assign_goal":
        kpi = _kpi(answers, by)
        plan.answer_goal(subject=subject, answer=GoalAnswer.LINKED, by=by, kpi=kpi, size=answers.get("size", "M"))
        return f"{subject} now serves {kpi}."
    if action == "mark_duty":
        return _mark_duty(subject, answers.get("source", ""), by)
    if action == "name_owner":
        return _name_owner(subject, _person(answers, by), by)
    if action == "stop":
        if isinstance(subject, Step):
            plan.stop_step(step=subject, by=by, because="no goal named")
            return f"{subject} is stopped."
        raise Refused("A project is stopped by its sponsor.", advice="Ask the sponsor instead.")
    if action in {"ask_owner", "ask_requester"}:
        owner = _owner(subject)
        kind, _, ident = ref.partition(":")
        question = "GOAL" if action == "ask_owner" else "KEEP"
        workspace.ask_question(asked=owner, ref_kind=kind, ref_id=int(ident), question_kind=question, by=by)
        return f"{owner} has been asked."
    raise Refused(f"There is no action “{action}”.", field="action")


def _kpi(answers: Mapping[str, str], by: Person) -> Kpi | None:
    ident = answers.get("kpi", "")
    return visible(Kpi.objects.all(), by).filter(pk=ident).first() if ident.isdecimal() else None


def _person(answers: Mapping[str, str], by: Person) -> Person:
    ident = answers.get("person", "")
    found = visible(Person.objects.all(), by).filter(pk=ident).first() if ident.isdecimal() else None
    if found is None:
        raise Refused("Choose who answers for it.", field="person")
    return found


def _plan_work(objective: Objective, answers: Mapping[str, str], by: Person) -> str:
    """A step in the plan of the goal's office: who answers for it, and which figure of the goal it is expected to move."""
    kpi, name = _kpi(answers, by), answers.get("name", "").strip()
    if not name:
        raise Refused("Say what is to be done.", field="name")
    if kpi is None or not objective.targets.filter(kpi=kpi).exists():
        raise Refused("Name the figure of this goal that it moves.", field="kpi")
    owner = _person(answers, by)
    with changeset(title=f"Plan {name}", by=by, about=f"objective:{objective.pk}"):
        business_plan = plan.found_plan(office=objective.office, by=by)
        step = plan.add_step(plan=business_plan, name=name[:300], by=by, accountable=owner)
        plan.answer_goal(subject=step, answer=GoalAnswer.LINKED, by=by, kpi=kpi, size=answers.get("size", "M"))
    return f"{step} is planned for {objective.label}."


def _settle_service(service: Service, action: str, by: Person) -> str:
    """Hours of a service that is not offered: offer it again, or ask those who log them to move or end them.

    Hours belong to who worked them, so nobody else moves them; whom it concerns is told to nobody.
    """
    if action == "offer_again":
        back = {"state": Service.State.OFFERED, "stopped_on": None, "goes_to": ""}
        purpose.edit_service(service=service, changes=back, by=by)
        return f"{service} is offered again."
    if action != "ask_loggers":
        raise Refused("There is no such action for a service.", field="action")
    if not may(by, Act.EDIT, service):
        raise Forbidden("You may not change the services of this office.")
    since = timezone.localdate() - timedelta(days=plans.PERIOD_DAYS)
    people = list(Person.objects.filter(time_entries__service=service, time_entries__on__gte=since).distinct())
    if not people:
        raise Refused("Nobody has logged hours for it in the last four weeks.")
    elsewhere = f" It goes to: {service.goes_to}." if service.goes_to else ""
    body = f"{service} is not offered any more.{elsewhere} Move the hours you logged for it to what they served, or let it be."
    with changeset(title=f"Ask about the hours of {service}", by=by, about=f"service:{service.pk}"):
        workspace.notify(people=people, title=f"Hours of {service}: move them or stop", body=body, link=reverse("resources:week"))
    return f"Those who log hours for {service} are told."


def _name_owner(subject: Step | Project, owner: Person, by: Person) -> str:
    if isinstance(subject, Step):
        plan.set_raci(step=subject, person=owner, letter=Raci.Letter.ACCOUNTABLE, by=by)
    else:
        projects.edit_project(project=subject, changes={"manager": owner}, by=by)
    return f"{owner} answers for {subject}."


def _mark_duty(subject: Step | Project, source: str, by: Person) -> str:
    step, project = (subject, None) if isinstance(subject, Step) else (None, subject)
    business_plan = subject.plan if isinstance(subject, Step) else _plan_above(subject, by)
    if business_plan is None:
        raise Refused("There is no plan that could hold the duty.")
    name = UNNAMED if project is not None and project.is_confidential else str(subject)[:200]  # the plan shows it to everybody
    plan.add_duty(plan=business_plan, name=name, source=source, by=by, step=step, project=project, holder=_holder(subject))
    return f"{subject} is a duty."


def _plan_above(project: Project, by: Person) -> BusinessPlan | None:
    """Of the plans that `by` may change, that of the office under which the project lies, or else the first."""
    above = ScopePath.objects.filter(descendant=project.scope_id).values("ancestor_id")
    plans = visible(BusinessPlan.objects.all(), by, Act.EDIT).order_by("pk")
    return plans.filter(scope__in=above).first() or plans.first()


def _holder(subject: Step | Project) -> Person | None:
    if isinstance(subject, Project):
        return subject.manager or subject.sponsor
    row = subject.raci.filter(letter=Raci.Letter.ACCOUNTABLE).select_related("person").first()
    return row.person if row else None


def _owner(subject: Step | Project) -> Person:
    owner = _holder(subject)
    if owner is None:
        raise Refused("Nobody is named who could be asked.", advice="Name one first.")
    return owner
