"""Primavera XER: every table of a small file of our own, and what is said about a wrong one."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from goldenthread.formats import schedule_file as said
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import CustomValue, Relationship, Shift
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_summary import summary
from goldenthread.formats.xer_calendars import BrokenCalendarError, parse
from tests.formats.schedules import activity, harbour, xer

DAY = (Shift(480, 720), Shift(780, 1020))


@pytest.fixture(scope="module")
def file():
    return read_schedule(xer(harbour()))


@pytest.fixture(scope="module")
def rows(file):
    return {task.id: task for project in file.projects for task in project.tasks}


def changed(table: str, *rows: dict[str, str]):
    """The harbour with other rows in a table."""
    return read_schedule(xer({**harbour(), table: list(rows)}))


def lost(file, where: str) -> dict[str, str]:
    return {one.field: one.why for one in file.not_carried if one.where == where}


def test_several_projects_share_calendars_and_resources(file):
    harbour, quay = file.projects
    assert (harbour.id, harbour.name, harbour.currency, harbour.default_calendar_id) == ("1", "Harbour", "EUR", "7")
    assert (harbour.start, harbour.finish) == (dt.datetime(2027, 3, 1, 8), dt.datetime(2027, 6, 30, 17))
    assert harbour.data_date == dt.datetime(2027, 3, 15)
    assert (quay.name, [task.id for task in quay.tasks]) == ("Quay", ["wbs:20", "5"])
    assert quay.baseline_of_id is None, "the project it is a baseline of is not in the file"
    assert ("sched_retained_logic", "Y") in harbour.options


def test_wbs_rows_are_summaries_in_their_order_with_activities_under_them(file):
    told = [(task.id, task.parent_id, task.level, task.wbs, task.is_summary) for task in file.projects[0].tasks]
    assert told == [
        ("wbs:10", None, 1, "H", True),
        ("wbs:11", "wbs:10", 2, "H.1", True),
        ("2", "wbs:11", 3, "H.1", False),
        ("3", "wbs:11", 3, "H.1", False),
        ("4", "wbs:11", 3, "H.1", False),
        ("wbs:12", "wbs:10", 2, "H.2", True),
        ("10", "wbs:12", 3, "H.2", False),
    ]


def test_an_activity_carries_dates_progress_constraints_and_what_others_say_of_it(rows):
    dredge, survey = rows["10"], rows["2"]
    assert (dredge.name, dredge.display_id, dredge.duration_minutes) == ("Dredge – “deep”", "A10", 2400)
    assert (dredge.constraint, dredge.constraint_at) == (said.START_NO_EARLIER, dt.datetime(2027, 3, 1, 8))
    assert dredge.custom == (CustomValue("udf:4", "12.5"),)
    assert dredge.notes == "Risks: Wrecks\nand mud"
    assert (dredge.cost, dredge.actual_cost, dredge.remaining_cost) == (Decimal(975), Decimal(50), Decimal(925))
    assert (survey.status, survey.remaining_minutes, survey.percent_complete) == ("in progress", 600, 75.0)
    assert (survey.start, survey.actual_start) == (dt.datetime(2027, 3, 2, 8), dt.datetime(2027, 3, 2, 8))
    assert (survey.work_minutes, survey.actual_work_minutes, survey.cost) == (510, 360, Decimal("682.125"))
    assert survey.custom == (CustomValue("code:3", "DES"),)
    assert (rows["3"].is_milestone, rows["3"].status, rows["4"].is_level_of_effort) == (True, "complete", True)
    assert rows["4"].second_constraint == said.FINISH_NO_LATER


def test_critical_is_what_the_project_says_it_is_float_up_to_a_limit_or_the_longest_path(rows):
    assert {key for key, task in rows.items() if task.is_critical} == {"2", "4", "5"}


def test_relationships_of_all_kinds_with_lead_and_across_projects(file):
    harbour, quay = file.projects
    assert harbour.relationships == (
        Relationship("2", "10", "FS", -240),
        Relationship("3", "2", "SS"),
        Relationship("10", "4", "FF"),
    )
    assert quay.relationships == (Relationship("4", "5", "SF", 90, predecessor_project_id="1"),)


def test_working_time_is_read_from_its_parentheses(file):
    five, broken = file.calendars
    assert five.week.days == (DAY, DAY, DAY, (Shift(1320, 1800),), DAY, (), ())
    assert [(one.first_day, one.shifts) for one in five.exceptions] == [
        (dt.date(2019, 7, 4), ()),
        (dt.date(2019, 7, 5), (Shift(540, 750),)),
    ]
    assert (five.is_default, five.minutes_per_day, five.minutes_per_week) == (True, 480, 2400)
    assert broken.week.days == (DAY, DAY, DAY, DAY, DAY, (), ())
    assert "ends in the middle; read as Monday to Friday" in lost(file, "CALENDAR")["clndr_data"]


def test_resources_roles_rates_and_assignments(file):
    ada, sand, diver = file.resources
    assert (ada.name, ada.kind, ada.max_units, ada.calendar_id) == ("Ada", "work", 0.5, "7")
    assert [(rate.table, rate.standard) for rate in ada.rates] == [("A", Decimal("80.25")), ("B", Decimal(90))]
    assert (sand.kind, diver.id, diver.is_generic) == ("material", "role:5", True)
    work, material, role = file.projects[0].assignments
    assert (work.work_minutes, work.actual_work_minutes, work.units, work.rate_table) == (510, 360, 0.5, "B")
    assert (work.cost, work.actual_cost) == (Decimal("682.125"), Decimal("481.50"))
    assert (material.quantity, material.work_minutes, material.cost) == (30.0, None, Decimal(900))
    assert (role.resource_id, role.work_minutes) == ("role:5", 480)


def test_custom_fields_have_names_and_choices(file):
    code, depth = file.custom_fields
    assert (code.name, code.of, code.choices) == ("Phase", "task", (("DES", "Design phase"),))
    assert (depth.name, depth.of, depth.kind) == ("Depth", "task", "float_2_decimals")


def test_tables_and_columns_that_are_not_read_are_counted_by_name(file):
    found = {(one.where, one.field): one.count for one in file.not_carried if one.where != "CALENDAR"}
    assert found == {("CURRTYPE", "all"): 1, ("PROJCOST", "cost_name"): 1, ("TASK", "review_type"): 1}


def test_the_summary_counts_rows_and_sums_activities_of_each_project(file):
    first, second = summary(file)["projects"]
    assert (first["rows"], first["activities"], first["summaries"], first["milestones"]) == (7, 4, 3, 1)
    assert first["relationships"] == {"FS": 1, "SS": 1, "FF": 1, "SF": 0, "with_lag": 1}
    assert (first["resources"], first["assignments"]) == (3, 3)
    assert (first["cost"], first["work_hours"], first["critical"]) == (1657.125, 8.5, ["2", "4"])
    assert (first["start"], first["finish"], second["rows"]) == ("2027-02-01", "2027-03-05", 2)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_encodings_and_line_ends_do_not_matter(file, encoding, line):
    assert read_schedule(xer(harbour(), line=line, encoding=encoding)).projects == file.projects


def test_a_line_without_a_mark_continues_the_row_before_it():
    tables = {**harbour(), "TASKMEMO": [{"memo_id": "1", "task_id": "10", "task_memo": "one\ntwo"}]}
    (task,) = (task for task in read_schedule(xer(tables)).projects[0].tasks if task.id == "10")
    assert task.notes == "one\ntwo"


def test_wbs_rows_that_stand_under_each_other_are_put_at_the_top_with_the_circle_named():
    rows = [
        {"wbs_id": "10", "proj_id": "1", "parent_wbs_id": "11", "wbs_name": "A", "wbs_short_name": "A"},
        {"wbs_id": "11", "proj_id": "1", "parent_wbs_id": "12", "wbs_name": "B", "wbs_short_name": "B"},
        {"wbs_id": "12", "proj_id": "1", "parent_wbs_id": "10", "wbs_name": "C", "wbs_short_name": "C"},
    ]
    found = changed("PROJWBS", *rows)
    assert lost(found, "PROJWBS")["parent_wbs_id"] == "it stands under itself (10 → 11 → 12 → 10); it was put at the top"
    parents = {task.id: task.parent_id for task in found.projects[0].tasks if task.is_summary}
    assert parents == {"wbs:10": None, "wbs:12": "wbs:10", "wbs:11": "wbs:12"}
    assert len([task for task in found.projects[0].tasks if not task.is_summary]) == 4, "no activity is lost"


@pytest.mark.parametrize(
    ("cells", "field", "why"),
    [
        ({"early_start_date": "10000-01-01 08:00"}, "early_start_date", "is not a date"),
        ({"early_start_date": "2999-01-01 08:00"}, "early_start_date", "outside the years"),
        ({"target_drtn_hr_cnt": "-8"}, "target_drtn_hr_cnt", "-8 hours is negative; read as 0"),
        ({"target_drtn_hr_cnt": "99999999"}, "target_drtn_hr_cnt", "longer than two centuries"),
        ({"task_type": "TT_Party"}, "task_type", "no known kind of activity"),
        ({"cstr_type": "CS_NEVER"}, "cstr_type", "no known constraint"),
        ({"wbs_id": "77"}, "wbs_id", "there is no WBS row 77"),
        ({"clndr_id": "99"}, "clndr_id", "there is no calendar 99"),
        ({"proj_id": "3"}, "wbs_id", "put at the top"),
    ],
)
def test_a_value_that_cannot_be_right_names_its_row_and_field(cells, field, why):
    found = changed("TASK", activity(10, "12", "Dredge", **cells))
    (one,) = (one for one in found.not_carried if (one.where, one.field) == ("TASK", field))
    assert why in one.why
    assert one.row.startswith("TASK 10 “Dredge” (line ")


def test_ids_taken_twice_links_to_oneself_and_to_nobody_are_left_out_and_named():
    found = changed("TASK", activity(10, "12", "A"), activity(10, "12", "B"))
    assert [task.name for task in found.projects[0].tasks if not task.is_summary] == ["A"]
    assert lost(found, "TASK")["task_id"] == "the id is missing or taken; the activity was left out"
    found = changed(
        "TASKPRED", {"task_pred_id": "1", "task_id": "2", "pred_task_id": "2", "pred_type": "PR_FS", "lag_hr_cnt": "0"}
    )
    assert lost(found, "Relationship")["predecessor"] == "the row waits for itself"
    found = changed("TASKPRED", {"task_pred_id": "1", "task_id": "2", "pred_task_id": "8", "pred_type": "FS", "lag_hr_cnt": "0"})
    assert lost(found, "Relationship")["predecessor"] == "there is no row 8 in the file"


def test_a_row_with_fewer_cells_than_columns_is_read_and_said():
    data = xer(harbour()).replace(b"\tRT_Mat\t", b"\t")
    (one,) = (one for one in read_schedule(data).not_carried if (one.where, one.field) == ("RSRC", ""))
    assert one.why == "the row has 4 cells for 5 columns: cells at its end are missing, or its values stand in wrong columns"


def test_a_project_without_a_row_of_its_own_is_kept_and_said():
    found = changed("PROJECT", harbour()["PROJECT"][0])
    assert [project.id for project in found.projects] == ["1", "2"]
    assert "has no row of its own" in lost(found, "PROJECT")["proj_id"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (xer(harbour(), end=""), r"cut short.*line \d+"),
        (xer(harbour())[:3000], "cut short"),
        (xer({"TASK": []}), "holds no project"),
        (b"ERMHDR\t1\r\n%T\tTASK\r\n%F\ttask_id\r\n%E\r\n", "holds no project"),
        (b"ERMHDR\t1\r\n%R\t1\r\n%E\r\n", "before the first table"),
        (b"ERMHDR\t1\r\n%T\tTASK\r\n%R\t1\r\n%E\r\n", "no line of columns"),
        (b"ERMHDR\t1\r\n%T\tTASK\r\n%F\ta\ta\r\n%E\r\n", "named twice"),
        (b"ERMHDR\t1\r\n%T\tTASK\r\n%F\ta\r\n%T\tTASK\r\n%E\r\n", "in the file twice"),
        (xer(harbour()).replace(b"Survey", b"Sur\0vey"), "NUL"),
    ],
    ids=["no end", "cut", "empty", "no rows", "no table", "no columns", "twice named", "twice", "NUL"],
)
def test_what_is_damaged_is_refused_in_words(data, words):
    with pytest.raises(FormatError) as refusal:
        read_schedule(data)
    assert re.search(words, str(refusal.value)), str(refusal.value)


@pytest.mark.parametrize("text", ["", "(", "(0||A()())x", "(0||A()()", "x(0||A()())", "(0||A()(" * 30 + "))" * 30, "(0||A)"])
def test_parentheses_that_do_not_match_are_a_broken_calendar(text):
    with pytest.raises(BrokenCalendarError):
        parse(text)


@pytest.mark.parametrize("day", ["0", "-5", "999999", "00001234599999999999", "\u0663", ""])
def test_an_exception_on_no_day_is_left_out_and_named(day):
    data = f"(0||CalendarData()((0||DaysOfWeek()())(0||Exceptions()((0||0(d|{day})())))))"
    found = read_schedule(
        xer({**harbour(), "CALENDAR": [{"clndr_id": "7", "clndr_name": "C", "clndr_data": data}]}, encoding="utf-8")
    )
    assert found.calendars[0].exceptions == ()
    assert "is no day; the exception was left out" in lost(found, "CALENDAR")["clndr_data"]


def test_text_that_is_utf_8_but_for_a_stray_byte_is_repaired_and_said():
    data = xer(harbour(), encoding="utf-8").replace("“deep”".encode(), "“dée\u00fcp”".encode() + b"\xe9")
    found = read_schedule(data)
    assert next(task.name for task in found.projects[0].tasks if task.id == "10") == "Dredge – “déeüp”é"
    assert "1 stray bytes" in lost(found, "file")[""]
