"""Why the offices exist, what they are to reach, and two years of figures."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.kit.money import Money
from goldenthread.purpose import actions
from goldenthread.purpose.actions import Figure
from goldenthread.purpose.models import Kpi, Mandate, Objective, Office

MONTH = 365.25 / 12


@dataclass(frozen=True)
class Course:
    """A KPI and how it went: from `start` two years ago to `now`, with `noise`, and a `bend` in the last months."""

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
    bend: float = 0.0
    last_days_ago: int = 12
    step: tuple[int, int, float] = (
        0,
        0,
        0.0,
    )  # a change between two days ago, besides the straight way: what finished work brought


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
        last_days_ago=55,
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
        9.8,
        7.4,
        0.18,
        floor=0,
    ),
    Course(
        "chlorine", "Residual chlorine in band", "mg/l", "BAND", "operations", "Laboratory, weekly mean", 0.42, 0.45, 0.03, 2, 0
    ),
    Course(
        "forecast",
        "Forecast error of project cost",
        "%",
        "FALL",
        "benefits",
        "Forecast against outcome",
        24,
        19,
        0.5,
        0,
        0,
        100,
        months=14,
    ),
    Course("skills", "Benefits skills at level 3", "people", "RISE", "head", "Skills register", 3, 4, 0.0, 0, 0, months=3),
    Course("reporting", "Hours spent on reporting", "hours a month", "FALL", "reporting", "Time entries", 212, 168, 4, 0, 0),
]


@dataclass(frozen=True)
class Aim:
    """An objective with one or two targets: KPI key, target, months ahead, tolerance."""

    key: str
    title: str
    short: str
    clause: int
    owner: str
    goal: str
    missed: str
    targets: tuple[tuple[str, float, int, float], ...]
    approved: bool = True
    confidential: bool = False


AIMS = [
    Aim(
        "return", "Raise realised benefits from £1.9m to £2.7m a year", "Return on change spending", 1, "finance",
        "Pay for the price review out of our own change portfolio", "The finance director", (("benefits", 2.7, 14, 0.1), ("stopped", 0.7, 14, 0.05)),
    ),
    Aim(
        "decide", "Bring decisions from 5.1 to 4 days", "Faster delivery", 2, "operations",
        "Deliver the price-review programme on its dates", "Operations and every project manager", (("latency", 4.0, 11, 0.2), ("ontime", 68, 13, 1)),
    ),
    Aim(
        "customer", "Lower the customer effort score from 4.3 to 3.6", "Customers served better", 2, "customer",
        "Be in the best third of the customer league table", "The customer director", (("effort", 3.6, 16, 0.1), ("contacts", 22, 16, 1)),
    ),
    Aim(
        "supply", "Cut supply interruptions from 7.4 to 5 minutes a property", "Steady supply", 3, "operations",
        "Meet the regulator's outcome targets", "The regulator and every customer", (("interruptions", 5.0, 18, 0.3), ("leak", 6.5, 15, 0.5)),
    ),
    Aim(
        "foresight", "Bring the forecast error of project cost from 19 to 12 %", "Forecasts that hold", 1, "head",
        "No surprises for the board", "The audit committee", (("forecast", 12, 12, 1),),
    ),
    Aim(
        "estate", "Release £0.9m a year from two depots that close", "Depot closure", 1, "sponsor",
        "Fund the customer programme", "The property director", (("reporting", 120, 9, 10),), confidential=True,
    ),
]  # fmt: skip


def give(office: Office, people: dict[str, Person], today: date) -> Mandate:
    """Two mandates: the governance one, superseded forty days ago, and the value one in force; and the services."""
    head = people["head"]
    old = actions.draft_mandate(
        office=office, title="Governance of change", purpose="See that every project follows the method and reports on time.",
        issuer="Executive committee", by=head, mandate_kind=Mandate.MandateKind.CONTROLLING,
        clauses=["Every project follows the method", "Every project reports monthly"],
        issued_on=today - timedelta(days=800), valid_from=today - timedelta(days=790),
    )  # fmt: skip
    actions.put_mandate_in_force(mandate=old, by=head)
    new = actions.draft_mandate(
        office=office, title="Value from change", issuer="Board, on the executive committee's advice", by=head,
        purpose="Raise what the organisation gets back from its change spending, and bring decisions to the people who need them sooner.",
        mandate_kind=Mandate.MandateKind.VALUE,
        clauses=["Raise the return on change", "Serve clients and customers faster", "Protect supply while we change it"],
        issued_on=today - timedelta(days=44), valid_from=today - timedelta(days=40), review_on=today + timedelta(days=325),
    )  # fmt: skip
    actions.put_mandate_in_force(mandate=new, by=head)
    for name, kind, share, more in SERVICES:
        actions.add_service(office=office, name=name, by=head, service_class=kind, planned_share=share, **more)
    for name, goes_to in (("Weekly slide packs", ""), ("Licence administration", "Finance, procurement desk")):
        service = office.services.get(name=name)
        actions.stop_service(service=service, by=head, goes_to=goes_to, reason="The new mandate does not ask for it")
    return new


SERVICES: list[tuple[str, str, int, dict[str, Any]]] = [
    ("Benefits checks", "VALUE", 2500, {"detail": "Is the benefit still wanted, reachable and worth the remaining cost?"}),
    ("Decision support", "VALUE", 2000, {"detail": "Papers, client seats and the clock on every decision"}),
    ("Project reviews", "ASSURANCE", 1800, {"detail": "Light, standard and deep reviews by risk"}),
    ("Portfolio planning", "GOVERNANCE", 1500, {}),
    ("Method coaching", "CAPABILITY", 1200, {}),
    ("Project administration", "SUPPORT", 1000, {"detail": "Logs, minutes, the project tool"}),
    ("Weekly slide packs", "SUPPORT", 0, {}),
    ("Licence administration", "SUPPORT", 0, {}),
    ("Vendor contract negotiation", "SUPPORT", 0, {"state": "NOT_OFFERED", "goes_to": "Procurement"}),
]


def measure(office: Office, people: dict[str, Person], today: date) -> dict[str, Kpi]:
    """The KPIs with their histories. Seeded: the same figures every time, at dates that move with today."""
    kpis: dict[str, Kpi] = {}
    figures: list[Figure] = []
    for course in KPIS:
        kpi = actions.add_kpi(
            office=office, name=course.name, unit=course.unit, direction=course.direction, decimals=course.decimals, floor=course.floor,
            ceiling=course.ceiling, source=course.source, owner=people[course.owner], cadence="MONTHLY", by=people["head"],
            definition=f"{course.name} in {course.unit}, from: {course.source}.", is_internal=course.key in {"skills", "reporting"},
        )  # fmt: skip
        kpis[course.key] = kpi
        figures += [Figure(kpi=kpi, on=on, value=value, source=course.source) for on, value in points(course, today)]
    actions.enter_measurements(figures=figures, by=people["head"], title="Two years of figures")
    actions.redefine_kpi(
        kpi=kpis["contacts"], on=today - timedelta(days=170), reason="Chat is counted as a contact since then", by=people["head"]
    )
    return kpis


def points(course: Course, today: date) -> list[tuple[date, float]]:
    """A course's figures, oldest first: a straight way with a bend in the last quarter and seeded noise; the last is exactly `now`."""
    rng = random.Random(course.key)  # noqa: S311  demo data, not a secret
    found = []
    for i in range(course.months):
        share = i / (course.months - 1)
        on = today - timedelta(days=course.last_days_ago + round((course.months - 1 - i) * MONTH))
        bend = course.bend * math.sin(math.pi * max(0.0, share - 0.75) / 0.25) if course.bend else 0.0
        value = course.start + (course.now - course.step[2] - course.start) * share + bend + _stepped(course, today, on)
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


