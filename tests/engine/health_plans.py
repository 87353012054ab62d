"""Small projects for the checks of schedule health: tasks in a line of code, dates really worked out."""

import datetime as dt
import re
from dataclasses import replace
from itertools import pairwise

from goldenthread.engine.calendars import WorkingTime
from goldenthread.engine.critical_path import ScheduleOptions, schedule
from goldenthread.engine.health.plan import Link, Plan, Row
from goldenthread.engine.health.review import review
from goldenthread.engine.network import AT_A_START, AT_AN_END, NONE, ROUND_THE_CLOCK, UNBOUND, Network, minute_of

KINDS = ("FS", "SS", "FF", "SF")
MONDAY = dt.datetime(2027, 3, 1, 9)
DAY = 480
SPOKEN = re.compile(r"(\w+)>(\w+)(?: (FS|SS|FF|SF))?([+-]\d+)?$")


def day(number, hour=9):
    """So many calendar days after Monday 1 March 2027."""
    return MONDAY + dt.timedelta(days=number, hours=hour - 9)


def task(key, days=2.0, **cells):
    """A task of so many working days, called like its id."""
    return Row(key, key, duration_days=days, is_milestone=days == 0, **cells)


def done(key, start, finish, days=2.0, **cells):
    """A task finished between two days."""
    return task(key, days, actual_start=day(start), actual_finish=day(finish, 18), **cells)


def plan_of(*rows, links=(), data_date=None, bounds=None, must_finish=None, options=None, clock=()):
    """links: "A>B", "A>B SS+2" (days). bounds: id to constraint and moment. clock: ids whose days have 24 hours."""
    placed, held = [], bounds or {}
    for row in rows:
        place = sum(one.place >= 0 for one in placed) if row.is_scheduled else -1
        placed.append(replace(row, place=place, day_minutes=1440 if row.id in clock else DAY))
    inside = [row for row in placed if row.place >= 0]
    place = {row.id: row.place for row in inside}
    said = [_link(one) for one in links]
    known = [one for one in said if one.predecessor in place and one.successor in place]
    network = Network(
        key=range(len(inside)),
        duration=[0 if row.actual_finish else round(row.duration_days * row.day_minutes) for row in inside],
        predecessor=[place[one.predecessor] for one in known],
        successor=[place[one.successor] for one in known],
        kind=[KINDS.index(one.kind) for one in known],
        lag=[round(one.lag) for one in known],
        link_calendar=[0] * len(known),
        calendar=[ROUND_THE_CLOCK if row.id in clock else 0 for row in inside],
        not_before=[minute_of(data_date or MONDAY)] * len(inside),
        actual_start=[minute_of(row.actual_start) if row.actual_start else NONE for row in inside],
        actual_finish=[minute_of(row.actual_finish) if row.actual_finish else NONE for row in inside],
        deadline=[minute_of(row.deadline) if row.deadline else NONE for row in inside],
        constraint=[held[row.id][0] if row.id in held else UNBOUND for row in inside],
        constraint_at=[minute_of(held[row.id][1]) if row.id in held else NONE for row in inside],
        placing=[AT_AN_END if row.is_milestone else AT_A_START for row in inside],
        calendars=(WorkingTime(),),
        data_date=None,
    )
    rules = options or ScheduleOptions(finish=minute_of(must_finish) if must_finish else None)
    return Plan("Weir", placed, said, schedule(network, rules), options=rules, data_date=data_date, must_finish=must_finish)


def chain(count, days=2.0, drop=(), **cells):
    """Tasks T1 ... Tn in a row between two milestones, as (rows, links); links named in `drop` are left out."""
    names = ["begin", *(f"T{place + 1}" for place in range(count)), "end"]
    rows = [task(name, 0 if name in ("begin", "end") else days, **cells) for name in names]
    links = [f"{before}>{after}" for before, after in pairwise(names)]
    return rows, [link for link in links if link not in drop]


def told(check, *rows, **said):
    """What one check answers of a project."""
    return of(check, plan_of(*rows, **said))


def of(check, plan):
    """What one check answers of a plan."""
    return next(one for one in review(plan).results if one.check.id == check)


def rows_of(result):
    """Ids of the rows at fault."""
    return [one.row for one in result.findings]


def _link(words):
    before, after, kind, lag = SPOKEN.match(words).groups()
    days = int(lag or 0)
    return Link(before, after, kind or "FS", days * DAY, f"{days:+d} days" if days else "")
