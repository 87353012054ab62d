"""Two schedule files compared: how rows are matched, what differs in words, and what moved the finish; worked by hand."""

import datetime as dt
from dataclasses import replace

import pytest

from goldenthread.formats import schedule_file as said
from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_compare import compare_schedules, in_tenths
from goldenthread.formats.schedule_compare_sheets import comparison_sheets
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_since_dates import compare_with_dates
from goldenthread.formats.schedule_writer import write_schedule
from tests.formats.material import real_file

OFFICE = (said.Shift(480, 720), said.Shift(780, 1020))
WEEK = said.Calendar("1", "Office", said.WorkWeek((OFFICE,) * 5 + ((), ())), is_default=True)
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def task(key, name, days, **cells):
    stated = {"level": 2, "wbs": f"1.{key}", "duration_minutes": days * 480, "remaining_minutes": days * 480, **cells}
    return said.Task(id=key, name=name, parent_id="9", **stated)


def weir(*tasks, links=(), calendar=WEEK, **project):
    """Tasks under one summary; links as "1>2", with a type and lag in days where they differ: "1>2 SS+1"."""
    found = []
    for one in links:
        ends, _, how = one.partition(" ")
        lag = int(float(how[2:] or 0) * 480)
        found.append(said.Relationship(*ends.split(">"), how[:2] or "FS", lag))
    summary = said.Task(id="9", name="Weir", parent_id=None, level=1, wbs="1", is_summary=True)
    plan = said.Project("1", "Weir", dt.datetime(2027, 3, 1, 8), default_calendar_id="1", tasks=(summary, *tasks))
    plan = replace(plan, relationships=tuple(found), **project)
    return said.ScheduleFile(said.MSPDI, "test", (plan,), (calendar,), (), (), ())


DIG, POUR, CURE, PAINT = task("1", "Dig", 3), task("2", "Pour", 2), task("3", "Cure", 5), task("4", "Paint", 1)
PLAN = weir(DIG, POUR, CURE, PAINT, links=["1>2", "2>3"])


def compared(old, new):
    (project,) = compare_schedules(old, new)["projects"]
    assert sum(one["moved_minutes"] for one in project["causes"]) == pytest.approx(project["moved_minutes"])
    assert sum(one["moved_days"] for one in project["causes"]) == pytest.approx(project["moved_days"])
    return project


def causes(project):
    return {one["words"]: one["moved_days"] for one in project["causes"]}


def test_a_file_and_itself_do_not_differ():
    told = compared(PLAN, PLAN)
    assert [told[name] for name in ("moved_days", "matched", "matched_by", "only_before", "only_after")] == [
        0,
        5,
        "unique id",
        0,
        0,
    ]
    assert not any(told[name] for name in ("causes", "rows_added", "rows_changed", "logic", "dates_moved", "critical_entered"))


def test_every_kind_of_change_is_told_and_weighed():
    """Ten days become fifteen. Pour two days longer and a lag of one come to 13; a bound alone brings 15, whatever the rest says.

    Orders of bound B, Pour P, lag L: B first twice (5, 0, 0); PBL 3, 2, 0; PLB 2, 2, 1; LBP 4, 0, 1; LPB 2, 2, 1.
    """
    bound = replace(CURE, constraint=said.START_NO_EARLIER, constraint_at=dt.datetime(2027, 3, 15, 8))
    longer = replace(POUR, duration_minutes=4 * 480, remaining_minutes=4 * 480)
    told = compared(PLAN, weir(DIG, longer, bound, PAINT, links=["1>2 FS+1", "2>3"]))
    assert (told["finish_before"], told["finish"], told["moved_days"]) == ("2027-03-12T17:00", "2027-03-19T17:00", 5.0)
    assert causes(told) == {
        "“Cure”: constraint none → start no earlier than 2027-03-15 08:00": 3.5,
        "“Pour”: duration 2 d → 4 d": 1.0,
        "“Dig” → “Pour”: FS becomes FS+1 d": 0.5,
    }
    assert [one["id"] for one in told["rows_changed"]] == ["2", "3"]
    assert [(one["change"], one["before"], one["after"]) for one in told["logic"]] == [("changed", "FS", "FS+1 d")]
    assert [one["name"] for one in told["critical_left"]] == ["Dig", "Pour"]
    assert {one["id"]: one["float_days"] for one in told["dates_moved"]} == {"1": 2.0, "2": 2.0, "3": 0.0, "4": 14.0}


