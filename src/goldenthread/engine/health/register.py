"""The register of schedule checks: page, documents, command and exports are drawn from `CHECKS` and `PRACTICES`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from goldenthread.engine.health.plan import Plan, Row

CHECKS: dict[str, Check] = {}


class Family(StrEnum):
    """Where a check comes from."""

    DCMA = "DCMA 14-point assessment"
    OURS = "Golden Thread"


@dataclass(frozen=True, slots=True)
class Finding:
    """A row at fault, and why in a few words."""

    row: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """measured: a share 0 to 1, a count or an index; None: it does not apply, and `note` says why. counted: out of how many."""

    measured: float | None
    findings: tuple[Finding, ...] = ()
    counted: int = 0
    note: str = ""


Rule = Callable[[Plan], Answer]


@dataclass(frozen=True, slots=True)
class Limit:
    """What passes: at most, or at least, this value; unit: "%" for shares, "index", or what is counted."""

    value: float
    unit: str = "%"
    at_least: bool = False

    def passes(self, measured: float) -> bool:
        """Whether the measured figure is within the limit."""
        return measured >= self.value if self.at_least else measured <= self.value

    @property
    def words(self) -> str:
        """The limit for people."""
        return f"{'at least' if self.at_least else 'at most'} {self.shown(self.value)}" if self.value else "none"

    def shown(self, measured: float) -> str:
        """A figure of this unit for people."""
        if self.unit == "%":
            return f"{100 * measured:.3g} %"
        return f"{measured:.2f}" if self.unit == "index" else f"{measured:,.6g} {self._unit(measured)}"

    def _unit(self, measured: float) -> str:
        return self.unit.removesuffix("s") if measured == 1 else self.unit


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check. measures: what is counted, in words; weight: its share of the score, 0 where it only informs."""

    id: str
    family: Family
    title: str
    measures: str
    limit: Limit
    weight: int
    advice: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Practice:
    """One of the ten practices of the GAO schedule guide (2015). tests: checks that tell; cannot: what none tells."""

    id: str
    title: str
    trait: str
    tests: tuple[str, ...]
    cannot: str = ""


def check(
    check_id: str, *, family: Family, title: str, measures: str, limit: Limit, weight: int, advice: str
) -> Callable[[Rule], Rule]:
    """Registers a check under its id."""

    def register(rule: Rule) -> Rule:
        CHECKS[check_id] = Check(check_id, family, title, measures, limit, weight, advice, rule)
        return rule

    return register


def fault(row: Row, detail: str = "") -> Finding:
    """A finding about this row."""
    return Finding(row.id, row.name, detail)


def share(findings: Iterable[Finding], of: int, nothing: str) -> Answer:
    """So many of so many; does not apply where there is nothing to count."""
    found = tuple(findings)
    return Answer(len(found) / of, found, of) if of else Answer(None, note=nothing)


def count(findings: Iterable[Finding], of: int, nothing: str) -> Answer:
    """So many at all; does not apply where there is nothing to count."""
    found = tuple(findings)
    return Answer(len(found), found, of) if of else Answer(None, note=nothing)
