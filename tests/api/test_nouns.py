"""Every noun through real HTTP: created, read, listed, changed, and taken through its life."""

from datetime import date, timedelta

from goldenthread.accounts.models import Changeset
from goldenthread.purpose.models import Objective
from tests.api.conftest import NOUNS

TITLE = "Reduce the time a committee takes to decide from 5 days in January 2026 to 3 days by 31 October 2027, tolerance 0.2 days"
TODAY = date.today()


def test_a_plan_is_built_and_taken_through_its_life_by_a_program_alone(program, cast):
    office = cast.office.pk
    mandate = program.made(
        "mandates",
        {"office": office, "title": "Mandate", "purpose": "Raise value.", "issuer": "Board", "clauses": ["Decide in time."]},
    )
    put = program.changed("POST", f"mandates/{mandate['id']}/put-in-force", {"version": mandate["version"]})
    assert put["state"] == "IN_FORCE"
    clause = program.get(f"clauses?mandate={mandate['id']}")["items"][0]
    kpi = program.made("kpis", {"office": office, "name": "Latency", "unit": "days", "direction": "FALL", "owner": cast.head.pk})
    first = program.made("measurements", {"kpi": kpi["id"], "on": "2026-01-01", "value": 5})
    assert first["entered_by"] == cast.head.pk
    objective = program.made(
        "objectives", {"office": office, "title": TITLE, "clause": clause["id"], "owner": cast.pmo.pk, "missed_by": "Committees"}
    )
    assert (objective["state"], objective["version"]) == ("DRAFT", 1)
    due = {"baseline": 5.0, "baseline_on": "2026-01-01", "value": 3.0, "due_on": "2027-10-31", "tolerance": 0.2}
    target = program.made("targets", {"objective": objective["id"], "kpi": kpi["id"], **due})
    agreed = program.changed(
        "POST",
        f"objectives/{objective['id']}/agree",
        {"version": 1, "leadership_goal": "Faster", "agreed_by": cast.sponsor.pk, "on": "2026-01-02"},
    )
    proposed = program.changed("POST", f"objectives/{objective['id']}/propose", {"version": agreed["version"]})
    approved = program.changed("POST", f"objectives/{objective['id']}/approve", {"version": proposed["version"]})
    assert approved["state"] == "APPROVED"
    refused = program.ask("PATCH", f"targets/{target['id']}", {"version": target["version"], "value": 2.5})
    assert (refused.status_code, refused.json()["field"]) == (422, "reason")
    eased = {"version": target["version"], "value": 2.5, "reason": "The board asked for more"}
    assert program.changed("PATCH", f"targets/{target['id']}", eased)["value"] == 2.5
    assert Changeset.objects.latest("id").source == Changeset.Source.API


def test_money_of_a_kpi_is_set_changed_and_signed(program, cast):
    kpi = program.made("kpis", {"office": cast.office.pk, "name": "Leaks"})
    rate = program.made("value-rates", {"kpi": kpi["id"], "minor": 125_000, "currency": "EUR", "valid_from": "2026-01-01"})
    again = program.ask("POST", "value-rates", {"kpi": kpi["id"], "minor": 1, "currency": "EUR", "valid_from": "2026-01-01"})
    assert again.status_code == 422
    dearer = program.changed("PATCH", f"value-rates/{rate['id']}", {"version": 1, "minor": 130_000})
    assert (dearer["minor"], dearer["currency"], dearer["version"]) == (130_000, "EUR", 2)
    assert program.ask("POST", f"value-rates/{rate['id']}/sign", {"version": 2}).status_code == 403
    signed = program.changed("POST", f"value-rates/{rate['id']}/sign", {"version": 2}, by=cast.sponsor)
    assert signed["signed_by"] == cast.sponsor.pk
    assert program.ask("DELETE", f"value-rates/{rate['id']}?version=3").status_code == 422


