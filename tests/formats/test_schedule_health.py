"""The health of schedule files: what the checks read of Microsoft Project and Primavera, and real files scored."""

import pytest

from goldenthread.engine.health.limits import HARD
from goldenthread.engine.health.review import CHECKS
from goldenthread.formats import schedule_file as said
from goldenthread.formats.schedule_health import health, plans
from goldenthread.formats.schedule_reader import read_schedule
from tests.formats.material import DATA, real_file
from tests.formats.schedules import WEIR, activity, harbour, xer

REAL = {  # checks not met
    "mspdi-derived/commercial-construction.xml": {"DCMA-06", "DCMA-10", "GT-07"},
    "mspdi-derived/exam-2019-02-progress-baseline.xml": {"DCMA-01", "DCMA-10"},
}


def tied_harbour():
    """The two projects, the second with a day to begin on."""
    tables = harbour()
    tables["PROJECT"][1]["plan_start_date"] = "2027-03-01 08:00"
    return tables


def checks_of(data, project=0):
    """Answers by id."""
    return {one["id"]: one for one in health(read_schedule(data))["projects"][project]["checks"]}


def test_every_check_and_practice_answers_with_its_figure_limit_and_advice():
    (project,) = health(read_schedule(WEIR))["projects"]
    assert [one["id"] for one in project["checks"]] == sorted(CHECKS)
    assert len(project["practices"]) == 10
    assert project["score"] == round(100 - sum(one["points_lost"] for one in project["checks"]), 1)
    not_met = {one["id"] for one in project["checks"] if one["passed"] is False}
    assert set(project["mend_first"]) == not_met
    assert all(bool(one["advice"]) == (one["passed"] is False) for one in project["checks"])
    assert all(one["note"] for one in project["checks"] if one["passed"] is None)


def test_what_a_file_of_microsoft_project_says_reaches_the_checks():
    (_, plan), told = plans(read_schedule(WEIR))[0], checks_of(WEIR)
    dig, pour, cure, opening = (plan.by_id[key] for key in "2345")
    assert (dig.baseline_days, dig.hours, dig.cost, dig.duration_days) == (2.0, 16.5, 1234.56, 3.0)
    assert (pour.is_active, opening.is_milestone, cure.is_estimated) == (False, True, True)
    assert [one["id"] for one in told["DCMA-01"]["findings"]] == ["2"]  # what waited for an inactive row waits for nothing
    assert told["DCMA-02"]["findings"][0]["detail"].startswith("after “Dig” FF")
    assert [one["id"] for one in told["GT-03"]["findings"]] == ["4"]


def test_what_a_file_of_primavera_says_reaches_the_checks():
    tables = tied_harbour()
    told = checks_of(xer(tables))
    assert [(one["id"], one["detail"]) for one in told["DCMA-01"]["findings"]] == [("10", "no successor")]
    plan = plans(read_schedule(xer(tables)))[0][1]
    assert (plan.by_id["4"].is_effort, plan.by_id["3"].is_milestone) == (True, True)
    assert told["DCMA-02"]["findings"] == [{"id": "10", "name": "Dredge – “deep”", "detail": "after “Survey” FS -0.5 days"}]


def test_the_baseline_project_of_a_file_is_what_tasks_are_held_against():
    tables = tied_harbour()
    tables["PROJECT"][0]["orig_proj_id"] = ""
    tables["PROJECT"].append(tables["PROJECT"][1] | {"proj_id": "3", "proj_short_name": "HARB-B1", "orig_proj_id": "1"})
    tables["PROJWBS"].append(tables["PROJWBS"][3] | {"wbs_id": "30", "proj_id": "3"})
    tables["TASK"].append(activity(50, "30", "Dredge", proj_id="3", task_code="A10"))
    planned = plans(read_schedule(xer(tables)))
    assert [project.name for project, _ in planned] == ["Harbour", "Quay"]
    dredge, survey = (planned[0][1].by_id[key] for key in ("10", "2"))
    assert (dredge.has_baseline, survey.has_baseline) == (True, False)
    assert f"{dredge.baseline_finish:%Y-%m-%d}" == "2027-03-05"


def test_a_relationship_to_another_project_of_the_file_counts_as_logic():
    planned = plans(read_schedule(xer(tied_harbour())))
    quay = planned[1][1]
    assert [link.predecessor for link in quay.before["5"]] == ["1: 4"]
    assert quay.live_links[0].lag > 0


def test_hard_constraints_are_called_as_the_readers_call_them():
    assert {
        said.MUST_START,
        said.MUST_FINISH,
        said.START_NO_LATER,
        said.FINISH_NO_LATER,
        said.MANDATORY_START,
        said.MANDATORY_FINISH,
    } == HARD


@pytest.mark.parametrize("name", REAL)
def test_real_files_fail_what_is_wrong_with_them(name):
    told = checks_of(real_file(f"schedules/{name}"))
    assert {key for key, one in told.items() if one["passed"] is False} == REAL[name]
    assert told["DCMA-12"]["measured"] == 0


def test_every_real_file_has_a_score():
    folder = DATA / "schedules"
    if not folder.exists():
        pytest.skip("the shared real files are absent")
    seen = 0
    for path in sorted(path for kind in ("*.xml", "*.xer") for path in folder.rglob(kind) if path.parent.name != "bad"):
        for project in health(read_schedule(path.read_bytes()))["projects"]:
            score = project["score"]
            print(f"\n{path.name}: {project['name']}: {score}; mend first: {', '.join(project['mend_first']) or 'nothing'}")
            assert score is None or 0 <= score <= 100
            assert (score == 100) == (not any(one["points_lost"] for one in project["checks"])) or score is None
            seen += 1
    assert seen
