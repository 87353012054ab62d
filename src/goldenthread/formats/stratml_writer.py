"""StratML (ISO 17469-1, ANSI/AIIM 22 = Part 2) from plain data: always valid against the published schemas.

What the schema has no room for (an identifier that XML does not take, words in the place of a number, a direction) stands in
a processing instruction `<?goldenthread {...}?>` inside its element. Any other reader skips it; ours puts it back.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

from goldenthread.formats.strategy import (
    Goal,
    Indicator,
    Measurement,
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
from goldenthread.formats.xml_source import ILLEGAL, NOTE

ROOTS = {
    1: ("StrategicPlan", "urn:ISO:std:iso:17469:tech:xsd:stratml_core"),
    2: ("PerformancePlanOrReport", "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"),
}
PLAN_TYPES = ("Strategic_Plan", "Performance_Plan", "Performance_Report")
STAKEHOLDER_TYPES = ("Person", "Organization", "Generic_Group")
ROLE_TYPES = ("Performer", "Beneficiary")
STAGES = ("Outcome", "Output_Processing", "Output", "Input_Processing", "Input")
INDICATOR_TYPES = ("Quantitative", "Qualitative")
RELATIONSHIP_TYPES = ("Broader_Than", "Peer_To", "Narrower_Than")
Notes = dict[str, str | list[str]]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9.-]+(:\d{1,5})?([/?](?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?(#[A-Za-z0-9._-]*)?"
)
_STAND_INS = uuid.UUID("6b0d4f0e-2a55-5d0c-9a54-8b1c3a3a7f11")  # any fixed one: equal identifiers get equal stand-ins


@dataclass(frozen=True, slots=True)
class Written:
    """A StratML file, and what the chosen part has no element for: (element, how many)."""

    data: bytes
    left_out: tuple[tuple[str, int], ...] = ()


def write_stratml(plan: Plan, part: int | None = None) -> Written:
    """The plan as a file of `part` 1 or 2 of the standard; None keeps to that of the plan. Reading it gives an equal plan.

    Part 1 has no roles and no indicators: they are left out and counted.
    """
    writer = _Writer(part or plan.part)
    writer.plan(plan)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *writer.lines, ""]
    return Written("\n".join(lines).encode(), tuple(sorted((+writer.left_out).items())))


class _Writer:
    """Appends lines; identifiers are unique over the file."""

    def __init__(self, part: int) -> None:
        self.part = part
        self.lines: list[str] = []
        self.depth = 0
        self.taken: set[str] = set()
        self.left_out: Counter[str] = Counter()

    def plan(self, plan: Plan) -> None:
        root, namespace = ROOTS[self.part]
        attributes = {"xmlns": namespace}
        notes: Notes = {}
        if self.part == 2:
            attributes["Type"] = plan.type if plan.type in PLAN_TYPES else _type_of(plan)
            notes = _noted(type=(plan.type, attributes["Type"]))
        elif plan.type:
            notes = {"type": plan.type}
        with self.element(root, notes, **attributes):
            self.leaf("Name", plan.name, always=True)
            self.leaf("Description", plan.description)
            self.leaf("OtherInformation", plan.other_information)
            with self.element("StrategicPlanCore"):
                self.core(plan)
            self.about(plan)
            if plan.submitter is not None and self.part == 2:
                self.submitter(plan.submitter)

    def core(self, plan: Plan) -> None:
        for organisation in plan.organisations:
            self.organisation(organisation)
        for name, statement in (("Vision", plan.vision), ("Mission", plan.mission)):
            if statement is not None:
                self.statement(name, statement)
        for value in plan.values:
            self.statement("Value", value)
        for goal in plan.goals:
            self.goal(goal)
        if not plan.goals:  # the schema asks for one
            with self.element("Goal", {"absent": "yes"}):
                self.leaf("Name", "No goal yet", always=True)
                self.leaf("Description", "", always=True)

    def about(self, plan: Plan) -> None:
        identifier, notes = self.identifier(plan.identifier, has_place=self.part == 2)
        source = plan.source if not plan.source or _ADDRESS.fullmatch(plan.source) else _quoted(plan.source)
        notes |= _noted(source=(plan.source, source))
        with self.element("AdministrativeInformation", notes):
            self.leaf("Identifier", identifier)
            for name, day in (("StartDate", plan.start), ("EndDate", plan.finish), ("PublicationDate", plan.published)):
                self.leaf(name, day.isoformat() if day else "")
            self.leaf("Source", source)
            if plan.submitter is not None and self.part == 1:
                self.submitter(plan.submitter)

    def submitter(self, one: Submitter) -> None:
        identifier, notes = self.identifier(one.identifier, has_place=self.part == 2)
        with self.element("Submitter", notes):
            self.leaf("Identifier", identifier)
            self.leaf("GivenName", one.given_name)
            self.leaf("Surname", one.surname)
            self.leaf("PhoneNumber", one.phone)
            self.leaf("EmailAddress", one.email)

    def organisation(self, one: Organisation) -> None:
        identifier, notes = self.identifier(one.identifier)
        with self.element("Organization", notes):
            self.leaf("Name", one.name)
            self.leaf("Acronym", one.acronym)
            self.leaf("Identifier", identifier)
            self.leaf("Description", one.description)
            self.stakeholders(one.stakeholders)

    def stakeholders(self, found: Sequence[Stakeholder]) -> None:
        for one in found:
            kind = _listed(one.type, STAKEHOLDER_TYPES)
            with self.element("Stakeholder", _noted(type=(one.type, kind)), StakeholderTypeType=kind):
                self.leaf("Name", one.name, always=True)
                self.leaf("Description", one.description)
                for role in one.roles if self.part == 2 else ():
                    self.role(role)
            if self.part == 1:
                self.left_out["Role"] += len(one.roles)

    def role(self, one: Role) -> None:
        types = [word for word in one.types if word in ROLE_TYPES][:2]
        notes: Notes = {} if types == list(one.types) else {"types": list(one.types)}
        with self.element("Role", notes):
            self.leaf("Name", one.name, always=True)
            self.leaf("Description", one.description)
            for word in types:
                self.leaf("RoleType", word)

    def statement(self, name: str, one: Statement) -> None:
        """A value has a name and no identifier; mission and vision have an identifier and no name."""
        identifier, notes = self.identifier(one.identifier, has_place=name != "Value")
        title = one.name if name == "Value" else ""
        with self.element(name, notes | _noted(name=(one.name, title))):
            self.leaf("Name", title)
            self.leaf("Description", one.description)
            self.leaf("Identifier", identifier)

    def goal(self, goal: Goal) -> None:
        identifier, notes = self.identifier(goal.identifier)
        with self.element("Goal", notes):
            self.leaf("Name", goal.name, always=True)
            self.leaf("Description", goal.description, always=True)
            self.described(goal, identifier)
            for objective in goal.objectives:
                self.objective(objective)
            if goal.indicators and self.part == 2:  # no place of their own: the schema keeps indicators to objectives
                with self.element("Objective", {"own": "yes"}):
                    self.leaf("Name", goal.name)
                    self.indicators(goal.indicators)
        if self.part == 1:
            self.count(goal.indicators)

    def objective(self, one: Objective) -> None:
        identifier, notes = self.identifier(one.identifier)
        with self.element("Objective", notes):
            self.leaf("Name", one.name)
            self.leaf("Description", one.description)
            self.described(one, identifier)
            if self.part == 2:
                self.indicators(one.indicators)
        if self.part == 1:
            self.count(one.indicators)

    def described(self, one: Goal | Objective, identifier: str) -> None:
        self.leaf("Identifier", identifier)
        self.leaf("SequenceIndicator", one.sequence)
        self.stakeholders(one.stakeholders)
        self.leaf("OtherInformation", one.other_information)

    def count(self, indicators: Sequence[Indicator]) -> None:
        """Note what Part 1 leaves out."""
        for one in indicators:
            self.left_out["PerformanceIndicator"] += 1
            self.left_out["MeasurementInstance"] += len(one.measurements)
            self.left_out["TargetResult"] += sum(len(found.targets) for found in one.measurements)
            self.left_out["ActualResult"] += sum(len(found.actuals) for found in one.measurements)
            self.left_out["Relationship"] += len(one.relationships)

    def indicators(self, found: Sequence[Indicator]) -> None:
        for one in found:
            identifier, notes = self.identifier(one.identifier)
            stage, kind = _listed(one.stage, STAGES), _listed(one.type, INDICATOR_TYPES)
            notes |= _noted(stage=(one.stage, stage), type=(one.type, kind), direction=(one.direction, ""))
            with self.element("PerformanceIndicator", notes, ValueChainStage=stage, PerformanceIndicatorType=kind):
                self.leaf("SequenceIndicator", one.sequence)
                self.leaf("MeasurementDimension", one.dimension, always=True)
                self.leaf("UnitOfMeasurement", one.unit, always=True)
                self.leaf("Identifier", identifier)
                for relationship in one.relationships:
                    self.relationship(relationship)
                for measurement in one.measurements:
                    self.measurement(measurement)
                self.leaf("OtherInformation", one.other_information)

    def relationship(self, one: Relationship) -> None:
        identifier, notes = self.identifier(one.identifier)
        kind = _listed(one.type, RELATIONSHIP_TYPES)
        with self.element("Relationship", notes | _noted(type=(one.type, kind)), RelationshipType=kind):
            self.leaf("Identifier", identifier)
            for referent in one.referents:
                self.leaf("ReferentIdentifier", referent)
            self.leaf("Name", one.name)
            self.leaf("Description", one.description)

    def measurement(self, one: Measurement) -> None:
        with self.element("MeasurementInstance"):
            for name, results in (("TargetResult", one.targets), ("ActualResult", one.actuals)):
                for result in results:
                    self.result(name, result)

    def result(self, name: str, one: Result) -> None:
        baseline = "" if one.baseline is None else format(one.baseline, "f")
        start = one.baseline_on.isoformat() if one.baseline_on else ""
        with self.element(name, _noted(text=(one.text, ""), baseline=(baseline, ""), baseline_on=(start, ""))):
            self.leaf("StartDate", one.start.isoformat() if one.start else "")
            self.leaf("EndDate", one.finish.isoformat() if one.finish else "")
            self.leaf("NumberOfUnits", "" if one.number is None else format(one.number, "f"))
            if one.descriptor or one.descriptor_value:
                with self.element("Descriptor"):
                    self.leaf("DescriptorName", one.descriptor)
                    self.leaf("DescriptorValue", one.descriptor_value)
            self.leaf("Description", one.description)

    def identifier(self, original: str, *, has_place: bool = True) -> tuple[str, Notes]:
        """A legal, unique identifier, or none where there is none or no place for it; the original in a note where it differs."""
        legal, number = original if has_place else "", 0
        if legal and not _NAME.fullmatch(legal):
            legal = f"_{uuid.uuid5(_STAND_INS, original)}"
        while legal and legal in self.taken:
            number += 1
            legal = f"_{uuid.uuid5(_STAND_INS, f'{original}/{number}')}"
        self.taken.add(legal)
        return legal, {} if legal == original else {"identifier": original}

    @contextmanager
    def element(self, name: str, notes: Notes | None = None, **attributes: str) -> Iterator[None]:
        """An element with others inside; empty attributes are left out."""
        said = "".join(f' {key}="{value}"' for key, value in attributes.items() if value)
        self.line(f"<{name}{said}>")
        self.depth += 1
        if notes:
            words = json.dumps(_legal(notes)).replace(">", "\\u003e")
            self.line(f"<?{NOTE} {words}?>")
        yield
        self.depth -= 1
        self.line(f"</{name}>")

    def leaf(self, name: str, text: str, *, always: bool = False) -> None:
        """An element with a text; an empty one only where the schema asks for it."""
        if text or always:
            self.line(f"<{name}>{escape(_plain(text), {chr(13): '&#13;'})}</{name}>")

    def line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)


def _type_of(plan: Plan) -> str:
    """What a plan is whose type is not one of the three."""
    results = [one for indicator in plan.indicators() for one in indicator.measurements]
    if any(one.actuals for one in results):
        return "Performance_Report"
    return "Performance_Plan" if plan.indicators() else "Strategic_Plan"


def _quoted(address: str) -> str:
    """The text as an address that every schema takes."""
    return "".join(f"%{byte:02X}" for byte in _plain(address).encode())


def _listed(word: str, allowed: Sequence[str]) -> str:
    return word if word in allowed else ""


def _noted(**pairs: tuple[str, str]) -> Notes:
    """Notes on what is written otherwise than it is: key=(what it is, what is written)."""
    return {key: said for key, (said, written) in pairs.items() if said != written}


def _plain(text: str) -> str:
    """The text with a sign in the place of each character that XML cannot hold."""
    return ILLEGAL.sub("\ufffd", text)


def _legal(notes: Notes) -> Notes:
    return {key: _plain(said) if isinstance(said, str) else [_plain(one) for one in said] for key, said in notes.items()}