RATES = [  # KPI key, pounds a unit, kind, signed
    ("benefits", 1_000_000, "PER_YEAR", True),
    ("stopped", 1_000_000, "PER_YEAR", True),
    ("latency", 310_000, "PER_YEAR", True),
    ("contacts", 42_000, "PER_YEAR", False),
]


def aim(office: Office, mandate: Mandate, kpis: dict[str, Kpi], people: dict[str, Person], today: date) -> dict[str, Objective]:
    """The objectives with targets and value rates; approved ones went the whole way, while everything was in order."""
    clauses = {c.number: c for c in mandate.clauses.all()}
    courses = {c.key: c for c in KPIS}
    for key, pounds, kind, signed in RATES:
        rate = actions.set_value_rate(
            kpi=kpis[key], worth=Money.of(pounds, "GBP"), valid_from=today - timedelta(days=38), rate_kind=kind, by=people["head"]
        )
        if signed:
            actions.sign_value_rate(rate=rate, by=people["finance"])
    found: dict[str, Objective] = {}
    for row in AIMS:
        objective = actions.add_objective(
            office=office, title=row.title, short_name=row.short, clause=clauses[row.clause], owner=people[row.owner], by=people["head"],
            missed_by=row.missed, is_confidential=row.confidential,
        )  # fmt: skip
        for key, value, months, tolerance in row.targets:
            course = courses[key]
            baseline_on, baseline = points(course, today)[-1]
            actions.set_target(
                objective=objective, kpi=kpis[key], by=people["head"], baseline=baseline, baseline_on=baseline_on, value=value,
                due_on=_month_end(today + timedelta(days=round(months * MONTH))), tolerance=tolerance, is_required=key == row.targets[0][0],
            )  # fmt: skip
        actions.agree_objective(
            objective=objective,
            leadership_goal=row.goal,
            agreed_by=people["sponsor"],
            by=people["head"],
            on=today - timedelta(days=35),
        )
        found[row.key] = objective
    vague = actions.add_objective(
        office=office, title="Improve the maturity of project delivery and support strategic change", short_name="Delivery maturity",
        clause=clauses[1], owner=people["head"], by=people["head"],
    )  # fmt: skip
    found["vague"] = vague
    return found


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
