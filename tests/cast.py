"""The people of the tests: Aldermere Water with two offices and somebody in each role, and an organisation nobody may look into.

Ask for the fixture `cast` (import it in the room's conftest: `from tests.cast import cast`). Modules of many small tests use
`kept_cast` instead: built once a module, every test rolled back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Organisation, Person, Scope
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from goldenthread.purpose.models import Office

PASSWORD = "a long enough password"


@dataclass
class Cast:
    """Who plays. `people` by role; `nobody` has no role at all. Roles are held on the first office, some on less or more."""

    organisation: Organisation
    top: Scope
    office: Office
    second_office: Office
    project_scope: Scope
    people: dict[str, Person]
    nobody: Person
    foreign: Organisation
    foreign_admin: Person
    foreign_office: Office
    clients: dict[int, Client] = field(default_factory=dict)

    @property
    def admin(self) -> Person:
        return self.people[Role.ADMINISTRATOR]

    @property
    def head(self) -> Person:
        return self.people[Role.HEAD]

    @property
    def pmo(self) -> Person:
        return self.people[Role.PMO]

    @property
    def sponsor(self) -> Person:
        return self.people[Role.SPONSOR]

    @property
    def member(self) -> Person:
        return self.people[Role.TEAM_MEMBER]

    def fresh(self, person: Person) -> Person:
        """The person as a new request would read it: without rights remembered."""
        return Person.objects.get(pk=person.pk)

    def client(self, person: Person) -> Client:
        """A test client signed in as this person; kept."""
        if person.pk not in self.clients:
            self.clients[person.pk] = Client()
            self.clients[person.pk].force_login(person.user)
        return self.clients[person.pk]


def add_office(name: str, code: str, top: Scope) -> Office:
    """An office under the top scope, without the product's own action: the cast needs no rights to come on."""
    with actions.changeset(title=f"Add the office {name}", by=None):
        scope = actions.add_scope(kind=Scope.ScopeKind.OFFICE, name=name, under=top)
        office = Office(scope=scope, name=name, code=code)
        office.save()
    return office


def add_player(name: str, email: str, role: str | None, scope: Scope | None) -> Person:
    """A person with a sign-in and, where given, a role."""
    person = actions.add_person(name=name, email=email, by=None)
    actions.open_account(person=person, password=PASSWORD, by=None)
    if role:
        actions.grant_role(person=person, role=role, scope=scope, by=None)
    return person


def build() -> Cast:
    """Both organisations. The caller opens the scope of the one it plays in."""
    organisation, admin = actions.found_organisation(
        name="Aldermere Water", slug="aldermere", administrator="Ada Quill", email="administrator@aldermere.example"
    )
    with organisation_scope(organisation):
        actions.open_account(person=admin, password=PASSWORD, by=None)
        top = queries.top_scope()
        office, second = add_office("IT PMO", "it", top), add_office("Capital Works PMO", "capital", top)
        with actions.changeset(title="Add a project's scope", by=None):
            project_scope = actions.add_scope(kind=Scope.ScopeKind.PROJECT, name="Reservoir telemetry", under=office.scope)
        people = {Role.ADMINISTRATOR.value: admin}
        for role in Role:
            if role != Role.ADMINISTRATOR:
                where = project_scope if role == Role.CLIENT else office.scope
                slug = role.value.lower().replace("_", "-")
                people[role.value] = add_player(f"{role.label} Aldermere", f"{slug}@aldermere.example", role, where)
        nobody = add_player("Nia Nobody", "nobody@aldermere.example", None, None)
    foreign, foreign_admin = actions.found_organisation(
        name="Other", slug="other", administrator="Otto Other", email="administrator@other.example"
    )
    with organisation_scope(foreign):
        actions.open_account(person=foreign_admin, password=PASSWORD, by=None)
        foreign_office = add_office("Other PMO", "other", queries.top_scope())
    return Cast(organisation, top, office, second, project_scope, people, nobody, foreign, foreign_admin, foreign_office)


@pytest.fixture
def cast(db) -> Iterator[Cast]:
    """The cast, in the scope of Aldermere Water."""
    built = build()
    with organisation_scope(built.organisation):
        yield built


@contextmanager
def built_once(blocker: Any) -> Iterator[Cast]:
    """The cast while the block lasts; nothing of it stays."""
    with blocker.unblock(), transaction.atomic():
        built = build()
        yield built
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def module_cast(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The cast, built once for a module."""
    with built_once(django_db_blocker) as built:
        yield built


@pytest.fixture
def kept_cast(module_cast: Cast, db) -> Iterator[Cast]:
    """The module's cast for one test, rolled back after it."""
    with organisation_scope(module_cast.organisation):
        fresh = Person.objects.select_related("user").in_bulk()
        people = {role: fresh[person.pk] for role, person in module_cast.people.items()}
        offices = Office.objects.select_related("scope").in_bulk()
        yield replace(
            module_cast,
            office=offices[module_cast.office.pk],
            second_office=offices[module_cast.second_office.pk],
            people=people,
            nobody=fresh[module_cast.nobody.pk],
            clients={},
        )
