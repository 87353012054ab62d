"""Lists of risks: read, refused in words, and what they do to a finish."""

import datetime as dt

import pytest

from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_risk import RiskRequest, simulated
from tests.formats.schedules import link, mspdi, task

HEAD = "risk,chance,activities,low,likely,high,unit\n"
PLAN = read_schedule(
    mspdi(
        task(1, "Dig", Duration="PT40H0M0S")
        + task(2, "Pour", 1, link(1), Duration="PT40H0M0S", WBS="B.2")
        + task(3, "Gate", 1, Milestone=1, Duration="PT0H0M0S")
        + task(4, "Survey", 1, Duration="PT8H0M0S", ActualStart="2027-03-01T08:00:00", ActualFinish="2027-03-01T17:00:00")
    )
)
CERTAIN = RiskRequest(runs=2_000, low=100, likely=100, high=100)


def risks(text):
    return read_guarded("risks", (HEAD + text).encode()).usable()


def told(text, request=CERTAIN):
    (project,) = simulated(PLAN, request, events=risks(text))["projects"]
    return project


def working_days(earlier, later):
    return sum(
        (dt.date.fromisoformat(earlier[:10]) + dt.timedelta(days=n)).weekday() < 5
        for n in range((dt.date.fromisoformat(later[:10]) - dt.date.fromisoformat(earlier[:10])).days)
    )


def test_a_risk_that_happens_in_half_of_the_runs_moves_half_of_the_finishes_by_its_days():
    project = told("Permit,50,Dig,5,5,5,days")
    finish = project["finish"]
    assert finish["chance_of_stated"] == pytest.approx(0.5, abs=0.04)
    assert finish["p10"] == finish["stated"]
    assert working_days(finish["stated"], finish["p80"]) == 5
    (risk,) = project["risks"]
    assert (risk["name"], risk["chance_percent"], risk["activities"]) == ("Permit", 50, [{"id": "1", "name": "Dig"}])
    assert risk["p80_falls_days"] == 7, "five days of work over a weekend"


def test_percent_lengthens_what_remains_and_days_may_be_saved():
    slower = told("Ground,100,1,150,150,150,percent")["finish"]
    assert working_days(slower["stated"], slower["p50"]) == 2.5 // 1 + 1
    sooner = told("Second crew,100%,Pour,-2,-2,-2,days")["finish"]
    assert working_days(sooner["p50"], sooner["stated"]) == 2


def test_activities_are_found_by_id_code_or_name_and_one_draw_holds_for_all():
    both = told("Frost,30,2;dig,1,1,1,")["finish"]
    by_code = told("Frost,30,b.2;1,1,1,1,days")["finish"]
    assert both == by_code
    assert both["chance_of_stated"] == pytest.approx(0.7, abs=0.04), "both or neither"


def test_two_risks_of_one_name_happen_each_by_itself():
    text = "Rain,50,Dig,10,10,10,days\n{},50,Pour,10,10,10,days"
    twice, named = told(text.format("Rain"))["finish"], told(text.format("Snow"))["finish"]
    assert twice["p50"] == named["p50"]
    assert twice["chance_of_stated"] == pytest.approx(0.25, abs=0.04)


def test_what_names_one_row_by_its_id_and_another_by_its_number_is_not_guessed():
    plan = read_schedule(mspdi(task(1, "Dig", ID=2, Duration="PT8H0M0S") + task(2, "Pour", ID=1, Duration="PT8H0M0S")))
    with pytest.raises(FormatError, match="“1” is an id, code or name of 2 activities"):
        simulated(plan, events=risks("Permit,30,1,1,2,3,days"))


def test_a_risk_without_a_chance_changes_no_figure():
    spread = RiskRequest(runs=400)
    with_it, without = told("Never,0,Dig,5,5,5,days", spread), told("Never,0,Pour,9,9,9,days", spread)
    (alone,) = simulated(PLAN, spread)["projects"]
    assert with_it["finish"] == without["finish"] == alone["finish"]
    assert alone["risks"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Permit,often,Dig,1,2,3,days", "“often” is no number under chance"),
        ("Permit,130,Dig,1,2,3,days", "no percentage"),
        ("Permit,30,Dig,3,2,1,days", "not in order"),
        ("Permit,30,,1,2,3,days", "names no activity"),
        ("Permit,30,Dig,1,2,3,weeks", "unit “weeks”"),
        ("Permit,30,Dig,-5,2,3,percent", "below 0 %"),
        ("Permit,30,Paint,1,2,3,days", "no activity “Paint”"),
        ("Permit,30,Dig,-1e9,2,3,days", "10,000 days at most"),
        ("Permit,30,Gate,110,120,150,percent", "takes no time"),
        ("Permit,30,Survey,1,2,3,days", "is finished"),
        ("", "names no risk"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_row(text, words):
    with pytest.raises(FormatError, match=words) as refused:
        simulated(PLAN, events=risks(text))
    assert "row 2" in str(refused.value) or not text


def test_a_list_of_something_else_is_refused():
    with pytest.raises(FormatError, match="no headings"):
        read_guarded("risks", b"name,owner\nPermit,Ada\n")
    with pytest.raises(FormatError, match="no column low"):
        read_guarded("risks", b"risk,chance,activities\nPermit,1,2\n")


def test_one_name_for_two_activities_is_not_guessed():
    twins = read_schedule(mspdi(task(1, "Dig", Duration="PT8H0M0S") + task(2, "Dig", Duration="PT8H0M0S")))
    with pytest.raises(FormatError, match="“Dig” is an id, code or name of 2 activities"):
        simulated(twins, events=risks("Permit,30,Dig,1,2,3,days"))
