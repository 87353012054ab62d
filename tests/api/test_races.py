"""R2, R12: many programs at once, over sockets, on the same row and with the same key."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.kit import history
from goldenthread.plan.models import Step
from goldenthread.purpose.models import Objective
from tests.api.conftest import Program
from tests.cast import cast  # built for each test: its rows are committed

__all__ = ["cast"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WRITERS = 24


class Crowd:
    """Many programs with one token that send at the same time."""

    def __init__(self, address: str, bearer: str) -> None:
        self.place = urlsplit(address).netloc
        self.bearer = bearer

    def send(self, method: str, path: str, bodies: list[dict], key: str = "") -> list[tuple[int, dict]]:
        """Each body once, all at a time; status and answer of each."""
        headers = {"Authorization": f"Bearer {self.bearer}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key

        def one(body: dict) -> tuple[int, dict]:
            with closing(http.client.HTTPConnection(self.place, timeout=120)) as connection:
                connection.request(method, f"/api/{path}", json.dumps(body), headers)
                response = connection.getresponse()
                return response.status, json.loads(response.read())

        with ThreadPoolExecutor(len(bodies)) as pool:
            return list(pool.map(one, bodies))


@pytest.fixture
def crowd(program: Program, live_server) -> Crowd:
    return Crowd(live_server.url, program.bearer(program.cast.head))


def test_of_many_writers_with_one_version_one_wins(program, cast, crowd):
    objective = program.made("objectives", {"office": cast.office.pk, "title": "Fewer leaks"})
    answers = crowd.send("PATCH", f"objectives/{objective['id']}", [{"version": 1, "title": f"No {n}"} for n in range(WRITERS)])
    statuses = sorted(status for status, _ in answers)
    assert statuses == [200] + [409] * (WRITERS - 1)
    stored = Objective.objects.get(pk=objective["id"])
    won = next(answer for status, answer in answers if status == 200)
    assert (won["title"], won["version"]) == (stored.title, stored.version) == (stored.title, 2)
    assert all(answer["current"]["title"] == stored.title for status, answer in answers if status == 409)


def test_a_noun_of_two_tables_loses_no_write_either(program, cast, crowd):
    plan = program.made("plans", {"office": cast.office.pk})
    step = program.made("steps", {"plan": plan["id"], "name": "Look"})
    bodies = [
        {"version": step["version"], "name": f"Look {n}"} if n % 2 else {"version": step["version"], "deliverable": f"Paper {n}"}
        for n in range(WRITERS)
    ]
    statuses = sorted(status for status, _ in crowd.send("PATCH", f"steps/{step['id']}", bodies))
    assert statuses == [200] + [409] * (WRITERS - 1)
    assert history.records(Step).filter(id=step["id"]).count() <= 2


def test_a_request_repeated_at_the_same_time_has_one_effect(program, cast, crowd):
    body = {"office": cast.office.pk, "title": "Fewer leaks"}
    answers = crowd.send("POST", "objectives", [body] * WRITERS, key="one-of-many")
    assert {status for status, _ in answers} == {201}
    assert len({json.dumps(answer, sort_keys=True) for _, answer in answers}) == 1
    assert Objective.objects.count() == 1
    assert Changeset.objects.filter(key="one-of-many").count() == 1
