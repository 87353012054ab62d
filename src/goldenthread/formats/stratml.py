"""StratML plans and performance reports (ISO 17469-1, ANSI/AIIM 22 = Part 2) as plain data, read tolerantly.

Real files rarely keep to their own schema, so order, namespaces and missing parts are accepted, and everything that is not
understood is listed with its place instead of being dropped in silence. What our own writer had no element for it put into
notes (`stratml_writer`); they count before the elements beside them.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from goldenthread.formats.dates import read_date
from goldenthread.formats.errors import FormatError
from goldenthread.formats.strategy import (
    Goal,
    Indicator,
    Measurement,
    NotUnderstood,
    Objective,
    Organisation,
    Plan,
    Relationship,
    Result,
    Role,
    Stakeholder,
    Statement,
    Submitter,
)
from goldenthread.formats.values import is_spreadsheet_error, read_number
from goldenthread.formats.xml_source import Node, read_xml

_ROOTS = ("PerformancePlanOrReport", "StrategicPlan")
_NAMESPACES = ("stratml", "PerformancePlanOrReport")
_NOTES = frozenset("identifier type types stage name text source direction baseline baseline_on own absent".split())
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")  # as the schema writes numbers


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
        if about and about.first("Submitter") and root.name != "StrategicPlan":
            self._miss("AdministrativeInformation > Submitter", "stands inside AdministrativeInformation; read all the same", "")
        for extra in (*root.all("StrategicPlanCore")[1:], *root.all("AdministrativeInformation")[1:]):
            self._miss(f"{extra.name}, line {extra.line}", "occurs more than once", "")
        place = "AdministrativeInformation"
        return Plan(
            name=self._text(root, "Name"),
            part=1 if root.name == "StrategicPlan" else 2,
            type=self._noted(root, "type", root.attributes.get("Type", "")),
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
            goals=tuple(
                self._goal(node, f"Goal {n}") for n, node in enumerate(core.all("Goal"), 1) if "absent" not in node.notes
            ),
            start=self._date(about, "StartDate", place),
            finish=self._date(about, "EndDate", place),
            published=self._date(about, "PublicationDate", place),
            source=self._noted(about, "source", self._text(about, "Source")) if about else "",
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
            kind = self._noted(child, "type", child.attributes.get("StakeholderTypeType", ""))
            found.append(Stakeholder(self._text(child, "Name"), self._text(child, "Description"), kind, roles))
        return tuple(found)

    def _role(self, node: Node, place: str) -> Role:
        self._only(node, "Name Description RoleType", place)
        self._attributes(node, place=place)
        types = tuple(child.text for child in node.all("RoleType") if child.text)
        noted = node.notes.get("types")
        types = tuple(noted) if isinstance(noted, list) else types
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
        name = self._noted(node, "name", self._text(node, "Name"))
        return Statement(name, self._text(node, "Description") or node.text, self._identifier(node, place))

    def _goal(self, node: Node, place: str) -> Goal:
        self._only(
            node,
            "Name Description Identifier SequenceIndicator Stakeholder OtherInformation Objective PerformanceIndicator",
            place,
        )
        self._attributes(node, place=place)
        described, stakeholders = self._described(node, place), self._stakeholders(node, place)
        objectives, indicators = [], list(self._indicators(node, place))
        for number, child in enumerate(node.all("Objective"), 1):
            where = f"{place} > Objective {number}"
            if "own" in child.notes:
                indicators += self._indicators(child, where)
            else:
                objectives.append(self._objective(child, where))
        return Goal(**described, stakeholders=stakeholders, objectives=tuple(objectives), indicators=tuple(indicators))

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
            type=self._noted(node, "type", node.attributes.get("PerformanceIndicatorType", "")),
            stage=self._noted(node, "stage", node.attributes.get("ValueChainStage", "")),
            other_information=self._text(node, "OtherInformation"),
            direction=self._noted(node, "direction", ""),
            measurements=tuple(
                self._measurement(child, f"{place} > MeasurementInstance {n}")
                for n, child in enumerate(node.all("MeasurementInstance"), 1)
            ),
            relationships=tuple(
                self._relationship(child, f"{place} > Relationship {n}") for n, child in enumerate(node.all("Relationship"), 1)
            ),
        )

    def _relationship(self, node: Node, place: str) -> Relationship:
        self._only(node, "Identifier ReferentIdentifier Name Description", place)
        self._attributes(node, "RelationshipType", place=place)
        referents = tuple(child.text for child in node.all("ReferentIdentifier") if child.text)
        kind = self._noted(node, "type", node.attributes.get("RelationshipType", ""))
        identifier = self._noted(node, "identifier", self._text(node, "Identifier"))
        return Relationship(kind, identifier, referents, self._text(node, "Name"), self._text(node, "Description"))

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
        number, words = self._units(node, place)
        descriptor = node.first("Descriptor")
        if descriptor:
            self._only(descriptor, "DescriptorName DescriptorValue", f"{place} > Descriptor")
        return Result(
            number=number,
            text=words,
            descriptor=self._text(descriptor, "DescriptorName") if descriptor else "",
            descriptor_value=(self._text(descriptor, "DescriptorValue") or descriptor.text) if descriptor else "",
            description=self._text(node, "Description"),
            start=self._date(node, "StartDate", place),
            finish=self._date(node, "EndDate", place),
            baseline=_decimal(self._noted(node, "baseline", "")),
            baseline_on=_day(self._noted(node, "baseline_on", "")),
            place=f"{place}, line {node.line}",
        )

    def _units(self, node: Node, place: str) -> tuple[Decimal | None, str]:
        """The number, or the words that stand where one belongs."""
        words = self._noted(node, "text", self._text(node, "NumberOfUnits"))
        exact = None if "text" in node.notes else _decimal(words)
        if exact is not None or not words:
            return exact, ""
        found = None if "text" in node.notes else read_number(words)
        if found is None:
            what = "a spreadsheet error where a number belongs" if is_spreadsheet_error(words) else "words where a number belongs"
            self._miss(f"{place} > NumberOfUnits, line {node.line}", what, words)
            return None, words
        return found.scaled, ""

    def _submitter(self, node: Node) -> Submitter:
        self._only(node, "Identifier GivenName Surname PhoneNumber EmailAddress FirstName LastName", "Submitter")
        given, last = (
            self._text(node, "GivenName") or self._text(node, "FirstName"),
            self._text(node, "Surname") or self._text(node, "LastName"),
        )
        return Submitter(
            given, last, self._text(node, "PhoneNumber"), self._text(node, "EmailAddress"), self._identifier(node, "Submitter")
        )

    def _noted(self, node: Node, key: str, otherwise: str) -> str:
        """What a note of ours says in the place of an element or attribute."""
        said = node.notes.get(key)
        return said if isinstance(said, str) else otherwise

    def _text(self, node: Node, name: str) -> str:
        return " ".join(child.text for child in node.all(name) if child.text)

    def _identifier(self, node: Node, place: str) -> str:
        text = self._noted(node, "identifier", self._text(node, "Identifier"))
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
        for key in node.notes.keys() - _NOTES:
            self._miss(f"{place}, line {node.line}", "an unknown note", key[:100])
        if node.text and known != {"Name", "Description", "Identifier"}:
            self._miss(f"{place}, line {node.line}", "text between elements", node.text[:300])

    def _attributes(self, node: Node, *names: str, place: str) -> None:
        for name, value in node.attributes.items():
            if name not in names and name not in ("schemaLocation", "noNamespaceSchemaLocation", "lang", "id", "base"):
                self._miss(place, f"an unknown attribute {name}", value[:100])

    def _miss(self, place: str, what: str, text: str) -> None:
        self.missed.append(NotUnderstood(f"element {place}", what, text))


def _decimal(text: str) -> Decimal | None:
    """The number of a legal text; None for any other, and for one beyond what anybody plans with."""
    if len(text) > 120 or not text.isascii() or not _DECIMAL.fullmatch(text):
        return None
    value = Decimal(text)
    return value if -30 < value.adjusted() < 30 else None


def _day(text: str) -> dt.date | None:
    found = read_date(text) if text else None
    return found.date if found and not found.ambiguous else None
