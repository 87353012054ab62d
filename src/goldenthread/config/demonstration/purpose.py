"""Why the two offices exist and what they are to reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.config.demonstration.figures import CAPITAL_KPIS, KPIS, MONTH, points
from goldenthread.kit.money import Money
from goldenthread.purpose import actions
from goldenthread.purpose.models import Kpi, Mandate, Objective, Office


@dataclass(frozen=True)
class Aim:
    """An objective with its targets: KPI key, target, months ahead, tolerance; the first is the one required."""

    key: str
    title: str
    short: str
    clause: int
    owner: str
    goal: str
    missed: str
    targets: tuple[tuple[str, float, int, float], ...]
    confidential: bool = False
    reached: bool = False  # its baseline is the first figure, not the last
    agreed: bool = True


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
        "Meet the regulator's outcome targets", "The regulator and every customer", (("interruptions", 5.0, 18, 0.3), ("leak", 6.5, 15, 0.5), ("chlorine", 0.45, 15, 0.0)),
    ),
    Aim(
        "foresight", "Bring the forecast error of project cost from 19 to 12 %", "Forecasts that hold", 1, "head",
        "No surprises for the board", "The audit committee", (("forecast", 12, 12, 1),),
    ),
    Aim(
        "estate", "Cut the running cost of two depots from £2.30m to £1.40m a year", "Depot closure", 1, "sponsor",
        "Fund the customer programme", "The property director", (("depots", 1.4, 16, 0.1),), confidential=True,
    ),
    Aim(
        "lean", "Cut hours spent on reporting from 212 to 170 a month", "Leaner reporting", 1, "head",
        "Less paper about work, more work", "Every project manager", (("reporting", 170, 2, 5),), reached=True,
    ),
]  # fmt: skip

CAPITAL_AIMS = [
    Aim(
        "dates", "Raise works finished by their promised date from 61 to 75 %", "Works on their dates", 1, "capital",
        "Deliver the price-review programme on its dates", "The regulator", (("promised", 75, 13, 2),),
    ),
    Aim(
        "costs", "Bring the final cost above the first estimate from 14.5 to 10 %", "Works at their estimate", 2, "costs",
        "Live within what the price review allows", "The finance director", (("estimate", 10, 14, 0.5),),
    ),
    Aim(
        "harm", "Lower injuries with lost time from 2.9 to 2.6 per million hours", "Everybody home safe", 3, "site",
        "Nobody is harmed by our works", "Every crew and its family", (("harm", 2.6, 12, 0.1),),
    ),
    Aim(
        "consents", "Cut the waiting time for a consent from 71 to 45 days", "Consents in time", 1, "consents",
        "Deliver the price-review programme on its dates", "Every project manager of the works", (("consents", 45, 10, 2),),
    ),
    Aim(
        "carbon", "Lower the carbon of a kilometre of main from 146 to 110 tonnes", "Lighter pipes", 2, "costs",
        "Net zero works by the end of the next review", "The environment director", (("carbon", 110, 20, 4),), agreed=False,
    ),
]  # fmt: skip
BANDS = {"chlorine": (0.30, 0.60)}


def give_first(office: Office, people: dict[str, Person], today: date) -> None:
    """The mandate of governance under which the IT office worked until six weeks ago."""
    by = people["operator"]
    with happened(ago(today, 790), "Put the mandate in force: Governance of change", by=by):
        old = actions.draft_mandate(
            office=office, title="Governance of change", purpose="See that every project follows the method and reports on time.",
            issuer="Executive committee", by=by, mandate_kind=Mandate.MandateKind.CONTROLLING,
            clauses=["Every project follows the method", "Every project reports monthly"],
            issued_on=ago(today, 800), valid_from=ago(today, 790),
        )  # fmt: skip
        kept = {name: actions.add_service(office=office, name=name, by=by, **_line(name)) for name, _ in FIRST_SERVICES}
        clauses = {clause.number: clause for clause in old.clauses.all()}
        actions.name_services(mandate=old, named={kept[name]: clauses[number] for name, number in FIRST_SERVICES}, by=by)
        actions.put_mandate_in_force(mandate=old, by=by)


def _line(name: str) -> dict[str, Any]:
    """A service as the catalogue has it."""
    kind, share, more = next((kind, share, more) for known, kind, share, more in SERVICES if known == name)
    return {"service_class": kind, "planned_share": share, **more}


def give(office: Office, people: dict[str, Person], today: date) -> Mandate:
    """The mandate moves from governance to value; two services stop with it."""
    head = people["head"]
    with happened(ago(today, 40), "Put the mandate in force: Value from change", by=head):
        new = actions.draft_mandate(
            office=office, title="Value from change", issuer="Board, on the executive committee's advice", by=head,
            purpose="Raise what the organisation gets back from its change spending, and bring decisions to the people who need them sooner.",
            mandate_kind=Mandate.MandateKind.VALUE,
            clauses=["Raise the return on change", "Serve clients and customers faster", "Protect supply while we change it"],
            issued_on=ago(today, 44), valid_from=ago(today, 40), review_on=today + timedelta(days=325),
        )  # fmt: skip
        early = {name for name, _ in FIRST_SERVICES}
        for name, *_ in SERVICES:
            if name not in early:
                actions.add_service(office=office, name=name, by=head, **_line(name))
        clauses = {clause.number: clause for clause in new.clauses.all()}
        named = {office.services.get(name=name): clauses[number] for name, number in ASKED_FOR}
        actions.name_services(mandate=new, named=named, by=head)
        actions.put_mandate_in_force(mandate=new, by=head)
        for name, goes_to in (("Weekly slide packs", ""), ("Licence administration", "Finance, procurement desk")):
            service = office.services.get(name=name)
            actions.stop_service(service=service, by=head, goes_to=goes_to, reason="The new mandate does not ask for it")
    return new


def give_capital(office: Office, people: dict[str, Person], today: date) -> Mandate:
    """The works' mandate, whose validity ends soon, and its services."""
    by = people["operator"]
    with happened(ago(today, 370), "Put the mandate in force: Deliver the works of the price review", by=by):
        mandate = actions.draft_mandate(
            office=office, title="Deliver the works of the price review", purpose="Build what the price review promised: on its dates, within its money, and so that everybody goes home unharmed.",
            issuer="Capital committee", by=by, mandate_kind=Mandate.MandateKind.DIRECTIVE,
            clauses=["Deliver the promised works on their dates", "Build them for what was allowed", "Keep crews and public safe"],
            issued_on=ago(today, 380), valid_from=ago(today, 370), valid_to=today + timedelta(days=25),
        )  # fmt: skip
        actions.put_mandate_in_force(mandate=mandate, by=by)
        for name, kind, share, more in CAPITAL_SERVICES:
            actions.add_service(office=office, name=name, by=by, service_class=kind, planned_share=share, **more)
    return mandate


