"""Seeded plans with calendars, constraints, lags and milestones: the JSON that `mpxj_dates.py` reads, and a schedule file."""

import datetime as dt

import numpy as np

from goldenthread.formats import schedule_file as said

START = dt.datetime(2027, 3, 1, 8)
OFFICE = [[480, 720], [780, 1020]]
WEEKS = ([OFFICE] * 5 + [[], []], [OFFICE] * 6 + [[]], [[[360, 840]]] * 4 + [[], [], []])
KINDS = ("FS", "SS", "FF", "SF")
CONSTRAINTS = {
    "START_NO_EARLIER_THAN": said.START_NO_EARLIER,
    "START_NO_LATER_THAN": said.START_NO_LATER,
    "FINISH_NO_EARLIER_THAN": said.FINISH_NO_EARLIER,
    "FINISH_NO_LATER_THAN": said.FINISH_NO_LATER,
    "MUST_START_ON": said.MUST_START,
    "MUST_FINISH_ON": said.MUST_FINISH,
    "AS_LATE_AS_POSSIBLE": said.ALAP,
}
MANDATORY = {said.MUST_START: said.MANDATORY_START, said.MUST_FINISH: said.MANDATORY_FINISH}


def plan(seed, program, *, calendars=1, constraints=0.0, deadlines=0.0):
    """One plan of 8 to 40 rows; a fraction of them is bound or has a deadline (Microsoft only)."""
    r = np.random.default_rng(seed)
    count = int(r.integers(8, 41))
    days = sorted({int(day) for day in r.integers(1, 60, 6) if day % 7 not in (1, 2)})
    laid = [
        {
            "name": place,
            "week": WEEKS[place],
            "exceptions": [[str(START.date() + dt.timedelta(day)), []] for day in days[place::2]],
        }
        for place in range(calendars)
    ]
    rows = []
    for _ in range(count):
        zero = r.random() < 0.1
        row = {"duration": 0 if zero else int(r.integers(1, 40)) * 60, "calendar": int(r.integers(0, calendars))}
        row |= {"milestone": str(r.choice(["start", "finish"])) if zero else "", "constraint": "", "at": "", "deadline": ""}
        if r.random() < constraints:
            row["constraint"] = str(r.choice(list(CONSTRAINTS)[: 7 if program == "ms" else 6]))
            finishes = row["constraint"].startswith(("FINISH", "MUST_FINISH"))
            row["at"] = "" if row["constraint"].startswith("AS") else _moment(r, row["duration"] and finishes)
        if program == "ms" and r.random() < deadlines:
            row["deadline"] = _moment(r, 1)
        rows.append(row)
    links = {}
    for after in range(1, count):
        for before in r.choice(after, min(after, int(r.integers(0, 4))), replace=False).tolist():
            lag = int(r.integers(-4, 9)) * 60 if r.random() < 0.3 else 0
            links[before, after] = [before, after, str(r.choice(KINDS, p=[0.7, 0.12, 0.12, 0.06])), lag]
    return {
        "program": program,
        "start": f"{START:%Y-%m-%dT%H:%M}",
        "calendars": laid,
        "rows": rows,
        "links": list(links.values()),
    }


def _moment(r, finishes):
    """A Tuesday or Wednesday, which works in every calendar here: ten in the morning, or eleven for a finish."""
    day = START.date() + dt.timedelta(days=int(r.integers(3, 11)) * 7 + int(r.integers(1, 3)))
    return f"{day}T{'11' if finishes else '10'}:00"


def as_file(plan):
    """The plan as what the readers of files make."""
    is_microsoft = plan["program"] == "ms"
    tasks = tuple(_task(place, row, is_microsoft) for place, row in enumerate(plan["rows"]))
    links = tuple(said.Relationship(str(a), str(b), kind, lag) for a, b, kind, lag in plan["links"])
    calendars = tuple(
        said.Calendar(
            str(one["name"]),
            str(one["name"]),
            said.WorkWeek(tuple(tuple(said.Shift(*shift) for shift in day) for day in one["week"])),
            exceptions=tuple(
                said.CalendarException(dt.date.fromisoformat(day), dt.date.fromisoformat(day), ()) for day, _ in one["exceptions"]
            ),
        )
        for one in plan["calendars"]
    )
    project = said.Project(
        "1",
        "seeded",
        start=START,
        data_date=None if is_microsoft else START,
        default_calendar_id="0",
        tasks=tasks,
        relationships=links,
    )
    return said.ScheduleFile(said.MSPDI if is_microsoft else said.XER, "", (project,), calendars, (), (), ())


def _task(place, row, is_microsoft):
    bound = CONSTRAINTS.get(row["constraint"], "")
    kind = {"start": "start milestone", "finish": "finish milestone"}.get(row["milestone"], "task")
    return said.Task(
        str(place),
        str(place),
        None,
        1,
        is_milestone=row["duration"] == 0,
        kind="fixed units" if is_microsoft else kind,
        calendar_id=str(row["calendar"]),
        duration_minutes=row["duration"],
        remaining_minutes=row["duration"],
        constraint=bound if is_microsoft else MANDATORY.get(bound, bound),
        constraint_at=dt.datetime.fromisoformat(row["at"]) if row["at"] else None,
        deadline=dt.datetime.fromisoformat(row["deadline"]) if row["deadline"] else None,
    )
