"""What went into a figure, as people read it: names for ids, units, and days for counts of days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.drift import DAYS_PER_YEAR
from goldenthread.plan.mapping.finishes import PROJECT_EARLY, PROJECT_LATE
from goldenthread.plan.models import Contribution, Step, Supervision
from goldenthread.plan.queries.explanations import MONEY
from goldenthread.plan.queries.forecasts import NAMELESS, drawn_to, waited
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.ui import writing

Row = dict[str, Any]
MODELS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "objective": (Objective, ()),
    "target": (Target, ("kpi", "objective")),
    "kpi": (Kpi, ()),
    "contribution": (Contribution, ("kpi", "project", "step__activity")),
    "supervision": (Supervision, ("project", "step__activity")),
    "step": (Step, ("activity",)),
    "project": (Project, ()),
}
LABELS = {
    "chance": "Chance", "stake": "Value at stake", "standard_error": "Standard error of the simulation",
    "p10": "10th percentile", "p50": "Expected (50th percentile)", "p90": "90th percentile",
    "expected": "Planned work moves it by", "coverage": "Coverage", "drift_share": "Trend’s part of the way",
    "worth_mean": "Worth", "worth_p10": "Worth, 10th percentile", "worth_p90": "Worth, 90th percentile",
    "delay": "Cost of delay, per day",
}  # fmt: skip
PAGES = {"kpi": "/kpis/{}", "step": "/plan/steps/{}", "project": "/projects/{}", "contribution": "/plan/contributions/{}"}
NOUNS = {
    "target": "Target", "kpi": "KPI", "contribution": "Contribution", "supervision": "Supervision", "step": "Step",
    "project": "Project", "trend": "Trend of",
}  # fmt: skip
NO_CLASS = "no other KPIs: fewer than 20 cases of 5 others, or drawing to them would not have foretold their own past better"
LINKS = ("objective", "kpi", "subject", "supervised")
DIRECTIONS = {1: "at least", -1: "at most", 0: "inside its band, or beyond the target as seen from the baseline"}
WORTHS = {0: "not at all: nothing is signed", 1: "per year, while it holds", 2: "once, at the target’s date"}
DIGITS = 6


@dataclass(frozen=True)
class InWords:
    """One row that went in: what it is, what it is called, and its values as label and text."""

    ref: str
    noun: str
    name: str
    values: tuple[tuple[str, str], ...]

    @property
    def url(self) -> str | None:
        """Where the row is shown."""
        kind, _, ident = self.ref.partition(":")
        return PAGES[kind].format(ident) if kind in PAGES else None


def in_words(found: Row, person: Person, data_date: date, currency: str) -> list[InWords]:
    """The inputs of an explanation as far as `person` may see them. Days are counted from `data_date`, the forecast's."""
    named = _named(found["inputs"], person)
    words = _Words(data_date, currency, named)
    trends = [words.trend(ref, row) for ref, row in found["trends"].items()]
    return [words.row(ref, row) for ref, row in found["inputs"].items()] + trends


def figure_in_words(name: str, value: Any, *, basis: str | None, unit: str, currency: str) -> str:
    """One figure of an explanation: in its unit, and a chance in words where its basis is thin."""
    if value is None:
        return writing.NONE
    if basis == "thin" and name in ("chance", "standard_error"):
        return writing.chance_words(value) if name == "chance" else writing.NONE
    if name == "standard_error":
        return f"± {writing.number(value * 100, 1)} points"
    if name in ("chance", "coverage", "drift_share"):
        return writing.percent(value)
    if name in MONEY:
        return writing.money(value, currency)
    return f"{writing.number(value, 3)} {unit}".strip()


def subject_in_words(kind: str, ident: int, person: Person) -> tuple[str, str]:
    """What is explained, by name, and the unit of its figures."""
    row = _named({f"{kind}:{ident}": {}}, person).get(f"{kind}:{ident}")
    if row is None:
        return NAMELESS, ""
    if kind != "target":
        return str(row), ""
    due = f" by {writing.date(row.due_on)}" if row.due_on else ""
    band = [writing.number(end) for end in (row.band_low, row.band_high) if end is not None]
    goal = writing.number(row.value) if row.value is not None else " to ".join(band)
    return f"{row.kpi}: {goal} {row.kpi.unit}".rstrip() + due, str(row.kpi.unit)


