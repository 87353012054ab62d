"""S5: what stands in a query string is no name of a column or a method, no order and no code; it never makes a list stumble."""

import logging
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tests.api.conftest import NOUNS
from tests.cast import module_cast
from tests.reliability.fuzz import queries
from tests.rights.asked import ASKED
from tests.rights.policy import Address, addresses
from tests.rights.stage import ELSEWHERE, FOREIGN, SECRET, Stage
from tests.rights.walk import ALLOWED_WRITES, WRITES, _filled

__all__ = ["module_cast"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOW_MANY = int(os.environ.get("QUERY_STRINGS") or (100_000 if os.environ.get("LONG_TESTS") else 300))
SEED = int(os.environ.get("QUERY_SEED") or 20_261_126)
LONG_PAGES = ("/activity", "/api/changesets", "/start/result", "/api/today")  # cost tens of the others: asked a tenth as often
SPOILT = re.compile(r"argon2\$|pbkdf2_sha256\$|md5\$|Traceback \(most recent|<class '|OperationalError|SELECT \"")


@pytest.fixture(scope="module")
def stage(module_cast, django_db_blocker) -> Iterator[Stage]:
    logging.disable(logging.ERROR)
    try:
        with django_db_blocker.unblock():
            yield Stage(module_cast)
    finally:
        logging.disable(logging.NOTSET)


def lists() -> Iterator[Address]:
    """Every address that can be asked without naming a row: pages, exports and lists of the API."""
    for address in addresses().values():
        named = [label for label in address.rows if not label.startswith('"')]
        if address.read.is_offered and address.read.text != "public" and not named and not address.path.startswith("/sign-in/"):
            yield address


def known(address: Address) -> tuple[str, ...]:
    """The parameters that a list takes."""
    noun = NOUNS.get(address.path.removeprefix("/api/"))
    fields = tuple(noun.query().model_fields) if noun is not None and address.path.startswith("/api/") else ()
    return fields + tuple(
        sorted({pair.split("=")[0] for query in ASKED.get(address.path, ()) for pair in query.split("&")} - {""})
    )


def share(address: Address, lists_in_all: int) -> int:
    """How many strings a list is asked with: those of the API, which take the most names of columns, five times as many."""
    weight = 0.1 if address.path in LONG_PAGES else 2.0 if address.path.startswith("/api/") else 0.6
    return int(HOW_MANY * weight / lists_in_all) + 1


def test_no_query_string_makes_a_list_stumble_or_tell_more(stage):
    client = Client(raise_request_exception=False)
    pmo = next(player for player in stage.players if player.name == "PMO")
    client.cookies[settings.SESSION_COOKIE_NAME] = pmo.cookie
    asked, wrote, wrong = Counter(), [], []

    def watch(execute, sql, params, many, context):
        if WRITES.match(sql) and not ALLOWED_WRITES.search(sql):
            wrote.append(sql[:120])
        return execute(sql, params, many, context)

    found = list(lists())
    chance = random.Random(SEED)
    with transaction.atomic(), connection.execute_wrapper(watch):
        for address in found:
            path = _filled(address, tuple(text.strip('"') for text in address.rows))
            bearer = {"Authorization": f"Bearer {pmo.bearer}"} if path.startswith("/api/") else {}
            for query in islice(queries(chance, known(address)), share(address, len(found))):
                response = client.get(path, QUERY_STRING=query, headers=bearer)
                asked[response.status_code] += 1
                body = b"".join(response.streaming_content) if response.streaming else response.content
                text = body.decode(errors="replace")
                told = [word for word in (SECRET, ELSEWHERE, FOREIGN) if word in text] + SPOILT.findall(text)
                if response.status_code >= 500 or told or wrote:
                    wrong.append(f"{response.status_code} {path}?{query[:200]} {told} {wrote[:1]}")
                    wrote.clear()
        transaction.set_rollback(True)
    print(f"{sum(asked.values())} query strings on {len(found)} lists: {dict(sorted(asked.items()))}")
    assert not wrong, "\n".join([f"{len(wrong)} found", *wrong[:40]])
    assert sum(asked.values()) >= HOW_MANY * 0.9
    assert asked[200] > HOW_MANY // 10, "hardly anything was answered: nothing was tried"
