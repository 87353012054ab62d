"""Microsoft Project XML: every feature of a small plan of our own, and what is said about a wrong one."""

import datetime as dt
from decimal import Decimal

import pytest

from goldenthread.formats import schedule_file as said
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import CustomValue, Relationship, Shift
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_summary import summary
from tests.formats.schedules import NAMESPACE, WEIR, link, mspdi, task

DAY = (Shift(480, 720), Shift(780, 1020))


@pytest.fixture(scope="module")
def weir():
    return read_schedule(WEIR)


@pytest.fixture(scope="module")
def rows(weir):
    return {task.id: task for task in weir.projects[0].tasks}


def lost(data: bytes, where: str = "") -> dict[tuple[str, str], str]:
    found = read_schedule(data).not_carried
    return {(one.row, one.field): one.why for one in found if one.where == where or not where}


def test_the_project_has_its_dates_its_data_date_and_its_calendar(weir):
    project = weir.projects[0]
    assert (project.name, project.currency, project.default_calendar_id) == ("Weir", "EUR", "1")
    assert project.start == dt.datetime(2027, 3, 1, 8)
    assert project.data_date == dt.datetime(2027, 3, 15, 17)
    assert project.project_row.name == "Weir"
    assert [calendar.is_default for calendar in weir.calendars] == [True, False, False]


def test_rows_stand_under_the_row_whose_level_is_one_less(rows):
    assert {key: row.parent_id for key, row in rows.items()} == {"1": None, "2": "1", "3": "1", "4": "1", "5": None}
    assert [row.is_summary for row in rows.values()] == [True, False, False, False, False]


def test_a_task_carries_its_dates_progress_constraint_and_money(rows):
    dig = rows["2"]
    assert (dig.duration_minutes, dig.duration_stated, dig.remaining_minutes) == (1440, "PT24H0M0S days", 720)
    assert (dig.percent_complete, dig.percent_physical, dig.actual_start) == (50, 40, dt.datetime(2027, 3, 1, 8))
    assert (dig.constraint, dig.constraint_at) == (said.START_NO_EARLIER, dt.datetime(2027, 3, 1, 8))
    assert (dig.deadline, dig.calendar_id, dig.kind, dig.priority) == (dt.datetime(2027, 3, 10, 17), "2", "fixed duration", "700")
    assert (dig.total_slack_minutes, dig.free_slack_minutes, dig.is_critical) == (-480, 60, True)
    assert (dig.cost, dig.work_minutes, dig.notes) == (Decimal("1234.56"), 990, "Mind the\npipe")
    assert dig.custom == (CustomValue("188743731", "Q1"),)


def test_baselines_keep_their_numbers(rows):
    first, last = rows["2"].baselines
    assert (first.number, first.duration_minutes, first.work_minutes, first.cost) == (0, 960, 480, Decimal(500))
    assert (last.number, last.start, last.cost) == (10, dt.datetime(2027, 3, 3, 8), None)


def test_elapsed_and_estimated_durations_are_marked_and_rows_may_be_manual_or_inactive(rows):
    assert rows["3"].is_duration_elapsed
    assert (rows["3"].is_active, rows["3"].is_manual) == (False, True)
    assert (rows["4"].is_estimated, rows["4"].is_duration_elapsed, rows["4"].duration_stated) == (True, False, "PT8H0M0S days")
    assert rows["5"].is_milestone


def test_all_four_kinds_of_relationship_with_working_elapsed_and_percent_lag(weir):
    assert weir.projects[0].relationships == (
        Relationship("2", "3", "FS", 480),
        Relationship("3", "4", "SS", 0, False, 50.0),
        Relationship("2", "4", "FF", -240),
        Relationship("4", "5", "SF", 1440, True),
    )


def test_calendars_have_shifts_exceptions_other_weeks_and_bases(weir):
    standard, night, ada = weir.calendars
    assert standard.week.days == (DAY, DAY, DAY, DAY, DAY, (), ())
    assert [(one.name, one.first_day, one.last_day, one.shifts) for one in standard.exceptions] == [
        ("New Year", dt.date(2027, 1, 1), dt.date(2029, 1, 1), ()),
        ("Open day", dt.date(2027, 5, 1), dt.date(2027, 5, 1), (Shift(600, 840),)),
        ("", dt.date(2027, 12, 24), dt.date(2027, 12, 26), ()),
    ]
    assert dict(standard.exceptions[0].recurrence)["Type"] == "2"
    assert not standard.exceptions[1].recurrence
    assert (standard.other_weeks[0].name, standard.other_weeks[0].days[4], standard.other_weeks[0].days[0]) == (
        "Summer",
        (),
        None,
    )
    assert night.week.days[:3] == ((Shift(1320, 1800),), (Shift(0, 1440),), None)
    assert (ada.base_id, ada.week.days) == ("1", (None,) * 7)


