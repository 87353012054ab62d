"""Risk of schedule files: what is assumed, ranges of the file's own, real calendars and progress, money."""

import datetime as dt

import pytest

from goldenthread.engine.uncertainty import MAX_DURATION
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_risk import RiskRequest, simulated
from tests.formats.material import real_file
from tests.formats.schedules import WEIR, harbour, link, mspdi, task, xer

CERTAIN = RiskRequest(runs=40, low=100, likely=100, high=100)
REAL = ("mspdi-derived/commercial-construction.xml", "mspdi-derived/local-road-costed.xml", "p6/airport-terminal-building.xer")


def day_of(moment):
    return dt.datetime.fromisoformat(moment)


def two(first="", second=""):
    """Dig for two days, then pour for three."""
    dig = task(1, "Dig", inside=first, Duration="PT16H0M0S", DurationFormat=7)
    pour = task(2, "Pour", inside=link(1) + second, Duration="PT24H0M0S", DurationFormat=7)
    head = "<StartDate>2027-03-01T08:00:00</StartDate><CalendarUID>1</CalendarUID>"
    return dig + pour, head


def asked(data, **request):
    return simulated(read_schedule(data), RiskRequest(**{"runs": 400, **request}))


@pytest.mark.parametrize("name", REAL)
def test_without_uncertainty_a_real_plan_ends_in_every_run_when_the_critical_path_does(name):
    read = read_schedule(real_file(f"schedules/{name}"))
    (known,) = critical_path(read)["projects"]
    (project,) = simulated(read, CERTAIN)["projects"]
    end = max(row["early_finish"] for row in known["rows"])
    assert {project["finish"][key] for key in ("stated", "p10", "p50", "p80", "p90", "mean")} == {end}
    assert project["finish"]["chance_of_stated"] == 1.0
    assert not project["helps"]
    longest = {row["id"] for row in known["rows"] if row["is_on_longest_path"]}
    assert {one["id"] for one in project["critical"] if one["criticality"]} <= longest


def test_what_is_assumed_is_said_in_words_and_the_same_seed_gives_the_same_answer():
    tasks, head = two()
    told = asked(mspdi(tasks, head=head), seed=5)
    assert "between 90 % and 125 %" in told["assumed"]["words"]
    assert "independently" in told["assumed"]["words"]
    (project,) = told["projects"]
    assert (project["activities"], project["with_own_range"], project["finish"]["target"]) == (2, 0, None)
    finish = project["finish"]
    order = [day_of(finish[name]) for name in ("p10", "p50", "p80", "p90")]
    assert order == sorted(order)
    assert day_of(finish["stated"]) == dt.datetime(2027, 3, 5, 17)
    low, high = (day_of(moment) for moment in finish["p80_interval_95"])
    assert low < order[2] < high
    assert len(project["curve"]) == 100
    assert project["curve"][79] == finish["p80"]
    assert asked(mspdi(tasks, head=head), seed=5) == told
    assert asked(mspdi(tasks, head=head), seed=6)["projects"] != told["projects"]


def test_the_files_own_ranges_hold_where_all_three_are_stated():
    def field(number, name):
        cells = f"<FieldID>{number}</FieldID><FieldName>Duration{number}</FieldName><Alias>{name}</Alias>"
        return f"<ExtendedAttribute>{cells}</ExtendedAttribute>"

    def value(number, hours):
        return f"<ExtendedAttribute><FieldID>{number}</FieldID><Value>PT{hours}H0M0S</Value></ExtendedAttribute>"

    fields = (
        field(188743783, "Optimistic Duration") + field(188743784, "Expected Duration") + field(188743785, "Pessimistic Duration")
    )
    own = value(188743783, 24) + value(188743784, 24) + value(188743785, 24)
    tasks, head = two(first="", second=own)
    data = mspdi(tasks, head=f"{head}<ExtendedAttributes>{fields}</ExtendedAttributes>")
    (project,) = asked(data, low=100, likely=100, high=200)["projects"]
    assert project["with_own_range"] == 1
    rows = {one["id"]: one for one in project["critical"]}
    assert rows["2"]["deviation_hours"] == 0
    assert rows["1"]["mean_hours"] == pytest.approx(16 * 4 / 3, rel=0.05)


def test_durations_that_move_together_spread_the_finish_wider():
    tasks, head = two()
    apart, together = (
        asked(mspdi(tasks, head=head), low=50, high=150, correlation=share)["projects"][0]["finish"] for share in (0, 1)
    )
    assert together["standard_deviation_days"] > 1.1 * apart["standard_deviation_days"]


def test_a_milestone_has_its_own_chance_of_its_deadline():
    tasks, head = two()
    end = task(3, "Opened", inside=link(2), Duration="PT0H0M0S", Milestone=1, Deadline="2027-03-08T09:00:00")
    (project,) = asked(mspdi(tasks + end, head=head))["projects"]
    (milestone,) = project["milestones"]
    assert (milestone["target"], milestone["target_kind"]) == ("2027-03-08T09:00", "deadline")
    by_then = sum(moment <= milestone["target"] for moment in project["curve"])
    assert abs(milestone["chance_of_target"] * 100 - by_then) <= 1
    assert 0 < by_then < 100


def test_a_plan_says_why_its_answer_is_weak_or_missing():
    done = task(1, "Dig", Duration="PT16H0M0S", ActualStart="2027-03-01T08:00:00", ActualFinish="2027-03-02T17:00:00")
    (project,) = asked(mspdi(done))["projects"]
    assert project["finish"] is None
    assert "Nothing is left to do" in project["notes"][0]
    (nothing,) = asked(mspdi(""))["projects"]
    assert "no activity that can be scheduled" in nothing["notes"][0]
    loose = task(3, "Paint", Duration="PT8H0M0S")
    tasks, head = two()
    (project,) = asked(mspdi(tasks + loose, head=head))["projects"]
    assert "1 of 3 activities has no relationship: its delay" in project["notes"][0]


def test_several_projects_of_a_file_have_a_finish_each():
    tables = harbour()
    tables["PROJECT"][1]["plan_start_date"] = "2027-03-01 08:00"
    told = asked(xer(tables))
    assert len(told["projects"]) == 2
    assert told["projects"][0]["finish"]["p80"] >= told["projects"][0]["finish"]["p50"]


def test_cost_grows_with_what_work_lasts_and_begins_at_what_the_file_says():
    read = read_schedule(real_file("schedules/mspdi-derived/local-road-costed.xml"))
    cost = simulated(read, RiskRequest(runs=400))["projects"][0]["cost"]
    assert cost["stated"] == pytest.approx(float(sum(task.cost for task in read.projects[0].tasks if not task.is_summary)))
    assert cost["stated"] < cost["p50"] < cost["p80"]
    assert 0.6 < cost["chance_of_p80_date_and_p80_cost"] <= 0.8
    assert 80 <= cost["percentile_that_keeps_both_in_80_percent"] <= 95


@pytest.mark.parametrize(
    "wrong",
    [{"low": 0}, {"low": 110, "likely": 100}, {"high": 1_001}, {"shape": "flat"}, {"correlation": 1.1}, {"high": float("nan")}],
)
def test_a_request_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(FormatError):
        RiskRequest(**wrong)


def test_what_lasts_longer_than_can_be_drawn_is_refused_with_its_row():
    hours = MAX_DURATION // 60
    with pytest.raises(FormatError, match="Dig"):
        asked(mspdi(task(1, "Dig", Duration=f"PT{hours}H0M0S")))


def test_a_plan_with_everything_in_it_is_simulated():
    (project,) = asked(WEIR)["projects"]
    assert project["finish"]["p50"]
