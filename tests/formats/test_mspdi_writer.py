"""Microsoft Project XML written again: in Microsoft's order, with every value, or with its loss named.

Oracles: another parser that lists the elements of both files; the order in which files saved by Microsoft Project stand.
"""

import datetime as dt
import random
import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import pytest
from defusedxml import ElementTree

from goldenthread.formats.errors import FormatError
from goldenthread.formats.mspdi_order import ORDER
from goldenthread.formats.mspdi_writer import write_mspdi
from goldenthread.formats.schedule_file import CustomField, CustomValue
from goldenthread.formats.schedule_reader import read_schedule
from tests.formats.material import real_file
from tests.formats.schedules import WEIR, harbour, mspdi, task, xer
from tests.formats.test_damaged_schedules import wrong_value
from tests.formats.test_real_schedules import MSPDI, XER

SAVED_BY_MICROSOFT = [name for name in MSPDI if name.startswith("mspdi/")]
PARTS = ("projects", "calendars", "resources", "custom_fields", "not_carried")
SPACE = "{http://schemas.microsoft.com/project}"
HOLDERS = {
    *(
        "Calendars",
        "Tasks",
        "Resources",
        "Assignments",
        "ExtendedAttributes",
        "OutlineCodes",
        "WeekDays",
        "Exceptions",
        "WorkWeeks",
    ),
    *("WorkingTimes", "WorkingTime", "TimePeriod", "Rates", "ValueList", "WBSMasks", "Value"),
}


def kind_of(element, above):
    name = element.tag.removeprefix(SPACE)
    if name in ("ExtendedAttribute", "OutlineCode") and above in ("ExtendedAttributes", "OutlineCodes"):
        return "CustomField" if name == "ExtendedAttribute" else "OutlineCodeField"
    return f"{above}Baseline" if name == "Baseline" else name


def out_of_order(data: bytes) -> list[str]:
    """Elements that Microsoft's schema has no place for, or that stand after one that belongs behind them."""
    wrong = []

    def walk(element, above):
        kind = kind_of(element, above)
        if kind in ORDER:
            places = []
            for child in element:
                name = child.tag.removeprefix(SPACE)
                if name not in ORDER[kind]:
                    wrong.append(f"{kind} has no {name}")
                else:
                    places.append((ORDER[kind].index(name), name))
            wrong.extend(f"{kind}: {b[1]} after {a[1]}" for a, b in pairwise(places) if b[0] < a[0])
        elif len(element) and kind not in HOLDERS:
            wrong.append(f"no order is known for {kind}")
        for child in element:
            walk(child, element.tag.removeprefix(SPACE))

    walk(ElementTree.fromstring(data), "")
    return wrong


def same_words(text: str | None) -> str:
    """Numbers without needless digits, days without the hour at which they end."""
    words = (text or "").strip()
    try:
        return str(Decimal(words).normalize() + 0)
    except InvalidOperation:
        return words


def values(data: bytes) -> Counter:
    """Every element that holds a text, by its path and the number of the row it stands in."""
    found = Counter()

    def walk(element, path):
        for child in element:
            name = child.tag.removeprefix(SPACE)
            keys = [
                same_words(one.text)
                for one in child
                if one.tag.removeprefix(SPACE) in ("UID", "FieldID", "Number", "PredecessorUID")
            ]
            if len(child):
                walk(child, f"{path}/{name}[{''.join(keys[:1])}]")
            elif (child.text or "").strip():
                found[f"{path}/{name}", same_words(child.text)] += 1

    walk(ElementTree.fromstring(data), "")
    return found


@pytest.mark.parametrize("name", SAVED_BY_MICROSOFT)
def test_the_order_is_that_of_files_which_microsoft_project_saved(name):
    assert out_of_order(real_file(f"schedules/{name}")) == []


