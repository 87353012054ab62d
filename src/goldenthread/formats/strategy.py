"""A strategy as plain data: what StratML (ISO 17469) can say, and the one form into which every reader of strategies reads.

Two plans are equal where they say the same; where in a file it stood does not count.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Something in the file that found no place in the plan: where, what is wrong, and its words."""

    place: str
    what: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """What a stakeholder does; types are "Performer", "Beneficiary" or the file's own words."""

    name: str
    description: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """type: "Person", "Organization", "Generic_Group" or "". A blank name is a placeholder the form left behind."""

    name: str
    description: str = ""
    type: str = ""
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str
    acronym: str = ""
    identifier: str = ""
    description: str = ""
    stakeholders: tuple[Stakeholder, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A vision, mission or value."""

    name: str
    description: str
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A target or an actual. number: the units where the file holds a number, else None; text: the words in its place.

    baseline: of a target, where its progress starts; StratML has no element for it.
    """

    number: Decimal | None
    text: str = ""
    descriptor: str = ""
    descriptor_value: str = ""
    description: str = ""
    start: dt.date | None = None
    finish: dt.date | None = None
    baseline: Decimal | None = None
    baseline_on: dt.date | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Measurement:
    targets: tuple[Result, ...] = ()
    actuals: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from an indicator to something else."""

    type: str = ""
    identifier: str = ""
    referents: tuple[str, ...] = ()
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """type: PerformanceIndicatorType (Quantitative, Qualitative); stage: ValueChainStage (Outcome, Output and so on).

    direction: "RISE", "FALL", "BAND", or "" where the file does not say; StratML never does.
    """

    dimension: str
    unit: str
    identifier: str = ""
    sequence: str = ""
    type: str = ""
    stage: str = ""
    other_information: str = ""
    direction: str = ""
    measurements: tuple[Measurement, ...] = ()
    relationships: tuple[Relationship, ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    name: str
    description: str = ""
    identifier: str = ""
    sequence: str = ""
    other_information: str = ""
    stakeholders: tuple[Stakeholder, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Goal:
    name: str
    description: str = ""
    identifier: str = ""
    sequence: str = ""
    other_information: str = ""
    stakeholders: tuple[Stakeholder, ...] = ()
    objectives: tuple[Objective, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Submitter:
    given_name: str = ""
    surname: str = ""
    phone: str = ""
    email: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole file. type: Strategic_Plan, Performance_Plan, Performance_Report, or ""; part: of the standard, 1 or 2."""

    name: str
    part: int
    type: str = ""
    description: str = ""
    other_information: str = ""
    identifier: str = ""
    namespace: str = field(default="", compare=False)
    organisations: tuple[Organisation, ...] = ()
    vision: Statement | None = None
    mission: Statement | None = None
    values: tuple[Statement, ...] = ()
    goals: tuple[Goal, ...] = ()
    start: dt.date | None = None
    finish: dt.date | None = None
    published: dt.date | None = None
    source: str = ""
    submitter: Submitter | None = None
    not_understood: tuple[NotUnderstood, ...] = field(default=(), compare=False)

    def objectives(self) -> list[Objective]:
        """All objectives in file order."""
        return [objective for goal in self.goals for objective in goal.objectives]

    def indicators(self) -> list[Indicator]:
        """All indicators, those directly under a goal included."""
        return [
            *(one for goal in self.goals for one in goal.indicators),
            *(one for objective in self.objectives() for one in objective.indicators),
        ]

    def stakeholders(self) -> list[Stakeholder]:
        """Every stakeholder entry of organisations, goals and objectives; blank placeholders included, as the file has them."""
        holders: list[Organisation | Goal | Objective] = [*self.organisations, *self.goals, *self.objectives()]
        return [one for holder in holders for one in holder.stakeholders]

    def counts(self) -> dict[str, int]:
        """Number of elements read, by the keys of the import command."""
        indicators = self.indicators()
        measurements = [one for indicator in indicators for one in indicator.measurements]
        return {
            "organisations": len(self.organisations),
            "stakeholders": len(self.stakeholders()),
            "values": len(self.values),
            "goals": len(self.goals),
            "objectives": len(self.objectives()),
            "indicators": len(indicators),
            "measurements": len(measurements),
            "targets": sum(len(one.targets) for one in measurements),
            "actuals": sum(len(one.actuals) for one in measurements),
            "relationships": sum(len(one.relationships) for one in indicators),
        }
