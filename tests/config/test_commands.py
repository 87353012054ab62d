"""The commands' contract on the loaded demo: JSON keys, order, exit codes, and that figures are what they say."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import product

ALDERMERE = ("--organisation", "aldermere")
HEAD = "head@aldermere.example.org"
pytestmark = pytest.mark.slow


def asked(folder: Path, question: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        return database.execute(question).fetchall()


def test_a_second_demo_loads_nothing_and_names_the_sign_ins(demo: Path):
    before = asked(demo, "SELECT COUNT(*) FROM accounts_changeset")
    again = product.must(demo, "demo")
    assert not again["loaded"]
    assert {"name", "role", "email", "password"} <= set(again["sign_ins"][0])
    assert asked(demo, "SELECT COUNT(*) FROM accounts_changeset") == before


def test_the_thread_has_chance_range_coverage_and_basis_of_every_objective(demo: Path):
    told = product.must(demo, "thread", *ALDERMERE)
    assert len(told["objectives"]) >= 6
    for objective in told["objectives"]:
        assert {"p_attain", "kpis", "title"} <= set(objective)
        for kpi in objective["kpis"]:
            assert {"p_attain", "p10", "p50", "p90", "coverage", "basis"} <= set(kpi)
            assert kpi["basis"] in {"thin", "fair", "good", "none"}
            if kpi["p50"] is not None:
                assert kpi["p10"] <= kpi["p50"] <= kpi["p90"]
                assert 0 <= kpi["p_attain"] <= 1
            if kpi["coverage"] is None:
                assert kpi["coverage_reason"]
    known = [o for o in told["objectives"] if o["p_attain"] is not None and any(k["required"] for k in o["kpis"])]
    assert known
    assert all(o["p_attain"] <= min(k["p_attain"] for k in o["kpis"] if k["required"]) + 1e-9 for o in known)


def test_today_is_ordered_and_every_item_says_why(demo: Path):
    told = product.must(demo, "today", HEAD, *ALDERMERE)
    assert told["person"] == HEAD
    assert told["items"]
    for item in told["items"]:
        assert {"title", "chain", "reason", "cost_of_delay", "hours_left"} <= set(item)
        assert item["reason"].strip()
    known = [i for i in told["items"] if i["cost_of_delay"] is not None and i["kind"] != "duty"]
    rates = [i["cost_of_delay"] / max(0.25, i["hours_left"] or 0) for i in known]
    assert known
    assert rates == sorted(rates, reverse=True), "the order does not follow from the figures shown"
    assert told["items"] == product.must(demo, "today", HEAD.upper(), *ALDERMERE)["items"], "the order is not settled"


def test_gaps_hold_work_goals_and_people_and_their_hours_add_up(demo: Path):
    told = product.must(demo, "gaps", *ALDERMERE)
    assert {"unsupported", "uncovered_objectives", "people_without_line"} <= set(told)
    for row in told["unsupported"]:
        assert {"reason", "state", "hours"} <= set(row)
        assert row["state"] in {"not_asked", "owner_says_none", "linked_not_shown", "shown_not_to_work"}
    assert told["unsupported"]
    assert told["totals"]["unsupported_hours"] <= told["totals"]["hours"]
    assert product.must(demo, "thread", *ALDERMERE)["plan"] == told["totals"]["plan"]


def test_the_freshness_of_the_plan_adds_up_and_says_what_refreshes_it(demo: Path):
    told = product.must(demo, "plan", "freshness", *ALDERMERE)
    known = [part for part in told["parts"].values() if part["share"] is not None]
    mean = sum(part["weight"] * part["share"] for part in known) / sum(part["weight"] for part in known)
    assert set(told["parts"]) == {"steps", "hours", "age", "assumptions"}
    assert told["score"] == pytest.approx(100 * mean, abs=0.01)
    assert told["state"] in {"fresh", "stale", "not_usable"}
    stale = {row["subject"]: row for row in told["stale"] if row["kind"] == "step"}
    assert len(stale) == round(told["parts"]["steps"]["n"] * (1 - told["parts"]["steps"]["share"]))
    assert stale["Weekly slide pack"]["days"] in {160, 161}
    assert stale["Weekly slide pack"]["action"]["label"] == "Still right"
    assert {"people_without_step", "steps_without_person", "claimed_twice", "pulse"} == set(told["confusion"])


def test_every_figure_of_the_forecast_recomputes_to_itself(demo: Path):
    told = product.must(demo, "thread", *ALDERMERE)
    objective = next(o for o in told["objectives"] if o["p_attain"] is not None)
    target = objective["kpis"][0]
    kpi = f"SELECT kpi_id FROM purpose_target WHERE id = {target['id']}"
    ((contribution,),) = asked(demo, f"SELECT id FROM plan_contribution WHERE kpi_id = ({kpi}) LIMIT 1")
    for ref, figure in ((f"objective:{objective['id']}", objective["p_attain"]), (f"target:{target['id']}", target["p_attain"])):
        found = product.must(demo, "explain", ref, *ALDERMERE)
        assert found["same"] is True
        assert found["value"] == found["again"] == pytest.approx(figure)
    assert product.must(demo, "explain", f"contribution:{contribution}", *ALDERMERE)["same"] is True


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("explain", "objective:999999", *ALDERMERE), 1, "objective:999999"),
        (("explain", "nonsense", *ALDERMERE), 1, "not a reference"),
        (("today", "nobody@example.org", *ALDERMERE), 1, "nobody@example.org"),
        (("undo", "999999999", *ALDERMERE), 1, "999999999"),
        (("thread", "--organisation", "missing"), 1, "missing"),
        (("gaps", "--office", "missing", *ALDERMERE), 1, "missing"),
        (("thread", "--as", "member@aldermere.example.org", "--colour", *ALDERMERE), 2, "--colour"),
        (("no-such-command",), 2, "no-such-command"),
        (("import", "projects", "/no/such/file.csv", *ALDERMERE), 1, "file.csv"),
        (("restore", "/no/such/backup.zip"), 1, "data here already"),
    ],
)
def test_wrong_requests_end_with_their_code_and_a_plain_sentence(demo: Path, words: tuple[str, ...], code: int, said: str):
    done = product.run(demo, *words)
    assert done.code == code, done.err
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_database_without_tables_or_without_an_organisation_says_what_to_do(tmp_path: Path):
    bare = product.run(tmp_path / "bare", "thread")
    assert (bare.code, "Traceback" in bare.err) == (1, False)
    assert "Run `migrate` first" in bare.err


def test_an_objective_text_is_checked_without_a_database(tmp_path: Path):
    found = product.must(tmp_path / "none", "lint-objective", "Improve efficiency of projects")
    assert {"score", "ready", "results"} <= set(found)
    assert not found["ready"]
    assert any(not r["passed"] and r["words"] for r in found["results"])
    better = product.must(tmp_path / "none", "lint-objective", "Cut median decision latency from 12 to 5 days by 30 June 2027")
    assert better["score"] > found["score"]


def test_imports_are_rehearsed_applied_and_undone(folder: Path, tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text(
        "Project;Start;End date;Budget\nNew weir;01/02/2026;30/06/2027;1200\nOld weir;01/02/2026;soon;800\n", encoding="utf-8"
    )
    count = "SELECT COUNT(*) FROM projects_project"
    before = asked(folder, count)
    rehearsed = product.must(folder, "import", "projects", str(path), "--dry-run", *ALDERMERE)
    assert {"projects", "new", "matched", "gone", "withheld"} <= set(rehearsed["counts"])
    assert rehearsed["dry_run"] is True
    assert asked(folder, count) == before
    applied = product.must(folder, "import", "projects", str(path), *ALDERMERE)
    assert applied["counts"] == rehearsed["counts"]
    assert isinstance(applied["not_understood"], list)
    assert asked(folder, count)[0][0] == before[0][0] + applied["counts"]["new"]
    undone = product.must(folder, "undo", str(applied["files"][0]["changeset"]), *ALDERMERE)
    assert {"undone", "changeset"} <= set(undone)
    assert asked(folder, count) == before
    assert product.run(folder, "undo", str(undone["undone"]), *ALDERMERE).code == 1, "undone twice"
    assert product.must(folder, "verify")["whole"]


def test_stratml_says_what_it_held(folder: Path, tmp_path: Path):
    path = tmp_path / "plan.xml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><StrategicPlan xmlns="urn:ISO:std:iso:17469:tech:xsd:stratml_core">'
        "<Name>Plan</Name>"
        "<StrategicPlanCore><Organization><Name>Works</Name></Organization><Goal><Name>Water for all</Name>"
        "<Objective><Name>Fewer leaks</Name><Description>Fewer leaks in the east.</Description></Objective></Goal>"
        "</StrategicPlanCore>"
        "<Oddity>kept aside</Oddity></StrategicPlan>",
        encoding="utf-8",
    )
    told = product.must(folder, "import", "stratml", str(path), "--dry-run", *ALDERMERE)
    keys = "organisations stakeholders values goals objectives indicators measurements targets actuals relationships".split()
    assert set(keys) <= set(told["counts"])
    assert (told["counts"]["goals"], told["counts"]["objectives"]) == (1, 1)
    assert any("Oddity" in str(entry) and entry["place"] for entry in told["not_understood"])


def test_exports_write_a_file_a_noun_and_a_workbook(demo: Path, tmp_path: Path):
    files = product.must(demo, "export", "csv", "--out", str(tmp_path / "out"), *ALDERMERE)["files"]
    assert {Path(f["file"]).stem for f in files} >= {
        "objectives",
        "kpis",
        "targets",
        "measurements",
        "steps",
        "contributions",
        "people",
    }
    assert all(Path(f["file"]).stat().st_size == f["bytes"] for f in files)
    product.must(demo, "export", "xlsx", "--out", str(tmp_path / "all.xlsx"), *ALDERMERE)
    assert (tmp_path / "all.xlsx").read_bytes()[:2] == b"PK"


def test_an_offices_strategy_is_written_as_stratml_and_read_again(demo: Path, tmp_path: Path):
    path = tmp_path / "strategy.xml"
    told = product.must(demo, "export", "stratml", "--out", str(path), *ALDERMERE)
    assert path.stat().st_size == told["bytes"]
    assert told["counts"]["indicators"] > 5
    again = product.must(demo, "import", "stratml", str(path), "--dry-run", *ALDERMERE)
    assert again["counts"] == told["counts"]
    assert again["not_understood"] == []
    first = product.must(demo, "export", "stratml", "--part", "1", "--out", str(path), *ALDERMERE)
    assert first["left_out"]["PerformanceIndicator"] == told["counts"]["indicators"]
    assert b"<StrategicPlan " in path.read_bytes()


def test_found_makes_an_organisation_that_can_begin_and_sees_nothing_of_others(folder: Path, tmp_path: Path):
    told = product.must(
        folder, "found", "Second House", "--administrator", "Ida Moor", "--email", "ida@second.example", "--slug", "second"
    )
    assert told["organisation"] == "second"
    assert told["invitation"].startswith("/invitation/")
    path = tmp_path / "list.csv"
    path.write_text("Project;Budget;Progress;Colour of the file\nNew weir;1200000;40 %;blue\nOld weir;;;\n", encoding="utf-8")
    taken = product.must(folder, "import", "projects", str(path), "--organisation", "second")
    assert taken["counts"]["new"] == 2, "who founds an organisation can begin at once"
    left = {entry["place"]: entry["text"] for entry in taken["not_understood"]}
    assert left == {"column Progress": "1 filled cells left out", "column Colour of the file": "1 filled cells left out"}
    foreign = product.run(folder, "today", HEAD, "--organisation", "second")
    assert (foreign.code, HEAD in foreign.err) == (1, True)


def test_clearing_the_demo_leaves_nothing_and_the_data_whole(folder: Path):
    cleared = product.must(folder, "demo", "--clear")["cleared"]
    assert cleared["aldermere"] > 1000
    for table in (
        "accounts_organisation",
        "accounts_person",
        "accounts_user",
        "accounts_changeset",
        "schedule_activity",
        "plan_forecast",
    ):
        assert asked(folder, f"SELECT COUNT(*) FROM {table}") == [(0,)], table
    names = asked(folder, "SELECT name FROM sqlite_master WHERE name LIKE '%historical%' AND type = 'table'")
    assert [n for (n,) in names if asked(folder, f'SELECT COUNT(*) FROM "{n}"') != [(0,)]] == []
    assert product.must(folder, "verify")["whole"]
    assert "There is no organisation yet. Load the demo" in product.run(folder, "thread").err


def test_a_row_changed_behind_the_products_back_is_found(folder: Path):
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        database.execute("UPDATE purpose_target SET value = value + 1 WHERE id = (SELECT MIN(id) FROM purpose_target)")
        database.commit()
    done = product.run(folder, "verify", "--json")
    assert (done.code, done.answer["whole"]) == (1, False)
    assert any("value was changed outside an action" in fault for check in done.answer["checks"] for fault in check["faults"])