def test_resources_rates_and_assignments(weir):
    ada, concrete = weir.resources
    assert (ada.name, ada.kind, ada.initials, ada.email, ada.max_units, ada.calendar_id) == (
        "Ada",
        "work",
        "A",
        "ada@example.org",
        0.5,
        "3",
    )
    assert [(rate.table, rate.standard, rate.per_use) for rate in ada.rates] == [
        ("A", Decimal("80.5"), Decimal(15)),
        ("B", Decimal(90), None),
    ]
    assert (concrete.kind, concrete.material_unit, concrete.rates[0].standard) == ("material", "m3", Decimal(120))
    work, material = weir.projects[0].assignments
    assert (work.task_id, work.resource_id, work.units, work.work_minutes, work.rate_table) == ("2", "1", 0.5, 990, "B")
    assert (work.cost, work.phases[0].value) == (Decimal("1234.56"), "PT8H0M0S")
    assert (material.work_minutes, material.quantity) == (None, 12.0)


def test_custom_fields_have_names_and_choices(weir):
    (field,) = weir.custom_fields
    assert (field.name, field.of, field.kind, field.choices) == ("Quarter", "task", "Text1", (("Q1", "First"),))


def test_what_is_not_read_is_counted_by_name(weir):
    found = {(one.where, one.field): (one.count, one.why) for one in weir.not_carried}
    assert found == {
        ("Task", "HyperlinkAddress"): (1, "kept as it stands, for its own kind of file; not used here"),
        ("Task", "CV"): (1, "worked out by Microsoft Project from other fields"),
        ("Assignment", "ResourceUID"): (1, "no resource: its work, cost and dates stand on the task"),
    }


def test_the_summary_counts_rows_and_sums_activities(weir):
    (told,) = summary(weir)["projects"]
    assert (told["rows"], told["activities"], told["summaries"], told["milestones"]) == (5, 4, 1, 1)
    assert told["relationships"] == {"FS": 1, "SS": 1, "FF": 1, "SF": 1, "with_lag": 4}
    assert (told["resources"], told["assignments"], told["cost"], told["work_hours"]) == (2, 2, 1234.56, 16.5)
    assert (told["start"], told["finish"], told["critical"], told["baselines"]) == ("2027-03-01", "2027-04-02", ["2"], [0, 10])


@pytest.mark.parametrize(
    ("cells", "field", "why"),
    [
        ({"Start": "12027-03-01T08:00:00"}, "Start", "is not a date"),
        ({"Start": "9999-12-31T08:00:00"}, "Start", "lies outside the years 1900 to 2200"),
        ({"Duration": "-PT8H0M0S"}, "Duration", "is negative; read as 0"),
        ({"Duration": "PT99999999H0M0S"}, "Duration", "longer than two centuries"),
        ({"Duration": "eight hours"}, "Duration", "is not a duration"),
        ({"Duration": "P"}, "Duration", "is not a duration"),
        ({"Cost": "NaN"}, "Cost", "is not a number"),
        ({"Cost": "1e999999999"}, "Cost", "is not a number"),
        ({"ConstraintType": "77"}, "ConstraintType", "is not a whole number"),
        ({"Critical": "perhaps"}, "Critical", "neither yes nor no"),
        ({"CalendarUID": "55"}, "CalendarUID", "there is no calendar 55"),
    ],
)
def test_a_value_that_cannot_be_right_names_its_row_and_field(cells, field, why):
    found = lost(mspdi(task(7, "Dig", 1, **cells)), "Task")
    assert why in found["Task 7 “Dig”", field]


def test_a_uid_taken_twice_keeps_the_first_row_and_its_links():
    data = mspdi(task(1, "A") + task(2, "B") + task(2, "C", 1, link(1)))
    project = read_schedule(data).projects[0]
    assert [(row.id, row.name) for row in project.tasks] == [("1", "A"), ("2", "B")]
    assert project.relationships == ()
    assert lost(data)["Task 2 “C”", "UID"] == "the UID is taken; this row was left out"


def test_links_to_oneself_to_nobody_and_twice_are_left_out_and_named():
    data = mspdi(task(1, "A") + task(2, "B", 1, link(2) + link(9) + link(1) + link(1)))
    assert read_schedule(data).projects[0].relationships == (Relationship("1", "2", "FS"),)
    assert lost(data, "Relationship") == {
        ("FS from 2 to 2", "predecessor"): "the row waits for itself",
        ("FS from 9 to 2", "predecessor"): "there is no row 9 in the file",
        ("FS from 1 to 2", "predecessor"): "the same relationship stands there twice; the first one was read",
    }


