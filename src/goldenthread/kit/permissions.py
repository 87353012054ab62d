"""Who may do what with which kind of thing: the one table that every path asks.

A role is held by a person on a scope and counts for that scope and everything below it. `docs/rights.md` states the same
matrix for people; a test reads it and tries every route against it, so the two cannot drift apart.
"""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a person is in a scope."""

    SPONSOR = "SPONSOR", "Executive sponsor"
    HEAD = "HEAD", "Head of PMO"
    PMO = "PMO", "PMO member"
    PROJECT_ADMINISTRATOR = "PROJECT_ADMINISTRATOR", "Project administrator"
    PORTFOLIO_MANAGER = "PORTFOLIO_MANAGER", "Portfolio manager"
    PROGRAMME_MANAGER = "PROGRAMME_MANAGER", "Programme manager"
    PROJECT_MANAGER = "PROJECT_MANAGER", "Project manager"
    FUNCTIONAL_MANAGER = "FUNCTIONAL_MANAGER", "Functional manager"
    RESOURCE_MANAGER = "RESOURCE_MANAGER", "Resource manager"
    TEAM_MEMBER = "TEAM_MEMBER", "Team member"
    CLIENT = "CLIENT", "Client or stakeholder"
    AUDITOR = "AUDITOR", "Auditor"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"


class Kind(models.TextChoices):
    """What a right is about."""

    SETTINGS = "SETTINGS", "Organisation settings"
    PERSON = "PERSON", "People and roles"
    MANDATE = "MANDATE", "Mandate and services"
    OBJECTIVE = "OBJECTIVE", "Objectives and targets"
    KPI = "KPI", "KPIs and measurements"
    VALUE_RATE = "VALUE_RATE", "Value rates"
    PLAN = "PLAN", "Business plan, contributions, forecast"
    SCENARIO = "SCENARIO", "Scenarios"
    DUTY = "DUTY", "Duties"
    PROJECT = "PROJECT", "Projects"
    TIME = "TIME", "Time entries of others"
    IMPORT = "IMPORT", "Imports and exports"
    CHANGESET = "CHANGESET", "Activity and undo"
    PULSE = "PULSE", "Gaps and pulse results"
    CONFIDENTIAL = "CONFIDENTIAL", "Confidential objectives and projects"
    COST_RATE = "COST_RATE", "Cost rates"


class Act(models.TextChoices):
    """What is done. Each stands by itself: a role that approves does not thereby edit."""

    VIEW = "v", "view"
    EDIT = "e", "edit"
    APPROVE = "a", "approve"
    EXPORT = "x", "export"


# One row a role; for each kind the letters of the acts allowed. What is not named is refused.
_MATRIX: dict[Role, dict[Kind, str]] = {
    Role.SPONSOR: {
        Kind.SETTINGS: "v", Kind.PERSON: "v", Kind.MANDATE: "vax", Kind.OBJECTIVE: "vax", Kind.KPI: "vx",
        Kind.VALUE_RATE: "va", Kind.PLAN: "vax", Kind.DUTY: "v", Kind.PROJECT: "vx", Kind.CHANGESET: "v",
        Kind.PULSE: "v", Kind.CONFIDENTIAL: "v", Kind.SCENARIO: "v",
    },
    Role.HEAD: {
        Kind.SETTINGS: "ve", Kind.PERSON: "vex", Kind.MANDATE: "veax", Kind.OBJECTIVE: "veax", Kind.KPI: "veax",
        Kind.VALUE_RATE: "ve", Kind.PLAN: "veax", Kind.DUTY: "veax", Kind.PROJECT: "veax", Kind.TIME: "vx",
        Kind.IMPORT: "ve", Kind.CHANGESET: "ve", Kind.PULSE: "vx", Kind.CONFIDENTIAL: "ve", Kind.COST_RATE: "v",
        Kind.SCENARIO: "vea",
    },
    Role.PMO: {
        Kind.PERSON: "v", Kind.MANDATE: "vx", Kind.OBJECTIVE: "vex", Kind.KPI: "vex", Kind.VALUE_RATE: "v",
        Kind.PLAN: "vex", Kind.DUTY: "vex", Kind.PROJECT: "vex", Kind.IMPORT: "ve", Kind.CHANGESET: "v", Kind.PULSE: "v",
        Kind.SCENARIO: "ve",
    },
    Role.PROJECT_ADMINISTRATOR: {
        Kind.PERSON: "v", Kind.MANDATE: "v", Kind.OBJECTIVE: "v", Kind.KPI: "ve", Kind.PLAN: "v", Kind.DUTY: "v",
        Kind.PROJECT: "vex", Kind.IMPORT: "ve", Kind.CHANGESET: "v",
    },
    Role.PORTFOLIO_MANAGER: {
        Kind.PERSON: "v", Kind.MANDATE: "v", Kind.OBJECTIVE: "vx", Kind.KPI: "vx", Kind.VALUE_RATE: "v", Kind.PLAN: "v",
        Kind.PROJECT: "veax", Kind.IMPORT: "ve", Kind.CHANGESET: "v", Kind.PULSE: "v",
    },
    Role.PROGRAMME_MANAGER: {
        Kind.PERSON: "v", Kind.MANDATE: "v", Kind.OBJECTIVE: "v", Kind.KPI: "v", Kind.PLAN: "v", Kind.PROJECT: "vex",
    },
    Role.PROJECT_MANAGER: {
        Kind.PERSON: "v", Kind.MANDATE: "v", Kind.OBJECTIVE: "v", Kind.KPI: "v", Kind.PLAN: "v", Kind.PROJECT: "vex",
    },
    Role.FUNCTIONAL_MANAGER: {
        Kind.PERSON: "v", Kind.MANDATE: "v", Kind.OBJECTIVE: "v", Kind.KPI: "v", Kind.PLAN: "v", Kind.PROJECT: "v",
    },
    Role.RESOURCE_MANAGER: {
        Kind.PERSON: "v", Kind.MANDATE: "v", Kind.OBJECTIVE: "v", Kind.KPI: "v", Kind.PLAN: "v", Kind.PROJECT: "v",
        Kind.TIME: "v",
    },
    Role.TEAM_MEMBER: {
        Kind.MANDATE: "v", Kind.OBJECTIVE: "v", Kind.KPI: "v", Kind.PLAN: "v",
    },
    Role.CLIENT: {Kind.PROJECT: "v"},
    Role.AUDITOR: {
        Kind.SETTINGS: "v", Kind.PERSON: "v", Kind.MANDATE: "vx", Kind.OBJECTIVE: "vx", Kind.KPI: "vx", Kind.VALUE_RATE: "vx",
        Kind.PLAN: "vx", Kind.DUTY: "vx", Kind.PROJECT: "vx", Kind.TIME: "v", Kind.CHANGESET: "vx", Kind.PULSE: "v",
        Kind.CONFIDENTIAL: "v", Kind.COST_RATE: "v", Kind.SCENARIO: "v",
    },
    Role.ADMINISTRATOR: {
        Kind.SETTINGS: "ve", Kind.PERSON: "vex", Kind.IMPORT: "ve", Kind.CHANGESET: "ve",
    },
}  # fmt: skip


def allows(role: str, kind: str, act: str) -> bool:
    """Whether `role` may do `act` with things of `kind` in its scope."""
    return act in _MATRIX.get(Role(role), {}).get(Kind(kind), "")


def roles_that(act: str, kind: str) -> tuple[str, ...]:
    """The roles that may do `act` with `kind`."""
    return tuple(role.value for role in Role if allows(role, kind, act))
