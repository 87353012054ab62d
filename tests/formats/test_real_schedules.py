"""Real schedules from Microsoft Project and Primavera. Oracles: elements counted by another parser, lines counted as text, and
the figures that the note beside the files gives as reported by another reader."""

import csv
import io
from collections import Counter
from functools import cache

import pytest
from defusedxml import ElementTree

from goldenthread.formats.errors import FormatError
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_summary import summary
from tests.formats.material import real_file

MSPDI = [
    *(f"mspdi/mpxj-{name}.xml" for name in ("baselines", "cost-rates", "relations", "sample", "split-task")),
    *(
        f"mspdi-derived/{n}.xml"
        for n in ("commercial-construction", "exam-2019-02-progress-baseline", "fedora-20", "local-road-costed")
    ),
]
XER = [
    f"p6/{name}.xer"
    for name in ("airport-terminal-building", "mpxj-predecessor-calendar", "mpxj-resource-rates", "viewer-sample")
]
OTHERS = [
    *("bad/mpxj-empty.mpx", "bad/mpxj-password-read.mpp", "other/house-building.gan", "other/mpxj-project1.planner"),
    *("other/mpxj-sample.mpx", "other/fedora-20.tjp", "p6/mpxj-percent-complete-8.4.pmxml", "mpp/term-project-example.mpp"),
]
SPACE = "{http://schemas.microsoft.com/project}"
# rows, activities, links (with lag), resources, assignments, start, finish, cost, hours of work, critical, as reported
REPORTED = {
    "mspdi-derived/commercial-construction.xml": (145, 126, 176, 2, 32, 158, "2000-01-03", "2001-04-26", 0, 7929.6, 50),
    "mspdi-derived/local-road-costed.xml": (16, 13, 13, 0, 3, 32, "2021-11-15", "2022-03-30", 1_960_300, 10_480, 9),
    "mspdi-derived/exam-2019-02-progress-baseline.xml": (8, 8, 6, 0, 0, 0, "2019-02-01", "2019-04-02", 28_000, 0, 3),
    "mspdi-derived/fedora-20.xml": (414, 380, 369, 0, 0, 0, "2013-05-01", "2013-11-29", 0, 0, 0),
    "mspdi/mpxj-sample.xml": (19, 16, 6, None, 2, None, "2003-01-07", "2003-03-18", 3526.25, None, 1),
    "p6/airport-terminal-building.xer": (92, 66, 84, 28, 7, 62, "2012-05-01", "2013-02-27", 0, None, 1),
    "p6/viewer-sample.xer": (15, 11, 10, None, 5, 9, "2024-02-01", "2024-08-30", 407_000, None, 1),
}


@cache
def told(name: str):
    return summary(read_schedule(real_file(f"schedules/{name}")))


@pytest.mark.parametrize("name", MSPDI)
def test_microsoft_files_hold_what_another_parser_counts(name):
    root = ElementTree.fromstring(real_file(f"schedules/{name}"))

    def text(element, tag):
        return element.findtext(SPACE + tag, "")

    rows = [one for one in root.iter(f"{SPACE}Task") if text(one, "UID") != "0" or text(one, "OutlineLevel") != "0"]
    leaves = [one for one in rows if text(one, "Summary") != "1"]
    kinds = Counter(
        {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}[text(one, "Type")] for one in root.iter(f"{SPACE}PredecessorLink")
    )
    (project,) = told(name)["projects"]
    assert (project["rows"], project["activities"]) == (len(rows), len(leaves))
    assert project["milestones"] == sum(text(one, "Milestone") == "1" for one in leaves)
    assert {key: count for key, count in project["relationships"].items() if count and key != "with_lag"} == dict(kinds)
    assert project["relationships"]["with_lag"] == sum(
        text(one, "LinkLag") not in ("", "0") for one in root.iter(f"{SPACE}PredecessorLink")
    )
    assert project["critical"] == [text(one, "UID") for one in leaves if text(one, "Critical") == "1"]
    assert project["resources"] == sum(bool(text(one, "Name")) for one in root.iter(f"{SPACE}Resource"))
    assert project["assignments"] == sum(text(one, "ResourceUID") != "-65535" for one in root.iter(f"{SPACE}Assignment"))
    assert project["cost"] == pytest.approx(sum(float(text(one, "Cost") or 0) for one in leaves) / 100)
    numbers = {int(text(one, "Number")) for row in rows for one in row.findall(f"{SPACE}Baseline")}
    assert project["baselines"] == sorted(numbers)


@pytest.mark.parametrize("name", XER)
def test_primavera_files_hold_what_the_lines_say(name):
    lines = list(csv.reader(io.StringIO(real_file(f"schedules/{name}").decode("cp1252")), delimiter="\t", quoting=csv.QUOTE_NONE))
    tables, table, columns = {}, "", []
    for line in lines:
        if line and line[0] == "%T":
            table = line[1]
        elif line and line[0] == "%F":
            columns = line[1:]
        elif line and line[0] == "%R":
            tables.setdefault(table, []).append(dict(zip(columns, line[1:], strict=False)))
    (project,) = told(name)["projects"]
    tasks = tables["TASK"]
    assert (project["rows"], project["activities"]) == (len(tables["PROJWBS"]) + len(tasks), len(tasks))
    assert project["milestones"] == sum("Mile" in one["task_type"] for one in tasks)
    links = tables.get("TASKPRED", [])
    kinds = Counter(one["pred_type"][-2:] for one in links)
    assert project["relationships"] == {key: kinds[key] for key in ("FS", "SS", "FF", "SF")} | {
        "with_lag": sum(float(one["lag_hr_cnt"]) != 0 for one in links)
    }
    assert project["resources"] == len(tables.get("RSRC", [])) + len(tables.get("ROLES", []))
    assert project["assignments"] == len(tables.get("TASKRSRC", []))
    costs = ("act_reg_cost", "act_ot_cost", "remain_cost")
    assert project["cost"] == pytest.approx(sum(float(one.get(key) or 0) for one in tables.get("TASKRSRC", []) for key in costs))


@pytest.mark.parametrize("name", REPORTED)
def test_figures_are_those_that_another_reader_reports(name):
    (project,) = told(name)["projects"]
    links = project["relationships"]
    found = (
        *(project["rows"], project["activities"], sum(links[kind] for kind in ("FS", "SS", "FF", "SF")), links["with_lag"]),
        *(
            project["resources"],
            project["assignments"],
            project["start"],
            project["finish"],
            project["cost"],
            project["work_hours"],
        ),
        len(project["critical"]),
    )
    differing = {
        n: (a, b) for n, (a, b) in enumerate(zip(found, REPORTED[name], strict=True)) if b is not None and a != pytest.approx(b)
    }
    assert not differing


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_kinds_are_refused_in_a_sentence_that_says_what_to_do(name):
    with pytest.raises(FormatError) as refusal:
        read_schedule(real_file(f"schedules/{name}"))
    assert refusal.value.message.endswith(".")
    assert refusal.value.advice


def test_only_the_two_files_with_short_rows_are_said_to_have_them():
    faults = {name: [one for one in told(name)["not_carried"] if one["field"] == ""] for name in (*MSPDI, *XER)}
    assert [name for name, found in faults.items() if found] == ["p6/mpxj-predecessor-calendar.xer", "p6/viewer-sample.xer"]