def test_steps_effects_supervision_and_duties(program, cast):
    plan = program.made("plans", {"office": cast.office.pk})
    parent = program.made("steps", {"plan": plan["id"], "name": "Faster decisions", "step_kind": "INITIATIVE"})
    step = program.made(
        "steps",
        {"plan": plan["id"], "name": "Shorten the papers", "parent": parent["id"], "accountable": cast.pmo.pk, "duration": 960},
    )
    assert step["parent_activity"] == parent["activity"]
    letters = program.get(f"letters?step={step['id']}")["items"]
    assert [(row["letter"], row["person"]) for row in letters] == [("A", cast.pmo.pk)]
    better = {"version": step["version"], "name": "Shorter papers", "progress": 40}
    renamed = program.changed("PATCH", f"steps/{step['id']}", better)
    assert (renamed["name"], renamed["progress"]) == ("Shorter papers", 40)
    kpi = program.made("kpis", {"office": cast.office.pk, "name": "Latency", "unit": "days", "direction": "FALL"})
    effect = {"kpi": kpi["id"], "step": step["id"], "low": -0.1, "likely": -0.3, "high": -0.5, "chance": 70}
    moved = program.made("contributions", effect)
    assert program.get(f"steps/{step['id']}")["goal_answer"] == "LINKED"
    assert program.ask("POST", "contributions", effect).status_code == 422
    confirmed = program.changed("POST", f"contributions/{moved['id']}/confirm", {"version": moved["version"]})
    assert confirmed["confirmed_by"] == cast.head.pk
    project = program.made("projects", {"name": "Portal", "office": cast.office.pk, "budget_minor": 500_000})
    watch = program.made("supervisions", {"step": parent["id"], "project": project["id"]})
    assert (watch["raise_low"], watch["raise_likely"], watch["raise_high"]) == (0, 5, 10)
    duty = program.made("duties", {"plan": plan["id"], "name": "Report", "source": "The Water Act", "holder": cast.pmo.pk})
    assert program.changed("PATCH", f"duties/{duty['id']}", {"version": 1, "cadence": "MONTHLY"})["cadence"] == "MONTHLY"
    assert program.ask("DELETE", f"supervisions/{watch['id']}?version={watch['version']}").status_code == 204
    assert program.ask("DELETE", f"contributions/{moved['id']}?version={confirmed['version']}").status_code == 204
    version = program.get(f"steps/{step['id']}")["version"]
    stopped = program.changed("POST", f"steps/{step['id']}/stop", {"version": version, "because": "Done elsewhere"})
    assert stopped["cancelled_on"] == TODAY.isoformat()


def test_projects_reports_and_own_hours(program, cast):
    project = program.made("projects", {"name": "Portal", "office": cast.office.pk, "reference": "P-1", "currency": "EUR"})
    report = program.made("status-reports", {"project": project["id"], "rating": "AMBER", "comment": "Late"})
    assert program.get(f"projects/{project['id']}")["rating"] == "AMBER"
    taken = program.changed("POST", f"status-reports/{report['id']}/withdraw", {"version": 1, "because": "Wrong project"})
    assert taken["withdrawn_because"] == "Wrong project"
    entry = program.made("time-entries", {"project": project["id"], "minutes": 90, "on": (TODAY - timedelta(days=1)).isoformat()})
    assert program.changed("PATCH", f"time-entries/{entry['id']}", {"version": 1, "minutes": 60})["minutes"] == 60
    assert program.get("time-entries", by=cast.pmo)["count"] == 0, "hours are one's own"
    assert program.ask("DELETE", f"time-entries/{entry['id']}?version=1").status_code == 409
    assert program.ask("DELETE", f"time-entries/{entry['id']}?version=2").status_code == 204
    stands = program.get(f"projects/{project['id']}")
    closed = program.changed("POST", f"projects/{project['id']}/close", {"version": stands["version"]})
    assert closed["state"] == "CLOSED"


