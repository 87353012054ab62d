"""A large seeded organisation for measurements: 200 projects, 50,000 activities, 60 targets, 2,000 contributions, 500 people."""

from __future__ import annotations

import math
import random
import time
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Organisation, Person, RoleGrant, Scope
from goldenthread.config.demonstration import cast, scale_work
from goldenthread.config.printing import note
from goldenthread.kit import history
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.models import Contribution
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Measurement, Objective, Office, Target, ValueRate
from goldenthread.schedule.models import Activity

SLUG, DOMAIN, SEED = "scale", "scale.example.org", 20_260
PEOPLE, MANAGERS, OBJECTIVES, KPIS_EACH, POINTS = 500, 50, 20, 3, 24
MONTH = 365.25 / 12
GIVEN = (
    "Ada Bela Cleo Dara Edda Fenn Gale Hale Ines Jora Kaya Lore Mika Nell Orla Pia Quin Rhea Suki Tova Una Vera Wren Xena Yara"
)
FAMILY = "Ashby Birch Calder Dunmore Elster Fairley Garth Holm Inglewood Jessop Kirkby Lune Marsh Norwell Orme Penn Quill Rook Selby Thorne"
SUBJECTS = "Lead time, Rework, On-time starts, Unit cost, Complaints, Availability, Energy used, Waste, First-time answers, Handover days"
PLACES = "north, south, east, west, coast, centre"


def load() -> dict[str, Any]:
    """Load the organisation unless it is there, all or nothing, and make its forecast. Counts, and how long it took."""
    begun = time.perf_counter()
    today = timezone.localdate()
    organisation = Organisation.objects.filter(slug=SLUG).first()
    if organisation is None:
        note("Loading the large organisation …")
        with transaction.atomic():
            organisation = _found(today)
    with organisation_scope(organisation):
        office = Office.objects.select_related("organisation", "scope", "plan__schedule").get(code="group")
        if not office.forecasts.exists():
            make_forecast(office=office, today=today)
        return {
            "organisation": SLUG,
            "projects": Project.objects.count(),
            "activities": Activity.objects.count(),
            "targets": Target.objects.count(),
            "contributions": Contribution.objects.count(),
            "people": Person.objects.count(),
            "seconds": round(time.perf_counter() - begun, 1),
        }


def _found(today: date) -> Organisation:
    organisation, operator = actions.found_organisation(
        name="Great Northern Works",
        slug=SLUG,
        administrator="Odo Sallow",
        email=f"operator@{DOMAIN}",
        currency="GBP",
        is_demo=True,
    )
    rng = random.Random(SEED)  # noqa: S311  measured data, not a secret
    with organisation_scope(organisation):
        with actions.changeset(title="Load the large organisation: people", by=None, source="COMMAND"):
            people = _hire(operator)
            office = _open_office(operator, people)
        with actions.changeset(title="Load the large organisation: goals", by=None, source="COMMAND"):
            kpis = _aim(office, people, rng, today)
        with actions.changeset(title="Load the large organisation: projects", by=None, source="COMMAND"):
            projects = scale_work.projects(office, people[1 : MANAGERS + 1], today, rng)
            _give_roles(people, projects)
            scale_work.schedules(projects, people, today, rng)
        with actions.changeset(title="Load the large organisation: plan", by=None, source="COMMAND"):
            scale_work.plan(office, people, kpis, projects, today, rng)
    return organisation


def _hire(operator: Person) -> list[Person]:
    """All the people, the head of the PMO first; the head and the operator can sign in."""
    names = [f"{given} {family}" for family in FAMILY.split() for given in GIVEN.split()]
    rows = [
        Person(
            name=names[i],
            email=f"{'head' if i == 0 else f'p{i:03}'}@{DOMAIN}",
            job_title="Head of PMO" if i == 0 else "Project manager" if i <= MANAGERS else "Specialist",
            department=f"Department {i % 12 + 1}",
        )
        for i in range(PEOPLE - 1)
    ]
    people = history.add_all(Person, rows)
    encoded = make_password(cast.PASSWORD)
    for person in (people[0], operator):
        cast.open_door(person, encoded)
    return people


