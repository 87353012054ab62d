"""Seeded plans worked out by us and by MPXJ's readings of Microsoft Project and Primavera, row by row.

Rows that differ do so for a reason of REASONS, each found by what the plan itself says; no other row may. Needs the mpxj wheel
and a Java: with this Python, or with the one that GT_MPXJ names. Long, since Java starts first.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from goldenthread.engine.network import minute_of
from goldenthread.formats.schedule_calendars import working_times
from goldenthread.formats.schedule_dates import critical_path
from tests.engine.seeded_plans import START, as_file, plan

PYTHON = os.environ.get("GT_MPXJ") or (sys.executable if find_spec("mpxj") and find_spec("jpype") else "")
NAMES = ("early_start", "early_finish", "late_start", "late_finish", "total_float_minutes", "free_float_minutes")
KINDS = {"plain": {}, "calendars": {"calendars": 3}, "constraints": {"constraints": 0.25, "deadlines": 0.1}}
KINDS["all"] = {"calendars": 3, "constraints": 0.2, "deadlines": 0.1}
SEEDS = range(30)

MOMENT = "the same working moment, as the end of a shift or the beginning of the next"
LEAD = "MPXJ leaves a lead out of Primavera's free float"
ORDER = "MPXJ takes off the duration of a start-finish successor before it counts the lag, in another calendar"
HELD = "MPXJ gives a row that must start on a date the finish that its finish-finish predecessor asks for"
WAITED = "MPXJ moves to the working time of a start-start predecessor before it takes the lag off, in another calendar"
PRESSED = "as late as possible, but late dates lie before early ones: MPXJ shows no float and lets what follows start too early"
PULLED = "MPXJ takes the late start of a bound row from its start-start successors alone, whatever its late finish is"
LATER = "early dates of a row as late as possible after another one: MPXJ leaves them where that one would start early"
AFTER = "follows from such a row before or after it, or from a finish of the whole that it moved"
REASONS = {
    # program, kind of plan: least share of equal rows, reasons that may come up
    ("ms", "plain"): (1.0, set()),
    ("ms", "calendars"): (0.99, {WAITED, AFTER}),
    ("ms", "constraints"): (0.95, {PRESSED, AFTER}),
    ("ms", "all"): (0.95, {PRESSED, WAITED, LATER, AFTER}),
    ("p6", "plain"): (0.97, {MOMENT, LEAD}),
    ("p6", "calendars"): (0.92, {MOMENT, LEAD, ORDER, AFTER}),
    ("p6", "constraints"): (0.92, {MOMENT, LEAD, HELD, PULLED, AFTER}),
    ("p6", "all"): (0.92, {MOMENT, LEAD, ORDER, HELD, PULLED, AFTER}),
}


class Compared:
    """One plan worked out twice."""

    def __init__(self, made, theirs):
        file = as_file(made)
        rows = critical_path(file)["projects"][0]["rows"]
        self.plan, self.theirs = made, [dict(zip(NAMES, row, strict=True)) for row in theirs]
        self.ours = [{name: row[name] for name in NAMES} for row in rows]
        self.times = working_times(file.calendars)
        self.differ = [
            {name for name in NAMES if mine[name] != other[name]} for mine, other in zip(self.ours, self.theirs, strict=True)
        ]
        ends = [max(row["early_finish"] for row in found) for found in (self.ours, self.theirs)]
        self.same_finish = ends[0] == ends[1]

    def reason(self, i):
        """Why row i differs, or "" where nothing says so."""
        row, found = self.plan["rows"][i], self.differ[i]
        into = [link for link in self.plan["links"] if link[1] == i]
        out = [link for link in self.plan["links"] if link[0] == i]
        early = bool(found & set(NAMES[:2]))
        if self.plan["program"] == "p6":
            found = {name for name in found if name not in NAMES[:4] or not self.same_moment(i, name)}
            early = bool(found & set(NAMES[:2]))
            if not found:
                return MOMENT
            if found == {"free_float_minutes"} and any(lag < 0 for *_, lag in out):
                return LEAD
            if early and any(kind == "SF" and lag and self.other_calendar(a, i) for a, _, kind, lag in into):
                return ORDER
            if early and row["constraint"].startswith("MUST") and any(kind == "FF" for _, _, kind, _ in into):
                return HELD
            if row["constraint"] and not early and any(kind in ("SS", "SF") for _, _, kind, _ in out):
                return PULLED
        elif row["constraint"].startswith("AS_LATE") and self.ours[i]["late_finish"] < self.ours[i]["early_finish"]:
            return PRESSED
        elif row["constraint"].startswith("AS_LATE") and found <= set(NAMES[:2]):
            return LATER if any(self.plan["rows"][a]["constraint"].startswith("AS_LATE") for a, *_ in into) else ""
        elif not early and any(kind in ("SS", "SF") and lag and self.other_calendar(i, b) for _, b, kind, lag in out):
            return WAITED
        return AFTER if self.follows(i, into, out) else ""

    def follows(self, i, into, out):
        """Whether a neighbour, on the side from which each differing date comes, differs as well."""
        found = self.differ[i]
        early = not found & set(NAMES[:2]) or any(self.differ[a] for a, *_ in into)
        late = not found & set(NAMES[2:4]) or not self.same_finish or any(self.differ[b] for _, b, *_ in out)
        return early and late and (found & set(NAMES[:4]) or not self.same_finish or any(self.differ[b] for _, b, *_ in out))

    def other_calendar(self, a, b):
        return self.plan["rows"][a]["calendar"] != self.plan["rows"][b]["calendar"]

    def same_moment(self, i, name):
        time = self.times[str(self.plan["rows"][i]["calendar"])]
        mine, other = (START.fromisoformat(found[i][name]) for found in (self.ours, self.theirs))
        return minute_of(mine) != minute_of(other) and time.minutes_between(mine, other) == 0


@pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="LONG_TESTS; compares 240 plans with MPXJ, for which Java starts")
@pytest.mark.skipif(not PYTHON, reason="the mpxj wheel is not at hand")
def test_rows_are_those_of_mpxj_or_differ_for_a_known_reason():
    cases = [(program, kind, plan(seed, program, **KINDS[kind])) for program, kind in REASONS for seed in SEEDS]
    asked = json.dumps([made for _, _, made in cases])
    script = Path(__file__).with_name("mpxj_dates.py")
    answer = subprocess.run([PYTHON, str(script)], input=asked, capture_output=True, text=True, check=True).stdout
    told, faults = {}, []
    for place, ((program, kind, made), theirs) in enumerate(zip(cases, json.loads(answer), strict=True)):
        pair = Compared(made, theirs)
        counted = told.setdefault((program, kind), Counter())
        for i, found in enumerate(pair.differ):
            reason = pair.reason(i) if found else "equal"
            counted[reason] += 1
            if reason not in {"equal", *REASONS[program, kind][1]}:
                faults.append((program, kind, SEEDS[place % len(SEEDS)], i, reason, found))
    for (program, kind), counted in told.items():
        total = counted.total()
        print(f"\n{program} {kind}: {100 * counted['equal'] / total:.1f} % of {total} rows equal")
        print("".join(f"  {count:4d} {reason}\n" for reason, count in counted.most_common() if reason != "equal"), end="")
    assert not faults, faults[:10]
    assert all(counted["equal"] / counted.total() >= REASONS[key][0] for key, counted in told.items())
