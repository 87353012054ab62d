"""Writes of objectives: what is to be reached, and its way from draft to approved, achieved or retired."""

from __future__ import annotations

from datetime import date
from typing import Any

from goldenthread.accounts import queries as people
from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.history import require_version
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import queries
from goldenthread.purpose.actions.ground import add, as_it_would_be, change, day_of, only, reason_of, require, require_in
from goldenthread.purpose.models import Objective, Office

State = Objective.State
FIELDS = frozenset(
    {
        "title", "short_name", "detail", "clause", "owner", "ambition", "leadership_goal", "missed_by", "disbenefits",
        "valid_to", "is_confidential",
    }
)  # fmt: skip
APPROVED_FIELDS = frozenset({"title", "clause", "owner", "ambition", "leadership_goal", "valid_to"})
NO_EDIT = "You may not change objectives of this office."
NO_APPROVAL = "You may not approve objectives of this office."


def add_objective(*, office: Office, title: str, by: Person, source_key: str = "", **fields: Any) -> Objective:
    """A new objective, as a draft. `fields`: see FIELDS. `source_key` is its id in the file it came from."""
    require_in(by, Act.EDIT, Kind.OBJECTIVE, office, NO_EDIT)
    only(fields, FIELDS)
    if not title.strip():
        raise Refused("An objective needs a sentence.", field="title")
    objective = Objective(office=office, title=title.strip(), source_key=source_key, **fields)
    _consistent(objective, by)
    with changeset(title=f"Add the objective {objective.label}", by=by):
        add(objective)
    return objective


def edit_objective(
    *, objective: Objective, changes: dict[str, Any], by: Person, version: int | None = None, reason: str = ""
) -> None:
    """Change it. What was approved changes only with a reason, by somebody who may approve."""
    require(by, Act.EDIT, objective, NO_EDIT)
    only(changes, FIELDS)
    require_version(objective, version, changes)
    differing = {name for name, value in changes.items() if getattr(objective, name) != value}
    if differing & APPROVED_FIELDS:
        require_reason(objective, by, reason)
    _consistent(as_it_would_be(objective, changes), by)
    with changeset(title=f"Edit the objective {objective.label}", by=by, reason=reason, about=f"objective:{objective.pk}"):
        change(objective, changes, version)


def require_reason(objective: Objective, by: Person, reason: str) -> None:
    """What an approved objective asks for changes only by an approver who says why; a closed one not at all."""
    if objective.state in {State.ACHIEVED, State.RETIRED}:
        raise Refused(f"This objective is {objective.get_state_display().lower()}: it stays as it was.")
    if objective.state == State.APPROVED:
        require(by, Act.APPROVE, objective, "It is approved: only somebody who may approve it changes what it asks for.")
        if not reason_of(reason):
            raise Refused("Say why what was approved changes.", field="reason")


def propose_objective(*, objective: Objective, by: Person, version: int | None = None) -> None:
    """Ask for approval. A weak objective may be proposed: the checks are a gate only at approval."""
    require(by, Act.EDIT, objective, NO_EDIT)
    _move(objective, {State.DRAFT}, State.PROPOSED, "Propose", by, version)


def return_objective(*, objective: Objective, reason: str, by: Person, version: int | None = None) -> None:
    """Send a proposed objective back to be worked on, saying why."""
    require(by, Act.APPROVE, objective, NO_APPROVAL)
    if not reason.strip():
        raise Refused("Say what is to be changed.", field="reason")
    _move(objective, {State.PROPOSED}, State.DRAFT, "Send back", by, version, reason)


def approve_objective(*, objective: Objective, by: Person, version: int | None = None) -> None:
    """Approve a proposed objective. Refused, naming what is missing, while it does not stand on a mandate and a figure."""
    require(by, Act.APPROVE, objective, NO_APPROVAL)
    title = f"Approve the objective {objective.label}"
    _from(objective, {State.PROPOSED})
    with changeset(title=title, by=by, about=f"objective:{objective.pk}") as made:
        missing = queries.missing_for_approval(objective, day_of(made))
        if missing:
            raise Refused("It cannot be approved yet: " + " ".join(missing))
        change(objective, {"state": State.APPROVED}, version)


def achieve_objective(*, objective: Objective, by: Person, version: int | None = None) -> None:
    """Close it as reached. Refused while a required target's latest figure has not reached it."""
    require(by, Act.APPROVE, objective, NO_APPROVAL)
    open_targets = queries.required_targets_not_reached(objective)
    if open_targets:
        names = "; ".join(open_targets)
        raise Refused(f"Not reached yet: {names}.", advice="Enter the latest figures, or retire the objective.")
    _move(objective, {State.APPROVED}, State.ACHIEVED, "Close as achieved", by, version)


def retire_objective(*, objective: Objective, reason: str, by: Person, version: int | None = None) -> None:
    """Stop pursuing it, saying why. Work that served it shows in the gaps from now on."""
    require(by, Act.APPROVE, objective, NO_APPROVAL)
    if not reason.strip():
        raise Refused("Say why it is given up.", field="reason")
    _move(objective, {State.DRAFT, State.PROPOSED, State.APPROVED}, State.RETIRED, "Retire", by, version, reason)


def agree_objective(
    *,
    objective: Objective,
    leadership_goal: str,
    agreed_by: Person,
    by: Person,
    on: date | None = None,
    version: int | None = None,
) -> None:
    """Record which goal of the leadership it comes from and who agreed to it. Without this it is self-issued."""
    if not (people.may(by, Act.EDIT, objective) or people.may(by, Act.APPROVE, objective)):
        raise Forbidden(NO_EDIT)
    _from(objective, {State.DRAFT, State.PROPOSED, State.APPROVED})
    if not leadership_goal.strip():
        raise Refused("Name the goal of the leadership it comes from.", field="leadership_goal")
    title = f"{agreed_by} agrees to {objective.label}"
    with changeset(title=title, by=by, about=f"objective:{objective.pk}") as made:
        if on is not None and on > day_of(made):
            raise Refused("An agreement lies in the past.", field="on")
        agreed = {"leadership_goal": leadership_goal.strip(), "agreed_by": agreed_by, "agreed_on": on or day_of(made)}
        change(objective, agreed, version)


def _from(objective: Objective, states: set[Any]) -> None:
    if objective.state not in states:
        raise Refused(f"“{objective.label}” is {objective.get_state_display().lower()}: this is not the next step.")


def _move(
    objective: Objective, states: set[Any], to: str, verb: str, by: Person, version: int | None, reason: str = ""
) -> None:  # fmt: skip
    _from(objective, states)
    title = f"{verb}: {objective.label}"
    with changeset(title=title, by=by, reason=reason, about=f"objective:{objective.pk}"):
        change(objective, {"state": to}, version)


def _consistent(objective: Objective, by: Person) -> None:
    if objective.clause is not None and objective.clause.mandate.office_id != objective.office_id:
        raise Refused("The clause belongs to another office’s mandate.", field="clause")
    if objective.is_confidential and not people.may_in(by, Act.EDIT, Kind.CONFIDENTIAL, objective.office.scope_id):
        raise Forbidden("You may not make an objective confidential.")
