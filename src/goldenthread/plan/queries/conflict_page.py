"""What was found between objectives, in words: the triangle with its signs, and under each cell its rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from goldenthread.engine.objective_conflicts import CHECKS, ConflictOptions, Finding, FullWeek
from goldenthread.plan.queries.conflicts import ConflictRows
from goldenthread.purpose.models import Objective, Target
from goldenthread.ui.writing import date as day_words
from goldenthread.ui.writing import hours, number, plural, signed

SIGNS = {"against": "−", "with": "+", "both": "±", "none": "·"}
MEANS = {"against": "pull apart", "with": "pull the same way", "both": "pull apart in one thing, together in another"}
LIMITS = ConflictOptions()
SOURCE = "J. Doerr, Measure What Matters, 2018: three to five objectives a cycle, each with two to five key results"


@dataclass(frozen=True)
class Told:
    """A finding as a person reads it. `rows`: what stands behind it, each with its address or none."""

    check: str
    title: str
    objectives: tuple[int, ...]
    words: str
    rows: tuple[tuple[str, str | None], ...]
    advice: str


@dataclass(frozen=True)
class PairOf:
    """Two objectives: what pulls them apart, and what holds them together."""

    first: Objective
    second: Objective
    against: tuple[Told, ...]
    together: tuple[tuple[str, str], ...]  # words, address

    @property
    def state(self) -> str:
        """against, with, both or none."""
        if self.against:
            return "both" if self.together else "against"
        return "with" if self.together else "none"

    @property
    def sign(self) -> str:
        """The state as it stands in the triangle."""
        return SIGNS[self.state]

    @property
    def anchor(self) -> str:
        """Where its rows stand on the page."""
        return f"pair-{self.first.pk}-{self.second.pk}"

    @property
    def words(self) -> str:
        """The state in words."""
        return MEANS.get(self.state, "nothing ties them")


@dataclass(frozen=True)
class ConflictPage:
    """Everything that the page shows. `triangle`: an objective with its cells against those before it."""

    objectives: tuple[Objective, ...]
    triangle: tuple[tuple[Objective, tuple[PairOf, ...]], ...]
    pairs: tuple[PairOf, ...]  # those that anything ties, conflicts first
    alone: tuple[Told, ...]  # findings of one objective or of all
    unknown: tuple[str, ...]
    count: int

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        if not self.objectives:
            return "No objective is proposed or approved yet."
        apart = sum(1 for pair in self.pairs if pair.against)
        of = plural(len(self.objectives), "objective")
        found = (
            f"{plural(apart, 'pair')} of {of} {'pulls' if apart == 1 else 'pull'} apart"
            if apart
            else f"No two of {of} pull apart"
        )
        more = f"; {plural(len(self.alone), 'limit is', 'limits are')} passed" if self.alone else ""
        return f"{found}{more}."


def conflict_page(rows: ConflictRows) -> ConflictPage:
    """The page from what was found."""
    objectives = tuple(rows.objectives.values())
    pairs = {(a.pk, b.pk): _pair(rows, a, b) for a, b in combinations(objectives, 2)}
    triangle = tuple((b, tuple(pairs[a.pk, b.pk] for a in objectives[:at])) for at, b in enumerate(objectives))
    tied = sorted((pair for pair in pairs.values() if pair.state != "none"), key=lambda pair: not pair.against)
    alone = tuple(_told(rows, found) for found in rows.found.findings if len(found.objectives) != 2 or found.check == "OC04")
    unknown = tuple(sorted({rows.names[str(key)] for key in rows.found.unknown}))
    return ConflictPage(objectives, triangle, tuple(tied), alone, unknown, len(rows.found.findings))


def _pair(rows: ConflictRows, first: Objective, second: Objective) -> PairOf:
    against, together = rows.found.of(first.pk, second.pk)
    ties = [
        (rows.kpis[int(str(tie.subject))].name, f"/kpis/{tie.subject}") if tie.kind == "kpi" else rows.work_of(tie.subject)
        for tie in together
    ]
    return PairOf(first, second, tuple(_told(rows, found) for found in against if found.check != "OC04"), tuple(ties))


def _told(rows: ConflictRows, found: Finding) -> Told:
    check = CHECKS[found.check]
    words, behind = _WORDS[found.check](rows, found)
    return Told(check.id, check.title, tuple(int(str(key)) for key in found.objectives), words, tuple(behind), check.advice)


Behind = list[tuple[str, str | None]]


def figure_words(target: Target) -> str:
    """A target as: from 5.1 to 4 days by 31 Oct 2027."""
    unit, digits = target.kpi.unit, target.kpi.decimals
    if target.value is None:
        ends = " to ".join(number(edge, digits) for edge in (target.band_low, target.band_high) if edge is not None)
        said = f"between {ends}"
    else:
        said = f"from {number(target.baseline, digits)} to {number(target.value, digits)}"
    by = f" by {day_words(target.due_on)}" if target.due_on else ""
    return f"{said} {unit}".strip() + by


def _of_kpi(rows: ConflictRows, found: Finding) -> tuple[str, Behind]:
    kpi = rows.kpis[int(str(found.subject))]
    behind: Behind = []
    for key in found.rows:
        target = rows.targets[int(str(key))]
        behind.append(
            (f"{rows.objectives[target.objective_id].label}: {figure_words(target)}", f"/objectives/{target.objective_id}")
        )
    return f"{kpi.name}: {_meeting(found.between, kpi.unit, kpi.decimals)}", behind


def _meeting(between: tuple[float, float] | None, unit: str, digits: int) -> str:
    if between is None:
        return "no figure meets both targets."
    low, high = between
    if math.isinf(low) and math.isinf(high):
        return "one wants it to rise, the other to fall."
    if math.isinf(low):
        return f"they pull opposite ways; up to {number(high, digits)} {unit}".rstrip() + " both would be met."
    if math.isinf(high):
        return f"they pull opposite ways; from {number(low, digits)} {unit}".rstrip() + " on both would be met."
    return (
        f"they pull opposite ways; between {number(low, digits)} and {number(high, digits)} {unit}".rstrip()
        + " both would be met."
    )


def _of_work(rows: ConflictRows, found: Finding) -> tuple[str, Behind]:
    name, address = rows.work_of(found.subject)
    behind: Behind = []
    for effect in rows.effects[str(found.subject)]:
        for target in rows.targets.values():
            if target.kpi_id == effect.kpi_id and target.objective_id in found.objectives:
                label = rows.objectives[target.objective_id].label
                moved = f"{signed(effect.likely)} {effect.kpi.unit}".rstrip()
                behind.append(
                    (f"{label}: {effect.kpi.name} {moved}, wanted {figure_words(target)}", f"/plan/contributions/{effect.pk}")
                )
    return f"{name} brings one nearer and the other further away.", [(name, address), *dict.fromkeys(behind)]


def _of_person(rows: ConflictRows, found: Finding) -> tuple[str, Behind]:
    first, second = (rows.objectives[int(str(key))].label for key in found.objectives)
    name = rows.names[str(found.subject)]
    weeks = plural(len(found.weeks), "week")
    behind: Behind = [(_week(full, first, second), None) for full in found.weeks]
    said = f"{name} has more work for the two than hours, in {weeks} of the next twelve."
    return said[0].upper() + said[1:], behind


def _week(full: FullWeek, first: str, second: str) -> str:
    parts = f"{hours(full.first * 60)} for {first}, {hours(full.second * 60)} for {second}"
    both = f", {hours(full.both * 60)} for both" if full.both else ""
    return f"Week from {day_words(date.fromordinal(full.week))}: {parts}{both}; {hours(full.capacity * 60)} there are"


def _of_all(rows: ConflictRows, found: Finding) -> tuple[str, Behind]:
    behind: Behind = [(rows.objectives[int(str(key))].label, f"/objectives/{key}") for key in found.objectives]
    return f"{plural(found.count, 'objective')} at once; more than {LIMITS.most_objectives} are seldom steered.", behind


def _of_one(rows: ConflictRows, found: Finding) -> tuple[str, Behind]:
    (key,) = found.objectives
    behind: Behind = []
    for at in found.rows:
        target = rows.targets[int(str(at))]
        behind.append((f"{target.kpi.name}: {figure_words(target)}", f"/kpis/{target.kpi_id}"))
    label = rows.objectives[int(str(key))].label
    return f"{label} has {plural(found.count, 'target')}; more than {LIMITS.most_targets} are seldom kept in mind.", behind


_WORDS = {"OC01": _of_kpi, "OC02": _of_work, "OC03": _of_person, "OC04": _of_all, "OC05": _of_one}


def as_data(rows: ConflictRows, office: int) -> dict[str, Any]:
    """The same for programs: findings by objective ids, what stands behind each in words, and who is not known."""
    page = conflict_page(rows)
    told = [one for pair in page.pairs for one in pair.against] + list(page.alone)
    return {
        "office": office,
        "objectives": [{"id": pk, "title": row.title} for pk, row in rows.objectives.items()],
        "findings": [
            {
                "check": one.check,
                "objectives": list(one.objectives),
                "title": one.title,
                "words": one.words,
                "rows": [words for words, _ in one.rows],
                "advice": one.advice,
            }
            for one in told
        ],
        "together": [
            {"objectives": [pair.first.pk, pair.second.pk], "in": [words for words, _ in pair.together]}
            for pair in page.pairs
            if pair.together
        ],
        "hours_not_known": list(page.unknown),
    }