def test_rows_that_came_and_went_and_working_time():
    cure = task("5", "Cure again", 4)
    told = compared(PLAN, weir(DIG, POUR, CURE, cure, links=["1>2", "2>3", "3>5"]))
    assert (causes(told), told["moved_days"]) == ({"“Cure again” added": 4.0}, 4.0)
    assert ([one["name"] for one in told["rows_added"]], [one["name"] for one in told["rows_removed"]]) == (
        ["Cure again"],
        ["Paint"],
    )
    holiday = said.CalendarException(dt.date(2027, 3, 3), dt.date(2027, 3, 4), ())
    told = compared(PLAN, weir(DIG, POUR, CURE, PAINT, links=["1>2", "2>3"], calendar=replace(WEEK, exceptions=(holiday,))))
    assert (causes(told), told["moved_days"]) == ({"Working time of “Office” changed (4 rows)": 2.0}, 2.0)


def test_the_calendar_of_a_person_is_not_named():
    def worked(week):
        own = replace(WEEK, id="2", name="Ada Example", week=said.WorkWeek(week), is_default=False)
        ada = said.Resource("7", "Ada Example", "work", calendar_id="2")
        file = replace_project(PLAN, assignments=(said.Assignment("1", "3", "7", 1.0, work_minutes=5 * 480),))
        return replace(file, calendars=(WEEK, own), resources=(ada,))

    told = compared(worked((OFFICE,) * 4 + ((), (), ())), worked((OFFICE,) * 6 + ((),)))
    assert list(causes(told)) == ["Working time of “the hours of one person” changed (“Cure”)"]


def test_a_later_start_of_the_project_is_one_change():
    told = compared(PLAN, replace_project(PLAN, start=dt.datetime(2027, 3, 3, 8)))
    assert causes(told) == {"The day from which work may begin: 2027-03-01 08:00 → 2027-03-03 08:00": 2.0}


def test_a_task_that_is_delayed_to_level_resources_is_told_once_with_its_own_dates():
    """Two days of delay before a task: it stands on Thursday, a day later where what it waits for lasts a day longer."""
    late = task("2", "Pour", 1, kept=(("LevelingDelay", str(2 * 4_800)), ("LevelingDelayFormat", "7")))
    once, now = (weir(task("1", "Dig", days), late, task("3", "Open", 9), links=["1>2"]) for days in (1, 2))
    project = compared(once, now)
    poured = [one for one in project["dates_moved"] if one["name"] == "Pour"]
    assert [(one["start_before"][:10], one["start"][:10]) for one in poured] == [("2027-03-04", "2027-03-05")]
    ends = [one["name"] for name in ("critical_entered", "critical_left") for one in project[name]]
    assert len(ends) == len(set(ends))


def replace_project(file, **changes):
    return replace(file, projects=(replace(file.projects[0], **changes),))


def test_relationships_of_a_summary_are_matched_too():
    other = replace(task("7", "Before", 1), parent_id=None, level=1, wbs="2")
    old = weir(DIG, POUR, CURE, other, links=["1>2", "2>3", "7>9"])
    longer = replace(other, duration_minutes=1440)
    told = compared(old, weir(DIG, POUR, CURE, longer, links=["1>2", "2>3", "7>9"]))
    assert causes(told) == {"“Before”: duration 1 d → 3 d": 2.0}


def test_rows_are_matched_by_what_stayed_the_same():
    def renamed(one, key):
        return replace(one, id=key, parent_id="90")

    moved = [renamed(one, f"7{one.id}") for one in (DIG, POUR, CURE, PAINT)]
    summary = replace(PLAN.projects[0].tasks[0], id="90")
    told = compared(PLAN, replace_project(PLAN, tasks=(summary, *moved), relationships=()))
    assert (told["matched_by"], told["matched"]) == ("WBS code", 5)
    told = compared(PLAN, replace_project(PLAN, tasks=tuple(replace(one, wbs="") for one in (summary, *moved)), relationships=()))
    assert told["matched_by"] == "name and place in the outline"


def test_the_same_plan_in_the_other_format_has_the_same_finish_and_what_the_rules_move_is_said():
    written = read_schedule(write_schedule(PLAN, said.XER, made_at=NOW).data)
    told = compared(PLAN, written)
    assert (told["matched"], told["moved_days"], told["causes"]) == (5, 0.0, [])


def test_projects_that_have_nothing_in_common_are_refused():
    two = replace(PLAN, projects=(replace(PLAN.projects[0], id="5", name="A"), replace(PLAN.projects[0], id="6", name="B")))
    with pytest.raises(FormatError, match="No project stands in both"):
        compare_schedules(PLAN, two)


