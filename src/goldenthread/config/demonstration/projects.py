"""Twenty-five projects, with 45 % of the spend mandatory, and what was reported of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Person, Scope
from goldenthread.kit import history
from goldenthread.kit.permissions import Role
from goldenthread.projects import actions
from goldenthread.projects.models import Project, StatusReport

POUNDS = 100


@dataclass(frozen=True)
class Line:
    """A project: reference, name, department, budget in £k, spent share, start and finish in days from today, slip against baseline."""

    key: str
    reference: str
    name: str
    department: str
    budget: int
    spent: float
    start: int
    finish: int
    slip: int
    rating: str
    manager: str = ""
    sponsor: str = ""
    mandatory: str = ""
    state: str = "RUNNING"
    category: str = ""
    rebaselined: int = 0


LAW, RULE, KEEP = "Drinking water regulations", "Price-review commitment to the regulator", "Keeps supply running"
LINES = [
    Line("meters", "IT-014", "Smart meters, wave two", "Digital", 9_400, 0.55, -420, 210, 60, "AMBER", "manager1", "operations", category="Customer"),
    Line("billing", "IT-021", "Billing renewal", "Digital", 6_100, 0.62, -380, 160, 95, "GREEN", "manager1", "finance", category="Customer"),
    Line("field", "IT-023", "Field work on tablets", "Digital", 2_300, 0.40, -260, 190, 20, "GREEN", "manager1", "operations", category="Operations"),
    Line("portal", "IT-027", "Customer portal", "Digital", 1_900, 0.30, -190, 240, 0, "GREEN", "manager1", "customer", category="Customer"),
    Line("data", "IT-030", "One asset register", "Digital", 3_200, 0.48, -330, 120, 45, "AMBER", "manager1", "operations", category="Data"),
    Line("chat", "IT-031", "Answer desk assistant", "Customer", 800, 0.25, -120, 150, 0, "GREEN", "", "customer", category="Customer"),
    Line("prestige", "IT-033", "Control room wall", "Operations", 1_450, 0.10, -60, 300, 0, "GREEN", "manager1", "sponsor", category="Operations"),
    Line("identity", "IT-034", "Single sign-in", "Digital", 700, 0.70, -240, 60, 30, "GREEN", "", "", category="Keep running"),
    Line("archive", "IT-036", "Paper archive scan", "Customer", 420, 0.35, -150, 130, 0, "GREEN", "", "", category="Customer"),
    Line("network", "IT-038", "Network switches, end of life", "Digital", 1_600, 0.50, -200, 90, 15, "GREEN", "", "", KEEP, category="Keep running"),
    Line("security", "IT-040", "Control system security", "Digital", 2_900, 0.45, -300, 140, 40, "AMBER", "manager1", "operations", "Network and information systems regulations", category="Law"),
    Line("privacy", "IT-041", "Customer data clean-up", "Customer", 650, 0.60, -210, 80, 0, "GREEN", "", "customer", "Data protection law", category="Law"),
    Line("mobile", "IT-044", "Meter reading app", "Digital", 540, 0.90, -400, -20, 70, "GREEN", "", "", category="Customer"),
    Line("pump", "CW-102", "Pump renewal, six stations", "Networks", 12_800, 0.52, -500, 260, 75, "AMBER_GREEN", "manager2", "operations", category="Networks"),
    Line("mains", "CW-105", "Mains replacement, east", "Networks", 18_500, 0.44, -610, 420, 120, "AMBER_RED", "manager2", "operations", RULE, category="Networks", rebaselined=3),
    Line("lead", "CW-108", "Lead pipe programme", "Networks", 9_700, 0.36, -450, 520, 30, "AMBER", "manager2", "operations", LAW, category="Law"),
    Line("works", "CW-110", "Treatment works, second stream", "Water quality", 21_000, 0.28, -340, 640, 55, "AMBER", "manager2", "operations", category="Water quality"),
    Line("leaks", "CW-113", "Leak detection by sound", "Networks", 4_300, 0.58, -280, 110, 10, "GREEN", "manager2", "operations", category="Networks"),
    Line("valves", "CW-116", "Valve survey", "Networks", 900, 0.66, -230, 70, 25, "GREEN", "", "", category="Networks"),
    Line("reservoir", "CW-119", "Reservoir inspection", "Water quality", 3_600, 0.41, -220, 300, 0, "GREEN", "", "operations", "Reservoir safety law", category="Law"),
    Line("sludge", "CW-121", "Sludge drying", "Water quality", 5_200, 0.15, -90, 480, 0, "GREEN", "", "", category="Water quality"),
    Line("outfall", "CW-124", "Storm overflow monitors", "Networks", 7_800, 0.39, -310, 230, 35, "AMBER", "manager2", "operations", RULE, category="Law"),
    Line("depot", "CW-127", "Depot moves", "Property", 2_100, 0.20, -100, 330, 0, "GREEN", "", "sponsor", category="Property"),
    Line("generator", "CW-130", "Standby generators", "Networks", 3_900, 0.47, -270, 180, 20, "GREEN", "", "operations", KEEP, category="Keep running"),
    Line("solar", "CW-133", "Solar at two works", "Property", 2_700, 0.12, -70, 360, 0, "GREEN", "", "", category="Property"),
]  # fmt: skip


def start(people: dict[str, Person], scopes: dict[str, Scope], today: date) -> dict[str, Project]:
    """Two programmes' scopes, the projects under them, and their managers' roles."""
    found: dict[str, Project] = {}
    for code, prefix in (("it", "IT"), ("capital", "CW")):
        lines = [line for line in LINES if line.reference.startswith(prefix)]
        made = actions.add_projects(rows=[_row(line, people, today) for line in lines], by=None, under=scopes[code])
        found |= dict(zip([line.key for line in lines], made, strict=True))
    for line in LINES:
        if line.manager:
            accounts.grant_role(person=people[line.manager], role=Role.PROJECT_MANAGER, scope=found[line.key].scope, by=None)
    for key in ("client", "client2"):
        accounts.grant_role(person=people[key], role=Role.CLIENT, scope=found["meters"].scope, by=None)
    accounts.grant_role(person=people["programme"], role=Role.PROGRAMME_MANAGER, scope=scopes["capital"], by=None)
    return found


def _row(line: Line, people: dict[str, Person], today: date) -> dict[str, object]:
    finish = today + timedelta(days=line.finish)
    budget = line.budget * 1000 * POUNDS
    return {
        "reference": line.reference,
        "name": line.name,
        "department": line.department,
        "category": line.category,
        "manager": people.get(line.manager),
        "manager_name": "" if line.manager else "to be named",
        "sponsor": people.get(line.sponsor),
        "state": line.state,
        "rating": line.rating,
        "starts_on": today + timedelta(days=line.start),
        "finishes_on": finish,
        "baseline_finish": finish - timedelta(days=line.slip),
        "rebaselined": line.rebaselined,
        "currency": "GBP",
        "budget_minor": budget,
        "forecast_minor": round(budget * (1 + line.slip / 700)),
        "spent_minor": round(budget * line.spent),
        "is_mandatory": bool(line.mandatory),
        "mandatory_because": line.mandatory,
        "is_confidential": line.key == "depot",
    }


REPORTED = ("meters", "billing", "data", "pump", "mains", "works", "outfall", "security")


def report(projects: dict[str, Project], people: dict[str, Person], today: date) -> None:
    """A year of monthly reports for eight projects. Colours lag behind dates, as they do."""
    rows = []
    for key in REPORTED:
        rng = random.Random(key)  # noqa: S311  demo data, not a secret
        project = projects[key]
        line = next(x for x in LINES if x.key == key)
        slipped = 0.0
        for month in range(11, -1, -1):
            slipped = min(line.slip, slipped + line.slip / 12 * rng.uniform(0.4, 1.7))
            rows.append(
                StatusReport(
                    project=project,
                    on=today - timedelta(days=9 + round(month * 30.4)),
                    rating=line.rating if month < 2 else "GREEN" if month > 5 else "AMBER_GREEN",
                    comment=COMMENTS[(month + len(key)) % len(COMMENTS)],
                    finishes_on=(project.baseline_finish or today) + timedelta(days=round(slipped)),
                    forecast_minor=round((project.budget_minor or 0) * (1 + slipped / 700)),
                    by=people.get(line.manager) or people["administrator"],
                )
            )
    history.add_all(StatusReport, rows)


COMMENTS = (
    "On course; two deliveries are expected next month.",
    "One supplier asks for more time; we hold the date.",
    "Testing found faults in the hand-over; the date moves a little.",
    "Waiting for a ruling of the pilot clients.",
    "Steady. No decision is needed this month.",
)