def _named(inputs: dict[str, Row], person: Person) -> dict[str, Any]:
    """The rows that the inputs are, or name, by reference: those that `person` may see."""
    refs = set(inputs) | {row[link] for row in inputs.values() for link in LINKS if link in row}
    named: dict[str, Any] = {}
    for kind, (model, related) in MODELS.items():
        ids = [int(ref.partition(":")[2]) for ref in refs if ref.partition(":")[0] == kind]
        rows = visible(model.objects.filter(pk__in=ids).select_related(*related), person) if ids else []
        named |= {f"{kind}:{row.pk}": row for row in rows}
    return named


@dataclass(frozen=True)
class _Words:
    day: date
    currency: str
    named: dict[str, Any]

    def row(self, ref: str, values: Row) -> InWords:
        """One row; columns without a value are left out."""
        kind = ref.partition(":")[0]
        unit = self._unit(ref, values)
        columns = OF_RUNS if values.get("days") else COLUMNS[kind]
        told = [(label, write(self, values[column], unit)) for column, label, write in columns if values.get(column) is not None]
        if kind == "project" and "finish_low" not in values:
            told.append(("finish from", "runs of its schedule, which you may not see"))
        elif kind == "project" and columns is FINISH and values["finish_low"] < values["finish_high"]:
            told.append(("which is", ASSUMED))
        return InWords(ref, NOUNS[kind], self._title(ref, values), tuple(told))

    def trend(self, ref: str, values: Row) -> InWords:
        """What a KPI's trend was computed from: its own figures, and the class of other KPIs that it was drawn to."""
        unit, learnt = self._unit(ref, values), values["class"]
        own = ("points", "own figures", _Words.count), ("span", "over", _Words.days), ("rate", "moved each day by", _Words.effect)
        told = [(label, write(self, values[column], unit)) for column, label, write in own]
        if values.get("milestone"):
            told += [(label, write(values["milestone"])) for label, write in OF_MILESTONE]
            return InWords(ref, NOUNS["trend"], self.name(ref), tuple(told))
        if learnt is None:
            return InWords(ref, NOUNS["trend"], self.name(ref), (*told, ("drawn to", NO_CLASS)))
        told.append(("drawn to", drawn_to(learnt["cases"], learnt["others"])))
        told.append(("asked to go", self.effect(values["way"], unit)))
        told += [(label, write(learnt)) for label, write in OF_CLASS]
        return InWords(ref, NOUNS["trend"], self.name(ref), tuple(told))

    def name(self, ref: str, _unit: str = "") -> str:
        """What a row is called."""
        return str(self.named[ref]) if ref in self.named else NAMELESS

    def _title(self, ref: str, values: Row) -> str:
        if ref.startswith("target:"):
            return f"{self.name(values['kpi'])}, for {self.name(values['objective'])}"
        return self.name(ref)

    def _unit(self, ref: str, values: Row) -> str:
        kpi = self.named.get(ref if ref.startswith("kpi:") else values.get("kpi", ""))
        return str(kpi.unit) if kpi is not None else ""

    def figure(self, value: float, unit: str) -> str:
        """A figure in the KPI's unit."""
        return f"{_number(value)} {unit}".strip()

    def effect(self, value: float, unit: str) -> str:
        """A change in the KPI's unit, with its sign."""
        return f"{'+' if value > 0 else ''}{_number(value)} {unit}".strip()

    def spread(self, value: float, unit: str) -> str:
        """A standard deviation."""
        return f"± {self.figure(value, unit)}"

    def on(self, value: float, _unit: str) -> str:
        """The day that many days after the forecast's."""
        return writing.date(self.day + timedelta(days=round(value)))

    def runs(self, value: Row, _unit: str) -> str:
        """So many simulated runs."""
        return f"{writing.number(value['runs'])} runs of its schedule"

    def days(self, value: float, _unit: str) -> str:
        """A number of days."""
        return f"{_number(value)} {'day' if value == 1 else 'days'}"

    def chance(self, value: float, _unit: str) -> str:
        """A chance as its planner said it."""
        return f"{_number(value * 100)} in 100"

    def factor(self, value: float, _unit: str) -> str:
        """What effects are multiplied by."""
        return f"× {_number(value)}"

    def factor_spread(self, value: float, _unit: str) -> str:
        """A standard deviation of it."""
        return f"± {_number(value)}"

    def points(self, value: float, _unit: str) -> str:
        """A raise of a chance."""
        return f"+{_number(value * 100)} points"

    def money(self, value: float, _unit: str) -> str:
        """An amount in minor units."""
        return writing.money(round(value), self.currency, full=True)

    def yes(self, value: int, _unit: str) -> str:
        """Yes or no."""
        return "yes" if value else "no"

    def direction(self, value: int, _unit: str) -> str:
        """Which way is better."""
        return DIRECTIONS[value]

    def worth(self, value: int, _unit: str) -> str:
        """How a unit pays."""
        return WORTHS[value]

    def count(self, value: int, _unit: str) -> str:
        """A number without a unit."""
        return str(value)


