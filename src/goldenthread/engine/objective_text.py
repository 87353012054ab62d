"""Reads one English sentence: which quantity is today's figure, which the one to reach, by when, in which direction.

`read(text)` finds quantities and days and gives each a role by the words before it. Nothing is guessed: what the words leave open
stays None. `objective_draft.draft_from_text` makes an ObjectiveDraft of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goldenthread.engine import objective_words as words
from goldenthread.engine.objective_roles import (
    WINDOW,
    Direction,
    Verb,
    aside,
    band_of,
    bare_changes,
    in_brackets,
    limit_before,
    roles_of,
    spoken_change,
    target_index,
)
from goldenthread.engine.text_dates import FoundDate, find_dates
from goldenthread.engine.text_measures import Measure, find_measures

__all__ = ["Direction", "TextFacts", "read"]


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What one sentence states.

    `change` is a difference ("by 10 %"); `measures_from` is where the first figure's clause begins.

    `opening` is where the sentence proper begins, after a label or a leading day ("By June 2027, ..."); `verb` is the order
    it opens with as (base form, start, end), or None.
    """

    text: str
    dates: tuple[FoundDate, ...]
    baseline: Measure | None
    target: Measure | None
    change: Measure | None
    tolerance: Measure | None
    band: tuple[Measure, Measure] | None
    baseline_on: FoundDate | None
    target_on: FoundDate | None
    direction: Direction | None
    direction_words: tuple[int, int] | None
    measures_from: int
    opening: int
    verb: Verb | None

    @property
    def measured(self) -> bool:
        """Whether any figure says how much."""
        return self.target is not None or self.change is not None or self.band is not None


_DAY_DUE = re.compile(
    r"\b(?:by|until|till|before|through|throughout|no later than|not later than|up to|due|deadline:?)\s(?:the\s)?$", re.IGNORECASE
)
_DAY_BASE = re.compile(
    r"\b(?:against|compared (?:to|with)|relative to|versus|vs\.?|as of|since|from|over|on|baseline:?|as at|than "
    r"in)\s(?:an?\s|the\s)?$",
    re.IGNORECASE,
)


def read(text: str, fiscal_year_ends: int = 12) -> TextFacts:
    """Finds what the sentence states. `fiscal_year_ends` is the last month (1-12) of a fiscal year."""
    dates = find_dates(text, fiscal_year_ends)
    opening = _opening(text, dates)
    found_verb = words.leading_verb(text[opening:])
    verb = (found_verb[0], opening + found_verb[1], opening + found_verb[2]) if found_verb else None
    measures = find_measures(text, dates)
    roles, clause = roles_of(text, measures, dates)
    roles = bare_changes(measures, roles, verb)
    band = band_of(text, measures, roles, verb)
    if band:
        roles = [("band" if measure in band else role) for measure, role in zip(measures, roles, strict=True)]
    reached = target_index(text, measures, roles)
    if reached is not None:
        roles[reached] = "the target"
    change = next((each for each, role in zip(measures, roles, strict=True) if role == "change"), None) or spoken_change(verb)
    known = {role: measure for measure, role in reversed(list(zip(measures, roles, strict=True)))}
    baseline = known.get("baseline") or aside(text, measures, roles)
    kept = {"baseline", "the target", "change", "band"}
    starts = [start for start, role in zip(clause, roles, strict=True) if role in kept]
    target = known.get("the target")
    baseline_on, target_on = _days(text, dates, measures, roles, baseline)
    direction, where = _direction(text, target, change, band, verb)
    return TextFacts(
        text,
        tuple(dates),
        baseline,
        target,
        change,
        known.get("tolerance"),
        band,
        baseline_on,
        target_on,
        direction,
        where,
        min(starts, default=len(text)),
        opening,
        verb,
    )


def _opening(text: str, dates: Sequence[FoundDate]) -> int:
    """Where the sentence proper begins, after "Objective 3:", "Finance:" or "By 30 June 2028,"."""
    start = 0
    label = _LABEL.match(text)
    if label:
        start = label.end()
    first = next((found for found in dates if found.start >= start), None)
    if first is not None and _LEAD.fullmatch(text[start : first.start]):
        comma = re.match(r"\s*[,:]?\s*", text[first.end :])
        start = first.end + (comma.end() if comma else 0)
    return start


_LABEL = re.compile(
    r"\s*(?:(?:objective|goal|target|kr|key result|priority|kpi|aim)\s?[\w.]{0,4}\s*[:–-]|"
    r"[A-Z][\w&./-]*(?:\s[(\w&./)-]+){0,4}:)\s+(?=[A-Za-z≥≤]|\d[\d.,]*\s?%?\s?[a-z])",
    re.IGNORECASE,
)
_LEAD = re.compile(r"\s*(?:by|in|until|before|during|from)?\s*(?:the\s)?(?:end of\s)?", re.IGNORECASE)


def _days(
    text: str, dates: Sequence[FoundDate], measures: Sequence[Measure], roles: Sequence[str], baseline: Measure | None
) -> tuple[FoundDate | None, FoundDate | None]:
    """Which day belongs to the present value and which to the target."""
    start_day = due_day = None
    for found in dates:
        left = text[max(0, found.start - WINDOW) : found.start]
        earlier = [
            each
            for each, role in zip(measures, roles, strict=True)
            if each.start < found.start and role not in {"scope", "tolerance"}
        ]
        after_baseline = bool(earlier) and earlier[-1] is baseline
        starting = re.search(r"\b(?:starting|beginning|start)\s(?:in|on|from)\s$", left, re.IGNORECASE)
        if _DAY_DUE.search(left):
            due_day = due_day or found
        elif (
            after_baseline
            or _same_brackets(text, found, baseline)
            or _DAY_BASE.search(left)
            or re.match(r"\s?(?:baseline|levels?|average)\b", text[found.end :], re.IGNORECASE)
        ):
            start_day = start_day or found
        elif not starting:
            due_day = due_day or found
    return start_day, due_day


def _same_brackets(text: str, found: FoundDate, baseline: Measure | None) -> bool:
    """Whether a day and today's figure stand in one pair of brackets: "(2026: EUR 105 mn)"."""
    if baseline is None or found.start > baseline.start:
        return False
    return in_brackets(text, baseline) and not re.search(r"[()]", text[found.start : baseline.start])


def _direction(
    text: str,
    target: Measure | None,
    change: Measure | None,
    band: tuple[Measure, Measure] | None,
    verb: Verb | None,
) -> tuple[Direction | None, tuple[int, int] | None]:
    """The direction by the verb, else by the limit word before the target, and where that word stands."""
    if band:
        return "band", (band[0].start, band[1].end)
    limit = limit_before(text[: target.start]) if target else None
    if target and limit is None and "+" in text[target.start + 1 : target.end]:
        limit = "up"  # "95 %+"
    if verb and verb[0] in words.KEEP and target:
        return limit or "band", verb[1:]
    if verb and verb[0] in words.UP | words.DOWN:
        return ("up" if verb[0] in words.UP else "down"), verb[1:]
    if _BRING_DOWN.match(text):
        return "down", (0, 5)
    if target or change:
        for match in re.finditer(r"[A-Za-z]+", text):
            base = words.stem(match[0], words.UP | words.DOWN)
            if base:
                return ("up" if base in words.UP else "down"), match.span()
    return limit, None


_BRING_DOWN = re.compile(r"\s*(?:bring|drive|get|push|take)\b.{1,60}\bdown\b", re.IGNORECASE)
