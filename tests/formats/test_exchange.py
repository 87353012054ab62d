"""Schedules of other programs through MPXJ. Skipped, saying why, where MPXJ or Java is not at hand.

Oracle for the real files: the figures that the note beside them gives, counted by MPXJ's own calls.
"""

import gzip
import importlib.util
import os
from datetime import datetime

import pytest

from goldenthread.formats import exchange
from goldenthread.formats.errors import FormatError
from goldenthread.formats.ganttproject import as_drawn
from goldenthread.formats.limits import read_guarded, read_measured
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_file import START_NO_EARLIER
from goldenthread.formats.schedule_kind import is_foreign, is_juggled
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_summary import summary
from tests.formats.material import real_file
from tests.formats.schedules import WEIR, harbour, link, mspdi, task, xer

PIER = b"""<?xml version="1.0" encoding="UTF-8"?><project name="Pier" company="Harbour works" webLink="" version="3.2">
<calendars><day-types><day-type id="0"/><day-type id="1"/>
<default-week id="1" name="default" sun="1" mon="0" tue="0" wed="0" thu="0" fri="0" sat="1"/></day-types></calendars>
<tasks><taskproperties/><task id="1" name="Drive piles" start="2027-03-01" duration="3" complete="50" expand="true">
<depend id="2" type="2" difference="0" hardness="Strong"/></task>
<task id="2" name="Lay deck" start="2027-03-04" duration="2" complete="0" expand="true"/></tasks>
<resources><resource id="7" name="Ada" function="Default:0" contacts="" phone=""/></resources><allocations>
<allocation task-id="1" resource-id="7" function="Default:0" responsible="true" load="100.0"/></allocations></project>"""
# rows, activities, links (FS, with lag), resources, assignments, start, finish, cost, hours of work, critical
REPORTED = {
    "mpp/commercial-construction.mpp": (145, 126, 176, 2, 32, 158, "2000-01-03", "2001-04-26", 0, 7929.6, 50),
    "mpp/local-road-costed.mpp": (16, 13, 13, 0, 3, 32, "2021-11-15", "2022-03-30", 1_960_300, 10_480, 9),
    "mpp/plan-solution-baseline1.mpp": (12, 8, 7, 0, 3, 17, "2021-01-04", "2021-02-09", 387_000, None, 7),
    "mpp/term-project-example.mpp": (19, 15, 28, 0, 7, 16, "2018-10-15", "2018-10-31", 2_810, None, 2),
    "mpp/exam-2019-02-progress-baseline.mpp": (8, 8, 6, 0, 0, None, "2019-02-01", "2019-04-02", 28_000, None, 3),
    "mpp/mpxj-mpp14baselines.mpp": (1, 1, 0, 0, None, None, None, None, None, None, None),
    "mpp/mpxj-slack9.mpp": (15, 15, 15, 0, 0, 0, None, None, None, None, 8),
    "other/house-building.gan": (20, 16, 3, 0, 7, 30, "2024-05-27", "2024-10-14", 0, None, 0),
    "other/mpxj-project1.planner": (30, 29, 5, 1, 2, 9, None, None, None, None, None),
    "other/mpxj-sample.mpx": (19, 16, 7, 2, 2, 2, "2003-01-07", "2003-03-18", 3526.25, None, 1),
    "p6/mpxj-percent-complete-8.4.pmxml": (12, 12, 0, 0, 0, 0, None, None, None, None, None),
}
FEW = ("mpp/commercial-construction.mpp",)
LONG = bool(os.environ.get("LONG_TESTS"))


@pytest.fixture
def _ready():
    try:
        exchange.check_ready()
    except FormatError as refusal:
        pytest.skip(refusal.message)


@pytest.mark.usefixtures("_ready")
def test_a_plan_of_ganttproject_is_read_in_a_child_within_its_limits():
    file, cost = read_measured("schedule", gzip.compress(PIER))
    (project,) = file.projects
    assert [(task.name, task.percent_complete) for task in project.tasks] == [("Drive piles", 50), ("Lay deck", 0)]
    assert [(link.kind, link.lag_minutes) for link in project.relationships] == [("FS", 0)]
    assert [one.name for one in file.resources] == ["Ada"]
    assert len(project.assignments) == 1
    begun, bound = (task for task in project.tasks)
    assert (begun.actual_start, begun.remaining_minutes, begun.wbs) == (datetime(2027, 3, 1), 720, "1")
    assert (bound.constraint, bound.constraint_at, bound.actual_start) == (START_NO_EARLIER, datetime(2027, 3, 4), None)
    assert file.program == "GanttProject GAN, through MPXJ"
    assert file.not_carried[0].why == "read through MPXJ, which does not say what it leaves out"
    assert cost.in_child
    assert cost.peak_bytes < 512 * 2**20


@pytest.mark.usefixtures("_ready")
@pytest.mark.parametrize("name", REPORTED if LONG else FEW)
def test_real_files_hold_what_mpxj_itself_counts(name):
    file, cost = read_measured("schedule", real_file(f"schedules/{name}"))
    (project,) = summary(file)["projects"]
    links = project["relationships"]
    found = (
        *(project["rows"], project["activities"], sum(links[kind] for kind in ("FS", "SS", "FF", "SF")), links["with_lag"]),
        *(project["resources"], project["assignments"], project["start"], project["finish"], project["cost"]),
        *(project["work_hours"], len(project["critical"])),
    )
    assert [a for a, b in zip(found, REPORTED[name], strict=True) if b is not None] == [
        pytest.approx(b) for b in REPORTED[name] if b is not None
    ]
    assert cost.peak_bytes < 512 * 2**20