def _of_way(share: float) -> str:
    return f"{writing.number(share * 100, 1)} % of their way"


def _better(thin: float, others: float) -> str:
    return f"by {writing.percent(thin)} after few figures and by {writing.percent(others)} after more"


OF_CLASS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("which move in a year by", lambda told: _of_way(told["rate"] * DAYS_PER_YEAR)),
    ("give or take", lambda told: _of_way(told["rate_sd"] * DAYS_PER_YEAR)),
    ("and swing in a year by", lambda told: _of_way(told["noise"] * DAYS_PER_YEAR**0.5)),
    ("widened by how wrong that was", lambda told: f"× {writing.number(told['width'], 2)}"),
    ("told by it their own past would have been better", lambda told: _better(*told["better"])),
)


OF_MILESTONE: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("rests on", waited),
    ("A", lambda told: _number(told["done"])),
    ("B", lambda told: f"{_number(told['days'])} days"),
)


def _number(value: float) -> str:
    """As many digits as tell the figure, and no more: 0.00123457, 12.5, 1,200."""
    digits = DIGITS if abs(value) < 1 else 3
    text = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return writing.MINUS + text[1:] if text.startswith("-") and text.strip("-0.,") else text.lstrip("-")


Write = Callable[[_Words, Any, str], str]
COLUMNS: dict[str, tuple[tuple[str, str, Write], ...]] = {
    "target": (
        ("required", "required", _Words.yes),
        ("direction", "has to be", _Words.direction),
        ("baseline", "baseline", _Words.figure),
        ("value", "target", _Words.figure),
        ("band_low", "band from", _Words.figure),
        ("band_high", "band to", _Words.figure),
        ("tolerance", "tolerance", _Words.figure),
        ("due_day", "by", _Words.on),
        ("value_at_due", "figure at that date", _Words.figure),
        ("worth_per_unit", "worth of one unit", _Words.money),
        ("worth_kind", "which is paid", _Words.worth),
        ("held_until_day", "held until", _Words.on),
    ),
    "kpi": (
        ("value_now", "last figure", _Words.figure),
        ("day_of_value", "of", _Words.on),
        ("drift_per_day", "moves by itself each day by", _Words.effect),
        ("drift_error", "give or take", _Words.spread),
        ("noise_per_root_day", "swings in one day by", _Words.spread),
        ("floor", "never below", _Words.figure),
        ("ceiling", "never above", _Words.figure),
    ),
    "contribution": (
        ("subject", "work", _Words.name),
        ("kpi", "moves", _Words.name),
        ("low", "low", _Words.effect),
        ("likely", "likely", _Words.effect),
        ("high", "high", _Words.effect),
        ("chance", "chance that it comes", _Words.chance),
        ("lag", "begins after the finish", _Words.days),
        ("ramp", "grows over", _Words.days),
        ("factor_mean", "corrected by experience", _Words.factor),
        ("factor_sd", "give or take", _Words.factor_spread),
        ("factor_class", "shares that correction with group", _Words.count),
        ("evidence", "evidence grade", _Words.count),
    ),
    "supervision": (
        ("subject", "step", _Words.name),
        ("supervised", "supervises", _Words.name),
        ("low", "raises the chance, low", _Words.points),
        ("likely", "likely", _Words.points),
        ("high", "high", _Words.points),
    ),
}
FINISH: tuple[tuple[str, str, Write], ...] = (
    ("finish_low", "finishes at the earliest", _Words.on),
    ("finish_likely", "likely", _Words.on),
    ("finish_high", "at the latest", _Words.on),
)
COLUMNS |= {"step": FINISH, "project": FINISH}
OF_RUNS: tuple[tuple[str, str, Write], ...] = (
    ("days", "finish from", _Words.runs),
    ("finish_p10", "in one of ten by", _Words.on),
    ("finish_p50", "in half of them by", _Words.on),
    ("finish_p90", "in nine of ten by", _Words.on),
)
ASSUMED = (
    f"assumed round the date that is reported, from {100 * PROJECT_EARLY:.0f} % of the time left sooner to "
    f"{100 * PROJECT_LATE:.0f} % later; "
    "within 90 days where that has passed"
)
