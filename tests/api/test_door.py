"""S18, R12 and the door: tokens, sessions, keys of repeated requests, and what is no JSON."""

import json
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from goldenthread.accounts import actions
from goldenthread.accounts.models import ApiToken, Changeset
from goldenthread.purpose.models import Objective


def test_a_token_opens_is_kept_as_a_digest_and_ends_at_once(program, cast):
    secret = program.bearer(cast.head)
    assert program.ask("GET", "today").status_code == 200
    token = ApiToken.objects.get(person=cast.head)
    assert token.last_used_at is not None
    secret_part = secret.removeprefix(f"gt_{token.prefix}_")
    assert len(secret_part) > 30
    assert secret_part not in str([*ApiToken.objects.values()])
    actions.revoke_token(token=token, by=cast.head)
    response = program.ask("GET", "today")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_that_is_over_or_wrong_opens_nothing(program, cast):
    good = program.bearer(cast.head)
    client = Client()
    for text in ("", "Bearer", "Bearer x", f"Basic {good}", f"Bearer {good}x", f"Bearer {good[:-1]}", "Bearer gt_\x00_x"):
        assert client.get("/api/today", headers={"Authorization": text}).status_code == 401, text
    assert client.get("/api/today").status_code == 401
    ApiToken.objects.filter(person=cast.head).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.ask("GET", "today").status_code == 401


def test_a_reading_token_does_not_write(program, cast):
    headers = {"Authorization": f"Bearer {program.bearer(cast.head, may_write=False)}"}
    body = json.dumps({"office": cast.office.pk, "title": "Fewer leaks"})
    client = Client()
    assert client.get("/api/objectives", headers=headers).status_code == 200
    assert client.post("/api/objectives", body, content_type="application/json", headers=headers).status_code == 403
    assert not Objective.objects.exists()


def test_a_session_writes_only_with_its_csrf_token(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.head.user)
    body = json.dumps({"office": cast.office.pk, "title": "Fewer leaks"})
    assert client.get("/api/objectives").status_code == 200
    assert client.post("/api/objectives", body, content_type="application/json").status_code == 403
    client.get("/objectives/new")
    token = client.cookies["gt-csrf"].value
    sent = client.post("/api/objectives", body, content_type="application/json", headers={"X-CSRFToken": token})
    assert sent.status_code == 201


def test_a_repeated_request_has_one_effect_and_the_stored_answer(program, cast):
    body = {"office": cast.office.pk, "title": "Fewer leaks"}
    first = program.ask("POST", "objectives", body, key="k-1")
    program.changed("PATCH", f"objectives/{first.json()['id']}", {"version": 1, "title": "No leaks"})
    for _ in range(4):
        again = program.ask("POST", "objectives", body, key="k-1")
        assert (again.status_code, again.content) == (201, first.content)
    assert Objective.objects.count() == 1
    other = program.ask("POST", "objectives", body | {"title": "Other"}, key="k-1")
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    assert program.ask("POST", "objectives", body, key="k-1", by=cast.pmo).status_code == 201, "a key is one person's"
    assert Objective.objects.count() == 2


def test_changes_steps_of_life_and_removals_are_repeated_alike(program, cast):
    objective = program.made("objectives", {"office": cast.office.pk, "title": "Fewer leaks"})
    at = f"objectives/{objective['id']}"
    changed = [program.ask("PATCH", at, {"version": 1, "detail": "Pipes"}, key="k-1") for _ in range(3)]
    proposed = [program.ask("POST", f"{at}/propose", {"version": 2}, key="k-2") for _ in range(3)]
    assert {r.content for r in changed} == {changed[0].content}
    assert [r.status_code for r in proposed] == [200] * 3
    assert {json.loads(r.content)["version"] for r in proposed} == {3}
    assert program.changed("PATCH", at, {"version": 1, "detail": "Pipes"}, key="k-1")["state"] == "DRAFT", "as it was then"
    plan = program.made("plans", {"office": cast.office.pk})
    steps = [program.made("steps", {"plan": plan["id"], "name": "Look"}, key="k-3") for _ in range(3)]
    assert steps[0] == steps[1] == steps[2]
    gone = [program.ask("DELETE", f"steps/{steps[0]['id']}?version={steps[0]['version']}", key="k-4") for _ in range(3)]
    assert [r.status_code for r in gone] == [204] * 3
    assert program.made("steps", {"plan": plan["id"], "name": "Look"}, key="k-3") == steps[0], "answered as it was"


def test_a_refused_request_does_not_use_up_its_key(program, cast):
    assert program.ask("POST", "objectives", {"office": cast.office.pk, "title": " "}, key="k-1").status_code == 422
    assert program.ask("POST", "objectives", {"office": cast.office.pk, "title": "Fewer leaks"}, key="k-1").status_code == 201
    for key in (" ", "x" * 81, "a b"):
        assert program.ask("POST", "objectives", {"office": cast.office.pk, "title": "Other"}, key=key).status_code == 422


def test_what_is_no_plain_json_is_refused_and_changes_nothing(program, cast):
    head = b'{"office": %d, "title": ' % cast.office.pk
    good = head + b'"x"}'
    for broken in (
        b"", b"{", b"[]", b"7", b"null", good[:-1], head + b"NaN}", head + b"Infinity}", head + b'"x", "title": "y"}',
        b"\xff\xfe", b"[" * 100_000, head + b'"\\u0000"}', head + b'"\\ud800"}', head + b"1" * 5000 + b"}",
    ):  # fmt: skip
        assert program.ask("POST", "objectives", broken).status_code in (400, 422), broken[:40]
    kpi = program.made("kpis", {"office": cast.office.pk, "name": "Leaks"})
    for value in (b"NaN", b"-Infinity", b"1e999", b'"5"', b"true", b"null", b"1e16"):
        body = b'{"kpi": %d, "on": "2026-01-01", "value": %s}' % (kpi["id"], value)
        assert program.ask("POST", "measurements", body).status_code in (400, 422), value
    for day in ("2026-02-30", "10000-01-01", "0001-01-01", 1767225600, "2026-01-01T00:00:00", "20260101"):
        assert program.ask("POST", "measurements", {"kpi": kpi["id"], "on": day, "value": 1}).status_code == 422, day
    assert not Objective.objects.exists()
    assert program.get("measurements")["count"] == 0


def test_a_lost_race_shows_both_versions_field_by_field(program, cast):
    objective = program.made("objectives", {"office": cast.office.pk, "title": "Fewer leaks"})
    at = f"objectives/{objective['id']}"
    program.changed("PATCH", at, {"version": 1, "title": "No leaks"}, by=cast.pmo)
    lost = program.ask("PATCH", at, {"version": 1, "title": "Few leaks", "detail": ""})
    assert lost.status_code == 409
    assert lost.json()["differences"] == [{"field": "title", "yours": "Few leaks", "theirs": "No leaks"}]
    assert lost.json()["current"] == program.get(at)


def test_one_request_is_one_changeset(program, cast):
    before = Changeset.objects.count()
    plan = program.made("plans", {"office": cast.office.pk})
    program.made("steps", {"plan": plan["id"], "name": "Look", "accountable": cast.pmo.pk})
    assert Changeset.objects.count() == before + 3, "a token, a plan, a step"