def draft_next(office: Office, mandate: Mandate, people: dict[str, Person], today: date) -> Mandate:
    """What the board may ask for next year: one clause less, one more, one in other words, one service less."""
    head = people["head"]
    with happened(ago(today, 3), "Draft the next mandate: Value that stays", by=head):
        draft = actions.draft_successor(mandate=mandate, title="Value that stays", by=head)
        actions.set_clauses(mandate=draft, texts=NEXT_CLAUSES, by=head)
        clauses = {clause.number: clause for clause in draft.clauses.all()}
        named = {service: clauses[number] for service, number in ((office.services.get(name=n), at) for n, at in NEXT_SERVICES)}
        actions.name_services(mandate=draft, named=named | {office.services.get(name="Project administration"): None}, by=head)
    return draft


FIRST_SERVICES = [  # of the first mandate, by the number of the clause that asked for it
    ("Project reviews", 1), ("Portfolio planning", 2), ("Method coaching", 1), ("Project administration", 2),
    ("Weekly slide packs", 2), ("Licence administration", 1),
]  # fmt: skip
ASKED_FOR = [
    ("Benefits checks", 1), ("Portfolio planning", 1), ("Decision support", 2), ("Method coaching", 2),
    ("Project administration", 2), ("Project reviews", 3),
]  # fmt: skip
NEXT_CLAUSES = [
    "Raise the return on change",
    "Leave the lines of business able to lead change themselves",
    "Protect supply and water quality while we change them",
]
NEXT_SERVICES = [
    ("Benefits checks", 1), ("Portfolio planning", 1), ("Decision support", 1), ("Method coaching", 2), ("Project reviews", 3),
]  # fmt: skip
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
CAPITAL_SERVICES: list[tuple[str, str, int, dict[str, Any]]] = [
    (
        "Planning of works",
        "GOVERNANCE",
        3000,
        {"detail": "One programme of all works, looked at every week with the contractors"},
    ),
    ("Site reviews", "ASSURANCE", 2500, {"detail": "Announced and unannounced, by risk"}),
    ("Cost engineering", "VALUE", 2500, {"detail": "Estimates from our own finished works"}),
    ("Consents and land", "SUPPORT", 2000, {"detail": "Traffic orders, easements, environmental permits"}),
    ("Drawing archive", "SUPPORT", 0, {"state": "NOT_OFFERED", "goes_to": "Engineering library"}),
]
RATES = [  # KPI key, pounds a unit, kind, signed
    ("benefits", 1_000_000, "PER_YEAR", True),
    ("stopped", 1_000_000, "PER_YEAR", True),
    ("latency", 310_000, "PER_YEAR", True),
    ("contacts", 42_000, "PER_YEAR", False),
    ("estimate", 560_000, "ONCE", True),
    ("consents", 21_000, "PER_YEAR", False),
]


