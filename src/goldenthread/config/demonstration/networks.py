"""Plans of four projects as planners make them: what waits for what in all four ways, two calendars, a baseline, and progress.

A plan is written once for a kind of project, and stretched to the days that a project has. Two projects of a kind went otherwise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import public_holidays
from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.kit import history
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects.models import Project
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import (
    Activity,
    Assignment,
    Calendar,
    DrivenActivity,
    Relationship,
    Resource,
    Schedule,
    ScheduleRisk,
)

DAY = 480
PLANNED = 39  # days ago
OFFICE = [[540, 780], [840, 1080]]
SITE = [[420, 720], [750, 930]]
LINE = re.compile(r"(?P<code>\w\d+) (?P<name>[^:]+): (?P<days>\d+)(?P<flags>[^<]*)(?:< (?P<after>.*))?")
LINK = re.compile(r"(?P<before>\w\d+?)(?P<kind>SS|FF|SF)?(?P<lag>[+-]\d+)?(?P<unit>[e%]?)")
# Code, name, days; flags: a site calendar (site), starts no earlier (snet), a deadline (due), level of effort (loe), who works
# on it; after "<" what it waits for: finish to start where nothing is said, lag in days, days by the clock (e) or per cent (%).
SYSTEM = """
Prepare
a1 Plan agreed by the sponsor: 0
a2 Lead the project: 1 loe analyst < a1 e5FF
a3 Describe how six teams work today: 20 analyst < a1
a4 Requirements from customers and staff: 25 analyst < a3SS+50%
a5 Data protection assessment: 12 analyst < a4FF+2
a6 Requirements signed: 0 due < a4 a5
Buy
b1 Write the tender: 15 analyst < a6
b2 Tender on the market: 30 < b1
b3 Standstill required by law: 10 < b2+14e
b4 Contract signed: 0 due < b3
Build
c1 Design of services and data: 30 developer < b4
c2 Environments for test and training: 15 developer < b4 c1SS+10
c3 Build the first release: 55 developer < c1
c4 Interfaces with billing and field work: 40 developer < c1 c3SS+25%
c5 Clean the data to be moved: 60 analyst < a6 c3FF-5
c6 First release complete: 0 < c3 c4 c2
Prove
d1 System test: 25 tester < c6
d2 Mend what the test finds: 25 developer < d1SS+5 d1FF+5
d3 Security test by an outside house: 10 snet < d1SS+10
d4 Rehearse the move of data twice: 15 analyst < c5 d1SS+5
d5 Trial with forty users: 20 tester < d2 d3
d6 Accepted by operations: 0 due < d5 d4
Go live
e1 Train three hundred people: 30 trainer < d5SS+5
e2 Move data and switch over: 3 developer < d6 e1
e3 Run the old system beside the new: 40 < e2SF
e4 Early life support: 30 developer < e2
e5 In use everywhere: 0 < e4
"""
WORKS = """
Prepare
a1 Budget approved: 0
a2 Lead the works: 1 loe engineer < a1 e5FF
a3 Ground survey and trial holes: 20 site crew < a1
a4 Outline design: 30 engineer < a3SS+50%
a5 Agreement of the environment regulator: 40 < a4+10
a6 Land access agreed: 25 < a4SS+5
a7 Consents in hand: 0 due < a5 a6
Procure
b1 Tender the works: 35 engineer < a4
b2 Award: 0 due < b1 a7
b3 Pumps and switchgear made: 90 snet < b2+5
b4 Factory test: 5 engineer < b3
b5 Delivered to site: 10 < b4+7e
Build
c1 Set up the site: 10 site crew < b2
c2 Divert the main: 20 site crew < c1
c3 Excavate and pile: 35 site crew < c1 c2SS+10
c4 Base slab: 15 site crew < c3
c5 Concrete gains its strength: 5 < c4+28e
c6 Walls and roof: 45 site crew < c5
c7 Pipework: 40 site crew < c6SS+40% c2
c8 Inspect welds and coatings: 40 site engineer < c7SS+5 c7FF+3
c9 Building complete: 0 < c6 c7
Install
d1 Install pumps and switchgear: 30 site crew < b5 c6
d2 Cables and instruments: 25 site crew < d1SS+10 d1FF+5
d3 Control software: 50 engineer < b2+20 d2FF-5
d4 Power connected by the network: 10 snet due < c9
Commission
e1 Dry test: 10 engineer < d2 d4 d3
e2 Wet test at full flow: 20 engineer < e1 c8
e3 Keep the old station running: 30 < e2SF
e4 Train operators: 10 engineer < e1SS+5
e5 Handed over to operations: 0 < e2 e4
"""
RESOURCES = {
    "analyst": "Analysts",
    "developer": "Supplier’s developers",
    "tester": "Testers",
    "trainer": "Trainers",
    "engineer": "Engineers",
    "crew": "Site crew",
}
PLANS = {"billing": (SYSTEM, 0.05), "identity": (SYSTEM, 0.3), "pump": (WORKS, 0.1), "works": (WORKS, 0.22)}  # and how it slipped

# What may happen to the new billing: chance in percent; low, likely, high in working days or percent; what it lengthens.
RISKS: tuple[tuple[str, float, str, tuple[float, float, float], str], ...] = (
    ("The trial finds a fault that stops the switch", 30, "days", (5, 10, 25), "d2 d5"),
    ("Old contracts do not fit the new data", 40, "percent", (110, 140, 200), "d4 e2"),
    ("Trainers are needed elsewhere", 25, "days", (3, 5, 15), "e1"),
)


@dataclass
class _Row:
    """A line of a plan, and where it lies: working days from the beginning."""

    code: str
    name: str
    days: float
    flags: frozenset[str]
    links: list[tuple[str, str, int, str]]
    phase: str
    start: float = 0.0
    finish: float = 0.0
    activity: Any = field(default=None)


def events(projects: dict[str, Project], people: dict[str, Person], today: date) -> list[tuple[int, Callable[[], object]]]:
    """One day in the past on which the plans were brought, with how far each project was by now."""
    return [(PLANNED, partial(_bring, projects, people, today))]


def _bring(projects: dict[str, Project], people: dict[str, Person], today: date) -> None:
    with happened(ago(today, PLANNED), f"Plans of {len(PLANS)} projects", by=people["manager1"]):
        made = [Schedule(scope=projects[key].scope, name=projects[key].name, data_date=projects[key].starts_on) for key in PLANS]
        plans = dict(zip(PLANS, history.add_all(Schedule, made), strict=True))
        resources = history.add_all(Resource, [Resource(name=n) for n in RESOURCES.values()])
        roles = dict(zip(RESOURCES, resources, strict=True))
        for key, plan in plans.items():
            projects[key].schedule = plan
            text, slip = PLANS[key]
            rows = _fill(plan, projects[key], text, slip, roles, today)
            if key == "billing":
                _name_risks(plan, rows)
        history.change_all(Project, [projects[key] for key in PLANS], ["schedule"])


def _fill(plan: Schedule, project: Project, text: str, slip: float, roles: dict[str, Resource], today: date) -> dict[str, _Row]:
    """Rows, logic and people of one plan; its baseline as planned, then how far it is."""
    begins = project.starts_on or today
    ends = project.finishes_on or today
    rows = _stretched(_read(text), _working_days(begins, ends) * (1 - slip / 2))
    site = _calendars(plan, begins.year, ends.year)
    phases = list(dict.fromkeys(row.phase for row in rows))
    over = history.add_all(
        Activity,
        [Activity(schedule=plan, position=n, name=name, duration=0, is_summary=True) for n, name in enumerate(phases, 1)],
    )
    above = dict(zip(phases, over, strict=True))
    for n, row in enumerate(rows, 1):
        row.activity = _activity(row, n, above[row.phase], plan, begins, site)
    history.add_all(Activity, [row.activity for row in rows])
    by_code = {row.code: row for row in rows}
    history.add_all(Relationship, [_relationship(row, link, by_code) for row in rows for link in row.links])
    named = [(row, roles[flag]) for row in rows for flag in sorted(row.flags) if flag in roles]
    history.add_all(Assignment, [Assignment(activity=row.activity, resource=role) for row, role in named])
    schedule.compute_dates(schedule=plan, today=begins)
    schedule.freeze(schedule=plan, name="As first approved", on=begins)
    _progress(plan, rows, slip, begins, today)
    return by_code


def _name_risks(plan: Schedule, rows: dict[str, _Row]) -> None:
    made = [
        ScheduleRisk(schedule=plan, name=name, chance=chance, unit=unit, low=low, likely=likely, high=high)
        for name, chance, unit, (low, likely, high), _ in RISKS
    ]
    driven = zip(history.add_all(ScheduleRisk, made), (codes.split() for *_, codes in RISKS), strict=True)
    links = [DrivenActivity(risk=risk, activity=rows[code].activity) for risk, codes in driven for code in codes]
    history.add_all(DrivenActivity, links)


def _read(text: str) -> list[_Row]:
    rows, phase = [], ""
    for line in text.strip().splitlines():
        found = LINE.fullmatch(line)
        if found is None:
            phase = line
            continue
        links = [m.groupdict() for part in (found["after"] or "").split() if (m := LINK.fullmatch(part)) is not None]
        waits = [(one["before"], one["kind"] or "FS", int(one["lag"] or 0), one["unit"]) for one in links]
        rows.append(_Row(found["code"], found["name"], float(found["days"]), frozenset(found["flags"].split()), waits, phase))
    return rows


def _stretched(rows: list[_Row], days: float) -> list[_Row]:
    """The rows with their days in proportion to what the project has, and where each lies."""
    whole = max(_lie(row, {one.code: one for one in rows}) for row in rows)
    for row in rows:
        row.days = max(1, round(row.days * days / whole)) if row.days else 0
        row.finish = 0.0
    for row in rows:
        _lie(row, {one.code: one for one in rows})
    return rows


def _lie(row: _Row, rows: dict[str, _Row]) -> float:
    """Start and finish of a row from those of what it waits for; answers the finish."""
    if not row.finish and "loe" not in row.flags:
        start = 0.0
        for code, kind, lag, unit in row.links:
            before = rows[code]
            _lie(before, rows)
            wait = before.days * lag / 100 if unit == "%" else lag * 5 / 7 if unit == "e" else lag
            at = (before.start if kind[0] == "S" else before.finish) + wait
            start = max(start, at if kind[1] == "S" else at - row.days)
        row.start, row.finish = start, start + row.days
    return row.finish


def _calendars(plan: Schedule, first: int, last: int) -> Calendar:
    """The office's week, which holds for the plan, and the site's, which is answered; both with the public holidays."""
    country = current_organisation().country
    off: list[Any] = [
        [day.on.isoformat()] * 2 + [[]] for year in range(first, last + 3) for day in public_holidays(country, year)
    ]
    made = history.add_all(
        Calendar,
        [
            Calendar(schedule=plan, name="Office week", is_default=True, week=[OFFICE] * 5 + [[], []], exceptions=off),
            Calendar(schedule=plan, name="Site, six days", week=[SITE] * 5 + [[SITE[0]], []], exceptions=off),
        ],
    )
    return made[1]


def _activity(row: _Row, number: int, phase: Activity, plan: Schedule, begins: date, site: Calendar) -> Activity:
    is_held = "snet" in row.flags
    return Activity(
        schedule=plan,
        parent=phase,
        position=number,
        name=row.name,
        code=row.code.upper(),
        duration=round(row.days * DAY),
        is_milestone=not row.days,
        is_level_of_effort="loe" in row.flags,
        calendar=site if "site" in row.flags else None,
        constraint_kind="SNET" if is_held else "",
        constraint_date=_day(begins, row.start) if is_held else None,
        deadline=_day(begins, row.finish + 15) if "due" in row.flags else None,
    )


def _relationship(row: _Row, link: tuple[str, str, int, str], rows: dict[str, _Row]) -> Relationship:
    code, kind, lag, unit = link
    minutes = lag if unit == "%" else lag * 1440 if unit == "e" else lag * DAY
    return Relationship(
        predecessor=rows[code].activity,
        successor=row.activity,
        relationship_kind=kind,
        lag=minutes,
        lag_kind={"%": "P", "e": "E"}.get(unit, ""),
    )


def _progress(plan: Schedule, rows: list[_Row], slip: float, begins: date, today: date) -> None:
    """What would be done by today, a little later each than planned; work under way is partly done."""
    rng = random.Random(plan.name)  # noqa: S311  demo data, not a secret
    now = _working_days(begins, today)
    touched = []
    for row in rows:
        activity = row.activity
        start = row.start * (1 + slip * rng.uniform(0.7, 1.1))
        finish = max(start + row.days, row.finish * (1 + slip * rng.uniform(0.8, 1.2)))
        if activity.is_level_of_effort or start >= now:
            continue
        activity.actual_start = _day(begins, start)
        if finish < now:
            activity.actual_finish, activity.progress = max(_day(begins, finish), activity.actual_start), 100
        else:
            activity.progress = min(95, round(100 * (now - start) / max(finish - start, 1)))
            activity.duration = round((finish - start) * DAY) if row.days else 0
        touched.append(activity)
    history.change_all(Activity, touched, ["actual_start", "actual_finish", "progress", "duration"])
    history.change(plan, {"data_date": today})
    schedule.compute_dates(schedule=plan, today=today)


def _working_days(first: date, last: date) -> float:
    return (last - first).days * 5 / 7


def _day(begins: date, days: float) -> date:
    """So many working days later: never a weekend."""
    day = begins + timedelta(days=round(days * 7 / 5))
    return day - timedelta(days=max(0, day.weekday() - 4))