def _open_office(operator: Person, people: list[Person]) -> Office:
    top = queries.top_scope()
    actions.grant_role(person=operator, role=Role.HEAD, scope=top, by=None)
    queries.forget_rights(operator)
    office = purpose.add_office(name="Group PMO", code="group", by=operator, head=people[0], red_means="Needs the board")
    actions.grant_role(person=people[0], role=Role.HEAD, scope=office.scope, by=None)
    actions.grant_role(person=people[0], role=Role.TEAM_MEMBER, scope=top, by=None)
    mandate = purpose.draft_mandate(
        office=office, title="Bring more out of every project", purpose="Say which work moves which goal, and have it done first.",
        issuer="Executive board", by=operator, clauses=[f"Goal {n} of the corporate plan" for n in range(1, 6)],
        issued_on=date(2025, 1, 6), valid_from=date(2025, 1, 6),
    )  # fmt: skip
    purpose.put_mandate_in_force(mandate=mandate, by=operator)
    return office


def _aim(office: Office, people: list[Person], rng: random.Random, today: date) -> list[Kpi]:
    """Objectives with three KPIs each, a target on each KPI, two years of figures, and a signed rate on every second one."""
    clauses = list(office.mandates.get().clauses.order_by("number"))
    objectives = history.add_all(
        Objective,
        [
            Objective(
                office=office, title=f"Reach goal {i + 1} of the corporate plan by its three figures", short_name=f"Goal {i + 1}",
                clause=clauses[i % 5], owner=people[i % 20], state=Objective.State.APPROVED, agreed_by=people[0],
                agreed_on=today - timedelta(days=300), missed_by="Customers",
            )
            for i in range(OBJECTIVES)
        ],
    )  # fmt: skip
    names = [f"{subject}, {place}" for place in PLACES.split(", ") for subject in SUBJECTS.split(", ")]
    kpis = history.add_all(
        Kpi,
        [
            Kpi(
                office=office, name=names[i], unit="points", direction=Kpi.Direction.FALL if i % 2 else Kpi.Direction.RISE, decimals=1,
                floor=0.0, source="Monthly ledger", owner=people[60 + i],
            )
            for i in range(OBJECTIVES * KPIS_EACH)
        ],
    )  # fmt: skip
    figures, targets, rates = [], [], []
    for i, kpi in enumerate(kpis):
        sign = -1 if kpi.direction == Kpi.Direction.FALL else 1
        base, drift = 60.0, sign * rng.uniform(0.0, 0.15)
        for month in range(POINTS):
            value = base + drift * (month - POINTS) + 0.4 * math.sin(i + month) + rng.uniform(-0.3, 0.3)
            on = today - timedelta(days=round((POINTS - 1 - month) * MONTH) + 6)
            figures.append(Measurement(kpi=kpi, on=on, value=round(value, 1), source="Monthly ledger", entered_by=kpi.owner))
        targets.append(
            Target(
                objective=objectives[i // KPIS_EACH], kpi=kpi, baseline=base, baseline_on=today - timedelta(days=30),
                value=base + sign * rng.choice([8.0, 11.0, 14.0]), due_on=today + timedelta(days=rng.choice([365, 540, 720])), tolerance=1.0,
            )
        )  # fmt: skip
        if i % 2 == 0:
            rates.append(
                ValueRate(
                    kpi=kpi, minor=sign * rng.randrange(200_000, 4_000_000), currency="GBP", valid_from=today - timedelta(days=200),
                    signed_by=people[2], signed_on=today - timedelta(days=190),
                )
            )  # fmt: skip
    history.add_all(Measurement, figures)
    history.add_all(Target, targets)
    history.add_all(ValueRate, rates)
    return kpis


def _give_roles(people: list[Person], projects: list[Project]) -> None:
    """A manager a project; everybody else is a team member of the whole organisation."""
    top: Scope = queries.top_scope()
    rows = [RoleGrant(person=p.manager, role=Role.PROJECT_MANAGER, scope=p.scope) for p in projects]
    rows += [RoleGrant(person=person, role=Role.TEAM_MEMBER, scope=top) for person in people[MANAGERS + 1 :]]
    history.add_all(RoleGrant, rows)
