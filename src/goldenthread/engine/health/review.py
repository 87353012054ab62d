"""Every check of one schedule, a score with its parts, and what to mend first.

Score = 100 points less what each check that is not met loses. A check's weight is its share of the 100 points among those that
apply. Not met, it loses half of its points, and of the other half as much as the share of rows at fault (all where it
counts no rows). Points are whole tenths, so that the losses and the score add up to 100 exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

from goldenthread.engine.health import limits, logic, path, progress
from goldenthread.engine.health.plan import Plan
from goldenthread.engine.health.practices import PRACTICES
from goldenthread.engine.health.register import CHECKS, Answer, Check, Finding, Practice

__all__ = ["CHECKS", "FAMILIES", "PRACTICES", "PracticeResult", "Result", "Review", "review"]

FAMILIES = (logic, limits, progress, path)  # importing them fills the register


@dataclass(frozen=True, slots=True)
class Result:
    """What one check answered. passed None: it does not apply, and note says why. lost: tenths of a point of the score."""

    check: Check
    passed: bool | None
    measured: float | None
    counted: int
    findings: tuple[Finding, ...]
    note: str
    lost: int

    @property
    def measured_words(self) -> str:
        """The measured figure for people."""
        return "does not apply" if self.measured is None else self.check.limit.shown(self.measured)


@dataclass(frozen=True, slots=True)
class PracticeResult:
    """passed None: cannot be told from the schedule. failed: the checks that say no."""

    practice: Practice
    passed: bool | None
    failed: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Review:
    """score: tenths of a point out of 1,000; None where no check applies. first: what to mend, what costs most first."""

    score: int | None
    results: tuple[Result, ...]
    practices: tuple[PracticeResult, ...]
    first: tuple[Result, ...]


def review(plan: Plan) -> Review:
    """Asks every registered check."""
    answers = {each.id: each.rule(plan) for each in sorted(CHECKS.values(), key=lambda each: each.id)}
    whole = sum(CHECKS[key].weight for key, answer in answers.items() if answer.measured is not None)
    results = tuple(_result(CHECKS[key], answer, whole) for key, answer in answers.items())
    score = 1000 - sum(one.lost for one in results) if whole else None
    first = sorted((one for one in results if one.passed is False), key=lambda one: (-one.lost, one.check.id))
    told = {one.check.id: one for one in results}
    return Review(score, results, tuple(_practice(each, told) for each in PRACTICES.values()), tuple(first))


def _result(each: Check, answer: Answer, whole: int) -> Result:
    if answer.measured is None:
        return Result(each, None, None, 0, (), answer.note, 0)
    passed = each.limit.passes(answer.measured)
    lost = 0
    if not passed:
        at_fault = len({one.row for one in answer.findings}) if answer.counted > 1 else 1
        of = max(answer.counted, at_fault)
        lost = 1000 * each.weight * (of + at_fault) // (2 * of * whole) if whole else 0
    return Result(each, passed, answer.measured, answer.counted, answer.findings, answer.note, lost)


def _practice(each: Practice, told: dict[str, Result]) -> PracticeResult:
    asked = [told[key] for key in each.tests]
    applied = [one for one in asked if one.passed is not None]
    failed = tuple(one.check.id for one in applied if not one.passed)
    if not applied:
        why = "; ".join(dict.fromkeys([*(one.note for one in asked), *([each.cannot] if each.cannot else [])]))
        return PracticeResult(each, None, (), f"cannot be told from the schedule: {why}")
    words = f"fails {', '.join(failed)}" if failed else f"passes {', '.join(one.check.id for one in applied)}"
    if each.cannot:
        words += f"; cannot be told from the schedule: {each.cannot}"
    return PracticeResult(each, not failed, failed, words)
