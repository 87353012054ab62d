"""Schedule files as networks: the rules of the program that wrote them, on small plans of our own."""

import datetime as dt

import pytest

from goldenthread.engine.calendars import WorkingTime
from goldenthread.formats import schedule_dates
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_calendars import exception_days, together, working_times
from goldenthread.formats.schedule_dated import with_dates
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_file import Calendar, CalendarException, Shift, WorkWeek
from goldenthread.formats.schedule_reader import read_schedule
from tests.formats.schedules import link, mspdi, task, xer

DAY = "PT8H0M0S"
MORNING, AFTERNOON = Shift(480, 720), Shift(780, 1020)
WEEK = WorkWeek(((MORNING, AFTERNOON),) * 5 + ((), ()))


def rows(data):
    (project, *_) = critical_path(read_schedule(data))["projects"]
    return {row["id"]: row for row in project["rows"]}


def spans(data):
    return {key: (row["start"][8:13], row["finish"][8:13]) for key, row in rows(data).items()}


def test_work_starts_with_the_project_and_waits_for_what_goes_before():
    found = rows(mspdi(task(1, "Dig", Duration=DAY) + task(2, "Pour", Duration="PT16H0M0S", inside=link(1))))
    assert [(row["start"], row["finish"]) for row in found.values()] == [
        ("2027-03-01T08:00", "2027-03-01T17:00"),
        ("2027-03-02T08:00", "2027-03-03T17:00"),
    ]
    assert found["2"]["driven_by"] == ["1"]
    assert all(row["is_critical"] and row["is_on_longest_path"] for row in found.values())


def test_links_of_a_summary_hold_for_all_under_it():
    plan = (
        task(1, "Phase one", Summary=1)
        + task(2, "Short", 2, Duration=DAY)
        + task(3, "Long", 2, Duration="PT24H0M0S")
        + task(4, "Phase two", Summary=1, inside=link(1))
        + task(5, "First", 2, Duration=DAY)
        + task(6, "Second", 2, Duration=DAY, inside=link(5))
        + task(7, "Close", Duration="PT0H0M0S", Milestone=1, inside=link(4))
    )
    assert spans(mspdi(plan)) == {
        "1": ("01T08", "03T17"),
        "2": ("01T08", "01T17"),
        "3": ("01T08", "03T17"),
        "4": ("04T08", "05T17"),
        "5": ("04T08", "04T17"),
        "6": ("05T08", "05T17"),
        "7": ("05T17", "05T17"),
    }


def test_the_start_of_a_summary_is_that_of_its_first_row_and_its_finish_that_of_every_row():
    plan = (
        task(1, "Phase", Summary=1)
        + task(2, "Later", 2, Duration=DAY, inside=link(3))
        + task(3, "First", 2, Duration="PT16H0M0S", ConstraintType=4, ConstraintDate="2027-03-02T08:00:00")
        + task(4, "Beside", Duration=DAY, inside=link(1, 3, 4800))
        + task(5, "Long", Duration="PT40H0M0S")
        + task(6, "Closing", Summary=1, inside=link(5, 0))
        + task(7, "Short", 2, Duration=DAY)
    )
    found = spans(mspdi(plan))
    assert (found["3"], found["2"], found["4"]) == (("02T08", "03T17"), ("04T08", "04T17"), ("03T08", "03T17"))
    assert found["7"] == ("05T08", "05T17")


@pytest.mark.parametrize(("honours", "start", "total"), [(1, "01T08", -480), (0, "02T08", -480)])
def test_no_later_than_moves_a_date_only_where_constraints_are_honoured(honours, start, total):
    bound = task(2, "Pour", Duration=DAY, ConstraintType=5, ConstraintDate="2027-03-01T08:00:00", inside=link(1))
    found = rows(mspdi(task(1, "Dig", Duration=DAY) + bound, head=f"<HonorConstraints>{honours}</HonorConstraints>"))
    assert found["2"]["start"][8:13] == start
    assert found["1"]["total_float_minutes"] == total


def test_a_lag_may_be_working_time_elapsed_time_or_a_share_of_what_goes_before():
    friday = task(1, "Dig", Duration="PT40H0M0S")
    for lag, form, start in ((4800, 7, "09T08"), (4 * 14400, 8, "10T08"), (50, 19, "10T13"), (-4800, 7, "05T08")):
        assert spans(mspdi(friday + task(2, "Pour", Duration=DAY, inside=link(1, 1, lag, form))))["2"][0] == start, form