def test_a_row_with_rows_under_it_is_a_summary_whatever_it_says():
    data = mspdi(task(1, "A", 1) + task(2, "B", 5) + task(3, "C", 3))
    assert [(row.parent_id, row.is_summary) for row in read_schedule(data).projects[0].tasks] == [
        (None, True),
        ("1", False),
        ("1", False),
    ]
    assert lost(data)["Task 1 “A”", "Summary"] == "rows stand under it, so it was read as a summary"


def test_empty_rows_are_left_out_and_said():
    data = mspdi(task(1, "A") + task(2, IsNull=1))
    assert len(read_schedule(data).projects[0].tasks) == 1
    assert lost(data)["Task 2", "IsNull"] == "an empty row was left out"


def test_bases_that_are_missing_or_lead_back_and_calendars_nobody_has_are_taken_off_and_named():
    def calendar(uid, base):
        return f"<Calendar><UID>{uid}</UID><Name>C</Name><BaseCalendarUID>{base}</BaseCalendarUID></Calendar>"

    parts = "".join(calendar(uid, base) for uid, base in ((1, 2), (2, 3), (3, 2), (4, 9), (5, 1)))
    ada = "<Resources><Resource><UID>1</UID><Name>Ada</Name><CalendarUID>77</CalendarUID></Resource></Resources>"
    data = mspdi(calendars=f"<Calendars>{parts}</Calendars>", rest=ada)
    file = read_schedule(data)
    assert [one.base_id for one in file.calendars] == ["2", "3", None, None, "1"]
    assert lost(data)["Calendar 3 “C”", "base"] == "it is its own base through others; read without a base"
    assert lost(data)["Calendar 4 “C”", "base"] == "there is no base calendar 9; read without a base"
    assert file.resources[0].calendar_id is None
    assert "there is no calendar 77" in lost(data)["Resource 1 “Ada”", "calendar"]


def test_a_task_that_nobody_is_assigned_to_keeps_the_stretches_in_which_it_is_worked_on():
    stretch = (
        "<TimephasedData><Type>1</Type><Start>2027-03-01T08:00:00</Start><Unit>2</Unit><Value>PT8H0M0S</Value></TimephasedData>"
    )
    alone = f"<Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>-65535</ResourceUID>{stretch}</Assignment>"
    (row,) = read_schedule(mspdi(task(1, "A"), rest=f"<Assignments>{alone}</Assignments>")).projects[0].tasks
    assert [(one.value, one.start) for one in row.phases] == [("PT8H0M0S", dt.datetime(2027, 3, 1, 8))]


def test_a_broken_working_time_is_left_out_and_named():
    times = "<WorkingTimes><WorkingTime><FromTime>25:00:00</FromTime><ToTime>31:00:00</ToTime></WorkingTime></WorkingTimes>"
    week = f"<WeekDays><WeekDay><DayType>2</DayType><DayWorking>1</DayWorking>{times}</WeekDay></WeekDays>"
    data = mspdi(calendars=f"<Calendars><Calendar><UID>1</UID><Name>C</Name>{week}</Calendar></Calendars>")
    assert read_schedule(data).calendars[0].week.days[0] == ()
    assert "is no working time" in lost(data)["Calendar 1 “C”", "WorkingTimes"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "windows-1252"])
def test_other_encodings_are_read(encoding):
    data = mspdi(task(1, "Müller")).decode().replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
    assert read_schedule(data).projects[0].tasks[0].name == "Müller"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (WEIR[: len(WEIR) // 2], "The XML is broken"),
        (WEIR.replace(b"Dig", b"D\xffg"), "not well-formed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Project>&a;</Project>', "document type"),
        (f'<project xmlns="{NAMESPACE}"/>'.encode(), "“project”, not a project of Microsoft Project"),
        (b"<APIBusinessObjects/>", "“APIBusinessObjects”"),
        (b'<?xml version="1.0" encoding="klingon"?><Project/>', "encoding"),
        (b"<Project>" + b"<a/>" * 3_000_001 + b"</Project>", "3,000,000 elements"),
    ],
    ids=["cut short", "half encoded", "document type", "Planner", "PMXML", "encoding", "too many"],
)
def test_what_is_broken_or_of_another_kind_is_refused_in_words(data, words):
    with pytest.raises(FormatError, match=words):
        read_schedule(data)


def test_the_order_of_the_parts_does_not_matter_for_names_and_numbers():
    plain = f'<Project xmlns="{NAMESPACE}"><Tasks>{task(1, "A")}</Tasks></Project>'.encode()
    assert read_schedule(plain).projects[0].tasks[0].name == "A"
    assert read_schedule(plain.replace(f' xmlns="{NAMESPACE}"'.encode(), b"")).projects[0].tasks[0].name == "A"