def test_tenths_still_sum_to_the_whole():
    assert in_tenths([1 / 3, 1 / 3, 1 / 3], 1.0) == [0.4, 0.3, 0.3]
    assert in_tenths([-0.25, 0.75], 0.5) == [-0.2, 0.7]
    assert in_tenths([], 0.0) == []


@pytest.mark.parametrize(
    ("name", "row", "way"),
    [
        ("mspdi-derived/commercial-construction.xml", "Install temporary water service", "unique id"),
        ("p6/airport-terminal-building.xer", "Excavation  till Level  (-1.4)", "activity code"),
    ],
)
def test_a_changed_copy_of_a_real_file_written_by_us_tells_the_change(name, row, way):
    file = read_schedule(real_file(f"schedules/{name}"))
    longer = next(one for one in file.projects[0].tasks if one.name == row)
    tasks = [
        replace(one, duration_minutes=one.duration_minutes + 960, remaining_minutes=one.remaining_minutes + 960)
        if one is longer
        else one
        for one in file.projects[0].tasks
    ]
    copy = replace(file, projects=(replace(file.projects[0], tasks=tuple(tasks)),))
    told = compared(file, read_schedule(write_schedule(copy, file.kind, made_at=NOW).data))
    assert (told["matched_by"], told["only_before"], told["only_after"]) == (way, 0, 0)
    assert [one["name"] for one in told["rows_changed"]] == [row]
    ((words, moved),) = causes(told).items()
    assert row in words
    assert moved == told["moved_days"] == 2.0


def test_beside_a_baseline_of_dates_alone_stands_what_dates_can_tell_worked_by_hand():
    """Dig from Monday 1 March to Wednesday 3, pour until Friday 5, then cure for a week over the weekend."""
    hammock = task("8", "Guard", 1, is_level_of_effort=True)
    done = task("5", "Done", 0, is_milestone=True)
    gone = replace(PAINT, is_active=False)
    plan = weir(DIG, POUR, CURE, gone, done, hammock, links=["1>2", "2>3", "3>5", "1>8"])
    day = dt.date
    planned = {
        "1": (day(2027, 3, 1), day(2027, 3, 3)),
        "2": (day(2027, 3, 4), day(2027, 3, 8)),
        "4": (day(2027, 3, 1), day(2027, 3, 1)),
        "5": (day(2027, 3, 9), day(2027, 3, 10)),
        "8": (day(2027, 3, 1), day(2027, 4, 30)),
    }
    told = compare_with_dates(plan, planned)
    assert (told["finish_before"], told["finish"], told["moved_days"]) == ("2027-03-10", "2027-03-12", 2.0)
    assert (told["last_before"]["name"], told["last"]["name"]) == ("Done", "Cure")
    assert told["same_rows"] == {"finish": "2027-03-12", "moved_days": 2.0}
    assert [one["name"] for one in told["rows_added"]] == ["Cure"]
    assert [one["name"] for one in told["rows_removed"]] == ["Paint"]
    assert told["rows_changed"] == [
        {"id": "2", "name": "Pour", "changes": [{"field": "duration", "before": "3 d", "after": "2 d"}]}
    ]
    assert {one["name"]: (one["finish_before"], one["finish"], one["float_days"]) for one in told["dates_moved"]} == {
        "Pour": ("2027-03-08", "2027-03-05", 0.0),
        "Done": ("2027-03-10", "2027-03-12", 0.0),
    }
    assert (told["matched"], told["causes"], told["logic"], told["critical_left"]) == (3, [], None, None)
    dug = compare_with_dates(plan, {"1": (day(2027, 3, 1), day(2027, 3, 2))})
    assert (dug["moved_days"], dug["same_rows"]) == (8.0, {"finish": "2027-03-03", "moved_days": 1.0})
    nothing = compare_with_dates(plan, {})
    assert (nothing["finish_before"], nothing["last_before"], nothing["moved_days"]) == (None, None, 0)


def test_a_row_that_went_stands_apart_from_another_that_has_its_id_now():
    days = {"start_before": "2027-03-01", "start": "2027-03-02", "finish_before": "2027-03-03", "finish": "2027-03-04"}
    moved = {"id": "7", "name": "Paint", **days}
    lists = {"rows": [{"row": {"id": "7", "name": "Dig"}, "how": "removed", "changes": []}], "dates": [moved]}
    told = {"finish_before": None, "finish": None, "moved_days": 0.0, "causes": [], "method": ""}
    rows = comparison_sheets(told, lists, project="Weir", against="the file before")[1].rows
    assert [row[:5] for row in rows] == [("7", "Dig", "removed", "", None), ("7", "Paint", "moved", "", dt.date(2027, 3, 1))]