def test_what_was_done_is_listed_and_undone_once(program, cast):
    objective = program.made("objectives", {"office": cast.office.pk, "title": "Fewer leaks"})
    newest = program.get("changesets?about=objective")["items"][0]
    assert newest["title"] == "Add the objective Fewer leaks"
    assert (newest["about"], newest["source"], newest["may_undo"]) == (f"objective:{objective['id']}", "API", True)
    detail = program.get(f"changesets/{newest['id']}")
    assert [change["verb"] for change in detail["changes"]] == ["added"]
    undone = program.changed("POST", f"changesets/{newest['id']}/undo", None)
    assert undone["undoes"] == newest["id"]
    assert not Objective.objects.filter(pk=objective["id"]).exists()
    assert program.ask("POST", f"changesets/{newest['id']}/undo").status_code == 422


def test_the_day_and_the_gaps_of_an_office(program, cast):
    program.made("objectives", {"office": cast.office.pk, "title": "Fewer leaks"})
    assert program.get("today")["person"] == cast.head.pk
    assert program.get(f"offices/{cast.office.pk}/gaps")["uncovered_objectives"][0]["title"] == "Fewer leaks"
    assert program.ask("GET", f"offices/{cast.office.pk}/gaps", by=cast.member).status_code == 404
    assert program.ask("GET", f"offices/{cast.foreign_office.pk}/gaps").status_code == 404
    none = program.get(f"offices/{cast.office.pk}/forecast")
    assert (none["made_at"], none["objectives"]) == (None, []), "none has been made"


def test_the_stored_forecast_is_told_as_it_stands(program, cast):
    from goldenthread.plan.actions.forecasts import make_forecast

    program.made("plans", {"office": cast.office.pk})
    kpi = program.made("kpis", {"office": cast.office.pk, "name": "Leaks", "direction": "FALL"})
    objective = program.made("objectives", {"office": cast.office.pk, "title": "Fewer leaks"})
    for month in range(1, 8):
        program.made("measurements", {"kpi": kpi["id"], "on": f"2026-{month:02}-01", "value": 100 - month})
    due = {"baseline": 100, "baseline_on": "2026-01-01", "value": 90, "due_on": "2027-12-31"}
    target = program.made("targets", {"objective": objective["id"], "kpi": kpi["id"], **due})
    made = make_forecast(office=cast.office)
    told = program.get(f"offices/{cast.office.pk}/forecast")
    assert told["digest"] == made.digest
    stored = made.results["targets"][str(target["id"])]
    row = told["objectives"][0]["targets"][0]
    assert (row["id"], row["p50"], row["chance"]) == (target["id"], stored["p50"], stored["chance"])


def test_every_noun_is_listed_and_read_alike(program, own):
    for path, row in own.items():
        page = program.get(path)
        item = next(item for item in page["items"] if item["id"] == row.pk)
        assert program.get(f"{path}/{row.pk}") == item, path
        assert set(item) == {*NOUNS[path].paths, "version"}


def test_every_filter_and_every_order_of_every_noun_answers(program, own):
    for path, noun in NOUNS.items():
        properties = noun.query().model_fields
        for sort in [f"{sign}{name}" for name in noun.sorts for sign in ("", "-")]:
            assert program.ask("GET", f"{path}?sort={sort}").status_code == 200, (path, sort)
        for name in set(properties) - {"page", "size", "sort"}:
            value = program.get(f"{path}/{own[path].pk}").get(name)
            asked = "2026-01-01" if name.endswith(("_from", "_to")) else value if value not in (None, "") else 1
            response = program.ask("GET", f"{path}?{name}={asked}")
            assert response.status_code in (200, 422), (path, name)
            if name in noun.filters and value not in (None, ""):
                assert own[path].pk in [item["id"] for item in response.json()["items"]], (path, name)


def test_pages_are_bounded_and_unknown_filters_are_refused(program, cast):
    for number in range(7):
        program.made("objectives", {"office": cast.office.pk, "title": f"Objective {number}"})
    page = program.get("objectives?size=3&page=3&sort=-title")
    assert ([item["title"] for item in page["items"]], page["count"]) == (["Objective 0"], 7)
    assert program.ask("GET", "objectives?size=201").status_code == 422
    assert program.ask("GET", "objectives?sort=office__scope__name").status_code == 422
    assert program.ask("GET", "objectives?office__name=x").json()["field"] == "office__name"
    assert program.get("objectives?q=objective+4")["count"] == 1
