"""StratML plans and performance reports (ISO 17469-1, ANSI/AIIM 22 = Part 2) as plain data, read tolerantly.

Real files rarely keep to their own schema, so order, namespaces and missing parts are accepted, and everything that is not
understood is listed with its place instead of being dropped in silence.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from goldenthread.formats.dates import read_date
from goldenthread.formats.errors import FormatError
from goldenthread.formats.values import is_spreadsheet_error, read_number
from goldenthread.formats.xml_source import Node, read_xml

_ROOTS = ("PerformancePlanOrReport", "StrategicPlan")
_NAMESPACES = ("stratml", "PerformancePlanOrReport")


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
    """A target or an actual. number: the units where the file holds a number, else None; text: the words in its place."""

    number: Decimal | None
    text: str = ""
    descriptor: str = ""
    descriptor_value: str = ""
    description: str = ""
    start: dt.date | None = None
    finish: dt.date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    targets: tuple[Result, ...] = ()
    actuals: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from an indicator to something else; owner: identifier or place of the element that holds it."""

    owner: str
    type: str = ""
    identifier: str = ""
    referents: tuple[str, ...] = ()
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """type: PerformanceIndicatorType (Quantitative, Qualitative); stage: ValueChainStage (Outcome, Output and so on)."""

    dimension: str
    unit: str
    identifier: str = ""
    sequence: str = ""
    type: str = ""
    stage: str = ""
    other_information: str = ""
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
    place: str = ""


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
    place: str = ""


