"""Writes of offices, mandates and clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.text import slugify

from goldenthread.accounts import actions as accounts
from goldenthread.accounts import queries as people
from goldenthread.accounts.models import Person, Scope
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.history import require_version
from goldenthread.kit.permissions import Act, Kind
from goldenthread.kit.slots import ask
from goldenthread.purpose.actions.ground import add, change, day_of, only, require, require_in
from goldenthread.purpose.models import Clause, Mandate, MandateService, Objective, Office, Service

LIVE = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)
OFFICE_FIELDS = frozenset({"name", "head", "red_means", "supervision_minutes"})
MANDATE_FIELDS = frozenset({"title", "mandate_kind", "purpose", "issuer", "issued_on", "valid_from", "valid_to", "review_on"})
IN_FORCE_FIELDS = frozenset({"valid_to", "review_on"})
NO_EDIT = "You may not change mandates of this office."
NO_APPROVAL = "You may not put mandates of this office in force."


def add_office(*, name: str, by: Person, code: str = "", head: Person | None = None, **fields: Any) -> Office:
    """A PMO under the organisation, with what every office begins with. By administrators, and by heads of PMO of all of it.

    `fields`: red_means, supervision_minutes.
    """
    top = people.top_scope()
    if not any(people.may_in(by, Act.EDIT, kind, top.pk) for kind in (Kind.SETTINGS, Kind.MANDATE)):
        raise Forbidden("You may not add an office to this organisation.")
    only(fields, OFFICE_FIELDS)
    code = slugify(code or name)[:20].strip("-")
    if not name.strip() or not code:
        raise Refused("An office needs a name.", field="name")
    if Office.objects.filter(code=code).exists():
        raise Refused(f"There is an office “{code}” already.", field="code", advice="Choose another short name.")
    with accounts.changeset(title=f"Add the office {name.strip()}", by=by):
        scope = accounts.add_scope(kind=Scope.ScopeKind.OFFICE, name=name.strip(), under=top)
        office: Office = add(Office(scope=scope, name=name.strip(), code=code, head=head, **fields))
        ask("office_founded", office)
    return office


def edit_office(*, office: Office, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change name, code, head, red_means or supervision_minutes. An empty code stays as it is."""
    require(by, Act.EDIT, office, "You may not change this office.")
    only(changes, OFFICE_FIELDS | {"code"})
    wanted = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if not wanted.get("name", office.name):
        raise Refused("An office needs a name.", field="name")
    wanted["code"] = slugify(wanted.get("code", ""))[:20].strip("-") or office.code
    if Office.objects.filter(code=wanted["code"]).exclude(pk=office.pk).exists():
        raise Refused(f"There is an office “{wanted['code']}” already.", field="code", advice="Choose another short name.")
    with accounts.changeset(title=f"Edit the office {office}", by=by, about=f"office:{office.pk}"):
        change(office, wanted, version)
        accounts.name_scopes([office])


def draft_mandate(
    *, office: Office, title: str, purpose: str, issuer: str, by: Person, clauses: Sequence[str] = (), **fields: Any
) -> Mandate:
    """A new mandate with its clauses, not in force yet. `fields`: the rest of MANDATE_FIELDS."""
    require_in(by, Act.EDIT, Kind.MANDATE, office, NO_EDIT)
    only(fields, MANDATE_FIELDS)
    for name, text in {"title": title, "purpose": purpose, "issuer": issuer}.items():
        if not text.strip():
            raise Refused(f"A mandate needs its {name}.", field=name)
    _dates_in_order(fields)
    with accounts.changeset(title=f"Draft the mandate {title.strip()}", by=by):
        mandate: Mandate = add(
            Mandate(office=office, title=title.strip(), purpose=purpose.strip(), issuer=issuer.strip(), **fields)
        )
        for number, text in enumerate(clauses, start=1):
            add(Clause(mandate=mandate, number=number, text=text.strip()))
    return mandate


def draft_successor(*, mandate: Mandate, by: Person, title: str = "") -> Mandate:
    """A draft with the same words and clauses as `mandate`, to be changed and put in force in its place."""
    kept = {name: getattr(mandate, name) for name in ("mandate_kind", "purpose", "issuer")}
    texts = list(mandate.clauses.order_by("number").values_list("text", flat=True))
    name = title or mandate.title
    with accounts.changeset(title=f"Draft the mandate {name.strip()}", by=by):
        made = draft_mandate(office=mandate.office, title=name, by=by, clauses=texts, **kept)
        places = dict(zip(mandate.clauses.order_by("number"), made.clauses.order_by("number"), strict=True))
        for named in mandate.named_services.select_related("service", "clause").order_by("pk"):
            if named.service.state == Service.State.OFFERED:
                add(MandateService(mandate=made, service=named.service, clause=places[named.clause]))
    return made