def test_the_check_of_the_order_finds_what_is_out_of_order():
    moved = b'<Project xmlns="http://schemas.microsoft.com/project"><Tasks><Task><ID>1</ID><UID>1</UID><Colour>9</Colour></Task>'
    moved += b"</Tasks><Calendars/></Project>"
    assert out_of_order(moved) == ["Project: Calendars after Tasks", "Task has no Colour", "Task: UID after ID"]


@pytest.mark.parametrize("name", MSPDI)
def test_every_value_of_a_real_file_stands_in_the_written_one_or_is_named(name):
    before = real_file(f"schedules/{name}")
    file = read_schedule(before)
    written = write_mspdi(file)
    assert out_of_order(written.data) == []
    again = read_schedule(written.data)
    named = {one.field for one in written.not_carried}
    missing = values(before) - values(written.data)
    assert {path.rpartition("/")[2] for path, _ in missing} <= named | (
        {"CalendarUID"} if "default_calendar_id" in named else set()
    )
    if name != "mspdi-derived/fedora-20.xml":  # which names a calendar that it does not hold, and two elements of its own
        assert not written.not_carried
        assert not missing
        assert [part for part in PARTS if getattr(again, part) != getattr(file, part)] == []


def test_what_only_microsoft_says_comes_back_as_it_stood():
    written = write_mspdi(read_schedule(WEIR))
    assert not written.not_carried
    missing = {path for path, _ in values(WEIR) - values(written.data)}
    assert missing == {  # a day off of the older kind is written as the newer; the last day of a span ends at 23:59
        *(
            f"/Calendars[]/Calendar[1]/WeekDays[]/WeekDay[]/{cell}"
            for cell in ("DayType", "DayWorking", "TimePeriod[]/FromDate", "TimePeriod[]/ToDate")
        ),
        "/Calendars[]/Calendar[1]/Exceptions[]/Exception[]/TimePeriod[]/ToDate",
        "/Calendars[]/Calendar[1]/WorkWeeks[]/WorkWeek[]/TimePeriod[]/ToDate",
    }
    assert read_schedule(written.data).calendars == read_schedule(WEIR).calendars


def test_seconds_and_tenths_of_minutes_survive_until_the_value_is_changed():
    file = read_schedule(mspdi(task(1, "A", Duration="PT1H0M20S", TotalSlack="14")))
    assert b"<Duration>PT1H0M20S</Duration>" in write_mspdi(file).data
    assert b"<TotalSlack>14</TotalSlack>" in write_mspdi(file).data
    (project,) = file.projects
    longer = replace(project, tasks=(replace(project.tasks[0], duration_minutes=90),))
    assert b"<Duration>PT1H30M0S</Duration>" in write_mspdi(replace(file, projects=(longer,))).data


def test_empty_rows_stay_where_they_were():
    blank = "<Task><UID>9</UID><ID>2</ID><IsNull>1</IsNull></Task>"
    written = write_mspdi(read_schedule(mspdi(task(1, "A") + blank + task(3, "B")))).data
    assert re.findall(rb"<UID>(\d+)</UID>", written[written.index(b"<Tasks>") : written.index(b"</Tasks>")]) == [b"1", b"9", b"3"]


def test_what_changed_is_written_and_not_what_was_kept():
    file = read_schedule(WEIR)
    (project,) = file.projects
    tasks = tuple(replace(one, is_duration_elapsed=True, is_estimated=True) if one.id == "2" else one for one in project.tasks)
    links = tuple(replace(one, lag_percent=None, lag_minutes=60, is_elapsed=True) for one in project.relationships)
    changed = replace(project, name="Sluice", currency="NOK", tasks=tasks, relationships=links)
    again = read_schedule(write_mspdi(replace(file, projects=(changed,))).data).projects[0]
    assert (again.name, again.currency, again.relationships) == ("Sluice", "NOK", links)
    assert [(one.is_duration_elapsed, one.is_estimated) for one in again.tasks if one.id == "2"] == [(True, True)]


