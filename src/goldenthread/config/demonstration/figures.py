"""The figures and how they went for two years. Seeded: the same every time, at dates that move with today."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.accounts.models import Person
from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.purpose import actions
from goldenthread.purpose.actions import Figure
from goldenthread.purpose.models import Kpi, Office

MONTH = 365.25 / 12
EARLY, EARLY_DAYS = frozenset({"latency", "effort", "contacts", "harm"}), 335  # kept since something was promised of them


@dataclass(frozen=True)
class Course:
    """A KPI and how it went: from `start` two years ago to `now`, with `noise`; the last point so many days ago.

    `step` is a change between two days ago, besides the straight way: what finished work brought.
    """

    key: str
    name: str
    unit: str
    direction: str
    owner: str
    source: str
    start: float
    now: float
    noise: float
    decimals: int = 1
    floor: float | None = None
    ceiling: float | None = None
    months: int = 24
    last: int = 12
    step: tuple[int, int, float] = (0, 0, 0.0)
    internal: bool = False


KPIS = [
    Course(
        "benefits", "Realised benefits", "£m a year", "RISE", "finance", "Finance ledger, benefit codes", 0.8, 1.9, 0.03, floor=0
    ),
    Course(
        "stopped", "Spending stopped early", "£m a year", "RISE", "finance", "Portfolio board minutes", 0.1, 0.4, 0.015, floor=0
    ),
    Course(
        "latency",
        "Decision latency",
        "days",
        "FALL",
        "operations",
        "Decision register, median",
        6.6,
        5.1,
        0.07,
        floor=0,
        step=(285, 225, -0.55),
    ),
    Course("ontime", "Projects on time", "%", "RISE", "delivery", "Portfolio list, approved dates", 54, 61, 0.8, 0, 0, 100),
    Course(
        "effort",
        "Customer effort score",
        "points of 7",
        "FALL",
        "customer",
        "Monthly survey, 400 answers",
        4.4,
        4.3,
        0.04,
        2,
        1,
        7,
        last=55,
    ),
    Course(
        "contacts", "Repeat contacts", "per 100 contacts", "FALL", "customer", "Contact centre system", 31, 27, 0.35, 1, 0, 100
    ),
    Course("leak", "Leak repair time", "days", "FALL", "operations", "Works system, 90th percentile", 9.5, 8.2, 0.12, floor=0),
    Course(
        "interruptions",
        "Supply interruptions",
        "minutes a property",
        "FALL",
        "operations",
        "Regulatory return",
        10.9,
        7.4,
        0.18,
        floor=0,
    ),
    Course(
        "chlorine", "Residual chlorine in band", "mg/l", "BAND", "operations", "Laboratory, weekly mean", 0.42, 0.45, 0.03, 2, 0
    ),
    Course(
        "forecast", "Forecast error of project cost", "%", "FALL", "benefits", "Forecast against outcome", 24, 19, 0.5, 0, 0, 100
    ),
    Course(
        "depots",
        "Running cost of the two depots",
        "£m a year",
        "FALL",
        "sponsor",
        "Finance ledger, cost centres 410 and 420",
        2.31,
        2.3,
        0.0,
        2,
        0,
        months=3,
    ),
    Course(
        "reporting",
        "Hours spent on reporting",
        "hours a month",
        "FALL",
        "reporting",
        "Time entries",
        212,
        168,
        4,
        0,
        0,
        internal=True,
    ),
]
CAPITAL_KPIS = [
    Course(
        "promised", "Works finished by their promised date", "%", "RISE", "engineer", "Capital register", 52, 61, 1.1, 0, 0, 100
    ),
    Course(
        "estimate",
        "Final cost above the first estimate",
        "%",
        "FALL",
        "costs",
        "Cost book, works closed in the quarter",
        21,
        14.5,
        0.5,
        1,
        -50,
    ),
    Course(
        "harm",
        "Injuries with lost time",
        "per million hours",
        "FALL",
        "site",
        "Accident book, twelve months back",
        3.7,
        2.9,
        0.22,
        1,
        0,
    ),
    Course(
        "consents", "Waiting time for a consent", "days", "FALL", "consents", "Consents log, median", 75, 71, 2.0, 0, 0, months=9
    ),
    Course(
        "carbon",
        "Carbon of a kilometre of main",
        "tonnes",
        "FALL",
        "costs",
        "Quantities of finished works",
        148,
        146,
        0.0,
        0,
        0,
        months=3,
        last=40,
    ),
]


def measure_first(office: Office, courses: list[Course], people: dict[str, Person], today: date, *, by: Person) -> dict[str, Kpi]:
    """The KPIs that somebody kept from early on, as they stood when the office first promised something of them."""
    early = [course for course in courses if course.key in EARLY]
    with happened(ago(today, EARLY_DAYS), f"The first figures of {office.name}", by=by):
        kpis = {course.key: _kpi(office, course, people, by) for course in early}
        actions.enter_measurements(figures=[f for f in _figures(early, kpis, today) if f.on <= ago(today, EARLY_DAYS)], by=by)
    return kpis


def measure(
    office: Office, courses: list[Course], known: dict[str, Kpi], people: dict[str, Person], today: date, *, by: Person
) -> dict[str, Kpi]:
    """The KPIs of an office with their past: all but the newest month."""
    with happened(ago(today, 39), f"Two years of figures of {office.name}", by=by):
        kpis = {course.key: known.get(course.key) or _kpi(office, course, people, by) for course in courses}
        told = [f for f in _figures(courses, kpis, today) if f.on <= ago(today, 39)]
        new = [f for f in told if f.kpi.pk not in {kpi.pk for kpi in known.values()} or f.on > ago(today, EARLY_DAYS)]
        actions.enter_measurements(figures=new, by=by)
    return kpis


def measure_newest(office: Office, courses: list[Course], kpis: dict[str, Kpi], today: date, *, by: Person) -> None:
    """The newest month, when it came."""
    with happened(ago(today, 12), f"Figures of the month of {office.name}", by=by):
        actions.enter_measurements(figures=[f for f in _figures(courses, kpis, today) if f.on > ago(today, 39)], by=by)


def _figures(courses: list[Course], kpis: dict[str, Kpi], today: date) -> list[Figure]:
    return [Figure(kpi=kpis[c.key], on=on, value=value, source=c.source) for c in courses for on, value in points(c, today)]


def _kpi(office: Office, course: Course, people: dict[str, Person], by: Person) -> Kpi:
    return actions.add_kpi(
        office=office, name=course.name, unit=course.unit, direction=course.direction, decimals=course.decimals, floor=course.floor,
        ceiling=course.ceiling, source=course.source, owner=people[course.owner], cadence="MONTHLY" if course.months > 3 else "QUARTERLY",
        definition=f"{course.name} in {course.unit}, from: {course.source}.", is_internal=course.internal, by=by,
    )  # fmt: skip


def redefine(kpi: Kpi, by: Person, today: date) -> None:
    """One KPI measures something else since the middle of its history."""
    with happened(ago(today, 39), f"Redefine {kpi}", by=by):
        actions.redefine_kpi(kpi=kpi, on=ago(today, 170), reason="Chat is counted as a contact since then", by=by)


def points(course: Course, today: date) -> list[tuple[date, float]]:
    """A course's figures, oldest first: a straight way with seeded noise; the last is exactly `now`."""
    rng = random.Random(course.key)  # noqa: S311  demo data, not a secret
    found = []
    for i in range(course.months):
        share = i / (course.months - 1)
        on = today - timedelta(days=course.last + round((course.months - 1 - i) * MONTH))
        value = course.start + (course.now - course.step[2] - course.start) * share + _stepped(course, today, on)
        value += rng.gauss(0, course.noise)
        if i == course.months - 1:
            value = course.now
        low = course.floor if course.floor is not None else -math.inf
        high = course.ceiling if course.ceiling is not None else math.inf
        found.append((on, round(min(max(value, low), high), course.decimals + 1)))
    return found


def _stepped(course: Course, today: date, on: date) -> float:
    """The part of the course's step that has come by a day."""
    begin, end, size = course.step
    if not size:
        return 0.0
    return size * min(max((begin - (today - on).days) / (begin - end), 0.0), 1.0)