@pytest.mark.usefixtures("_ready")
@pytest.mark.parametrize(
    ("name", "words"),
    [("mpxj-password-read.mpp", "protected by a password"), *([("mpxj-empty.mpx", "holds no task")] if LONG else [])],
)
def test_bad_files_are_refused_in_words(name, words):
    with pytest.raises(FormatError, match=words):
        read_guarded("schedule", real_file(f"schedules/bad/{name}"))


@pytest.mark.usefixtures("_ready")
@pytest.mark.skipif(not LONG, reason="each file starts a Java machine; run with LONG_TESTS=1")
@pytest.mark.parametrize("cut", [40, 3_000, 60_000])
@pytest.mark.parametrize("name", ["mpp/mpxj-slack9.mpp", "other/house-building.gan", "other/mpxj-sample.mpx"])
def test_files_cut_short_are_read_or_refused_in_words(name, cut):
    data = real_file(f"schedules/{name}")
    try:
        rows = read_guarded("schedule", data[:cut]).projects[0].tasks
    except FormatError as refusal:
        rows = refusal.message
    assert rows
    assert len(data) > cut or not isinstance(rows, str)


def test_bars_of_ganttproject_lie_where_they_were_drawn_and_links_that_mpxj_leaves_out_are_named():
    """The plan as MPXJ hands it over: days as dates, an outline numbered anew under each summary, no link below the top."""
    drawn = b"""<project><tasks><task id="0" name="Pier"><task id="1" name="Drive piles"><depend id="2"/></task>
    <task id="2" name="Lay deck"><depend id="3"/></task></task><task id="3" name="Open it"/></tasks></project>"""
    days = {"Start": "2027-03-10T00:00:00", "Finish": "2027-03-12T17:00:00", "Duration": "PT24H0M0S"}
    rows = (
        task(1, "Pier", 1, Summary=1, WBS="0")
        + task(2, "Drive piles", 2, WBS="1", PercentComplete=100, **days)
        + task(3, "Lay deck", 2, WBS="2", **days)
        + task(4, "Open it", 1, link(3), WBS="0", **days)
    )
    file = as_drawn(read_schedule(mspdi(rows)), drawn)
    pier, piles, deck, opening = file.projects[0].tasks
    assert [one.wbs for one in (pier, piles, deck, opening)] == ["1", "1.1", "1.2", "2"]
    assert (piles.actual_start, piles.actual_finish) == (datetime(2027, 3, 10), datetime(2027, 3, 12, 17))
    assert (deck.constraint, deck.constraint_at) == (START_NO_EARLIER, datetime(2027, 3, 10))
    assert (pier.constraint_at, deck.actual_start) == (None, None)
    (lost,) = [one for one in file.not_carried if one.where == "Relationship"]
    assert (lost.row, lost.count) == ("“Drive piles” to “Lay deck”", 1)
    dated = {row["name"]: row["start"] for row in critical_path(file)["projects"][0]["rows"]}
    assert dated["Lay deck"] == "2027-03-10T08:00"
    assert not [one for one in as_drawn(read_schedule(mspdi(rows)), b"<project/>").not_carried if one.where == "Relationship"]


def test_only_files_that_our_own_readers_do_not_know_go_to_mpxj():
    assert not any(
        map(is_foreign, (WEIR, gzip.compress(WEIR), xer(harbour()), b"PK\x03\x04", b"%PDF-1.7", b"", b"name,start\n1,2"))
    )
    assert all(
        map(is_foreign, (PIER, gzip.compress(PIER), b"\xd0\xcf\x11\xe0", b"MPX,Microsoft Project", "<Plan/>".encode("utf-16")))
    )


def test_a_document_type_is_refused_before_java_sees_it():
    with pytest.raises(FormatError, match="document type"):
        exchange._refuse_doctype(
            b"<?xml version='1.0'?>" + b" " * 5_000 + b"<!DOCTYPE project SYSTEM 'file:///etc/passwd'><project/>"
        )


def test_what_is_missing_is_named_with_the_command_that_brings_it(monkeypatch):
    if importlib.util.find_spec("mpxj") is not None and importlib.util.find_spec("jpype") is not None:
        monkeypatch.setattr(exchange, "_homes", lambda: iter(()))
        with pytest.raises(FormatError, match=r"needs Java.*default-jre-headless"):
            exchange.read_exchange(PIER)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FormatError, match=r"needs MPXJ.*goldenthread\[exchange\]"):
        exchange.read_exchange(PIER)


def test_the_plain_reader_still_says_what_to_do_without_mpxj():
    with pytest.raises(FormatError, match="Save it as XML in Microsoft Project"):
        read_schedule(b"\xd0\xcf\x11\xe0" + b"\0" * 100)


def test_a_plan_of_taskjuggler_is_refused_by_what_it_holds_and_a_list_that_speaks_of_tasks_is_not():
    for begin in (b"\xef\xbb\xbf", b"# licence\n" * 900, b"macro year [2027]\n"):
        with pytest.raises(FormatError, match="TaskJuggler") as refusal:
            read_guarded("schedule", begin + b'project w${year} "Weir" "1.0" 2027-03-01 +4m {\n}\ntask "Pour" { effort 2d }\n')
        assert "formats mspxml" in refusal.value.advice
    assert not any(map(is_juggled, (WEIR, PIER, b'task,"duration {days}"\n"project","3"\n', b'task "Pour"\n')))
