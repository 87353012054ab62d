"""`import schedule`: a dry run reads a plan without a database; without it, the plan is stored as the page does."""

import gzip
from contextlib import nullcontext

import pytest

from goldenthread.config import schedule_comparison, schedule_simulation
from goldenthread.kit.errors import Refused
from tests import product
from tests.formats.schedules import WEIR, harbour, link, mspdi, task, xer

KEYS = {
    *("name", "rows", "activities", "summaries", "milestones", "relationships", "resources", "assignments"),
    *("start", "finish", "cost", "work_hours", "critical", "baselines"),
}


def test_a_plan_is_counted_without_a_database(tmp_path):
    path = tmp_path / "weir.xml.gz"
    path.write_bytes(gzip.compress(WEIR))
    told = product.must(tmp_path / "none", "import", "schedule", str(path), "--dry-run")
    (project,) = told["projects"]
    assert set(project) >= KEYS
    assert (project["rows"], project["activities"], project["critical"]) == (5, 4, ["2"])
    assert {"where", "row", "field", "why", "count"} == set(told["not_carried"][0])


def test_people_get_a_table_of_projects_and_one_of_what_is_not_carried(tmp_path):
    path = tmp_path / "harbour.xer"
    path.write_bytes(xer(harbour()))
    done = product.run(tmp_path / "none", "import", "schedule", str(path), "--dry-run")
    assert done.code == 0, done.err
    assert "1,657.12 EUR" in done.out
    assert "this table is left out" in done.out


def test_what_cannot_be_read_is_refused_in_plain_words(tmp_path):
    path = tmp_path / "plan.xml"
    path.write_bytes(WEIR[:2000])
    for words, said in (((str(path), "--dry-run"), "The XML is broken"), (("none.xml", "--dry-run"), "none.xml")):
        done = product.run(tmp_path / "none", "import", "schedule", *words)
        assert (done.code, "Traceback" in done.err) == (1, False)
        assert said in done.err


def test_dates_are_worked_out_without_a_database(tmp_path):
    path = tmp_path / "weir.xml"
    path.write_bytes(WEIR)
    (project,) = product.must(tmp_path / "none", "schedule", "cpm", str(path))["projects"]
    rows = {row["id"]: row for row in project["rows"]}
    assert set(rows) == {"1", "2", "4", "5"}
    assert set(project["critical"]) == {key for key, row in rows.items() if row["is_critical"] and not row["is_summary"]}
    assert {"early_start", "late_finish", "total_float_minutes", "free_float_minutes", "driven_by"} < set(rows["2"])
    assert [one["id"] for one in project["left_out"]] == ["3"]
    done = product.run(tmp_path / "none", "schedule", "cpm", str(path))
    assert done.code == 0, done.err
    assert "total float" in done.out
    assert "Not scheduled: 1 rows" in done.out


def test_a_plan_that_goes_in_circles_is_refused_with_its_rows(tmp_path):
    path = tmp_path / "circle.xml"
    path.write_bytes(mspdi(task(1, "Dig", inside=link(2)) + task(2, "Pour", inside=link(1))))
    done = product.run(tmp_path / "none", "schedule", "cpm", str(path))
    assert done.code == 1
    assert "circle: 1 “Dig” → 2 “Pour” → 1 “Dig”" in done.err


def test_a_project_is_looked_for_in_the_database_that_there_is(tmp_path):
    done = product.run(tmp_path / "none", "schedule", "compare", "Weir", "--against", "baseline-1")
    assert (done.code, "Run `migrate` first" in done.err) == (1, True)


def test_a_plan_is_written_in_another_format_without_a_database(tmp_path):
    source, out = tmp_path / "weir.xml", tmp_path / "weir.xer"
    source.write_bytes(WEIR)
    told = product.must(tmp_path / "none", "schedule", "convert", str(source), "--to", "xer", "--out", str(out))
    assert out.read_bytes().startswith(b"ERMHDR")
    assert {"where": "Task", "field": "baselines"}.items() <= next(
        one for one in told["not_carried"] if one["field"] == "baselines"
    ).items()
    refused = product.run(tmp_path / "none", "schedule", "convert", "none.xml", "--to", "csv", "--out", str(out))
    assert (refused.code, "none.xml" in refused.err) == (1, True)
    assert out.read_bytes().startswith(b"ERMHDR")


def test_the_health_of_a_plan_is_told_without_a_database(tmp_path):
    path = tmp_path / "weir.xml"
    path.write_bytes(WEIR)
    (project,) = product.must(tmp_path / "none", "schedule", "health", str(path))["projects"]
    assert set(project) == {"id", "name", "data_date", "score", "mend_first", "checks", "practices"}
    assert project["mend_first"]
    done = product.run(tmp_path / "none", "schedule", "health", str(path))
    assert done.code == 0, done.err
    assert f"{project['score']:.1f} of 100 points" in done.out
    assert "Mend first:" in done.out
    assert "cannot be told from the schedule" in done.out


def test_a_plan_is_simulated_without_a_database(tmp_path, capsys):
    path = tmp_path / "weir.xml"
    path.write_bytes(WEIR)
    words = ("--runs", "200", "--seed", "7", "--spread", "80/100/150", "--shape", "pert")
    told = product.must(tmp_path / "none", "schedule", "simulate", str(path), *words)
    assert (told["runs"], told["seed"], told["assumed"]["low_percent"], told["assumed"]["shape"]) == (200, 7, 80, "pert")
    assert {"finish", "milestones", "critical", "helps", "curve", "cost", "notes"} <= set(told["projects"][0])
    asked = {"runs": 200, "seed": 7, "shape": "pert", "correlation": 0.5}
    schedule_simulation.simulate_file(str(path), json=False, spread="80/100/150", **asked)
    out = capsys.readouterr().out
    for said in (
        "P80",
        "200 runs, seed 7",
        "between 80 % and 150 %",
        "correlation 0.5",
        "standard error",
        "what would help most",
    ):
        assert said in out
    for spread in ("90", "90/x/125", "110/100/125"):
        with pytest.raises(Refused) as refused:
            schedule_simulation.simulate_file(str(path), json=False, spread=spread, **asked)
        assert refused.value.field == "--spread"


def test_two_plans_are_compared_in_words(tmp_path, capsys):
    paths = [tmp_path / "before.xml", tmp_path / "after.xml"]
    for path, hours in zip(paths, (16, 32), strict=True):
        path.write_bytes(mspdi(task(1, "Dig", Duration=f"PT{hours}H0M0S") + task(2, "Pour", Duration="PT8H0M0S", inside=link(1))))
    files = [str(path) for path in paths]
    schedule_comparison.compare(*files, nullcontext, json=False)
    out = capsys.readouterr().out
    assert "the finish moved 2 working days later (2027-03-03 17:00 → 2027-03-05 17:00)" in out
    assert "“Dig”: duration 2 d → 4 d" in out
