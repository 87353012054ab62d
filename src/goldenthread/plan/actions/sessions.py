"""Planning sessions: opened with an agenda and those invited, worked in, closed with what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import may_in
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.actions.steps import must_plan
from goldenthread.plan.models import AgendaItem, BusinessPlan, Invitee, PlanningSession, SessionWord, Step, StepProposal
from goldenthread.plan.queries.session_words import answerable
from goldenthread.workspace.actions import notify
from goldenthread.workspace.models import InboxItem, Question

MOST_ITEMS = 300
LONGEST_DAYS = 366


def open_session(
    *,
    plan: BusinessPlan,
    name: str,
    purpose: str,
    days: tuple[date, date],
    steps: Sequence[tuple[Step, str]],
    people: Iterable[Person],
    by: Person,
    shows_names: bool = False,
) -> PlanningSession:
    """Invite people to work on steps together; each finds it on Today and in the inbox. `steps`: each with why it is there."""
    must_plan(by, plan)
    invited = list({person.pk: person for person in people}.values())
    if not name.strip() or not purpose.strip():
        raise Refused("Say what the session is called and what it is for.", field="purpose" if name.strip() else "name")
    if days[1] < days[0] or (days[1] - days[0]).days > LONGEST_DAYS:
        raise Refused("It ends before it begins, or lasts longer than a year.", field="to_on")
    if not steps or len(steps) > MOST_ITEMS:
        raise Refused(f"Choose from one to {MOST_ITEMS} steps that it is about.", field="steps")
    if not invited:
        raise Refused("Invite at least one person.", field="people")
    with changeset(title=f"Open the planning session {name.strip()}", by=by, about=f"plan:{plan.pk}") as made:
        session = PlanningSession(
            plan=plan, name=name.strip()[:120], purpose=purpose.strip()[:500], from_on=days[0], to_on=days[1],
            shows_names=shows_names, opened_at=made.at, opened_by=by,
        )  # fmt: skip
        session.save()
        for step, because in steps:
            _of_the_plan(step, plan)
            AgendaItem(session=session, step=step, because=because[:120]).save()
        for person in invited:
            Invitee(session=session, person=person).save()
        _tell(session, invited)
    return session


def invite(*, session: PlanningSession, people: Iterable[Person], by: Person) -> list[Invitee]:
    """Invite more people into an open session."""
    must_plan(by, session.plan)
    _must_be_open(session)
    known = set(Invitee.objects.filter(session=session).values_list("person_id", flat=True))
    new = [person for person in people if person.pk not in known]
    if not new:
        raise Refused("Choose somebody who is not invited yet.", field="person")
    with changeset(title=f"Invite {', '.join(map(str, new))[:120]} to {session}", by=by, about=f"plan:{session.plan_id}"):
        rows = [Invitee(session=session, person=person) for person in new]
        for row in rows:
            row.save()
        _tell(session, new)
    return rows


def put_on_agenda(*, session: PlanningSession, step: Step, by: Person, because: str = "") -> AgendaItem:
    """Let the session be about one more step."""
    must_plan(by, session.plan)
    _must_be_open(session)
    _of_the_plan(step, session.plan)
    found = AgendaItem.objects.filter(session=session, step=step).first()
    if found is not None:
        return found
    with changeset(title=f"Put {step} on the agenda of {session}", by=by, about=f"step:{step.pk}"):
        item = AgendaItem(session=session, step=step, because=because[:120])
        item.save()
    return item


def close_session(*, session: PlanningSession, agreed: str, by: Person, version: int | None = None) -> None:
    """End a session with what was agreed; those invited are told. Estimates that were not shown stay unshown."""
    must_plan(by, session.plan)
    _must_be_open(session)
    if not agreed.strip():
        raise Refused("Say what was agreed, or that nothing was.", field="agreed")
    with changeset(title=f"Close the planning session {session}", by=by, about=f"plan:{session.plan_id}") as made:
        changes = {"state": PlanningSession.State.CLOSED, "closed_at": made.at, "agreed": agreed.strip()[:2000]}
        history.change(session, changes, version=version)
        people = [row.person for row in Invitee.objects.filter(session=session).select_related("person")]
        _asks_of(session).update(read_at=made.at)
        notify(people=people, title=f"{session} is closed", body=agreed.strip()[:600], link=address_of(session))


def say(*, session: PlanningSession, about: AgendaItem | StepProposal, stance: str, because: str, by: Person) -> SessionWord:
    """Comment on a step or a proposal, agree with it or object to it. Of one person the newest yes or no stands."""
    must_take_part(by, session)
    if stance not in SessionWord.Stance.values:
        raise Refused("Choose whether you agree, object or only say something.", field="stance")
    if stance != SessionWord.Stance.AGREES and not because.strip():
        raise Refused("Say what is wrong with it." if stance == "OBJECTS" else "Say something.", field="because")
    if isinstance(about, StepProposal) and stance != SessionWord.Stance.SAYS and about.state != StepProposal.State.OPEN:
        raise Refused("This proposal is decided already.", advice="Object to the step itself if it is wrong now.")
    verb = {"SAYS": "Speak", "AGREES": "Agree", "OBJECTS": "Object"}[stance]
    on = {"proposal": about} if isinstance(about, StepProposal) else {"item": about}
    with changeset(title=f"{verb} in {session}", by=by, about=f"plan:{session.plan_id}") as made:
        word = SessionWord(session=session, person=by, stance=stance, because=because.strip()[:1000], at=made.at, **on)
        word.save()
    return word


def answer_word(*, word: SessionWord, answer: str, because: str, by: Person, version: int | None = None) -> None:
    """Resolve or overrule an objection made in a session, with a reason. By who may approve the plan."""
    if not may_in(by, Act.APPROVE, Kind.PLAN, word.session.plan.scope_id):
        raise Forbidden("Objections are answered by who may approve the plan.")
    if answer not in (SessionWord.Answer.RESOLVED, SessionWord.Answer.OVERRULED):
        raise Refused("Choose whether it is resolved or overruled.", field="answer")
    if not because.strip():
        raise Refused("Say how it was resolved, or why it is overruled.", field="because")
    if not answerable(word):
        raise Refused("This objection is not open any more.")
    with changeset(title=f"Answer the objection of {word.person}", by=by, about=f"plan:{word.session.plan_id}"):
        history.change(word, {"answer": answer, "answered_by": by, "answered_because": because.strip()[:1000]}, version=version)


def question_answered(question: Question) -> None:
    """What somebody answered by link stands in the session as his or her word. For the slot of the same name."""
    session = None
    if question.ref_kind == PlanningSession._meta.model_name:
        session = PlanningSession.objects.filter(pk=question.ref_id, invitees__person=question.asked).first()
    if session is None:
        return
    title = f"{question.asked} answers for {session}"
    with changeset(title=title, by=question.asked, source=Changeset.Source.LINK) as made:
        says = SessionWord.Stance.SAYS
        SessionWord(session=session, person=question.asked, stance=says, because=question.answer[:1000], at=made.at).save()


def address_of(session: PlanningSession) -> str:
    """Where a session is held."""
    return f"/plan/sessions/{session.pk}"


def must_take_part(by: Person, session: PlanningSession) -> None:
    """Refuse who is neither invited nor plans, and everybody once the session is closed."""
    invited = Invitee.objects.filter(session=session, person=by).exists()
    if not invited and not may_in(by, Act.EDIT, Kind.PLAN, session.plan.scope_id):
        raise Forbidden("You are not invited to this session.")
    _must_be_open(session)


def _must_be_open(session: PlanningSession) -> None:
    if session.state != PlanningSession.State.OPEN:
        raise Refused("This session is closed.", advice="Open another one for what is left.")


def _of_the_plan(step: Step, plan: BusinessPlan) -> None:
    if step.plan_id != plan.pk:
        raise Refused(f"“{step}” stands in another plan.", field="steps")


def _asks_of(session: PlanningSession) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(link=address_of(session), read_at__isnull=True)


def _tell(session: PlanningSession, people: list[Person]) -> None:
    title = f"You are invited to plan together: {session}"
    notify(people=people, title=title, body=session.purpose, link=address_of(session), needs_answer=True)