def test_a_levelling_delay_holds_after_what_goes_before():
    late = {"LevelingDelay": 2 * 14400, "LevelingDelayFormat": 8, "Duration": DAY}
    plan = task(1, "Dig", Duration=DAY) + task(2, "Pour", inside=link(1, 1, 4800), **late) + task(3, "Paint", **late)
    assert spans(mspdi(plan)) == {"1": ("01T08", "01T17"), "2": ("05T08", "05T17"), "3": ("03T08", "03T17")}
    found = rows(mspdi(plan))
    assert found["1"]["total_float_minutes"] == 0
    assert found["2"]["is_critical"]


def test_critical_work_says_its_drag_and_every_row_its_band_of_float():
    plan = task(1, "Dig", Duration=DAY) + task(2, "Pour", Duration="PT16H0M0S", inside=link(1))
    plan += task(3, "Cure", Duration=DAY, inside=link(1)) + task(4, "Paint", Duration=DAY, inside=link(2) + link(3))
    told = {key: (row["drag_minutes"], row["float_band"]) for key, row in rows(mspdi(plan)).items()}
    assert told == {
        "1": (480, "critical"),
        "2": (480, "critical"),  # a day more than what goes on beside it
        "3": (0, "near critical"),
        "4": (480, "critical"),
    }
    apart = mspdi(
        task(1, "Long", Duration="PT480H0M0S") + task(2, "Short", Duration=DAY) + task(3, "Half", Duration="PT240H0M0S")
    )
    assert [row["float_band"] for row in rows(apart).values()] == ["critical", "high float", "some float"]


def test_a_plan_is_written_and_compared_without_working_out_drags(monkeypatch):
    monkeypatch.setattr(schedule_dates, "drag", lambda *_: pytest.fail("nobody reads them there"))
    (project,) = with_dates(read_schedule(mspdi(task(1, "Dig", Duration=DAY)))).projects
    assert (project.tasks[0].total_slack_minutes, project.tasks[0].is_critical) == (0, True)


def test_what_the_file_calls_critical_is_in_the_band_of_critical_work():
    plan = "".join(task(n, f"Row {n}", Duration=f"PT{hours}H0M0S") for n, hours in ((1, 480), (2, 420), (3, 300)))
    found = rows(mspdi(plan, head="<CriticalSlackLimit>10</CriticalSlackLimit>"))  # beyond what is nearly critical elsewhere
    told = {key: (row["is_critical"], row["float_band"]) for key, row in found.items()}
    assert told == {"1": (True, "critical"), "2": (True, "critical"), "3": (False, "some float")}


def test_an_elapsed_duration_runs_over_the_weekend():
    plan = task(1, "Dig", Duration="PT40H0M0S") + task(2, "Cure", Duration="PT48H0M0S", DurationFormat=8, inside=link(1))
    assert spans(mspdi(plan))["2"] == ("05T17", "07T17")


def test_a_row_placed_by_hand_stays_and_an_inactive_one_is_left_out():
    entered = {"Manual": 1, "Start": "2027-03-13T10:00:00", "Finish": "2027-03-14T10:00:00", "Duration": "PT24H0M0S"}
    plan = task(1, "Dig", Duration=DAY) + task(2, "Fair", inside=link(1), **entered) + task(3, "Maybe", Active=0, Duration=DAY)
    (project,) = critical_path(read_schedule(mspdi(plan)))["projects"]
    assert {row["id"]: row["start"][8:16] for row in project["rows"]} == {"1": "01T08:00", "2": "13T10:00"}
    assert project["left_out"] == [{"id": "3", "name": "Maybe", "why": "the row is inactive", "start": None, "finish": None}]


def test_a_circle_names_its_rows():
    plan = task(1, "Dig", Duration=DAY, inside=link(3)) + task(2, "Pour", Duration=DAY, inside=link(1))
    with pytest.raises(FormatError, match="circle: 1 “Dig” → 2 “Pour” → 3 “Cure” → 1 “Dig”"):
        critical_path(read_schedule(mspdi(plan + task(3, "Cure", Duration=DAY, inside=link(2)))))
    summary = task(1, "Phase", Summary=1, inside=link(3)) + task(2, "Pour", 2, Duration=DAY) + task(3, "Cure", inside=link(2))
    with pytest.raises(FormatError, match="circle: 2 “Pour” → 3 “Cure” → 1 “Phase” → 2 “Pour”"):
        critical_path(read_schedule(mspdi(summary)))