def edit_mandate(*, mandate: Mandate, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change a draft; of a mandate in force only its end and its review day, by who may approve it."""
    require(by, Act.EDIT, mandate, NO_EDIT)
    only(changes, MANDATE_FIELDS)
    require_version(mandate, version, changes)
    differing = {name for name, value in changes.items() if getattr(mandate, name) != value}
    if mandate.state == Mandate.State.SUPERSEDED and differing:
        raise Refused("This mandate has ended: it stays as it was.")
    if mandate.state == Mandate.State.IN_FORCE:
        if differing - IN_FORCE_FIELDS:
            raise Refused("A mandate in force is not rewritten.", advice="Draft its successor and put that in force.")
        require(by, Act.APPROVE, mandate, NO_APPROVAL)
    _dates_in_order({name: getattr(mandate, name) for name in ("valid_from", "valid_to")} | changes)
    with accounts.changeset(title=f"Edit the mandate {mandate}", by=by, about=f"mandate:{mandate.pk}"):
        change(mandate, changes, version)


def add_clause(*, mandate: Mandate, text: str, by: Person, number: int | None = None) -> Clause:
    """One more sentence of a draft; without a number it comes last."""
    _require_draft(mandate, by)
    taken = set(mandate.clauses.values_list("number", flat=True))
    if number in taken:
        raise Refused(f"Clause {number} is there already.", field="number")
    with accounts.changeset(title=f"Add a clause to {mandate}", by=by, about=f"mandate:{mandate.pk}"):
        clause: Clause = add(Clause(mandate=mandate, number=number or max(taken, default=0) + 1, text=text.strip()))
    return clause


def edit_clause(*, clause: Clause, text: str, by: Person, version: int | None = None) -> None:
    """Change the words of a draft's clause."""
    _require_draft(clause.mandate, by)
    title = f"Edit clause {clause.number} of {clause.mandate}"
    with accounts.changeset(title=title, by=by, about=f"mandate:{clause.mandate_id}"):
        change(clause, {"text": text.strip()}, version)


def remove_clause(*, clause: Clause, by: Person, version: int | None = None) -> None:
    """Take a clause out of a draft; the others keep their numbers."""
    _require_draft(clause.mandate, by)
    cited = Objective.objects.filter(clause=clause).first()
    if cited is not None:
        raise Refused(f"“{cited.label}” cites this clause.", advice="Let it cite another one first.")
    title = f"Remove clause {clause.number} of {clause.mandate}"
    with accounts.changeset(title=title, by=by, about=f"mandate:{clause.mandate_id}"):
        require_version(clause, version)
        history.remove_all(MandateService, list(clause.named_services.all()))
        clause.delete()


def name_service(
    *, mandate: Mandate, service: Service, by: Person, clause: Clause | None = None, version: int | None = None
) -> None:
    """Say by which clause a draft asks for a service; without a clause it does not ask for it."""
    _require_draft(mandate, by)
    require_version(mandate, version)
    if service.office_id != mandate.office_id:
        raise Refused("This service belongs to another office.", field="service")
    if clause is not None and clause.mandate_id != mandate.pk:
        raise Refused("This clause belongs to another mandate.", field="clause")
    stored = MandateService.objects.filter(mandate=mandate, service=service).first()
    title = f"Name the service {service} in {mandate}" if clause else f"Leave the service {service} out of {mandate}"
    with accounts.changeset(title=title, by=by, about=f"mandate:{mandate.pk}"):
        if stored is None and clause is not None:
            add(MandateService(mandate=mandate, service=service, clause=clause))
        elif stored is not None and clause is not None:
            change(stored, {"clause": clause})
        elif stored is not None:
            stored.delete()


def name_services(*, mandate: Mandate, named: Mapping[Service, Clause | None], by: Person) -> None:
    """The same for many services at once."""
    _require_draft(mandate, by)
    with accounts.changeset(title=f"Name the services of {mandate}", by=by, about=f"mandate:{mandate.pk}"):
        for service, clause in named.items():
            name_service(mandate=mandate, service=service, clause=clause, by=by)


def set_clauses(*, mandate: Mandate, texts: Sequence[str], by: Person) -> None:
    """Give a draft these clauses in this order: the first few rows change their words, the rest are added or removed."""
    _require_draft(mandate, by)
    rows = list(mandate.clauses.order_by("number"))
    with accounts.changeset(title=f"Edit the clauses of {mandate}", by=by, about=f"mandate:{mandate.pk}"):
        for clause, text in zip(rows, texts, strict=False):
            edit_clause(clause=clause, text=text, by=by)
        for clause in rows[len(texts) :]:
            remove_clause(clause=clause, by=by)
        for text in texts[len(rows) :]:
            add_clause(mandate=mandate, text=text, by=by)


def put_mandate_in_force(*, mandate: Mandate, by: Person, version: int | None = None) -> Mandate | None:
    """The draft becomes the office's mandate; the one before it ends the day before and names it as its successor.

    Answers the mandate it replaced. Refused without a clause and outside its own dates.
    """
    require(by, Act.APPROVE, mandate, NO_APPROVAL)
    if mandate.state != Mandate.State.DRAFT:
        raise Refused(f"This mandate is {mandate.get_state_display().lower()} already.")
    if not mandate.clauses.exists():
        raise Refused("The mandate has no clause yet.", advice="Add at least one: objectives cite them.")
    title = f"Put the mandate {mandate} in force"
    with accounts.changeset(title=title, by=by, about=f"mandate:{mandate.pk}") as made:
        today = day_of(made)
        start = mandate.valid_from or today
        if start > today:
            advice = "Put it in force on that day, or change the day."
            raise Refused(f"It starts on {start:%d %B %Y}.", field="valid_from", advice=advice)
        if mandate.valid_to is not None and mandate.valid_to < today:
            raise Refused("Its last day is over.", field="valid_to")
        before = Mandate.objects.filter(office_id=mandate.office_id, state=Mandate.State.IN_FORCE).first()
        if before is not None:
            _end(before, start - timedelta(days=1), successor=mandate)
        dated = {"valid_from": start, "issued_on": mandate.issued_on or today}
        change(mandate, {"state": Mandate.State.IN_FORCE, **dated}, version)
    return before


def carry_over_objectives(*, before: Mandate, after: Mandate, by: Person) -> int:
    """Let live objectives that cite a clause of the old mandate cite the clause of the same words in the one in force.

    Answers how many. What they ask for stays, so an approved objective stays approved.
    """
    require_in(by, Act.APPROVE, Kind.OBJECTIVE, after.office, "You may not change what approved objectives stand on.")
    if before.office_id != after.office_id or after.state != Mandate.State.IN_FORCE:
        raise Refused("Objectives are carried over to the mandate in force of the same office.")
    same = {clause.text: clause for clause in after.clauses.all()}
    live = Objective.objects.filter(clause__mandate=before, clause__text__in=same, state__in=LIVE).select_related("clause")
    rows = list(people.visible(live, by).order_by("id"))
    reason = f"The same words stand in “{after}”"
    with accounts.changeset(title=f"Carry objectives over to {after}", by=by, reason=reason, about=f"mandate:{after.pk}"):
        for row in rows:
            change(row, {"clause": same[row.clause.text]})  # type: ignore[union-attr]
    return len(rows)


def retire_mandate(*, mandate: Mandate, by: Person, reason: str, version: int | None = None) -> None:
    """End the mandate in force without a successor; objectives that cite it are flagged from now on."""
    require(by, Act.APPROVE, mandate, NO_APPROVAL)
    if mandate.state != Mandate.State.IN_FORCE:
        raise Refused("Only the mandate in force can be ended.")
    if not reason.strip():
        raise Refused("Say why it ends.", field="reason")
    title = f"End the mandate {mandate}"
    with accounts.changeset(title=title, by=by, reason=reason, about=f"mandate:{mandate.pk}") as made:
        require_version(mandate, version)
        _end(mandate, day_of(made), successor=None)


def _end(mandate: Mandate, last: date, *, successor: Mandate | None) -> None:
    earlier = mandate.valid_to if mandate.valid_to is not None and mandate.valid_to < last else last
    last = max(earlier, mandate.valid_from) if mandate.valid_from is not None else earlier
    change(mandate, {"state": Mandate.State.SUPERSEDED, "valid_to": last, "successor": successor})


def _dates_in_order(fields: dict[str, Any]) -> None:
    first, last = fields.get("valid_from"), fields.get("valid_to")
    if first is not None and last is not None and last < first:
        raise Refused("It would end before it starts.", field="valid_to")


def _require_draft(mandate: Mandate, by: Person) -> None:
    require(by, Act.EDIT, mandate, NO_EDIT)
    if mandate.state != Mandate.State.DRAFT:
        raise Refused("A mandate in force is not rewritten.", advice="Draft its successor and put that in force.")
