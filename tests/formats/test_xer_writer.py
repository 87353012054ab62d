"""Primavera XER written again: every value, or its loss named. Oracle: the lines of both files, cut by another few lines."""

import csv
import datetime as dt
import io
import random
from collections import Counter
from dataclasses import replace

import pytest

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_file import Relationship
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.xer_writer import write_xer
from tests.formats.material import real_file
from tests.formats.schedules import WEIR, activity, harbour, link, mspdi, task, xer
from tests.formats.test_damaged_schedules import wrong_value
from tests.formats.test_real_schedules import MSPDI, XER

PARTS = ("projects", "calendars", "resources", "custom_fields")
PROPER = [name for name in XER if "viewer" not in name]  # which another program wrote, with columns of its own


def tables(data: bytes, encoding: str = "cp1252") -> dict[str, list[dict[str, str]]]:
    found, rows, columns = {}, [], []
    for line in csv.reader(io.StringIO(data.decode(encoding)), delimiter="\t", quoting=csv.QUOTE_NONE):
        if line and line[0] == "%T":
            rows = found.setdefault(line[1], [])
        elif line and line[0] == "%F":
            columns = line[1:]
        elif line and line[0] == "%R":
            rows.append(dict(zip(columns, line[1:], strict=False)))
    return found


def figures(rows: list[dict[str, str]], *columns: str) -> Counter:
    def plain(text: str):
        try:
            return float(text)
        except ValueError:
            return text.removesuffix(":00") if len(text) == 19 else text

    return Counter(tuple(plain(row.get(column, "")) for column in columns) for row in rows)


@pytest.mark.parametrize("name", PROPER)
def test_a_real_file_of_primavera_comes_back_whole(name):
    data = real_file(f"schedules/{name}")
    before = read_schedule(data)
    written = write_xer(before)
    after = read_schedule(written.data)
    assert not written.not_carried
    assert [part for part in PARTS if getattr(before, part) != getattr(after, part)] == []
    old, new = tables(data), tables(written.data)
    for table in ("TASK", "PROJWBS", "TASKRSRC", "RSRC", "ROLES"):
        for column in {column for row in old.get(table, []) for column in row} - {"parent_wbs_id"}:
            stated = [row for row in old[table] if row[column]]
            assert not figures(stated, column) - figures(new[table], column), f"{table} {column}"
    links = ("task_id", "pred_task_id", "pred_type", "lag_hr_cnt")
    assert figures(old.get("TASKPRED", []), *links) == figures(new.get("TASKPRED", []), *links)


@pytest.mark.parametrize("name", [*MSPDI, *XER])
def test_names_links_starts_durations_and_assignments_of_any_real_file_come_through(name):
    before = read_schedule(real_file(f"schedules/{name}"))
    (project,) = before.projects
    written = write_xer(before)
    (again,) = read_schedule(written.data).projects
    leaves = {one.id: one for one in project.tasks if not one.is_summary}
    assert {one.id: (one.name, one.duration_minutes, one.start, one.finish) for one in again.tasks if not one.is_summary} == {
        key: (one.name, one.duration_minutes, one.start, one.finish) for key, one in leaves.items()
    }
    assert [one.name for one in again.tasks if one.is_summary][-1:] in (
        [one.name for one in project.tasks if one.is_summary][-1:],
        [project.name],
    )
    kept = [one for one in project.relationships if one.predecessor_id in leaves and one.successor_id in leaves]
    assert {(a.predecessor_id, a.successor_id, a.kind, a.lag_minutes) for a in again.relationships} == {
        (a.predecessor_id, a.successor_id, a.kind, a.lag_minutes) for a in kept
    }
    dropped = sum(one.count for one in written.not_carried if one.where == "Relationship")
    assert dropped == len(project.relationships) - len(kept)
    assert Counter((a.task_id, a.work_minutes, a.cost) for a in again.assignments) == Counter(
        (a.task_id, a.work_minutes, a.cost) for a in project.assignments if a.task_id in leaves
    )
    assert {one.id for one in again.tasks if one.is_critical} == {
        key for key, one in leaves.items() if one.is_critical and one.actual_finish is None
    }


def test_two_projects_with_a_link_between_them_come_back_whole():
    before = read_schedule(xer(harbour()))
    written = write_xer(before)
    assert not written.not_carried
    after = read_schedule(written.data)  # which states what the file left open, such as the hours of a day
    assert [[one.name for one in project.tasks] for project in after.projects] == [
        [one.name for one in project.tasks] for project in before.projects
    ]
    assert [project.relationships for project in after.projects] == [project.relationships for project in before.projects]
    again = read_schedule(write_xer(after).data)
    assert [part for part in PARTS if getattr(after, part) != getattr(again, part)] == []


def test_one_project_alone_is_written_and_the_link_out_of_it_is_named():
    written = write_xer(read_schedule(xer(harbour())), "2")
    assert [project.name for project in read_schedule(written.data).projects] == ["Quay"]
    assert ("Relationship", "SF from 4 to 5") in {(one.where, one.row) for one in written.not_carried}
    with pytest.raises(FormatError, match="no project 9"):
        write_xer(read_schedule(xer(harbour())), "9")


