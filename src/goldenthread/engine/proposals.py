"""Pasted slide text -> proposed objectives: every bullet one proposal, every missing figure one question.

Nothing is applied: a proposal is what the words state, with the questions that would make an objective of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from goldenthread.engine.objective_draft import LONGEST_TITLE, ObjectiveDraft, draft_from_text
from goldenthread.engine.objective_quality import Review, review
from goldenthread.engine.objective_roles import Direction
from goldenthread.engine.objective_text import read
from goldenthread.engine.slide_lines import SlideLine, slide_lines

SHORTEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class ObjectiveProposal:
    """One proposed objective: the line it began on (1-based), the heading above it ("" without), what it states, what to ask."""

    line: int
    title: str
    heading: str
    kpi: str
    unit: str
    baseline: float | None
    baseline_on: date | None
    target: float | None
    target_on: date | None
    direction: Direction | None
    questions: tuple[str, ...]
    draft: ObjectiveDraft


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line no proposal was made of, and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """Everything read from one paste: proposals in order, headings found, lines left out."""

    proposals: tuple[ObjectiveProposal, ...]
    headings: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def propose(text: str, fiscal_year_ends: int = 12) -> Proposals:
    """Proposed objectives out of `text`. `fiscal_year_ends` is the last month (1-12) of a fiscal year.

    Raises EngineError for a NUL byte or more than 100,000 bytes.
    """
    proposals: list[ObjectiveProposal] = []
    left_out: list[LeftOut] = []
    headings: list[SlideLine] = []
    names: list[str] = []
    seen: set[str] = set()
    lines = slide_lines(text)
    has_bullets = sum(line.part == "bullet" for line in lines) > 1
    for line, following in zip_longest(lines, lines[1:]):
        headings = [each for each in headings if not (each.of_bullet and each.indent >= line.indent)]
        if line.part == "heading":
            headings = [*(each for each in headings if each.level < line.level), line]
            names.append(line.text)
            continue
        above = headings[-1].text if headings else ""
        if line.part == "bullet" and following is not None and following.part == "bullet" and following.indent > line.indent:
            headings = [*headings, replace(line, level=8 + line.indent, of_bullet=True)]
        why = _unusable(line, seen) or (_beside(line, fiscal_year_ends) if has_bullets else "")
        if why:
            left_out.append(LeftOut(line.line, line.text, why))
            continue
        seen.add(_alike(line.text))
        proposals.append(_proposal(line, above, fiscal_year_ends))
    return Proposals(tuple(proposals), tuple(names), tuple(left_out))


def _unusable(line: SlideLine, seen: set[str]) -> str:
    if line.part == "noise":
        return "no objective: page number, date, address or notice"
    if len(line.text) > LONGEST_TITLE:
        return "too long for one objective: split it into sentences"
    if len(line.text.split()) < SHORTEST_WORDS:
        return "one word only"
    return "said twice" if _alike(line.text) in seen else ""


def _beside(line: SlideLine, fiscal_year_ends: int) -> str:
    """Why a full sentence among bullets is left out: it orders nothing and measures nothing."""
    if line.part != "sentence" or not line.text.endswith((".", ":")):
        return ""
    facts = read(line.text, fiscal_year_ends)
    return "" if facts.verb or facts.measured else "a sentence beside the bullets"


def _alike(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def _proposal(line: SlideLine, heading: str, fiscal_year_ends: int) -> ObjectiveProposal:
    draft = draft_from_text(line.text, fiscal_year_ends)
    return ObjectiveProposal(
        line.line,
        draft.title,
        heading,
        draft.kpi_name,
        draft.unit,
        draft.baseline,
        draft.baseline_on,
        draft.target,
        draft.target_on,
        draft.direction,
        questions(draft),
        draft,
    )


def questions(draft: ObjectiveDraft) -> tuple[str, ...]:
    """What to ask about a draft, most needed first; empty where its words state everything a sentence can state."""
    verdict = review(draft)
    asked = (ask(draft, verdict) for ask in _QUESTIONS)
    return tuple(question for question in asked if question)


def _failed(verdict: Review, check: str) -> bool:
    return any(result.check == check and result.passed is False for result in verdict.results)


def _words(verdict: Review, check: str) -> str:
    return next((result.words[0][0] for result in verdict.results if result.check == check and result.words), "")


def _result(draft: ObjectiveDraft, verdict: Review) -> str:
    return "What will be different once it is done?" if _failed(verdict, "OQ09") else ""


def _figure(draft: ObjectiveDraft, verdict: Review) -> str:
    if draft.target is not None:
        return ""
    if draft.kpi_name and draft.unit:
        return "From which figure to which?"
    return "How much? Which figure would show it?"


def _unit(draft: ObjectiveDraft, verdict: Review) -> str:
    if draft.target is None or draft.unit:
        return ""
    return f"{draft.target:g} of what: per cent, days, money?"


def _today(draft: ObjectiveDraft, verdict: Review) -> str:
    if draft.baseline is None:
        return "Where does it stand today?"
    return f"When was {draft.baseline:,g} measured?" if draft.baseline_on is None else ""


def _when(draft: ObjectiveDraft, verdict: Review) -> str:
    return "By when?" if draft.target_on is None else ""


def _subject(draft: ObjectiveDraft, verdict: Review) -> str:
    second = _words(verdict, "OQ01")
    return f"Is “{second}” a goal of its own?" if second else ""


def _contradiction(draft: ObjectiveDraft, verdict: Review) -> str:
    if draft.baseline is None or draft.target is None or not _words(verdict, "OQ05"):
        return ""
    return f"From {draft.baseline:,g} to {draft.target:,g}: is it to rise or to fall?"


def _vague(draft: ObjectiveDraft, verdict: Review) -> str:
    return f"What would “{verdict.warnings[0][0]}” look like in a figure?" if verdict.warnings else ""


_QUESTIONS: tuple[Callable[[ObjectiveDraft, Review], str], ...] = (
    _result,
    _figure,
    _unit,
    _contradiction,
    _today,
    _when,
    _subject,
    _vague,
)
