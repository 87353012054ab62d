"""Lists of tasks as schedules: outline, durations, links, progress, people, what is refused, and what an export brings back."""

import datetime as dt

import pytest

from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_writer import write_schedule
from goldenthread.formats.task_list import TaskListOptions, read_task_list
from tests.formats.schedules import WEIR

LIST = """ID;Task name;Duration;Predecessors;Start;% complete;Resource names
1;Build;;;;;
2;  Dig;5d;;01.03.2027;50;Ada, Ben[50%]
3;  Pour;3 days;2;;0;Ada
4;  Cure;36 h;3FS+1d;;0;
5;Open;0;4;;0;
"""


def project(text, **options):
    read = read_task_list(text.encode(), TaskListOptions(**options) if options else None)
    return read.schedule.projects[0]


def test_a_list_is_an_outline_with_links_progress_and_people():
    (plan,) = read_schedule(LIST.encode()).projects
    rows = {task.name: task for task in plan.tasks}
    assert [(task.name, task.parent_id, task.level, task.is_summary) for task in plan.tasks][:2] == [
        ("Build", None, 1, True),
        ("Dig", "1", 2, False),
    ]
    assert (rows["Open"].parent_id, rows["Open"].is_milestone) == (None, True)
    assert [rows[name].duration_minutes for name in ("Dig", "Pour", "Cure", "Open")] == [2400, 1440, 2160, 0]
    assert [(one.predecessor_id, one.successor_id, one.kind, one.lag_minutes) for one in plan.relationships] == [
        ("2", "3", "FS", 0), ("3", "4", "FS", 480), ("4", "5", "FS", 0),
    ]  # fmt: skip
    assert rows["Dig"].actual_start == dt.datetime(2027, 3, 1, 8)
    assert [(one.task_id, one.resource_id, one.units) for one in plan.assignments] == [
        ("2", "1", 1.0),
        ("2", "2", 0.5),
        ("3", "1", 1.0),
    ]


def test_it_is_dated_in_an_office_week():
    told = {row["id"]: row for row in critical_path(read_schedule(LIST.encode()))["projects"][0]["rows"]}
    assert told["2"]["finish"] == "2027-03-05T17:00"
    assert (told["3"]["start"], told["3"]["finish"]) == ("2027-03-08T08:00", "2027-03-10T17:00")
    assert told["4"]["start"] == "2027-03-12T08:00", "a day's lag after it"
    assert told["5"]["finish"] == "2027-03-18T12:00"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_comes_back_with_its_names_links_and_durations(kind):
    weir = read_schedule(WEIR)
    (before,) = weir.projects
    (after,) = read_guarded("schedule", write_schedule(weir, kind, made_at=dt.datetime(2027, 3, 1)).data).projects
    assert [(task.id, task.name, task.level, task.is_summary) for task in after.tasks] == [
        (task.id, task.name, task.level, task.is_summary) for task in before.tasks
    ]
    assert [task.duration_minutes for task in after.tasks if not task.is_summary] == [
        task.duration_minutes for task in before.tasks if not task.is_summary
    ]
    links = [
        {(one.predecessor_id, one.successor_id, one.kind, one.lag_minutes, one.lag_percent) for one in plan.relationships}
        for plan in (before, after)
    ]
    assert links[0] == links[1]


def test_codes_make_an_outline_and_dates_a_duration():
    rows = ("1,Site,2027-03-01,2027-03-12", "1.1,Dig,2027-03-01,2027-03-05", "1.2,Pour,2027-03-08,2027-03-12")
    plan = project("\n".join(("WBS,Activity,Start date,End date", *rows)))
    assert [(task.wbs, task.parent_id, task.duration_minutes) for task in plan.tasks] == [
        ("1", None, None),
        ("1.1", "1", 2400),
        ("1.2", "1", 2400),
    ]
    assert plan.tasks[2].constraint_at == dt.datetime(2027, 3, 8, 8), "what waits for nothing starts as it says"


def test_german_headings_kinds_and_numbers_are_read():
    plan = project("Nr;Vorgangsname;Dauer;Vorgänger;Anfang\n1;Graben;2,5d;;01.03.2027\n2;Gießen;1w;1AA+4h;\n3;Prüfen;1d;2;\n")
    assert [task.duration_minutes for task in plan.tasks] == [1200, 2400, 480]
    assert (plan.relationships[0].kind, plan.relationships[0].lag_minutes) == ("SS", 240)


def test_what_cannot_be_read_is_named_with_its_line_and_nothing_is_guessed():
    rows = ("1,Dig,soon,,2027-03-01,", "2,Pour,3d,1;9;2,,120", ",,,,,", "3,Cure,2d,2+long,,")
    read = read_task_list("\n".join(("ID,Name,Duration,Predecessors,Start,% complete", *rows)).encode())
    said = {(one.row, one.field): one.why for one in read.schedule.not_carried}
    assert said[("line 2", "duration")] == "“soon” is no duration"
    assert "names no task" in said[("line 3", "predecessors")] or "itself" in said[("line 3", "predecessors")]
    assert ("line 3", "progress") in said
    assert ("line 5", "predecessors") in said
    assert [(one.predecessor_id, one.successor_id) for one in read.schedule.projects[0].relationships] == [("1", "2")]


def test_a_row_and_what_stands_under_it_do_not_wait_for_each_other():
    plan = project("ID,Name,Duration,Predecessors,Start\n1,Build,,,2027-03-01\n2,  Dig,2d,1,\n3,Open,1d,1,\n")
    assert [(one.predecessor_id, one.successor_id) for one in plan.relationships] == [("1", "3")]


@pytest.mark.parametrize(
    ("text", "mapping", "words"),
    [
        ("Name,Owner\nDig,Ada\nPour,Ben\n", {"name": 0}, "durations, dates or predecessors"),
        ("ID,Duration,Predecessors\n1,2d,\n2,3d,1\n", {"duration": 1}, "names of the tasks"),
        ("ID,Name,Duration,Predecessors\n1,Dig,2d,\n2,Pour,3d,1\n", None, "no date at all"),
        ("ID,Name,Duration,Start\n1,Dig,2d,2027-03-01\n1,Pour,3d,2027-03-02\n", None, "stands twice"),
    ],
)
def test_what_is_no_schedule_is_refused_with_what_to_do(text, mapping, words):
    with pytest.raises(FormatError, match=words) as refused:
        read_task_list(text.encode(), TaskListOptions(mapping=mapping))
    assert refused.value.advice


def test_a_column_that_nobody_named_is_asked_for():
    read = read_task_list(b"A,B\nDig,4\nPour,5\n")
    assert (read.missing, read.schedule.projects[0].tasks) == ("No column holds the names of the tasks.", ())


def test_columns_may_be_chosen():
    plan = project("A,B,C\nDig,4,2027-03-01\nPour,2,2027-03-05\n", mapping={"name": 0, "duration": 1, "start": 2})
    assert [(task.name, task.duration_minutes) for task in plan.tasks] == [("Dig", 1920), ("Pour", 960)]
    with pytest.raises(FormatError, match="not there"):
        project("A,B\nDig,4\nPour,5\n", mapping={"name": 7})


def test_a_list_of_projects_and_other_texts_are_no_schedule():
    for text in (b"Project,Budget,Sponsor\nWeir,100,Ada\nDam,200,Ben\n", b"just words", b"PK\x03\x04broken"):
        with pytest.raises(FormatError):
            read_schedule(text)