def test_a_plan_of_microsoft_becomes_one_of_primavera_and_the_rest_is_named():
    before = read_schedule(WEIR)
    written = write_xer(before)
    (project,) = read_schedule(written.data).projects
    rows = {one.name: one for one in project.tasks}
    assert [(one.name, one.level) for one in project.tasks] == [
        ("Weir", 1),
        ("Open", 2),
        ("Build", 2),
        ("Dig", 3),
        ("Pour", 3),
        ("Cure", 3),
    ]
    dig = rows["Dig"]
    assert (dig.start, dig.finish, dig.constraint, dig.status) == (
        dt.datetime(2027, 3, 1, 8),
        dt.datetime(2027, 3, 3, 17),
        "start no earlier than",
        "in progress",
    )
    assert (dig.percent_complete, dig.remaining_minutes, dig.total_slack_minutes, dig.notes) == (50, 720, -480, "Mind the\npipe")
    assert rows["Open"].is_milestone
    lags = {(one.kind, one.lag_minutes) for one in project.relationships}
    assert lags == {("FS", 480), ("SS", 2160), ("FF", -240), ("SF", 1440)}  # half of Pour's three days is 36 hours
    named = {(one.where, one.field) for one in written.not_carried}
    assert named >= {("Task", "baselines"), ("Task", "deadline"), ("Relationship", "lag_percent"), ("Calendar", "other_weeks")}
    assert {one.field for one in written.not_carried if one.where == "Resource"} >= {"rates", "material_unit"}
    fields = read_schedule(written.data).custom_fields
    assert [(one.name, value.value) for one in fields for value in dig.custom if value.field_id == one.id] == [("Quarter", "Q1")]


def test_a_calendar_is_written_day_by_day():
    (standard, _, ada) = read_schedule(write_xer(read_schedule(WEIR)).data).calendars
    days = {one.first_day: one.shifts for one in standard.exceptions}
    assert all(days[dt.date(2027, 12, day)] == () for day in (24, 25, 26))
    assert [(one.start_minute, one.finish_minute) for one in days[dt.date(2027, 5, 1)]] == [(600, 840)]
    assert [day for day in days if (day.month, day.day) == (1, 1)] == [dt.date(year, 1, 1) for year in (2027, 2028, 2029)]
    fridays = {day for day in days if day.month == 7}
    assert fridays == {dt.date(2027, 7, day) for day in (9, 16, 23, 30)}  # of the other week in summer, Friday alone differs
    assert ada.week.days == standard.week.days


def test_what_an_activity_costs_beside_its_assignments_is_written_as_an_expense():
    tasks = task(1, "A", Cost=50_000, ActualCost=20_000, RemainingCost=30_000, FixedCost=50_000)
    (project,) = read_schedule(write_xer(read_schedule(mspdi(tasks))).data).projects
    (row,) = (one for one in project.tasks if not one.is_summary)
    assert (row.cost, row.actual_cost, row.remaining_cost) == (500, 200, 300)


def test_letters_outside_the_code_page_and_breaks_in_lines_survive():
    made = harbour()
    made["TASK"][0]["task_name"] = "Łódź – 港"
    before = read_schedule(xer(made, encoding="utf-8"))
    written = write_xer(before)
    assert written.data.startswith(b"\xef\xbb\xbf")
    assert "Łódź – 港" in [one.name for one in read_schedule(written.data).projects[0].tasks]
    assert not written.not_carried
    project = replace(before.projects[0], tasks=(replace(before.projects[0].tasks[-1], name="tab\there", parent_id=None),))
    again = read_schedule(write_xer(replace(before, projects=(replace(project, relationships=(), assignments=()),))).data)
    assert "tab here" in [one.name for one in again.projects[0].tasks]


def test_a_link_to_a_row_of_the_outline_is_named():
    file = read_schedule(mspdi(task(1, "Phase", Summary=1) + task(2, "A", 2) + task(3, "B", 1, link(1) + link(2))))
    written = write_xer(file)
    assert [(one.row, one.field) for one in written.not_carried if one.where == "Relationship"] == [("FS from 1 to 3", "all")]
    assert read_schedule(written.data).projects[0].relationships == (Relationship("2", "3", "FS", 0),)


def test_a_percentage_that_does_not_follow_from_the_durations_is_written_as_physical():
    rows = task(
        1, "A", Duration="PT40H0M0S", RemainingDuration="PT30H0M0S", PercentComplete=60, ActualStart="2027-03-01T08:00:00"
    )
    (project,) = read_schedule(write_xer(read_schedule(mspdi(rows))).data).projects
    (row,) = (one for one in project.tasks if not one.is_summary)
    assert (row.percent_complete, row.percent_kind, row.remaining_minutes) == (60, "physical", 1800)


@pytest.mark.parametrize("kind", ["mspdi", "xer"])
def test_whatever_was_read_can_be_written_for_primavera(kind):
    chance = random.Random(f"{kind} out")
    made = harbour()
    made["TASK"].append(activity(77, "10", "Under the project"))
    count = 0
    for _ in range(25):
        try:
            file = read_schedule(wrong_value(WEIR if kind == "mspdi" else xer(made), chance))
        except FormatError:
            continue
        written = write_xer(file)
        after = read_schedule(written.data)
        named = {one.field for one in written.not_carried}
        count += 1
        for project, again in zip(file.projects, after.projects, strict=True):
            before = Counter((one.name, one.duration_minutes) for one in project.tasks if not one.is_summary)
            assert before == Counter((one.name, one.duration_minutes) for one in again.tasks if not one.is_summary)
            assert len(again.relationships) == len(project.relationships) or "all" in named
    assert count > 8


@pytest.mark.parametrize("written", ["²", "9" * 5_000])
def test_a_rule_with_numbers_that_are_none_is_read_as_if_they_were_not_there(written):
    data = WEIR.replace(b"<MonthDay>1</MonthDay>", f"<MonthDay>{written}</MonthDay>".encode())
    assert written.encode() in data
    calendar = read_schedule(write_xer(read_schedule(data)).data).calendars[0]
    assert [one for one in calendar.exceptions if one.first_day == dt.date(2027, 1, 1)] == []
