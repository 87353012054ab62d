"""Who works at Aldermere Water. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from goldenthread.accounts import actions
from goldenthread.accounts.models import Person, Scope, User
from goldenthread.kit import history
from goldenthread.kit.permissions import Role
from goldenthread.schedule.models import Resource

DOMAIN = "aldermere.example.org"
PASSWORD = "a-thread-of-gold"  # noqa: S105  the demo's, printed for everybody


@dataclass(frozen=True)
class Part:
    """One person of the demo."""

    key: str
    name: str
    job: str
    department: str
    role: str
    place: str = "it"  # office code, "top", or empty where the role is given later
    minutes: int = 2400
    external: bool = False
    signs_in: bool = True


PARTS = [
    Part("sponsor", "Rosalind Achterberg", "Chief operating officer", "Executive", Role.SPONSOR, "top"),
    Part("finance", "Tobias Merrow", "Finance director", "Finance", Role.SPONSOR, "top"),
    Part("head", "Maren Oakfield", "Head of PMO", "IT office", Role.HEAD),
    Part("benefits", "Ilse Tarrow", "Benefits analyst", "IT office", Role.PMO),
    Part("delivery", "Jonas Pellworth", "Delivery lead", "IT office", Role.PMO),
    Part("assurance", "Chidi Amberley", "Assurance lead", "IT office", Role.PMO),
    Part("reporting", "Dora Finchley-Moss", "Reporting analyst, half time", "IT office", Role.PMO, minutes=1200),
    Part("administrator", "Petra Hollis", "Project administrator", "Digital", Role.PROJECT_ADMINISTRATOR),
    Part("planner", "Samir Welland", "Planner, leaving", "IT office", Role.PMO),
    Part("capital", "Gwen Ashdown", "Head of capital works PMO", "Capital works", Role.HEAD, "capital"),
    Part("engineer", "Lewis Tarn", "Programme planner", "Capital works", Role.PMO, "capital"),
    Part("costs", "Marguerite Sole", "Cost engineer", "Capital works", Role.PMO, "capital"),
    Part("site", "Ansel Wetherby", "Site assurance lead", "Capital works", Role.PMO, "capital"),
    Part("consents", "Noor Haldane", "Consents and land officer", "Capital works", Role.PMO, "capital"),
    Part("documents", "Tilda Brock", "Project administrator, works", "Capital works", Role.PROJECT_ADMINISTRATOR, "capital"),
    Part("portfolio", "Nadia Crest", "Portfolio manager", "Strategy", Role.PORTFOLIO_MANAGER, "top"),
    Part("programme", "Owen Blackthorn", "Programme manager, networks", "Networks", Role.PROGRAMME_MANAGER, ""),
    Part("manager1", "Farah Lindgate", "Project manager", "Digital", Role.PROJECT_MANAGER, ""),
    Part("manager2", "Bram Osterley", "Project manager", "Networks", Role.PROJECT_MANAGER, ""),
    Part("functional", "Hester Quayle", "Head of digital", "Digital", Role.FUNCTIONAL_MANAGER, "top"),
    Part("resources", "Ivo Marchmont", "Resource manager", "Digital", Role.RESOURCE_MANAGER, "top"),
    Part("member", "Anouk Sedley", "Business analyst", "Digital", Role.TEAM_MEMBER, "top"),
    Part("member2", "Callum Rydal", "Data engineer", "Digital", Role.TEAM_MEMBER, "top"),
    Part("operations", "Beatrix Holm", "Head of operations", "Operations", Role.FUNCTIONAL_MANAGER, "top"),
    Part("customer", "Ravi Penhallow", "Head of customer service", "Customer", Role.FUNCTIONAL_MANAGER, "top"),
    Part("auditor", "Mireille Stroud", "Internal auditor", "Audit", Role.AUDITOR, "top"),
    Part("client", "Desmond Farrow", "Pilot client, north", "Farrow Dairies", Role.CLIENT, "", external=True),
    Part("client2", "Elspeth Garroway", "Pilot client, south", "Garroway Laundries", Role.CLIENT, "", external=True),
]

VACANCY = "Benefits analyst, post not filled"
ABSENCES: list[tuple[str, str, int | None, int | None]] = [  # who, deputy, away from and to in days from today
    ("head", "delivery", None, None),
    ("capital", "engineer", None, None),
    ("operations", "customer", -2, 5),
    ("reporting", "delivery", 9, 18),
    ("site", "engineer", -1, 3),
]


def hire(top: Scope, today: date, administrator: Person) -> dict[str, Person]:
    """Everybody, with sign-ins and the roles that lie on the whole organisation; the rest are given with their scopes."""
    people = {"operator": administrator}
    encoded = make_password(PASSWORD)
    open_door(administrator, encoded)
    for part in PARTS:
        person = actions.add_person(
            name=part.name,
            email=f"{part.key}@{DOMAIN}",
            by=None,
            job_title=part.job,
            department=part.department,
            minutes_per_week=part.minutes,
            is_external=part.external,
            leaves_on=today + timedelta(days=42) if part.key == "planner" else None,
        )
        people[part.key] = person
        if part.signs_in:
            open_door(person, encoded)
        if part.place == "top":
            actions.grant_role(person=person, role=part.role, scope=top, by=None)
    for key in ("head", "capital", "programme", "manager1", "manager2"):  # their goals stand above their own scopes
        actions.grant_role(person=people[key], role=Role.TEAM_MEMBER, scope=top, by=None)
    actions.grant_role(person=people["administrator"], role=Role.ADMINISTRATOR, scope=top, by=None)
    return people


def stand_in(people: dict[str, Person], today: date) -> None:
    """Standing deputies, somebody away now and somebody away soon."""
    for who, deputy, begins, ends in ABSENCES:
        changes: dict[str, Any] = {"deputy": people[deputy]}
        if begins is not None and ends is not None:
            changes |= {"absent_from": today + timedelta(days=begins), "absent_to": today + timedelta(days=ends)}
        history.change(people[who], changes)


def leave_post_open(post: str) -> Resource:
    """A post that nobody holds: a role without a person."""
    resource = Resource(name=post, resource_kind=Resource.ResourceKind.ROLE)
    resource.save()
    return resource


def open_door(person: Person, encoded: str) -> None:
    """A sign-in with the demo's one password, hashed once for all of them."""
    user = User.objects.create_user(person.email)
    user.password = encoded
    user.save()
    history.change(person, {"user": user})


def place(people: dict[str, Person], scopes: dict[str, Scope]) -> None:
    """Give the roles that lie on offices."""
    for part in PARTS:
        if part.place in scopes:
            actions.grant_role(person=people[part.key], role=part.role, scope=scopes[part.place], by=None)