def test_days_far_off_are_refused_with_their_row():
    with pytest.raises(FormatError, match="outside the years 1970 to 2199"):
        critical_path(read_schedule(mspdi(task(1, "Dig", Duration=DAY, ConstraintType=4, ConstraintDate="1920-01-01T08:00:00"))))
    with pytest.raises(FormatError, match="outside the years 1970 to 2199"):
        critical_path(read_schedule(mspdi(task(1, "Dig", Duration="PT600000H0M0S"))))


def primavera(**changed):
    """A plan of three activities: A before B, C beside them; data date 3 May 2027."""
    project = {"proj_id": "1", "proj_short_name": "P", "clndr_id": "9", "last_recalc_date": "2027-05-03 08:00", **changed}
    week = "".join(
        f"(0||{day}()(" + ("(0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())" if 2 <= day <= 6 else "") + "))"
        for day in range(1, 8)
    )
    calendar = {"clndr_id": "9", "clndr_name": "Five days", "default_flag": "Y", "clndr_type": "CA_Base", "day_hr_cnt": "8"}
    calendar["clndr_data"] = f"(0||CalendarData()((0||DaysOfWeek()({week}))(0||Exceptions()())))"
    common = {"proj_id": "1", "clndr_id": "9", "status_code": "TK_NotStart", "task_type": "TT_Task", "act_start_date": ""}
    activities = [
        {**common, "task_id": "11", "task_code": "A", "task_name": "A", "target_drtn_hr_cnt": "16", "remain_drtn_hr_cnt": "16"},
        {**common, "task_id": "12", "task_code": "B", "task_name": "B", "target_drtn_hr_cnt": "8", "remain_drtn_hr_cnt": "8"},
        {**common, "task_id": "13", "task_code": "C", "task_name": "C", "target_drtn_hr_cnt": "8", "remain_drtn_hr_cnt": "8"},
    ]
    links = [
        {"task_pred_id": "1", "task_id": "12", "pred_task_id": "11", "proj_id": "1", "pred_proj_id": "1", "pred_type": "PR_FS"}
    ]
    return {"PROJECT": [project], "CALENDAR": [calendar], "TASK": activities, "TASKPRED": links}


def test_primavera_counts_from_the_data_date_and_against_the_date_it_must_finish_by():
    found = rows(xer(primavera()))
    assert {key: (row["start"][8:13], row["total_float_minutes"]) for key, row in found.items()} == {
        "11": ("03T08", 0),
        "12": ("05T08", 0),
        "13": ("03T08", 960),
    }
    pressed = rows(xer(primavera(plan_end_date="2027-05-04 17:00")))
    assert {key: row["total_float_minutes"] for key, row in pressed.items()} == {"11": -480, "12": -480, "13": 480}


def test_begun_work_waits_by_retained_logic_and_goes_on_by_progress_override():
    plan = primavera()
    plan["TASK"][1] |= {"status_code": "TK_Active", "act_start_date": "2027-04-28 08:00", "remain_drtn_hr_cnt": "4"}
    assert rows(xer(plan))["12"]["finish"] == "2027-05-05T12:00"
    plan["SCHEDOPTIONS"] = [{"schedoptions_id": "1", "proj_id": "1", "sched_retained_logic": "N", "sched_progress_override": "Y"}]
    assert rows(xer(plan))["12"]["finish"] == "2027-05-03T12:00"
    assert rows(xer(plan))["12"]["start"] == "2027-04-28T08:00"


def test_a_level_of_effort_is_left_out_and_milestones_stand_at_starts_or_finishes():
    plan = primavera()
    plan["TASK"][2] |= {"task_type": "TT_LOE"}
    plan["TASK"][1] |= {"task_type": "TT_FinMile", "target_drtn_hr_cnt": "0", "remain_drtn_hr_cnt": "0"}
    assert rows(xer(plan))["12"]["start"] == "2027-05-04T17:00"
    plan["TASK"][1]["task_type"] = "TT_Mile"
    (project,) = critical_path(read_schedule(xer(plan)))["projects"]
    assert project["rows"][1]["start"] == "2027-05-05T08:00"
    assert [one["id"] for one in project["left_out"]] == ["13"]


