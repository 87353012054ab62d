"""Twenty-five projects, with 45 % of the spend mandatory, and what was reported of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Person, Scope
from goldenthread.config.demonstration.dates import ago, happened
from goldenthread.kit import history
from goldenthread.kit.permissions import Role
from goldenthread.projects import actions
from goldenthread.projects.models import Project, StatusReport
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity

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
    Line("network", "IT-038", "Network switches, end of life", "Digital", 1_950, 0.50, -200, 90, 15, "GREEN", "", "", KEEP, category="Keep running"),
    Line("security", "IT-040", "Control system security", "Digital", 3_300, 0.45, -300, 140, 40, "AMBER", "manager1", "operations", "Network and information systems regulations", category="Law"),
    Line("privacy", "IT-041", "Customer data clean-up", "Customer", 650, 0.60, -210, 80, 0, "GREEN", "", "customer", "Data protection law", category="Law"),
    Line("mobile", "IT-044", "Meter reading app", "Digital", 540, 0.90, -400, -20, 70, "GREEN", "", "", category="Customer"),
    Line("pump", "CW-102", "Pump renewal, six stations", "Networks", 12_800, 0.52, -500, 260, 75, "AMBER_GREEN", "manager2", "operations", category="Networks"),
    Line("mains", "CW-105", "Mains replacement, east", "Networks", 24_000, 0.44, -610, 420, 120, "AMBER_RED", "manager2", "operations", RULE, category="Networks"),
    Line("lead", "CW-108", "Lead pipe programme", "Networks", 12_400, 0.31, -450, 520, 30, "AMBER", "manager2", "operations", LAW, category="Law"),
    Line("works", "CW-110", "Treatment works, second stream", "Water quality", 21_000, 0.28, -340, 640, 55, "AMBER", "manager2", "operations", category="Water quality"),
    Line("leaks", "CW-113", "Leak detection by sound", "Networks", 4_300, 0.58, -280, 110, 10, "GREEN", "manager2", "operations", category="Networks"),
    Line("valves", "CW-116", "Valve survey", "Networks", 900, 0.66, -230, 70, 25, "GREEN", "", "", category="Networks"),
    Line("reservoir", "CW-119", "Reservoir inspection", "Water quality", 4_400, 0.41, -220, 300, 0, "GREEN", "", "operations", "Reservoir safety law", category="Law"),
    Line("sludge", "CW-121", "Sludge drying", "Water quality", 5_200, 0.15, -90, 480, 0, "GREEN", "", "", category="Water quality"),
    Line("outfall", "CW-124", "Storm overflow monitors", "Networks", 10_500, 0.37, -310, 230, 35, "AMBER", "manager2", "operations", RULE, category="Law"),
    Line("depot", "CW-127", "Depot moves", "Property", 2_100, 0.20, -100, 330, 0, "GREEN", "", "sponsor", category="Property"),
    Line("generator", "CW-130", "Standby generators", "Networks", 4_800, 0.47, -270, 180, 20, "GREEN", "", "operations", KEEP, category="Keep running"),
    Line("solar", "CW-133", "Solar at two works", "Property", 2_700, 0.12, -70, 360, 0, "GREEN", "", "", category="Property"),
]  # fmt: skip


PROGRAMMES = (("it", "Digital customer", "Customer"), ("capital", "Networks renewal", "Networks"))  # office, name, category
SECTIONS, DAY_MINUTES, IN_USE = 5, 480, "All 64 km in use"
REPLACED = (  # days ago, days added, why: the approved finish of the mains replacement, three times
    (430, 110, "Traffic orders for the ring road came four months late"),
    (250, 95, "Ground water in section 3; the trench design changed"),
    (70, 85, "The contractor of section 5 went out of business; tendered again"),
)


def start(people: dict[str, Person], scopes: dict[str, Scope], today: date) -> dict[str, Project]:
    """Two programmes' scopes, the projects under them, and their managers' roles."""
    found: dict[str, Project] = {}
    programmes = {
        category: actions.add_programme(name=name, by=None, under=scopes[code], owner=people["programme"])
        for code, name, category in PROGRAMMES
    }
    for code, prefix in (("it", "IT"), ("capital", "CW")):
        lines = [line for line in LINES if line.reference.startswith(prefix)]
        rows = [_row(line, people, today) | {"programme": programmes.get(line.category)} for line in lines]
        made = actions.add_projects(rows=rows, by=None, under=scopes[code])
        found |= dict(zip([line.key for line in lines], made, strict=True))
    _approve_dates(found["mains"])
    for line in LINES:
        if line.manager:
            accounts.grant_role(person=people[line.manager], role=Role.PROJECT_MANAGER, scope=found[line.key].scope, by=None)
    for key in ("client", "client2"):
        accounts.grant_role(person=people[key], role=Role.CLIENT, scope=found["meters"].scope, by=None)
    accounts.grant_role(person=people["programme"], role=Role.PROGRAMME_MANAGER, scope=scopes["capital"], by=None)
    return found


def memories(projects: dict[str, Project], people: dict[str, Person], today: date) -> list[tuple[int, Callable[[], object]]]:
    """A year of monthly reports and three replacements of approved dates, by how many days ago."""
    lines = [line for line in LINES if line.key in LAST]
    events: list[tuple[int, Callable[[], object]]] = [
        (days, partial(_replace, projects["mains"], days, added, why, people["manager2"], today)) for days, added, why in REPLACED
    ]
    slipped = dict.fromkeys((line.key for line in lines), 0.0)
    rngs = {key: random.Random(key) for key in slipped}  # noqa: S311  demo data, not a secret
    for month in range(11, -1, -1):
        slipped = {x.key: min(x.slip, slipped[x.key] + x.slip / 12 * rngs[x.key].uniform(0.4, 1.7)) for x in lines}
        events.append((9 + round(month * 30.4), partial(_report_all, projects, lines, month, slipped, people, today)))
    return events


def _approve_dates(project: Project) -> None:
    """The schedule of its sections, frozen as first approved; each replacement of the dates freezes it anew."""
    begins, ends = project.starts_on, project.baseline_finish
    if begins is None or ends is None:
        return
    plan = schedule.add_schedule(scope=project.scope, name=project.name, data_date=begins)
    history.change(project, {"schedule": plan})
    for number in range(SECTIONS):
        day = begins + (ends - begins) * number // SECTIONS
        name = f"Lay section {number + 1}"
        schedule.add_activity(schedule=plan, name=name, by=None, not_before=day, duration=60 * DAY_MINUTES)
    schedule.add_activity(schedule=plan, name=IN_USE, by=None, is_milestone=True, duration=0, not_before=ends)
    schedule.set_baseline(schedule=plan, name="As first approved", by=None, on=begins)


def _replace(project: Project, days: int, added: int, why: str, by: Person, today: date) -> None:
    with happened(ago(today, days), f"Re-baseline {project.name}", by=by, about=f"project:{project.pk}", reason=why):
        later = (project.baseline_finish or today) + timedelta(days=added)
        actions.edit_project(project=project, changes={"baseline_finish": later}, by=by, reason=why)
        for late in Activity.objects.filter(schedule=project.schedule, name__in=(f"Lay section {SECTIONS}", IN_USE)):
            begins = (late.not_before or today) + timedelta(days=added)
            schedule.edit_activity(activity=late, changes={"not_before": begins}, by=None)
        if project.schedule is not None:
            schedule.set_baseline(schedule=project.schedule, name=f"Replaced: {why}", by=None, on=ago(today, days))


def _report_all(
    projects: dict[str, Project], lines: list[Line], month: int, slipped: dict[str, float], people: dict[str, Person], today: date
) -> None:
    """Colours lag behind dates, as they do."""
    on = ago(today, 9 + round(month * 30.4))
    with happened(on, f"Monthly reports of {len(lines)} projects", by=people["administrator"]):
        history.add_all(StatusReport, [_report(projects[x.key], x, month, slipped[x.key], people, on) for x in lines])


def _row(line: Line, people: dict[str, Person], today: date) -> dict[str, object]:
    finish = today + timedelta(days=line.finish)
    budget = line.budget * 1000 * POUNDS
    return {
        "reference": line.reference,
        "name": line.name,
        "department": line.department,
        "category": line.category,
        "manager": people.get(line.manager),
        "manager_name": "" if line.manager else NAMED.get(line.key, "to be named"),
        "sponsor": people.get(line.sponsor),
        "state": line.state,
        "rating": line.rating,
        "starts_on": today + timedelta(days=line.start),
        "finishes_on": finish,
        "baseline_finish": finish - timedelta(days=line.slip + (sum(r[1] for r in REPLACED) if line.key == "mains" else 0)),
        "currency": "GBP",
        "budget_minor": budget,
        "forecast_minor": round(budget * (1 + line.slip / 700)),
        "spent_minor": round(budget * line.spent),
        "is_mandatory": bool(line.mandatory),
        "mandatory_because": "" if line.key in UNEXPLAINED else line.mandatory,
        "description": ABOUT.get(line.key, ""),
        "is_confidential": line.key == "depot",
    }


UNEXPLAINED = frozenset({"network"})  # called mandatory; nobody wrote down by which rule
NAMED = {"valves": "S. Thornleigh", "identity": "J. Castellane", "archive": "J. Castellane", "generator": "S. Thornleigh"}
ABOUT = {
    "prestige": "A wall of screens for the control room. No business case has been filed; the sponsor saw one elsewhere.",
    "meters": "120,000 meters in two towns; the pilot clients rule on the lay-out of the bill.",
    "billing": "Replaces the billing engine of 2009 before its maker ends support.",
    "mains": "64 km of cast iron in the east. Promised to the regulator; its approved dates were replaced three times.",
    "pump": "Six stations that cause a third of all minutes without supply.",
    "leaks": "Listening devices on 900 km of mains; crews dig where the sound is.",
    "works": "A second stream, so that one can be cleaned while the other runs.",
    "depot": "Two depots close and their crews move to one. Not public before the works council has spoken.",
    "mobile": "Crews see the job before they drive. Its benefit died with the new tablets.",
    "data": "One count of assets instead of four.",
}


def _report(project: Project, line: Line, month: int, slipped: float, people: dict[str, Person], on: date) -> StatusReport:
    return StatusReport(
        project=project,
        on=on,
        rating=line.rating if month < 2 else "GREEN" if month > 5 else "AMBER_GREEN" if line.rating != "GREEN" else "GREEN",
        comment=COMMENTS[(month * 3 + sum(map(ord, line.key))) % len(COMMENTS)] if month else LAST[line.key],
        finishes_on=(project.baseline_finish or on) + timedelta(days=round(slipped)),
        forecast_minor=round((project.budget_minor or 0) * (1 + slipped / 700)),
        by=people.get(line.manager) or people["administrator"],
    )


LAST = {  # what the newest report says
    "meters": "Installers reach 310 meters a day, planned were 400. The ruling on the bill’s lay-out is still missing.",
    "billing": "On course. The trial run with real bills moved behind the holidays; go-live is held.",
    "field": "Tablets are out in two of five districts; crews like the map, not the log-in.",
    "portal": "Meter appointments can be booked by testers. Nothing to decide.",
    "data": "Two of four registers are merged; the pipes of the east do not match and cost three weeks.",
    "chat": "Pilot with 40 calls a day. The desk asks who owns the answers.",
    "prestige": "Supplier visited. On course.",
    "security": "Segment 2 of 3 is closed off. One plant needs a stop in spring, to be agreed with operations.",
    "pump": "Station 3 runs. Station 4 waits for its transformer, eleven weeks late.",
    "mains": "41 of 64 km are laid. Section 5 begins again with the new contractor.",
    "lead": "Owners of 900 houses did not answer; the programme goes on with those who did.",
    "works": "Foundations done. The steel price is above the estimate; the reserve covers it so far.",
    "leaks": "All devices are out; 63 leaks found this month, 51 mended.",
    "outfall": "112 of 180 monitors send data; the regulator’s date for all is in seven months.",
    "reservoir": "Two of five reservoirs are inspected, no defects.",
    "generator": "Delivery of the last two sets is confirmed.",
}
COMMENTS = (
    "On course; two deliveries are expected next month.",
    "One supplier asks for more time; we hold the date.",
    "Testing found faults in the hand-over; the date moves a little.",
    "Waiting for a ruling of the steering group.",
    "Steady. No decision is needed this month.",
    "A key person was away for three weeks; the plan absorbed it.",
    "The cost forecast was looked through line by line and stands.",
)
