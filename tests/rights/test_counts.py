"""A row that one may not see changes nothing that one is shown: no count, no sum, no choice, no order, no page number.

Every list is asked before and after hidden rows are added; the answers must be the same to the letter. Only the gaps, the
freshness of the plan and the hours of the map count hidden work on purpose: totals without names.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from goldenthread.accounts import actions
from goldenthread.accounts.queries import confidential_path
from goldenthread.kit.scoping import organisation_scope
from tests.cast import module_cast
from tests.rights.asked import ASKED
from tests.rights.policy import addresses, matrix
from tests.rights.stage import Player, Stage
from tests.rows import tracked

__all__ = ["module_cast"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COUNT_ON_PURPOSE = {"/gaps", "/plan/freshness", "/start/result", "/map", "/api/offices/<key>/gaps"}
DIFFER_ANYWAY = {"/head", "/api/openapi.json", "/settings/tokens"}  # the newest change of the organisation; when a token was used
COUNTING = ("HEAD", "PMO", "PORTFOLIO_MANAGER", "PROJECT_MANAGER", "TEAM_MEMBER", "CLIENT", "AUDITOR")
CHANGING = re.compile(
    rb'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken[^}]*?\w{64}|data-(?:head|mark)="\w+"'
    rb"|just now|\d+ (?:second|minute)s? ago"
)


def lists() -> list[str]:
    """Addresses that name no row, and each way in which they can be asked."""
    plain = [line.path for line in addresses().values() if line.read.is_offered and "<" not in line.path]
    asked = [f"{path}?{query}" for path, queries in ASKED.items() for query in queries if "{" not in query]
    kept = COUNT_ON_PURPOSE | DIFFER_ANYWAY
    return [path for path in [*plain, *asked] if path.partition("?")[0] not in kept and not path.startswith("/sign-in/")]


def answers(player: Player) -> Iterator[tuple[str, bytes]]:
    """What a player gets for each list."""
    client = Client(raise_request_exception=False)
    for path in lists():
        headers = {"Authorization": f"Bearer {player.bearer}"} if path.startswith("/api/") else {}
        client.cookies.clear()
        if not headers:
            client.cookies[settings.SESSION_COOKIE_NAME] = player.cookie
        yield path, CHANGING.sub(b"", client.get(path, headers=headers).content)


def hidden_rows(stage: Stage, player: Player) -> list[tuple[str, Any]]:
    """Which models get one more row, by place: all of another organisation, scoped ones of another office, secret ones."""
    sees_secrets = "v" in matrix().get((player.name, "CONFIDENTIAL"), "")
    models = [m for m in tracked() if m._meta.app_label != "accounts"]
    found = [("foreign", model) for model in models]
    found += [("other", model) for model in models if stage.is_scoped(model._meta.label)]
    if not sees_secrets:
        found += [("secret", model) for model in models if confidential_path(model)]
    return found


def add_hidden(stage: Stage, player: Player) -> int:
    """One row more of each; what cannot be twice beside the one that is there is left."""
    added = 0
    for place, model in hidden_rows(stage, player):
        owner = stage.cast.foreign if place == "foreign" else stage.cast.organisation
        planter = stage.planters[place]
        with organisation_scope(owner), actions.changeset(title=f"{planter.word} more", by=None):
            try:
                with transaction.atomic():
                    planter.plant(apps.get_model(model._meta.label))
                    added += 1
            except Exception:  # noqa: BLE001  a constraint: one of its kind is there already
                continue
    return added


@pytest.mark.skipif(connection.vendor != "sqlite" and not os.environ.get("LONG_TESTS"), reason="on PostgreSQL with LONG_TESTS")
def test_what_is_hidden_counts_nowhere(module_cast, django_db_blocker):
    with django_db_blocker.unblock():
        stage = Stage(module_cast)
        compared, moved = 0, []
        for player in stage.players:
            if player.name not in COUNTING:
                continue
            with transaction.atomic():
                before = dict(answers(player))
                assert add_hidden(stage, player) >= 20
                for path, body in answers(player):
                    compared += 1
                    if body != before[path]:
                        moved.append(f"{path} as {player.name}: {difference(before[path], body)}")
                transaction.set_rollback(True)
    print(f"{compared} lists compared")
    assert compared >= 500
    assert not moved, "\n".join([f"{len(moved)} moved", *moved[:60]])


def difference(before: bytes, after: bytes) -> str:
    at = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    return f"…{before[max(0, at - 50) : at + 60]!r} became {after[max(0, at - 50) : at + 60]!r}"
