"""Ten checks of an objective's quality, with the words at fault and one advice each.

A check is one registered function; pages, documents and exports are drawn from `CHECKS`. Each check answers True (met), False
(not met) or None (not known yet, nothing is held against anybody). Each met check gives 10 of 100 points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from goldenthread.engine import objective_words as words
from goldenthread.engine.errors import EngineError
from goldenthread.engine.objective_activity import activity_words
from goldenthread.engine.objective_draft import LONGEST_TITLE, ObjectiveDraft, draft_from_text
from goldenthread.engine.objective_subjects import second_subjects
from goldenthread.engine.objective_text import TextFacts, read

__all__ = ["CHECKS", "NEEDED", "READY_SCORE", "Check", "ObjectiveDraft", "Result", "Review", "Words", "draft_from_text", "review"]

READY_SCORE = 80
NEEDED = ("OQ02", "OQ03", "OQ04", "OQ07")

Words = tuple[str, int, int]
Answer = tuple[bool | None, list[tuple[int, int]]]
Rule = Callable[[ObjectiveDraft, TextFacts], Answer]


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check: id, what a good objective has, what to do where it has not."""

    id: str
    title: str
    advice: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Result:
    """One check's answer. `words` are (text, start, end) in the title; end is exclusive."""

    check: str
    title: str
    passed: bool | None
    words: tuple[Words, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class Review:
    """All ten answers, the score 0-100, whether the objective is ready for approval, and vague words no figure repairs."""

    score: int
    results: tuple[Result, ...]
    ready: bool
    warnings: tuple[Words, ...]


CHECKS: dict[str, Check] = {}


def check(check_id: str, *, title: str, advice: str) -> Callable[[Rule], Rule]:
    """Registers a check under its id."""

    def register(rule: Rule) -> Rule:
        CHECKS[check_id] = Check(check_id, title, advice, rule)
        return rule

    return register


def review(draft: ObjectiveDraft) -> Review:
    """Runs every check. Ready means a score of at least 80 with the checks of `NEEDED` all met.

    Of a title over 1,000 characters the first 1,000 are read. Raises EngineError for a figure that is not a number.
    """
    _refuse(draft)
    facts = read(draft.title[:LONGEST_TITLE])
    results = tuple(_result(each, draft, facts) for each in CHECKS.values())
    score = 10 * sum(result.passed is True for result in results)
    met = {result.check for result in results if result.passed}
    return Review(score, results, score >= READY_SCORE and met.issuperset(NEEDED), _vague(draft, facts))


def _refuse(draft: ObjectiveDraft) -> None:
    for name in ("baseline", "target", "tolerance"):
        value = getattr(draft, name)
        if value is not None and not math.isfinite(value):
            raise EngineError(f"The {name} is not a number. Enter a figure or leave it empty.", name)


def _result(each: Check, draft: ObjectiveDraft, facts: TextFacts) -> Result:
    passed, spans = each.rule(draft, facts)
    at_fault = tuple((draft.title[start:end], start, end) for start, end in spans) if passed is False else ()
    return Result(each.id, each.title, passed, at_fault, "" if passed else each.advice)


def _vague(draft: ObjectiveDraft, facts: TextFacts) -> tuple[Words, ...]:
    if draft.target is not None or facts.measured:
        return ()
    return tuple((match[0], match.start(), match.end()) for match in words.VAGUE.finditer(facts.text))


def _both(first: object, second: object) -> bool | None:
    """True with both, False with one, None (not known yet) with neither."""
    given = [bool(first), bool(second)]
    return True if all(given) else False if any(given) else None


@check("OQ01", title="One subject only", advice="Keep one thing per objective; make the words marked an objective of their own.")
def one_subject(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    if not draft.title.strip():
        return None, []
    spans = second_subjects(facts)
    return not spans, spans


@check(
    "OQ02",
    title="A figure with its unit",
    advice="Name the figure that would show it and its unit: days, per cent, euros, complaints.",
)
def figure_with_unit(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    named = re.findall(r"[a-z][a-z-]*", draft.kpi_name.lower())
    abstract = bool(named) and all(word in words.ABSTRACT or word in _SMALL for word in named)
    if named and draft.unit.strip() and not abstract:
        return True, []
    if abstract:
        said = re.search(re.escape(draft.kpi_name), facts.text, re.IGNORECASE)
        return False, [said.span()] if said else []
    return False, [(each.start, each.number_end) for each in (facts.target, facts.baseline) if each and not draft.unit]


_SMALL = words.word_set("the of a an our and in for to all")


@check("OQ03", title="Where it stands today", advice="Give today's figure and the day it was measured.")
def baseline(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    if draft.baseline is not None and draft.baseline_on is not None:
        return True, []
    return False, [(facts.baseline.start, facts.baseline.number_end)] if facts.baseline else []


@check("OQ04", title="What to reach, by when", advice="Give the figure to reach and the day by which it is to be reached.")
def target(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    if draft.target is not None and draft.target_on is not None:
        return True, []
    open_days = [(found.start, found.end) for found in facts.dates if found.day is None]
    loose = [(facts.change.start, facts.change.end)] if facts.change and draft.target is None else []
    return False, loose + open_days


@check(
    "OQ05",
    title="Direction and tolerance",
    advice="Say whether the figure rises, falls or stays in a band, and which deviation is accepted.",
)
def direction(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    where = [facts.direction_words] if facts.direction_words else []
    if draft.direction in {"up", "down"} and draft.baseline is not None and draft.target is not None:
        rises = draft.target - draft.baseline
        if (draft.direction == "up" and rises < 0) or (draft.direction == "down" and rises > 0):
            return False, where
    stated = draft.tolerance is not None and draft.tolerance >= 0
    if draft.direction == "band" and not draft.tolerance:
        return False, []
    return draft.direction is not None and stated, []


@check("OQ06", title="Source and person who measures", advice="Name where the figure comes from and who measures it.")
def measured_by(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    return _both(draft.source.strip(), draft.measurement_owner.strip()), []


@check("OQ07", title="One accountable person", advice="Name one person who answers for it.")
def accountable(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    name = draft.accountable.strip()
    if not name:
        return None, []
    return not re.search(
        r"\b(?:and|team|department|everyone|all|committee|board|tbd|tbc|n/?a)\b|[&/;]|,\s?[A-Z]\w+\s[A-Z]", name, re.IGNORECASE
    ), []


@check("OQ08", title="Tied to value or mandate", advice="Name the value driver it moves, or the clause of the mandate it serves.")
def tied(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    return (True if draft.value_driver.strip() or draft.mandate_clause.strip() else None), []


@check("OQ09", title="A result, not an activity", advice="Say what will be different once it is done, and which figure shows it.")
def result_not_activity(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    spans = activity_words(facts)
    if spans or draft.kpi_is_completion:
        return False, spans
    return (True if draft.title.strip() else None), []


@check(
    "OQ10",
    title="Tells two pieces of work apart",
    advice="Sharpen it until at least two real pieces of work rank differently because of it.",
)
def discriminates(draft: ObjectiveDraft, facts: TextFacts) -> Answer:
    return draft.discriminates, []