def test_a_level_of_effort_lasts_from_the_first_to_the_last_of_the_work_it_goes_with():
    plan = primavera()
    plan["TASK"][2] |= {"task_type": "TT_LOE"}
    common = {"proj_id": "1", "pred_proj_id": "1"}
    plan["TASKPRED"] += [
        {**common, "task_pred_id": "2", "task_id": "13", "pred_task_id": "11", "pred_type": "PR_SS"},
        {**common, "task_pred_id": "3", "task_id": "13", "pred_task_id": "12", "pred_type": "PR_FF"},
    ]
    (project,) = critical_path(read_schedule(xer(plan)))["projects"]
    assert [(one["start"], one["finish"]) for one in project["left_out"]] == [("2027-05-03T08:00", "2027-05-05T17:00")]
    assert project["finish"] == "2027-05-05T17:00"


def calendar(key="1", base=None, **more):
    return Calendar(key, key, more.pop("week", WEEK), base_id=base, **more)


def test_a_calendar_takes_from_its_base_what_it_does_not_say_itself():
    holiday, short = CalendarException(dt.date(2027, 5, 1), dt.date(2027, 5, 3), ()), (Shift(480, 600),)
    own = WorkWeek((None, short, *(None,) * 5))
    base = calendar(exceptions=(holiday,))
    ada = calendar("2", "1", week=own, exceptions=(CalendarException(dt.date(2027, 5, 3), dt.date(2027, 5, 3), (MORNING,)),))
    times = working_times((ada, base))
    assert times["2"].week[0] == ((480, 720), (780, 1020))
    assert times["2"].week[1] == ((480, 600),)
    assert [times["2"].minutes_on(dt.date(2027, 5, day)) for day in (1, 2, 3, 4)] == [0, 0, 240, 120]
    assert times["1"].minutes_on(dt.date(2027, 5, 3)) == 0


def test_a_week_between_dates_holds_there_and_a_night_shift_ends_on_the_next_day():
    summer = WorkWeek((None,) * 4 + ((), None, None), "", dt.date(2027, 7, 5), dt.date(2027, 7, 30))
    times = working_times((calendar(other_weeks=(summer,)), calendar("2", week=WorkWeek(((Shift(1320, 1800),),) + ((),) * 6))))
    assert [times["1"].minutes_on(dt.date(2027, 7, day)) for day in (2, 8, 9)] == [480, 480, 0]
    assert times["2"].week[:2] == (((1320, 1440),), ((0, 360),))


def test_a_calendar_without_any_work_is_read_as_office_hours():
    assert working_times((calendar(week=WorkWeek(((),) * 7)),))["1"].week[0] == ((480, 720), (780, 1020))


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({}, ["01-01", "01-02", "01-03"]),
        ({"Type": "1", "Period": "2"}, ["01-01", "01-03", "01-05"]),
        ({"Type": "6", "DaysOfWeek": "42", "Period": "2"}, ["01-01", "01-11", "01-13"]),  # Mon, Wed, Fri of every second week
        ({"Type": "2", "Month": "0", "MonthDay": "1"}, ["01-01", "01-01", "01-01"]),
        ({"Type": "3", "Month": "8", "MonthItem": "4", "MonthPosition": "0"}, ["09-06", "09-04", "09-03"]),  # first Monday
        ({"Type": "4", "MonthDay": "31"}, ["01-31", "03-31", "05-31"]),
        ({"Type": "5", "MonthItem": "8", "MonthPosition": "4", "Period": "3"}, ["01-29", "04-30", "07-30"]),  # last Friday
        ({"Type": "5", "MonthItem": "1", "MonthPosition": "1"}, ["01-04", "02-02", "03-02"]),  # second weekday
    ],
)
def test_days_that_repeat(rule, days):
    exception = CalendarException(dt.date(2027, 1, 1), dt.date(2040, 1, 1), (), recurrence=tuple(rule.items()))
    found = exception_days(exception)
    assert [next(found).strftime("%m-%d") for _ in range(3)] == days


def test_a_rule_ends_with_its_occurrences():
    rule = {"Type": "1", "Occurrences": "4"}
    assert (
        len(list(exception_days(CalendarException(dt.date(2027, 1, 1), dt.date(2040, 1, 1), (), recurrence=tuple(rule.items())))))
        == 4
    )


def test_people_who_share_a_task_work_when_one_of_them_does():
    night = WorkingTime((((0, 360), (1380, 1440)),) * 7, {dt.date(2027, 5, 3): ()})
    office = WorkingTime((((480, 720), (780, 1020)),) * 5 + ((), ()))
    both = together([office, night])
    assert both.week[0] == ((0, 360), (480, 720), (780, 1020), (1380, 1440))
    assert both.shifts_on(dt.date(2027, 5, 3)) == ((480, 720), (780, 1020))
