"""Dates worked out anew against those that Microsoft Project and Primavera stored: how many rows are equal, and why the others
are not. A row is equal where every stored date, float and critical mark is; the share is printed file by file (pytest -s)."""

import os
from collections import Counter

import pytest

from goldenthread.formats.limits import read_guarded
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_file import MUST_FINISH
from goldenthread.formats.schedule_reader import read_schedule
from tests.formats.material import real_file

DATES = ("start", "finish", "early_start", "early_finish", "late_start", "late_finish")
CONFLICT = "must finish before its predecessor does: Microsoft Project counts the conflict as negative float"
MATERIAL = "lasts as long as the assignment of its material, which outlasts its work"
SAME_WORK = "the same working moment, written as the start of the next shift"
DONE = "finished: Primavera keeps dates of what remains, the data date and the project's finish"
NEVER = "never scheduled by Primavera: no floats are stored"
INVENTED = "written by hand: starts equal finishes, no actual starts"
EXPECTED = {
    # file: rows in all, rows that differ by reason
    "mspdi-derived/commercial-construction.xml": (126, {}),
    "mspdi-derived/exam-2019-02-progress-baseline.xml": (8, {}),
    "mspdi-derived/fedora-20.xml": (380, {}),
    "mspdi-derived/local-road-costed.xml": (13, {}),
    "mspdi/mpxj-baselines.xml": (1, {}),
    "mspdi/mpxj-cost-rates.xml": (0, {}),
    "mspdi/mpxj-relations.xml": (5, {SAME_WORK: 1}),
    "mspdi/mpxj-sample.xml": (16, {SAME_WORK: 2}),
    "mspdi/mpxj-split-task.xml": (2, {}),
    "p6/airport-terminal-building.xer": (66, {}),
    "p6/mpxj-predecessor-calendar.xer": (1, {DONE: 1}),
    "p6/mpxj-resource-rates.xer": (1, {NEVER: 1}),
    "p6/viewer-sample.xer": (11, {INVENTED: 9}),
}

THROUGH_MPXJ = {
    "mpp/commercial-construction.mpp": (126, {}),
    "mpp/exam-2019-02-progress-baseline.mpp": (8, {}),
    "mpp/local-road-costed.mpp": (13, {}),
    "mpp/mpxj-mpp14baselines.mpp": (1, {}),
    "mpp/mpxj-slack9.mpp": (15, {CONFLICT: 1}),
    "mpp/plan-solution-baseline1.mpp": (8, {MATERIAL: 1}),
    "mpp/term-project-example.mpp": (15, {}),
}


def differences(task, row):
    """Names of stored values that are not worked out the same."""
    found = {name for name in DATES if getattr(task, name) is not None and _when(getattr(task, name)) != row[name]}
    for stored, name in ((task.total_slack_minutes, "total_float_minutes"), (task.free_slack_minutes, "free_float_minutes")):
        if stored is not None and stored != row[name]:
            found.add(name)
    return found | ({"critical"} if task.is_critical != row["is_critical"] else set())


def reason(name, task, row, found):
    """Why a row differs, checked by what the file itself says."""
    if name.startswith("mspdi/") and found <= set(DATES) and all(_follows(getattr(task, one), row[one]) for one in found):
        return SAME_WORK
    if name.endswith("predecessor-calendar.xer") and task.actual_finish is not None and not found & {"start", "finish"}:
        return DONE
    if name.endswith("resource-rates.xer") and task.total_slack_minutes is None and found == {"critical"}:
        return NEVER
    if name.endswith("slack9.mpp") and task.constraint == MUST_FINISH and found == {"total_float_minutes"}:
        return CONFLICT
    if name.endswith("plan-solution-baseline1.mpp") and found <= {"finish", "early_finish", "late_finish"}:
        return MATERIAL
    return INVENTED if name.endswith("viewer-sample.xer") else ""


def _when(moment):
    return moment.isoformat(timespec="minutes")


def _follows(stored, ours):
    """Eight in the morning as stored where five in the afternoon of the working day before was worked out."""
    return (stored.hour, ours[11:13]) == (8, "17") and 0 < (stored.date() - stored.fromisoformat(ours).date()).days <= 3


@pytest.mark.parametrize("name", EXPECTED)
def test_rows_have_the_stored_dates_or_differ_for_a_known_reason(name):
    compared(name, read_schedule(real_file(f"schedules/{name}")), EXPECTED[name])


@pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="LONG_TESTS; Java starts for each file")
@pytest.mark.parametrize("name", THROUGH_MPXJ)
def test_so_do_rows_of_microsoft_projects_own_files(name):
    pytest.importorskip("mpxj")
    compared(name, read_guarded("schedule", real_file(f"schedules/{name}")), THROUGH_MPXJ[name])


def compared(name, file, expected):
    project, told = file.projects[0], critical_path(file)["projects"][0]
    tasks = {task.id: task for task in project.tasks}
    rows = [row for row in told["rows"] if not row["is_summary"]]
    reasons = Counter()
    for row in rows:
        found = differences(tasks[row["id"]], row)
        if found:
            reasons[reason(name, tasks[row["id"]], row, found)] += 1
    share = 100 * (1 - sum(reasons.values()) / len(rows)) if rows else 100
    print(f"\n{name}: {share:.1f} % of {len(rows)} rows equal; {dict(reasons)}")
    assert (len(rows), dict(reasons)) == expected
