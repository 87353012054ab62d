"""Who may do what is asked where the pages ask it; and what a list costs does not grow with its rows."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts import actions
from goldenthread.kit import history
from goldenthread.kit.permissions import Role
from goldenthread.plan.actions import add_step, found_plan
from goldenthread.projects.actions import add_projects
from goldenthread.purpose.models import Objective


def status(program, method, path, body=None, *, by):
    return program.ask(method, path, body, by=by).status_code


def test_a_role_does_what_its_letters_say(program, cast):
    mine = {"office": cast.office.pk, "title": "Fewer leaks"}
    assert status(program, "POST", "objectives", mine, by=cast.pmo) == 201
    assert status(program, "POST", "objectives", mine, by=cast.member) == 403
    assert status(program, "POST", "objectives", mine | {"office": cast.second_office.pk}, by=cast.pmo) == 422
    assert status(program, "POST", "objectives", mine, by=cast.nobody) == 422, "the office is not there for her"
    objective = program.get("objectives")["items"][0]
    proposed = program.changed("POST", f"objectives/{objective['id']}/propose", {"version": 1}, by=cast.pmo)
    approve = f"objectives/{objective['id']}/approve"
    assert status(program, "POST", approve, {"version": proposed["version"]}, by=cast.pmo) == 403
    assert status(program, "POST", approve, {"version": proposed["version"]}, by=cast.nobody) == 404
    assert status(program, "POST", approve, {"version": proposed["version"]}, by=cast.head) == 422, "may, but it is not ready"


def test_confidential_rows_are_not_there_for_who_may_not_see_them(program, cast):
    secret = program.made("objectives", {"office": cast.office.pk, "title": "Buy the rival", "is_confidential": True})
    kpi = program.made("kpis", {"office": cast.office.pk, "name": "Share"})
    target = program.made("targets", {"objective": secret["id"], "kpi": kpi["id"], "value": 1})
    for path in (f"objectives/{secret['id']}", f"targets/{target['id']}"):
        assert status(program, "GET", path, by=cast.pmo) == 404
        assert status(program, "GET", path, by=cast.sponsor) == 200
    assert program.get("objectives", by=cast.pmo)["count"] == program.get("targets", by=cast.pmo)["count"] == 0
    assert status(program, "POST", "targets", {"objective": secret["id"], "kpi": kpi["id"]}, by=cast.pmo) == 422
    told = program.ask("GET", f"offices/{cast.office.pk}/gaps", by=cast.pmo)
    assert b"rival" not in told.content
    assert b"rival" in program.ask("GET", f"offices/{cast.office.pk}/gaps").content
    assert b"rival" not in program.ask("GET", "changesets", by=cast.pmo).content


def test_a_client_sees_the_project_he_is_named_for_and_nothing_around_it(program, cast):
    client = cast.people[Role.CLIENT]
    for path in ("objectives", "kpis", "mandates", "steps", "value-rates", "duties", "people"):
        assert {item["id"] for item in program.get(path, by=client)["items"]} <= {client.pk}, path


def test_what_a_list_costs_does_not_grow_with_its_rows(program, cast):
    plan = found_plan(office=cast.office, by=None)

    def grow(rows: int) -> None:
        with actions.changeset(title="Grow", by=None):
            history.add_all(
                Objective, [Objective(office=cast.office, title=f"Objective {n}", owner=cast.pmo) for n in range(rows)]
            )
            for n in range(min(rows, 20)):
                add_step(plan=plan, name=f"Step {n}", by=None)
        add_projects(rows=[{"name": f"Project {n}"} for n in range(rows)], by=None, under=cast.office.scope)

    def cost(path: str) -> int:
        program.ask("GET", path, by=cast.pmo)  # notes the use of the token, once a minute
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert program.ask("GET", f"{path}?size=200", by=cast.pmo).status_code == 200
        return len(caught)

    grow(10)
    few = {path: cost(path) for path in ("objectives", "projects", "steps", "people", "changesets")}
    grow(190)
    many = {path: cost(path) for path in few}
    print(many)
    assert many == few
    assert max(cost for path, cost in many.items() if path != "changesets") <= 4
