"""R3: every form of a page that changes a stored row says which version it saw; without that nothing is written."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tests.cast import module_cast
from tests.rights.policy import Address, addresses
from tests.rights.stage import Stage
from tests.rights.walk import ALLOWED_WRITES, WRITES, Cell, Walk
from tests.workspace.filled import filled

__all__ = ["module_cast"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What writes without having seen a version, and why nobody's words are lost by it. All else must carry one.
ADDS = "adds a row of its own; what there is stays"
SAYS = "says one thing that does not depend on what stood there, and undo takes it back"
ENDS = "ends or takes back the whole row; the action asks whether it is over already"
ONCE = "goes through once: what is done already is refused"
MINE = "changes only what is the sender's own"
LOOKS = "has a worker look at what stands there; no row of anybody's changes"
WITHOUT = {
    "/activity/<pk>/undo": ONCE,
    "/people/<pk>/roles": ADDS,
    "/people/<pk>/roles/<grant_pk>/withdraw": ENDS,
    "/people/<pk>/invite": ADDS,
    "/people/<pk>/everything": "only reads",
    "/people/<pk>/erase": ONCE,
    "/people/<pk>/hand-over": SAYS,
    "/invitation/<secret>": ONCE,
    "/settings/tokens/<pk>/revoke": ENDS,
    "/projects/<key>/schedule/health": LOOKS,
    "/projects/<key>/schedule/compare": LOOKS,
    "/projects/<key>/schedule/simulation": LOOKS,
    "/today/<pk>/done": SAYS,
    "/today/<pk>/reopen": SAYS,
    "/today/<pk>/start": SAYS,
    "/today/<pk>/block": SAYS,
    "/today/<pk>/estimate": SAYS,
    "/inbox/<key>": MINE,
    "/answer/<secret>": ONCE,
    "/import/<key>/columns": MINE,
    "/import/<key>/apply": ONCE,
    "/objectives/<key>/cascade": ADDS,
    "/cascades/<key>/say": ADDS,
    "/cascades/<key>/sign": "says by its digest what was seen, and is 428 without: tests/purpose/test_cascades.py",
    "/cascades/words/<key>/take-over": SAYS,
    "/objectives/<key>/targets/new": ADDS,
    "/kpis/<key>/figures": ADDS,
    "/kpis/<key>/rates": ADDS,
    "/mandate/<key>/services": SAYS,
    "/mandate/<key>/successor": ADDS,
    "/mandate/<old>/compare/<new>": ONCE,
    "/projects/<key>/report": ADDS,
    "/reports/<key>/withdraw": ENDS,
    "/projects/<key>/schedule/views": MINE,
    "/views/<key>": MINE,
    "/comments/<ref_kind>/<ref_id>": ADDS,
    "/ask/<ref_kind>/<ref_id>": ADDS,
    "/plan/rows/<pk>/move": SAYS,
    "/plan/rows/<pk>/end": ENDS,
    "/plan/rows/<pk>/letter": SAYS,
    "/plan/steps/<pk>/confirm": SAYS,
    "/plan/steps/<pk>/stop": ENDS,
    "/plan/steps/<pk>/remove": ENDS,
    "/plan/steps/<pk>/duplicate": SAYS,
    "/plan/steps/<pk>/relate": ADDS,
    "/plan/steps/<pk>/supervise": ADDS,
    "/plan/relationships/<pk>/remove": ENDS,
    "/plan/supervisions/<pk>/end": ENDS,
    "/plan/contributions/<pk>/judge": SAYS,
    "/plan/sessions/<pk>/invite": ADDS,
    "/plan/sessions/<pk>/agenda": ADDS,
    "/plan/agenda/<pk>/propose": ADDS,
    "/plan/agenda/<pk>/say": ADDS,
    "/plan/agenda/<pk>/ask": ADDS,
    "/plan/proposals/<pk>/say": ADDS,
    "/plan/proposals/<pk>/withdraw": MINE,
    "/plan/rounds/<pk>/give": MINE,
    "/plan/rounds/<pk>/take": SAYS,
    "/plan/links/<pk>/revoke": ENDS,
    "/plan/versions/<pk>/effect": "only computes",
    "/plan/versions/<pk>/sign": ADDS,
    "/plan/steps/<pk>/except": SAYS,
    "/plan/versions/<pk>/approve": ONCE,
    "/plan/versions/<pk>/withdraw": ENDS,
    "/plan/versions/<pk>/read": MINE,
    "/plan/versions/<pk>/ask": ADDS,
    "/plan/versions/<pk>/remind": SAYS,
    "/time/<key>/remove": MINE,
    "/objectives/<key>/own-chance": MINE,
    "/results/add/<pk>": ADDS,
    "/results/<pk>/look": ADDS,
    "/results/<pk>/rival": SAYS,
}
ONE_OF_A_KIND = ("/settings", "/settings/organisation", "/settings/privacy", "/plan/rows/act")  # name their row without saying so
# What the rows of the stage refuse before their version counts, or, for the settings, as a form that is not whole.
REFUSED_ANYWAY = {
    "/settings", "/settings/organisation", "/settings/privacy",
    "/objectives/<key>/approve", "/objectives/<key>/achieve", "/objectives/<key>/send-back",
    "/measurements/<key>/withdraw", "/mandate/<key>/end", "/results/<pk>/withdraw", "/plan/objections/<pk>/answer",
    "/plan/scenarios/<pk>/adopt", "/plan/words/<pk>/answer",
    "/plan/rounds/<pk>/show", "/projects/<key>/schedule/risks", "/projects/<key>/schedule/risks/list",
}  # fmt: skip


def asked() -> Iterator[Address]:
    """The addresses of pages that write to a row and must have seen it."""
    for address in addresses().values():
        of_a_row = bool(address.rows) or address.path in ONE_OF_A_KIND
        ours = not address.path.startswith(("/api/", "/sign-in/"))
        if of_a_row and ours and address.write.is_offered and address.path not in WITHOUT:
            yield address


@pytest.fixture(scope="module")
def walk(module_cast, django_db_blocker) -> Iterator[Walk]:
    logging.disable(logging.ERROR)
    try:
        with django_db_blocker.unblock():
            yield Walk(Stage(module_cast))
    finally:
        logging.disable(logging.NOTSET)


def sent(walk: Walk, cell: Cell) -> dict[str, str]:
    """What a browser would send: the form as it stands on its page, and the example of docs/rights.md over it."""
    page = walk._watched(replace(cell, method="GET"))[0] if cell.address.read.is_offered else None
    stands = filled(page.content.decode()) if page is not None and page.status_code == 200 else {}
    return stands | dict(parse_qsl(walk._named(cell.address.example, "own")))


def post(walk: Walk, cell: Cell, form: dict[str, str]) -> tuple[int, str, list[str]]:
    response, wrote = walk._watched(replace(cell, method="POST", address=replace(cell.address, example=urlencode(form))))
    opened = 'INSERT INTO "accounts_changeset"'  # the action's own, gone with it when it is refused
    return response.status_code, response.content.decode(), [sql for sql in wrote if not sql.startswith(opened)]


def test_every_write_of_a_page_to_a_row_is_refused_without_the_version_that_was_seen(walk):
    players = {player.name: player for player in walk.stage.players}
    tried, went_through = 0, []
    for address in asked():
        player = players["ADMINISTRATOR" if address.path.startswith("/settings") else "HEAD"]
        place, path = next(iter(walk._places(address)))
        cell = Cell(address, "POST", player, place, path)
        form = sent(walk, cell)
        without = {
            name: value.split(":")[0] if name == "ids" else value for name, value in form.items() if not name.endswith("version")
        }
        status, text, wrote = post(walk, cell, without)
        assert wrote == [], (address.path, status, wrote)
        assert status == 428 or (status == 422 and address.path in REFUSED_ANYWAY), (address.path, status, text[:2000])
        status, _, _ = post(walk, cell, {"version": "1"} | form)
        assert status != 428, address.path
        went_through += [address.path] if status == 303 else []
        tried += 1
    print(f"\n{tried} addresses refuse a write that saw no version; with it {len(went_through)} write; {len(WITHOUT)} need none")
    assert tried >= 30
    assert len(went_through) >= 20


def test_every_address_that_needs_no_version_is_one_that_writes():
    assert set(WITHOUT) <= {address.path for address in addresses().values() if address.write.is_offered}


def test_a_form_of_another_site_changes_nothing(walk):
    """S15: every write of a page without its key, and with the key's cookie but another origin."""
    client, head = Client(enforce_csrf_checks=True, raise_request_exception=False), walk.stage.cast.head
    client.force_login(head.user)
    client.get("/objectives/new")
    key = client.cookies[settings.CSRF_COOKIE_NAME].value
    wrote: list[str] = []

    def watch(execute, sql, params, many, context):
        wrote.extend([sql] if WRITES.match(sql) and not ALLOWED_WRITES.search(sql) else [])
        return execute(sql, params, many, context)

    tried = 0
    with transaction.atomic(), connection.execute_wrapper(watch):
        for address in addresses().values():
            if not address.write.is_offered or address.path.startswith("/api/"):
                continue
            _, path = next(iter(walk._places(address)))
            form = dict(parse_qsl(walk._named(address.example, "own")))
            wrote.clear()  # rows that were planted for this address
            forged = {"csrfmiddlewaretoken": key} | form, {"Origin": "https://evil.example"}
            for sent_form, headers in ((form, {}), forged):
                assert client.post(path, sent_form, headers=headers).status_code == 403, (address.path, headers)
                assert not wrote, (address.path, wrote)
                tried += 1
        transaction.set_rollback(True)
    print(f"\n{tried} forged forms refused")
    assert tried > 150
