"""Erasure of a person: a number stands for the name, everywhere and in all that was. Ids, roles held and figures stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from goldenthread.accounts import queries
from goldenthread.accounts.actions.changesets import changeset
from goldenthread.accounts.models import ApiToken, Erasure, Invitation, Person, RoleGrant
from goldenthread.accounts.queries.identity import Identity, Place
from goldenthread.kit import history, slots
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import current_organisation

NOTHING: dict[str, Any] = {
    "email": "",
    "job_title": "",
    "department": "",
    "absent_from": None,
    "absent_to": None,
    "seen_at": None,
}


@dataclass(frozen=True)
class Touched:
    """What an erasure reaches in one table: texts as they stand and as they were."""

    noun: str
    now: int
    past: int


@dataclass(frozen=True)
class Preview:
    """What an erasure of a person would do, before anything is done. `files` would be looked into; none is opened before."""

    identity: Identity
    tables: tuple[Touched, ...]
    files: int
    roles: int
    tokens: int
    messages: int
    namesakes: int

    @property
    def texts(self) -> int:
        """Texts of both kinds."""
        return sum(table.now + table.past for table in self.tables)


def require_erasure(by: Person, person: Person) -> None:
    """Forbidden unless `by` administers the organisation; Refused for oneself, and where nothing is left to erase."""
    held = queries.rights(by).alone()
    if Role.ADMINISTRATOR not in held.roles:
        raise Forbidden("Only an administrator may erase a person.")
    if person.erased_at is not None:
        raise Refused(f"{person} has been erased already.")
    if by.pk == person.pk:
        raise Refused("Nobody erases themselves.", advice="Ask another administrator.")


def preview_erasure(*, person: Person, also: Sequence[str] = (), by: Person) -> Preview:
    """Count what would be touched; writes nothing. `also`: what else the person is called by."""
    require_erasure(by, person)
    identity = queries.identity_of(person, also)
    found: dict[str, list[int]] = {}
    for place in queries.places():
        rows = sum(1 for _ in queries.mentions(place, identity))
        if rows:
            counts = found.setdefault(str(place.model._meta.verbose_name_plural), [0, 0])
            counts[place.is_past] += rows
    return Preview(
        identity=identity,
        tables=tuple(Touched(noun, *counts) for noun, counts in sorted(found.items())),
        files=sum(slots.ask("files_kept")),
        roles=RoleGrant.objects.filter(person=person).count(),
        tokens=ApiToken.objects.filter(person=person).count(),
        messages=sum(slots.ask("messages_to", person)),
        namesakes=Person.objects.filter(name__iexact=person.name).exclude(pk=person.pk).count(),
    )


def erase_person(*, person: Person, also: Sequence[str] = (), reason: str, typed: str, by: Person) -> Erasure:
    """Put a number in the place of a person's name, in every row and every former version of it. It cannot be undone.

    `typed`: the name once more, as a confirmation. `reason`: at whose request. Messages to the person, the sign-in, tokens and
    roles go; what others need to know (that somebody did, decided or held something) stays under the number.
    """
    require_erasure(by, person)
    if " ".join(typed.split()) != " ".join(person.name.split()):
        raise Refused("This is not the name.", field="typed", advice="Type it as it stands above.")
    if not reason.strip():
        raise Refused("An erasure needs its reason: at whose request, and when it came.", field="reason")
    identity = queries.identity_of(person, also)
    files = slots.gather("files_naming", identity)
    with changeset(title=f"Erase {identity.pseudonym}", by=by, about=f"person:{person.pk}") as made:
        _close(person, identity, made.at)
        _clear_past(person, identity)
        reason = identity.without(reason.strip())[:300]
        texts = _replace_everywhere(identity)
        slots.ask("erase_person", person)
        erasure = Erasure(person=person, at=made.at, by=by, reason=reason, texts=texts, files=len(files))
        erasure.save()
        transaction.on_commit(lambda: _remove(files))
    queries.forget_rights(person)
    return erasure


def _close(person: Person, identity: Identity, at: Any) -> None:
    """No sign-in, no roles, no open links; the person's own row says the number. These are changes as all others are."""
    for grant in RoleGrant.objects.filter(person=person):
        grant.delete()
    for link in Invitation.objects.filter(person=person, used_at__isnull=True, expires_at__gt=at):
        history.change(link, {"expires_at": at})
    ApiToken.objects.filter(person=person).delete()
    for other in Person.objects.filter(deputy=person):
        history.change(other, {"deputy": None})
    user, today = person.user, timezone.localtime(at).date()
    leaves = person.leaves_on if person.leaves_on is not None and person.leaves_on < today else today
    changes = {**NOTHING, "name": identity.pseudonym, "user": None, "deputy": None, "leaves_on": leaves, "erased_at": at}
    history.change(person, changes)
    if user is not None:
        Session.objects.filter(session_key__in=queries.session_keys_of(user.pk)).delete()
        user.delete()


def _clear_past(person: Person, identity: Identity) -> None:
    """The person's own former versions say the number, too, and no absences, titles or addresses."""
    history.records(Person).filter(id=person.pk).update(**{**NOTHING, "name": identity.pseudonym, "user": None})


def _replace_everywhere(identity: Identity) -> int:
    """The number of texts in which words were replaced. Written past the history on purpose: no version keeps the name."""
    texts = 0
    for place in queries.places():
        for pk, value in list(queries.mentions(place, identity)):
            place.rows.filter(pk=pk).update(**{place.field.name: _fitting(place, identity.without(value))})
            texts += 1
    for task in DBTaskResult.objects.filter(args_kwargs__args__0=current_organisation().pk):
        plain = {"args_kwargs": task.args_kwargs, "traceback": task.traceback, "return_value": task.return_value}
        cleared = {name: identity.without(value) for name, value in plain.items()}
        if cleared != plain:
            DBTaskResult.objects.filter(pk=task.pk).update(**cleared)
            texts += 1
    return texts


def _fitting(place: Place, value: Any) -> Any:
    longest = getattr(place.field, "max_length", None)
    return value[:longest] if isinstance(value, str) and longest else value


def _remove(files: list[Any]) -> None:
    for path in files:
        path.unlink(missing_ok=True)


def take_out_everything(*, person: Person, by: Person) -> dict[str, Any]:
    """All that is kept about a person: for that person, and for an administrator, whose asking stands in the record."""
    if by.pk != person.pk:
        if Role.ADMINISTRATOR not in queries.rights(by).alone().roles:
            raise Forbidden("Only the person and an administrator may take this out.")
        with changeset(title=f"Take out everything about {person}", by=by, about=f"person:{person.pk}"):
            pass
    return queries.everything_about(person, by, timezone.now())
