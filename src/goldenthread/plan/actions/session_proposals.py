"""Changes to steps proposed in a session; accepted, they are done by the plan's own actions as one that can be undone."""

from __future__ import annotations

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.plan.actions import cells, rows
from goldenthread.plan.actions.sessions import must_take_part
from goldenthread.plan.actions.steps import edit_step, must_plan, set_raci, stop_step
from goldenthread.plan.models import AgendaItem, Raci, Step, StepProposal
from goldenthread.plan.queries.session_steps import worth_now

What = StepProposal.What
CELLS = {What.DAYS: "days", What.START: "not_before", What.DEADLINE: "deadline", What.HOURS: "hours"}


def propose_change(
    *, item: AgendaItem, what: str, because: str, by: Person, value: str = "", who: Person | None = None
) -> StepProposal:
    """Ask for a change to a step on the agenda, or for a new step after it. The value as the plan's own cell takes it."""
    must_take_part(by, item.session)
    if what not in What.values:
        raise Refused("Choose what is to change.", field="what")
    value = value.strip()[:300]
    _must_make_sense(item.step, What(what), value, who)
    if not because.strip():
        raise Refused("Say why.", field="because")
    with changeset(title=f"Propose a change of {item.step}", by=by, about=f"step:{item.step_id}") as made:
        proposal = StepProposal(
            session=item.session, item=item, what=what, value="" if what == What.ACCOUNTABLE else value,
            who=who if what == What.ACCOUNTABLE else None, was=worth_now(item.step, what), because=because.strip()[:500],
            at=made.at, by=by,
        )  # fmt: skip
        proposal.save()
    return proposal


def withdraw_proposal(*, proposal: StepProposal, by: Person, version: int | None = None) -> None:
    """Take back one's own proposal."""
    if proposal.by_id != by.pk:
        raise Forbidden("It was proposed by somebody else.")
    _must_be_undecided(proposal)
    with changeset(title=f"Withdraw a proposal for {proposal.item.step}", by=by, about=f"step:{proposal.item.step_id}"):
        history.change(proposal, {"state": StepProposal.State.WITHDRAWN}, version=version)


def decline_proposal(*, proposal: StepProposal, because: str, by: Person, version: int | None = None) -> None:
    """Turn a proposal down, with a reason."""
    must_plan(by, proposal.session.plan)
    _must_be_undecided(proposal)
    if not because.strip():
        raise Refused("Say why it is declined.", field="because")
    with changeset(title=f"Decline a proposal for {proposal.item.step}", by=by, about=f"step:{proposal.item.step_id}"):
        decided = {"state": StepProposal.State.DECLINED, "decided_by": by, "decided_because": because.strip()[:500]}
        history.change(proposal, decided, version=version)


def accept_proposal(*, proposal: StepProposal, by: Person, version: int | None = None, seen: int | None = None) -> None:
    """Do what is proposed: one action named after it, whose undo opens it again. `seen`: the step's whole version."""
    must_plan(by, proposal.session.plan)
    _must_be_undecided(proposal)
    step = proposal.item.step
    title = f"Accept {proposal} of {step}, by {proposal.by}"
    with changeset(title=title, by=by, about=f"step:{step.pk}", reason=proposal.because):
        if seen is not None and seen != step.whole_version:
            raise history.conflict(step.activity, {})
        _apply(proposal, step, by)
        history.change(proposal, {"state": StepProposal.State.ACCEPTED, "decided_by": by}, version=version)


def _apply(proposal: StepProposal, step: Step, by: Person) -> None:
    what = What(proposal.what)
    if what in CELLS:
        cells.edit_cell(row=step.activity, field=CELLS[what], value=proposal.value, by=by, version=step.activity.version)
    elif what == What.DELIVERABLE:
        edit_step(step=step, changes={"deliverable": proposal.value}, by=by)
    elif what == What.ACCOUNTABLE and proposal.who is not None:
        set_raci(step=step, person=proposal.who, letter=Raci.Letter.ACCOUNTABLE, by=by)
    elif what == What.DROP:
        stop_step(step=step, by=by, because=proposal.because)
    elif what == What.NEW:
        made = rows.add_row(plan=step.plan, name=proposal.value, by=by, after=step.activity)
        new = Step.objects.filter(activity=made).first()
        if new is not None:
            AgendaItem(session=proposal.session, step=new, because="proposed here").save()


def _must_make_sense(step: Step, what: StepProposal.What, value: str, who: Person | None) -> None:
    if what == What.ACCOUNTABLE:
        if who is None:
            raise Refused("Choose who is to answer for it.", field="who")
    elif what in CELLS:
        if not value and what != What.DEADLINE:
            raise Refused("Say what it is to be.", field="value")
        cells.read_field(CELLS[what], value)
        if what != What.DEADLINE and step.activity.children.exists():
            raise Refused(f"“{step}” is the sum of its parts.", field="what", advice="Propose a change of those instead.")
    elif what in (What.DELIVERABLE, What.NEW) and not value:
        raise Refused("Say what it is to be." if what == What.DELIVERABLE else "Name the new step.", field="value")


def _must_be_undecided(proposal: StepProposal) -> None:
    if proposal.state != StepProposal.State.OPEN:
        raise Refused(f"This proposal is {proposal.get_state_display().lower()} already.")