def test_primavera_becomes_a_project_of_microsoft_and_the_rest_is_named():
    file = read_schedule(xer(harbour()))
    written = write_mspdi(file, "1")
    assert out_of_order(written.data) == []
    before, again = file.projects[0], read_schedule(written.data).projects[0]
    assert [(one.name, one.level, one.duration_minutes) for one in again.tasks] == [
        (one.name, one.level, one.duration_minutes) for one in before.tasks
    ]
    assert Counter((one.kind, one.lag_minutes) for one in again.relationships) == {("FS", -240): 1, ("SS", 0): 1, ("FF", 0): 1}
    assert {one.field for one in written.not_carried if one.where == "Task"} >= {
        "is_level_of_effort",
        "second_constraint",
        "display_id",
        "id",
    }
    fields = {one.id: one.name for one in read_schedule(written.data).custom_fields}
    dredge = next(one for one in again.tasks if one.name.startswith("Dredge"))
    assert {(fields[one.field_id], one.value) for one in dredge.custom} == {("Activity ID", "A10"), ("Depth", "12.5")}
    summary = next(one for one in again.tasks if one.name == "Harbour")
    assert (summary.start, summary.finish) == (dt.datetime(2027, 2, 1, 8), dt.datetime(2027, 3, 5, 17))


def test_a_link_to_another_project_is_named_and_one_of_several_projects_is_to_be_chosen():
    file = read_schedule(xer(harbour()))
    lost = [one for one in write_mspdi(file, "Quay").not_carried if one.where == "Relationship"]
    assert [(one.row, one.field) for one in lost] == [("SF from 4 to 5", "all")]
    with pytest.raises(FormatError, match="holds 2 projects"):
        write_mspdi(file)
    with pytest.raises(FormatError, match="no project 7"):
        write_mspdi(file, "7")


def test_more_fields_than_there_are_texts_are_named():
    file = read_schedule(xer(harbour()))
    fields = tuple(CustomField(f"udf:{n}", f"F{n}", "task") for n in range(40))
    (project,) = (one for one in file.projects if one.id == "1")
    tasks = tuple(replace(one, custom=tuple(CustomValue(field.id, "x") for field in fields)) for one in project.tasks)
    written = write_mspdi(replace(file, custom_fields=fields, projects=(replace(project, tasks=tasks),)))
    assert [one.count for one in written.not_carried if (one.where, one.field) == ("Custom field", "all")] == [10]
    assert sum(one.count for one in written.not_carried if (one.where, one.field) == ("Task", "custom")) == 10 * len(tasks)


@pytest.mark.parametrize("name", XER)
def test_real_files_of_primavera_become_microsoft_xml_in_its_order(name):
    file = read_schedule(real_file(f"schedules/{name}"))
    written = write_mspdi(file)
    assert out_of_order(written.data) == []
    before, again = file.projects[0], read_schedule(written.data).projects[0]
    assert [(one.name, one.duration_minutes, one.start if not one.is_summary else None) for one in again.tasks] == [
        (one.name, one.duration_minutes, one.start if not one.is_summary else None) for one in before.tasks
    ]
    assert Counter((one.kind, one.lag_minutes) for one in again.relationships) == Counter(
        (one.kind, one.lag_minutes) for one in before.relationships
    )


@pytest.mark.parametrize("kind", ["mspdi", "xer"])
def test_whatever_was_read_can_be_written_and_says_the_same_or_names_what_differs(kind):
    chance = random.Random(kind)
    written_count = 0
    for _ in range(25):
        try:
            file = read_schedule(wrong_value(WEIR if kind == "mspdi" else xer(harbour()), chance))
        except FormatError:
            continue
        project = file.projects[0]
        written = write_mspdi(file, project.id)
        assert out_of_order(written.data) == []
        again = read_schedule(written.data).projects[0]
        named = {one.field for one in written.not_carried}
        written_count += 1
        for before, after in zip(project.tasks, again.tasks, strict=True):
            assert (before.name, before.duration_minutes) == (after.name, after.duration_minutes)
            assert before.id == after.id or "id" in named
    assert written_count > 8
