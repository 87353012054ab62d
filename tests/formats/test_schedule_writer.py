"""A plan as table, workbook and calendar. Oracles: the csv module, our own reader of workbooks, and the rules of RFC 5545."""

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_writer import FORMATS, write_schedule
from goldenthread.formats.workbook import read_workbook
from tests.formats.schedules import WEIR, harbour, mspdi, task, xer

NOW = dt.datetime(2027, 3, 15, 9, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def weir():
    return read_schedule(WEIR)


def named(written) -> set[tuple[str, str]]:
    return {(one.where, one.field) for one in written.not_carried}


def test_the_list_of_tasks_says_dates_links_people_and_own_fields(weir):
    written = write_schedule(weir, "csv", made_at=NOW)
    rows = {row["Name"]: row for row in csv.DictReader(io.StringIO(written.data.decode("utf-8-sig")))}
    assert list(rows) == ["Build", "Dig", "Pour", "Cure", "Open"]
    dig, cure = rows["Dig"], rows["Cure"]
    assert (dig["Start"], dig["Duration (h)"], dig["% complete"], dig["Cost"]) == ("2027-03-01 08:00:00", "24", "50.0", "1234.56")
    assert (dig["Work (h)"], dig["Resources"], dig["Quarter"], dig["Notes"]) == ("16.5", "Ada [50%]", "Q1", "Mind the\npipe")
    assert (cure["Predecessors"], rows["Open"]["Predecessors"]) == ("3SS+50%; 2FF-4h", "4SF+24eh")
    assert named(written) >= {("Project", "baselines"), ("Project", "assignments"), ("Calendar", "all"), ("Task", "calendar_id")}


def test_the_workbook_holds_a_sheet_for_each_kind_of_row_and_one_for_what_it_does_not_say(weir):
    written = write_schedule(weir, "xlsx", made_at=NOW)
    book = read_workbook(written.data)
    sheets = {sheet.name: sheet for sheet in book.sheets}
    assert list(sheets) == ["Tasks", "Relationships", "Resources", "Rates", "Assignments", "Baselines", "Not carried"]
    assert "overtime" not in {one.field for one in written.not_carried}
    assert ("Assignment", "phases") in named(written)


def test_every_activity_is_an_event_with_its_own_number_and_no_line_is_longer_than_75_octets(weir):
    long = replace(weir.projects[0].tasks[1], name="Größe; Länge, Höhe \\ " * 12)
    (project,) = weir.projects
    tasks = (project.tasks[0], long, *project.tasks[2:])
    written = write_schedule(replace(weir, projects=(replace(project, tasks=tasks),)), "ics", made_at=NOW)
    assert all(len(line) <= 75 for line in written.data.split(b"\r\n"))
    lines = written.data.decode().replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert [line for line in lines if line.startswith("UID")] == ["UID:2.1@goldenthread"]  # Cure and Open state no start
    assert "DTSTART:20270301T080000" in lines
    assert "DTSTAMP:20270315T093000Z" in lines
    assert "SUMMARY:" + r"Größe\; Länge\, Höhe \\ " * 12 in lines
    assert "DESCRIPTION:Build\\n50 % complete\\nMind the\\npipe" in lines
    assert [(one.row, one.why) for one in written.not_carried if one.where == "Task" and one.field == "all"] == [
        ("Task 3 “Pour”", "it is not active"),
        ("Task 4 “Cure”", "it has no start"),
        ("Task 5 “Open”", "it has no start"),
    ]


def test_a_milestone_is_a_moment():
    file = read_schedule(mspdi(task(1, "Gate", Milestone=1, Start="2027-04-01T17:00:00", Finish="2027-04-01T17:00:00")))
    lines = write_schedule(file, "ics", made_at=NOW).data.decode().split("\r\n")
    assert "CATEGORIES:Milestone" in lines
    assert not [line for line in lines if line.startswith("DTEND")]


def test_what_reading_lost_is_named_again_unless_it_was_kept(weir):
    assert not write_schedule(weir, "mspdi", made_at=NOW).not_carried
    assert ("Task", "HyperlinkAddress") in named(write_schedule(weir, "xer", made_at=NOW))
    file = read_schedule(xer(harbour()))
    assert {one.field for one in write_schedule(file, "xer", made_at=NOW).not_carried} >= {"all", "cost_name"}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_plan_gives_the_same_bytes(weir, kind):
    assert write_schedule(weir, kind, made_at=NOW) == write_schedule(weir, kind, made_at=NOW)


def test_what_a_spreadsheet_would_run_is_text():
    file = read_schedule(mspdi(task(1, "=1+1")))
    assert b",'=1+1," in write_schedule(file, "csv", made_at=NOW).data


def test_another_format_is_refused(weir):
    with pytest.raises(FormatError, match="not written as pdf"):
        write_schedule(weir, "pdf", made_at=NOW)
