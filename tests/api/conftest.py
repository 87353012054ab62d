"""A program with a token for everybody of the cast, and rows of every noun."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from goldenthread.accounts import actions
from goldenthread.accounts.models import Person
from goldenthread.config.api import ROOMS
from goldenthread.kit.scoping import organisation_scope
from goldenthread.purpose.models import Office
from goldenthread.ui.programs import Noun
from tests.cast import Cast, module_cast
from tests.cast import kept_cast as cast
from tests.rows import Planter

__all__ = ["cast", "module_cast"]

NOUNS: dict[str, Noun] = {noun.path: noun for room in ROOMS for noun in getattr(room, "NOUNS", ())}


@dataclass
class Program:
    """Speaks to the API over HTTP, as anybody of the cast."""

    cast: Cast
    bearers: dict[tuple[int, bool], str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False))

    def bearer(self, person: Person, *, may_write: bool = True) -> str:
        if (person.pk, may_write) not in self.bearers:
            with organisation_scope(person.organisation):
                made = actions.issue_token(person=person, name="test", days=30, may_write=may_write, by=person)
            self.bearers[person.pk, may_write] = made[1]
        return self.bearers[person.pk, may_write]

    def ask(self, method: str, path: str, body: Any = None, *, by: Person | None = None, key: str = "") -> Any:
        """The response to one request, by the head of PMO where nobody is named."""
        headers = {"Authorization": f"Bearer {self.bearer(by or self.cast.head)}"}
        if key:
            headers["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(method, f"/api/{path}", data, content_type="application/json", headers=headers)

    def get(self, path: str, **more: Any) -> Any:
        return self.ask("GET", path, **more).json()

    def made(self, path: str, body: Any, **more: Any) -> Any:
        """What a POST that creates answers."""
        response = self.ask("POST", path, body, **more)
        assert response.status_code == 201, response.content
        return response.json()

    def changed(self, method: str, path: str, body: Any, **more: Any) -> Any:
        response = self.ask(method, path, body, **more)
        assert response.status_code == 200, response.content
        return response.json()


@pytest.fixture
def program(cast) -> Program:
    return Program(cast)


def planted(office: Office, word: str, person: Person) -> dict[str, Any]:
    """A row of every noun in an office, by path of the noun. The organisation's scope is open."""
    planter = Planter(office.scope, word, person=person)
    planter.rows[Office] = office
    with actions.changeset(title="Plant rows", by=None):
        return {path: planter.row(apps.get_model(noun.model._meta.label)) for path, noun in NOUNS.items()}


@pytest.fixture
def own(cast) -> dict[str, Any]:
    """A row of every noun in the first office; the time entry is the head's own."""
    return planted(cast.office, "own", cast.head)


@pytest.fixture
def foreign(cast) -> dict[str, Any]:
    """A row of every noun in the organisation that nobody may look into."""
    with organisation_scope(cast.foreign):
        return planted(cast.foreign_office, "canaryforeign", cast.foreign_admin)
