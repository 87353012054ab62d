"""S17: what is asked too often is answered with 429 and how long to wait; whoever is right is not shut out for long."""

import io
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from goldenthread.accounts import actions
from goldenthread.workspace.models import ImportedFile
from tests.cast import cast

__all__ = ["cast"]


@pytest.fixture(autouse=True)
def counting(settings):
    settings.COUNTS_REQUESTS = True
    cache.clear()
    yield
    cache.clear()


def refused(response) -> int:
    """The seconds that a refusal says; it must be one."""
    assert response.status_code == 429, (response.status_code, response.content[:300])
    return int(response["Retry-After"])


def upload(client: Client, number: int):
    return client.post(
        "/import/upload", {"file_kind": "PROJECTS", "file": io.BytesIO(b"Project\nPipe %d\n" % number), "text": ""}
    )


def test_uploads_are_taken_five_a_minute_from_each_person(cast, time_machine):
    client = cast.client(cast.head)
    answers = [upload(client, number).status_code for number in range(5)]
    kept = ImportedFile.objects.count()
    assert 429 not in answers
    sixth = upload(client, 6)
    assert 0 < refused(sixth) <= 60
    assert "Nothing was changed" in sixth.content.decode()
    assert re.search(r"Try again in \d+ seconds", sixth.content.decode())
    assert ImportedFile.objects.count() == kept
    assert upload(cast.client(cast.pmo), 7).status_code != 429, "another person's count is another one"
    assert client.get("/import").status_code == 200
    time_machine.move_to(timedelta(seconds=61))
    assert upload(client, 8).status_code != 429


def test_exports_are_given_ten_a_minute(cast):
    client = cast.client(cast.head)
    assert [client.get("/export/objectives/csv").status_code for _ in range(10)] == [200] * 10
    assert 0 < refused(client.get("/export/objectives/csv")) <= 60


@pytest.mark.parametrize("path", ["/invitation/", "/answer/"])
def test_links_are_not_guessed_for_long(cast, path):
    assert {Client().get(f"{path}guess-{number}").status_code for number in range(30)} == {404}
    assert 0 < refused(Client().get(f"{path}guess-31")) <= 900
    assert Client(REMOTE_ADDR="203.0.113.7").get(f"{path}guess").status_code == 404, "another network's count is another one"


def test_a_good_link_does_not_use_up_the_count(cast):
    secret = actions.invite(person=cast.nobody, by=cast.admin)
    assert {Client().get(f"/invitation/{secret}").status_code for _ in range(40)} == {200}


def bearing(text: str, **where: str):
    return Client(**where).get("/api/today", headers={"Authorization": f"Bearer {text}"})


def test_a_token_is_not_guessed_for_long_and_others_go_on(cast):
    mine, other = (actions.issue_token(person=cast.head, name=name, days=1, may_write=False, by=cast.head)[1] for name in "ab")
    start = mine.rpartition(mine[-8:])[0]
    assert {bearing(f"{start}{number:08}").status_code for number in range(10)} == {401}
    told = bearing(f"{start}guess")
    assert 0 < refused(told) <= 900
    assert told.json()["advice"].startswith("Try again in")
    refused(bearing(mine))  # nor is the right one looked up now, from where the guesses came
    assert bearing(mine, REMOTE_ADDR="203.0.113.7").status_code == 200
    assert bearing(other).status_code == 200
    answers = [bearing(f"gt_prefix{number}_x").status_code for number in range(100)]
    assert answers[80] == 401
    assert answers[-1] == 429


def test_a_token_asks_six_hundred_times_a_minute(cast, monkeypatch):
    from goldenthread.config import limits

    few = tuple(limits.Limit(3, one.seconds, one.per) if one.many == 600 else one for one in limits.LIMITS[limits.API])
    assert len([one for one in few if one.many == 3]) == 1
    monkeypatch.setitem(limits.LIMITS, limits.API, few)
    secret = actions.issue_token(person=cast.head, name="a", days=1, may_write=False, by=cast.head)[1]
    assert [bearing(secret).status_code for _ in range(3)] == [200] * 3
    assert 0 < refused(bearing(secret)) <= 60


def test_a_token_written_otherwise_is_the_same_token(cast, monkeypatch):
    from goldenthread.config import limits

    few = tuple(limits.Limit(3, one.seconds, one.per) if one.many == 600 else one for one in limits.LIMITS[limits.API])
    monkeypatch.setitem(limits.LIMITS, limits.API, few)
    secret = actions.issue_token(person=cast.head, name="a", days=1, may_write=False, by=cast.head)[1]
    written = [f"Bearer {secret}", f"bearer {secret}", f"bEARER   {secret}", f"BEARER {secret} "]
    assert [Client().get("/api/today", headers={"Authorization": one}).status_code for one in written] == [200, 200, 200, 429]


def test_nobody_elsewhere_uses_up_the_count_of_a_token(cast, monkeypatch):
    from goldenthread.config import limits

    few = tuple(limits.Limit(3, one.seconds, one.per) if one.many == 600 else one for one in limits.LIMITS[limits.API])
    monkeypatch.setitem(limits.LIMITS, limits.API, few)
    secret = actions.issue_token(person=cast.head, name="a", days=1, may_write=False, by=cast.head)[1]
    start = secret.rpartition(secret[-8:])[0]
    for number in range(20):
        bearing(f"{start}{number:08}", REMOTE_ADDR="203.0.113.7")
    assert bearing(secret).status_code == 200


def test_a_network_of_ipv6_counts_as_one(cast):
    answers = [Client(REMOTE_ADDR=f"2001:db8:0:1::{number:x}").get("/answer/guess").status_code for number in range(1, 32)]
    assert answers == [404] * 30 + [429]
    assert Client(REMOTE_ADDR="2001:db8:0:2::1").get("/answer/guess").status_code == 404


def test_addresses_of_ipv4_written_as_ipv6_are_not_one_network(cast):
    """A server that listens on :: is told of everybody in IPv4 as ::ffff:a.b.c.d."""
    answers = [Client(REMOTE_ADDR=f"::ffff:203.0.113.{number}").get("/answer/guess").status_code for number in range(1, 32)]
    assert set(answers) == {404}
    for _ in range(30):
        Client(REMOTE_ADDR="::ffff:198.51.100.7").get("/answer/guess")
    assert Client(REMOTE_ADDR="198.51.100.7").get("/answer/guess").status_code == 429


def test_a_new_password_is_sent_three_times_an_hour(cast):
    answers = [Client().post("/sign-in/password/reset/", {"email": cast.head.email}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert refused(answers[-1]) == 3600
    assert len(mail.outbox) == 3
    assert Client().post("/sign-in/password/reset/", {"email": cast.pmo.email}).status_code == 302


def test_behind_a_proxy_the_visitor_is_told_from_the_proxy_and_nobody_else_names_him(cast, settings):
    def guess(forwarded: str):
        return Client().get("/answer/guess", headers={"X-Forwarded-For": forwarded})

    for number in range(31):
        last = guess(f"198.51.100.{number}")
    refused(last)  # without a proxy the header is the visitor's own word
    cache.clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _ in range(31):
        last = guess("192.0.2.1, 198.51.100.1")
    refused(last)
    assert guess("192.0.2.1, 198.51.100.2").status_code == 404
