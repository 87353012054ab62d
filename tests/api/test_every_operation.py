"""R3, S3, S4, S21: every operation of the description, with what no honest program would send."""

import random
from pathlib import Path

import pytest
from django.db import models

from goldenthread.accounts.models import Changeset
from goldenthread.kit.scoping import organisation_scope
from tests.api.bodies import Operation, needed, operations, referenced, senseless, valid
from tests.api.conftest import NOUNS, Program

KEPT = Path(__file__).with_name("operations.txt")
NOT_THERE = 10**15
ROUNDS = 12
ALIEN = (
    "is_staff",
    "role",
    "tenant",
    "approved_by",
    "id",
    "created_at",
    "organisation",
    "organisation_id",
    "scope",
    "user",
    "__class__",
)


def written(*, to_rows: bool) -> list[Operation]:
    """The operations that write: to a stored row, or a new one. Undo has no version: a later change refuses it."""
    found = [o for o in operations() if o.writes and o.ident != "changesets_undo"]
    return [o for o in found if ("{key}" in o.path) == to_rows]


def test_the_operations_are_those_that_programs_were_promised():
    assert sorted(o.ident for o in operations()) == KEPT.read_text(encoding="utf-8").split(), "a promise was changed"


def test_every_write_to_a_row_asks_for_the_version_that_was_seen(program, own):
    for operation in written(to_rows=True):
        key = own[operation.noun].pk
        body = {n: v for n, v in valid(operation, own).items() if n != "version"}
        response = program.ask(operation.method, operation.path.replace("{key}", str(key)), body)
        assert response.status_code == 422, operation
        assert "version" in [fault["field"] for fault in response.json()["fields"]], operation
        assert operation.method == "DELETE" or "version" in needed(operation.schema or {}), operation


def test_fields_that_are_not_offered_are_refused_each_by_name(program, own):
    checked = 0
    for operation in [*written(to_rows=True), *written(to_rows=False)]:
        if operation.method == "DELETE":
            continue
        offered = set((operation.schema or {})["properties"])
        columns = {f.attname for f in NOUNS[operation.noun].model._meta.concrete_fields} | set(ALIEN)
        extra = dict.fromkeys(sorted(columns - offered), 1)
        before = list(own[operation.noun].__class__.objects.order_by("pk").values())
        response = program.ask(operation.method, operation.at(own[operation.noun].pk), valid(operation, own) | extra)
        assert response.status_code == 422, operation
        assert {fault["field"] for fault in response.json()["fields"]} >= set(extra), operation
        assert list(own[operation.noun].__class__.objects.order_by("pk").values()) == before, operation
        checked += len(extra)
    print(f"{checked} fields refused")
    assert checked > 500


def test_a_row_of_another_organisation_answers_like_one_that_is_not_there(program, own, foreign):
    before = snapshot(program, foreign)
    for operation in operations():
        if "{key}" not in operation.path or operation.noun not in foreign:
            continue
        body = valid(operation, own) if operation.schema else None
        answers = [program.ask(operation.method, operation.at(key), body) for key in (foreign[operation.noun].pk, NOT_THERE)]
        assert answers[0].status_code == answers[1].status_code == 404, operation
        assert answers[0].content == answers[1].content, operation
    assert snapshot(program, foreign) == before


def test_an_id_inside_a_body_may_not_name_a_row_of_another_organisation(program, own, foreign):
    checked = 0
    for operation in [*written(to_rows=True), *written(to_rows=False)]:
        for name, model in referenced(operation).items():
            stranger = next((row for row in foreign.values() if isinstance(row, model)), None)
            if stranger is None:
                assert model is not None
                continue
            body = valid(operation, own)
            if "version" in body:
                body["version"] = program.get(f"{operation.noun}/{own[operation.noun].pk}")["version"]
            answers = [
                program.ask(operation.method, operation.at(own[operation.noun].pk), body | {name: key})
                for key in (stranger.pk, NOT_THERE)
            ]
            assert answers[0].status_code == 422, (operation, name, answers[0].content)
            assert answers[0].json()["field"] == name, (operation, name)
            assert answers[0].content == answers[1].content, (operation, name)
            checked += 1
    print(f"{checked} references tried")
    assert checked >= 40


def test_lists_show_nothing_of_another_organisation(program, own, foreign):
    for path in NOUNS:
        response = program.ask("GET", f"{path}?size=200")
        assert b"canaryforeign" not in response.content, path
        ids = [item["id"] for item in response.json()["items"]]
        assert own[path].pk in ids, path
        assert foreign[path].pk not in ids, path


@pytest.mark.slow
def test_nothing_that_a_program_sends_makes_the_api_stumble(program, own):
    chance = random.Random(20_261_123)
    told = {o.ident: o for o in operations()}
    asked: dict[int, int] = {}
    for operation in told.values():
        key = own[operation.noun].pk if operation.noun in own else 1
        for _ in range(ROUNDS if operation.writes else 3):
            path = operation.at(key) if operation.writes else queried(operation, key, chance)
            body = senseless(operation, own, chance) if operation.schema else None
            if operation.writes and body is not None and "version" in body and chance.random() < 0.8:
                stands = program.ask("GET", f"{operation.noun}/{key}")
                body["version"] = stands.json().get("version", 1) if stands.status_code == 200 else 1
            response = program.ask(operation.method, path, body)
            asked[response.status_code] = asked.get(response.status_code, 0) + 1
            assert response.status_code < 500, (operation, path, body, response.content[:500])
            assert response.status_code == 204 or isinstance(response.json(), dict), operation
    print(f"{sum(asked.values())} requests: {asked}")
    assert asked.get(201, 0) + asked.get(200, 0) > 50, "some must have been accepted, or nothing was tried"
    assert Changeset.objects.filter(source=Changeset.Source.API).exists()


def queried(operation: Operation, key: int, chance: random.Random) -> str:
    """A read with senseless filters, or of a senseless id."""
    if "{key}" in operation.path:
        return operation.path.replace("{key}", chance.choice([str(key), "0", "-1", "x", "9" * 40, "%00", "1e3"]))
    noun = NOUNS.get(operation.path)
    names = list(noun.query().model_fields) if noun is not None else ["before", "by", "about", "source"]
    values = ["", "0", "-1", "x", "%00", "%ff", "9" * 30, "2026-13-01", "true", "id", "name", "é"]
    return operation.path + "?" + "&".join(f"{chance.choice(names)}={chance.choice(values)}" for _ in range(3))


def snapshot(program: Program, rows: dict[str, models.Model]) -> list[dict[str, object]]:
    """The rows as they are stored."""
    with organisation_scope(program.cast.foreign):
        return [type(row)._base_manager.filter(pk=row.pk).values().get() for row in rows.values()]