def value(kpis: dict[str, Kpi], people: dict[str, Person], today: date, *, by: Person) -> None:
    """What a unit is worth; finance has signed some of it."""
    with happened(ago(today, 38), "Say what a unit is worth", by=by):
        for key, pounds, kind, signed in RATES:
            if key in kpis:
                rate = actions.set_value_rate(
                    kpi=kpis[key], worth=Money.of(pounds, "GBP"), valid_from=ago(today, 38), rate_kind=kind, by=by
                )
                if signed:
                    actions.sign_value_rate(rate=rate, by=people["finance"])


def aim(
    office: Office, aims: list[Aim], mandate: Mandate, kpis: dict[str, Kpi], people: dict[str, Person], today: date, *, by: Person
) -> dict[str, Objective]:
    """The objectives with their targets."""
    clauses = {c.number: c for c in mandate.clauses.all()}
    found: dict[str, Objective] = {}
    with happened(ago(today, 11), f"Write the objectives of {office.name}", by=by):
        for row in aims:
            found[row.key] = actions.add_objective(
                office=office, title=row.title, short_name=row.short, clause=clauses[row.clause], owner=people[row.owner], by=by,
                missed_by=row.missed, is_confidential=row.confidential,
            )  # fmt: skip
            for key, figure, months, tolerance in row.targets:
                _target(found[row.key], row, kpis[key], (key, figure, months, tolerance), today, by)
    return found


def agree(
    office: Office, aims: list[Aim], objectives: dict[str, Objective], people: dict[str, Person], today: date, *, by: Person
) -> None:
    """The sponsor agrees to them, a day later."""
    with happened(ago(today, 10), f"Agree the objectives of {office.name} with the sponsor", by=by):
        for row in aims:
            if row.agreed:
                actions.agree_objective(
                    objective=objectives[row.key], leadership_goal=row.goal, agreed_by=people["sponsor"], by=by, on=ago(today, 10)
                )


def _target(objective: Objective, row: Aim, kpi: Kpi, wanted: tuple[str, float, int, float], today: date, by: Person) -> None:
    key, figure, months, tolerance = wanted
    course = next(c for c in (*KPIS, *CAPITAL_KPIS) if c.key == key)
    on, baseline = points(course, today)[0 if row.reached else -1]
    band = BANDS.get(key)
    edges: dict[str, Any] = {"band_low": band[0], "band_high": band[1]} if band else {"value": figure}
    actions.set_target(
        objective=objective, kpi=kpi, by=by, baseline=course.start if row.reached else baseline, baseline_on=on, **edges,
        due_on=_month_end(today + timedelta(days=round(months * MONTH))), tolerance=tolerance, is_required=key == row.targets[0][0],
    )  # fmt: skip


def add_vague(office: Office, mandate: Mandate, people: dict[str, Person], today: date) -> Objective:
    """What a slide said: a proposal that the linter stops."""
    with happened(ago(today, 9), "Take an objective from the away day’s slides", by=people["head"]):
        return actions.add_objective(
            office=office, title="Improve the maturity of project delivery and support strategic change", short_name="Delivery maturity",
            clause=mandate.clauses.get(number=1), owner=people["head"], by=people["head"],
        )  # fmt: skip


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