@dataclass(frozen=True, slots=True)
class Submitter:
    given_name: str = ""
    surname: str = ""
    phone: str = ""
    email: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole file. type: Strategic_Plan, Performance_Plan, Performance_Report, or "" for Part 1; part: 1 or 2."""

    name: str
    part: int
    type: str = ""
    description: str = ""
    other_information: str = ""
    identifier: str = ""
    namespace: str = ""
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
    not_understood: tuple[NotUnderstood, ...] = ()

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


def read_stratml(data: bytes, options: Any = None) -> Plan:
    """Read a Part 1 or Part 2 file; raises FormatError where it is no StratML at all. `options` is not used."""
    root = read_xml(data)
    if root.name not in _ROOTS and root.first("StrategicPlanCore") is None:
        advice = "StratML starts with StrategicPlan or PerformancePlanOrReport."
        raise FormatError(f"This is XML, but not StratML: it starts with {root.name[:60]}.", f"line {root.line}", advice)
    return _Reader().plan(root)


class _Reader:
    """Walks the tree once; every element is either taken or listed."""

    def __init__(self) -> None:
        self.missed: list[NotUnderstood] = []
        self.identifiers: set[str] = set()

    def plan(self, root: Node) -> Plan:
        self._attributes(root, "Type", place=root.name)
        self._only(
            root, "Name Description OtherInformation StrategicPlanCore AdministrativeInformation Submitter Identifier", root.name
        )
        if root.namespace and not any(word in root.namespace for word in _NAMESPACES):
            self._miss(root.name, "an unknown namespace", root.namespace)
        core = root.first("StrategicPlanCore") or root
        if core is not root:
            self._only(core, "Organization Vision Mission Value Goal", "StrategicPlanCore")
            self._attributes(core, place="StrategicPlanCore")
        else:
            self._miss(root.name, "no StrategicPlanCore", "")
        about = root.first("AdministrativeInformation")
        if about:
            self._only(about, "Identifier StartDate EndDate PublicationDate Source Submitter", "AdministrativeInformation")
        contact = root.first("Submitter") or (about.first("Submitter") if about else None)
        if about and about.first("Submitter"):
            self._miss("AdministrativeInformation > Submitter", "stands inside AdministrativeInformation; read all the same", "")
        for extra in (*root.all("StrategicPlanCore")[1:], *root.all("AdministrativeInformation")[1:]):
            self._miss(f"{extra.name}, line {extra.line}", "occurs more than once", "")
        place = "AdministrativeInformation"
        return Plan(
            name=self._text(root, "Name"),
            part=1 if root.name == "StrategicPlan" else 2,
            type=root.attributes.get("Type", ""),
            description=self._text(root, "Description"),
            other_information=self._text(root, "OtherInformation"),
            identifier=self._identifier(about, place) if about else "",
            namespace=root.namespace,
            organisations=tuple(
                self._organisation(node, f"Organization {n}") for n, node in enumerate(core.all("Organization"), 1)
            ),
            vision=self._single(core, "Vision"),
            mission=self._single(core, "Mission"),
            values=tuple(self._statement(node, f"Value {n}") for n, node in enumerate(core.all("Value"), 1)),
            goals=tuple(self._goal(node, f"Goal {n}") for n, node in enumerate(core.all("Goal"), 1)),
            start=self._date(about, "StartDate", place),
            finish=self._date(about, "EndDate", place),
            published=self._date(about, "PublicationDate", place),
            source=self._text(about, "Source") if about else "",
            submitter=self._submitter(contact) if contact else None,
            not_understood=tuple(self.missed),
        )

    def _organisation(self, node: Node, place: str) -> Organisation:
        self._only(node, "Name Acronym Identifier Description Stakeholder", place)
        self._attributes(node, place=place)
        name, acronym, description = self._text(node, "Name"), self._text(node, "Acronym"), self._text(node, "Description")
        return Organisation(name, acronym, self._identifier(node, place), description, self._stakeholders(node, place))

    def _stakeholders(self, node: Node, place: str) -> tuple[Stakeholder, ...]:
        found = []
        for number, child in enumerate(node.all("Stakeholder"), 1):
            where = f"{place} > Stakeholder {number}"
            self._only(child, "Name Description Role", where)
            self._attributes(child, "StakeholderTypeType", place=where)
            roles = tuple(self._role(role, f"{where} > Role {n}") for n, role in enumerate(child.all("Role"), 1))
            kind = child.attributes.get("StakeholderTypeType", "")
            found.append(Stakeholder(self._text(child, "Name"), self._text(child, "Description"), kind, roles))
        return tuple(found)

    def _role(self, node: Node, place: str) -> Role:
        self._only(node, "Name Description RoleType", place)
        self._attributes(node, place=place)
        types = tuple(child.text for child in node.all("RoleType") if child.text)
        for word in types:
            if word not in ("Performer", "Beneficiary"):
                self._miss(f"{place} > RoleType", "neither Performer nor Beneficiary", word)
        return Role(self._text(node, "Name"), self._text(node, "Description"), types)

    def _single(self, core: Node, name: str) -> Statement | None:
        found = core.all(name)
        for extra in found[1:]:
            self._miss(f"{name}, line {extra.line}", "occurs more than once", self._text(extra, "Description"))
        return self._statement(found[0], name) if found else None

    def _statement(self, node: Node, place: str) -> Statement:
        self._only(node, "Name Description Identifier", place)
        self._attributes(node, place=place)
        return Statement(self._text(node, "Name"), self._text(node, "Description") or node.text, self._identifier(node, place))

    def _goal(self, node: Node, place: str) -> Goal:
        self._only(
            node,
            "Name Description Identifier SequenceIndicator Stakeholder OtherInformation Objective PerformanceIndicator",
            place,
        )
        self._attributes(node, place=place)
        return Goal(
            **self._described(node, place),
            stakeholders=self._stakeholders(node, place),
            objectives=tuple(
                self._objective(child, f"{place} > Objective {n}") for n, child in enumerate(node.all("Objective"), 1)
            ),
            indicators=self._indicators(node, place),
        )

    def _objective(self, node: Node, place: str) -> Objective:
        self._only(node, "Name Description Identifier SequenceIndicator Stakeholder OtherInformation PerformanceIndicator", place)
        self._attributes(node, place=place)
        return Objective(
            **self._described(node, place), stakeholders=self._stakeholders(node, place), indicators=self._indicators(node, place)
        )

    def _described(self, node: Node, place: str) -> dict[str, str]:
        return {
            "name": self._text(node, "Name"),
            "description": self._text(node, "Description"),
            "identifier": self._identifier(node, place),
            "sequence": self._text(node, "SequenceIndicator"),
            "other_information": self._text(node, "OtherInformation"),
            "place": f"{place}, line {node.line}",
        }

    def _indicators(self, node: Node, place: str) -> tuple[Indicator, ...]:
        return tuple(
            self._indicator(child, f"{place} > PerformanceIndicator {n}")
            for n, child in enumerate(node.all("PerformanceIndicator"), 1)
        )

    def _indicator(self, node: Node, place: str) -> Indicator:
        parts = "SequenceIndicator MeasurementDimension UnitOfMeasurement Identifier Relationship MeasurementInstance"
        self._only(node, f"{parts} OtherInformation", place)
        self._attributes(node, "ValueChainStage", "PerformanceIndicatorType", place=place)
        identifier = self._identifier(node, place)
        return Indicator(
            dimension=self._text(node, "MeasurementDimension"),
            unit=self._text(node, "UnitOfMeasurement"),
            identifier=identifier,
            sequence=self._text(node, "SequenceIndicator"),
            type=node.attributes.get("PerformanceIndicatorType", ""),
            stage=node.attributes.get("ValueChainStage", ""),
            other_information=self._text(node, "OtherInformation"),
            measurements=tuple(
                self._measurement(child, f"{place} > MeasurementInstance {n}")
                for n, child in enumerate(node.all("MeasurementInstance"), 1)
            ),
            relationships=tuple(
                self._relationship(child, identifier or place, f"{place} > Relationship {n}")
                for n, child in enumerate(node.all("Relationship"), 1)
            ),
        )

    def _relationship(self, node: Node, owner: str, place: str) -> Relationship:
        self._only(node, "Identifier ReferentIdentifier Name Description", place)
        self._attributes(node, "RelationshipType", place=place)
        referents = tuple(child.text for child in node.all("ReferentIdentifier") if child.text)
        kind = node.attributes.get("RelationshipType", "")
        return Relationship(
            owner, kind, self._text(node, "Identifier"), referents, self._text(node, "Name"), self._text(node, "Description")
        )

    def _measurement(self, node: Node, place: str) -> Measurement:
        self._only(node, "TargetResult ActualResult", place)
        self._attributes(node, place=place)
        targets = tuple(self._result(child, f"{place} > TargetResult {n}") for n, child in enumerate(node.all("TargetResult"), 1))
        return Measurement(
            targets,
            tuple(self._result(child, f"{place} > ActualResult {n}") for n, child in enumerate(node.all("ActualResult"), 1)),
        )

    def _result(self, node: Node, place: str) -> Result:
        self._only(node, "StartDate EndDate NumberOfUnits Descriptor Description", place)
        self._attributes(node, place=place)
        words = self._text(node, "NumberOfUnits")
        found = read_number(words) if words else None
        if words and found is None:
            what = "a spreadsheet error where a number belongs" if is_spreadsheet_error(words) else "words where a number belongs"
            self._miss(f"{place} > NumberOfUnits, line {node.line}", what, words)
        descriptor = node.first("Descriptor")
        if descriptor:
            self._only(descriptor, "DescriptorName DescriptorValue", f"{place} > Descriptor")
        return Result(
            number=found.scaled if found else None,
            text="" if found else words,
            descriptor=self._text(descriptor, "DescriptorName") if descriptor else "",
            descriptor_value=(self._text(descriptor, "DescriptorValue") or descriptor.text) if descriptor else "",
            description=self._text(node, "Description"),
            start=self._date(node, "StartDate", place),
            finish=self._date(node, "EndDate", place),
            place=f"{place}, line {node.line}",
        )

    def _submitter(self, node: Node) -> Submitter:
        self._only(node, "Identifier GivenName Surname PhoneNumber EmailAddress FirstName LastName", "Submitter")
        given, last = (
            self._text(node, "GivenName") or self._text(node, "FirstName"),
            self._text(node, "Surname") or self._text(node, "LastName"),
        )
        return Submitter(
            given, last, self._text(node, "PhoneNumber"), self._text(node, "EmailAddress"), self._identifier(node, "Submitter")
        )

    def _text(self, node: Node, name: str) -> str:
        return " ".join(child.text for child in node.all(name) if child.text)

    def _identifier(self, node: Node, place: str) -> str:
        text = self._text(node, "Identifier")
        if "${" in text:
            self._miss(f"{place} > Identifier", "a form's placeholder, not an identifier", text)
            return ""
        if text and text in self.identifiers:
            self._miss(f"{place} > Identifier", "used twice in the file", text)
        self.identifiers.add(text)
        return text

    def _date(self, node: Node | None, name: str, place: str) -> dt.date | None:
        words = self._text(node, name) if node else ""
        if not words:
            return None
        found = read_date(words[:10]) if re.match(r"\d{4}-\d{2}-\d{2}", words) else read_date(words)
        if found is None or found.ambiguous:
            self._miss(f"{place} > {name}", "not a date that can be read without guessing", words)
            return None
        return found.date

    def _only(self, node: Node, names: str, place: str) -> None:
        known = set(names.split())
        for child in node.children:
            if child.name not in known:
                self._miss(
                    f"{place} > {child.name}, line {child.line}",
                    "an unknown element",
                    " ".join(part.text for part in child.walk() if part.text)[:300],
                )
        if node.text and known != {"Name", "Description", "Identifier"}:
            self._miss(f"{place}, line {node.line}", "text between elements", node.text[:300])

    def _attributes(self, node: Node, *names: str, place: str) -> None:
        for name, value in node.attributes.items():
            if name not in names and name not in ("schemaLocation", "noNamespaceSchemaLocation", "lang", "id", "base"):
                self._miss(place, f"an unknown attribute {name}", value[:100])

    def _miss(self, place: str, what: str, text: str) -> None:
        self.missed.append(NotUnderstood(f"element {place}", what, text))
