"""Reads one English sentence: which quantity is today's figure, which the one to reach, by when, in which direction.

`read(text)` finds quantities and days and gives each a role by the words before it. Nothing is guessed: what the words leave open
stays None. `objective_draft.draft_from_text` makes an ObjectiveDraft of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from goldenthread.engine import objective_words as words
from goldenthread.engine.text_dates import FoundDate, find_dates
from goldenthread.engine.text_measures import Measure, find_measures

Direction = Literal["up", "down", "band"]
Verb = tuple[str, int, int]  # base form, start, end


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


_LIMIT_UP = (
    r"at least|no fewer than|no less than|not less than|at or above|above|over|(?<!no )(?<!not )more than|(?<!no "
    r")greater than|minimum(?: of)?|(?<!not )exceed(?:ing|s)?|a floor of"
)
_LIMIT_DOWN = (
    r"at most|no more than|not more than|no greater than|at or below|below|under|(?<!no )(?<!not )less than|(?<!no "
    r")fewer than|up to|maximum(?: of)?|not exceed(?:ing)?|a cap of"
)
_ABOUT = r"(?:\s(?:about|around|approximately|roughly|only|just|a total of|an average of|another|a further))?\s*$"
_ROLES: tuple[tuple[str, str], ...] = (
    ("tolerance", r"tolerance(?: of)?:?|±|\+/[-−–]|\+-|plus or minus|plus/minus|give or take|,\s?(?:to )?within|to within"),
    ("between", r"between"),
    (
        "baseline",
        (
            r"from(?: an?| the)?(?: present| current| baseline| starting)?(?: level| value)?(?: of)?|up from|down from|"
            r"currently(?: at)?|now(?: at)?|today:?|at present|baseline(?: of| is)?:?|was|were|instead of|against|"
            r"compared (?:to|with)|versus|vs\.?|relative to|starting (?:at|from)|stands at"
        ),
    ),
    ("change", r"by(?: at least| an additional| up to| more than)?|an? (?:increase|reduction|decrease|rise|cut) of"),
    ("target", rf"to(?: be)?(?: {_LIMIT_UP}| {_LIMIT_DOWN})?|target(?: of| is)?:?|goal(?: of| is)?:?|towards?|[→➔]|->"),
    ("up", _LIMIT_UP),
    ("down", _LIMIT_DOWN),
    (
        "target",
        (
            r"reach(?:es|ing)?|achiev(?:e|es|ing)|attain(?:s|ing)?|hit(?:s|ting)?|equals?|=|stays? at|remains? at|"
            r"kept at|held at"
        ),
    ),
    ("at", r"at|of|:"),
    (
        "scope",
        (
            r"across|in|for|with|among|within|all|after|every|over the next|next|last|top|per|than|these|our|the|on|and|or|"
            r"during|for the"
        ),
    ),
)
_BEFORE = [(role, re.compile(rf"(?:(?<![\w-])|(?=[^\w\s]))(?:{pattern}){_ABOUT}", re.IGNORECASE)) for role, pattern in _ROLES]
_DAY_DUE = re.compile(
    r"\b(?:by|until|till|before|through|throughout|no later than|not later than|up to|due|deadline:?)\s(?:the\s)?$", re.IGNORECASE
)
_DAY_BASE = re.compile(
    r"\b(?:against|compared (?:to|with)|relative to|versus|vs\.?|as of|since|from|over|on|baseline:?|as at|than "
    r"in)\s(?:an?\s|the\s)?$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:and|to|-|–)\s*$", re.IGNORECASE)


def read(text: str, fiscal_year_ends: int = 12) -> TextFacts:
    """Finds what the sentence states. `fiscal_year_ends` is the last month (1-12) of a fiscal year."""
    dates = find_dates(text, fiscal_year_ends)
    opening = _opening(text, dates)
    found_verb = words.leading_verb(text[opening:])
    verb = (found_verb[0], opening + found_verb[1], opening + found_verb[2]) if found_verb else None
    measures = find_measures(text, dates)
    roles, clause = _roles(text, measures, dates)
    roles = _bare_changes(measures, roles, verb)
    band = _band(text, measures, roles, verb)
    if band:
        roles = [("band" if measure in band else role) for measure, role in zip(measures, roles, strict=True)]
    target_index = _target_index(text, measures, roles)
    if target_index is not None:
        roles[target_index] = "the target"
    change = next((each for each, role in zip(measures, roles, strict=True) if role == "change"), None) or _spoken_change(verb)
    known = {role: measure for measure, role in reversed(list(zip(measures, roles, strict=True)))}
    baseline = known.get("baseline") or _aside(text, measures, roles)
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


def _spoken_change(verb: Verb | None) -> Measure | None:
    """The change that lies in the verb itself: "halve", "double", "triple"."""
    if verb is None or verb[0] not in _SPOKEN:
        return None
    return Measure(verb[1], verb[2], verb[2], _SPOKEN[verb[0]], "%", relative=True)


_SPOKEN = {"halve": 50.0, "double": 100.0, "triple": 200.0, "quadruple": 300.0}


def _roles(text: str, measures: Sequence[Measure], dates: Sequence[FoundDate]) -> tuple[list[str], list[int]]:
    """The role of each measure by the words before it, and where those words begin."""
    roles: list[str] = []
    starts: list[int] = []
    for measure in measures:
        left = text[: measure.start]
        role, start = "", measure.start
        for name, pattern in _BEFORE:
            match = pattern.search(left)
            if match:
                role, start = name, match.start()
                break
        if role == "tolerance" and not (roles or dates):
            role = "scope"  # "calls answered, within 20 seconds": nothing measured before it
        if role == "between" and not any(each.start > measure.start for each in measures):
            role = ""
        if role in {"up", "down"} and re.search(
            r"\b(?:states?|projects?|participants|customers|people|sites|items|cases|those)\s$", left[:start], re.IGNORECASE
        ):
            role = "scope"  # "states at or above 75 %": part of what is counted
        roles.append(role)
        starts.append(start)
    return roles, starts


def _bare_changes(measures: Sequence[Measure], roles: Sequence[str], verb: Verb | None) -> list[str]:
    """A figure that stands bare after "increase" or "reduce" is a change: "Increase referral traffic 20 %"."""
    moves = verb is not None and verb[0] in words.UP | words.DOWN
    settled = {"target", "baseline", "change", "between", "up", "down"} & set(roles)
    if not moves or settled or verb is None:
        return list(roles)
    return [
        "change" if role == "" and measure.unit == "%" and measure.start > verb[2] + 1 else role
        for measure, role in zip(measures, roles, strict=True)
    ]


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
    r"[A-Z][\w&./-]*(?:\s[(\w&./)-]+){0,4}:)\s+(?=\w)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"\s*(?:by|in|until|before|during|from)?\s*(?:the\s)?(?:end of\s)?", re.IGNORECASE)


def _band(text: str, measures: Sequence[Measure], roles: Sequence[str], verb: Verb | None) -> tuple[Measure, Measure] | None:
    for index, role in enumerate(roles[:-1]):
        low, high = measures[index], measures[index + 1]
        opens = role == "between" or (role == "at" and verb is not None and verb[0] in words.KEEP)
        if opens and _RANGE.fullmatch(text[low.end : high.start]) and low.value < high.value:
            return low, high
    return None


def _target_index(text: str, measures: Sequence[Measure], roles: Sequence[str]) -> int | None:
    """The measure that is the figure to reach: after "to", else after a limit, else the one the sentence opens with."""
    for wanted in ({"target"}, {"up", "down"}):
        for index, role in enumerate(roles):
            if role in wanted:
                return index
    if "change" in roles or "band" in roles:
        return None
    for index, (measure, role) in enumerate(zip(measures, roles, strict=True)):
        if role == "" and not _in_brackets(text, measure) and "baseline" not in roles[:index]:
            return index
    for index, role in enumerate(roles):
        if role == "at" and "baseline" not in roles[:index]:
            return index
    return None


def _in_brackets(text: str, measure: Measure) -> bool:
    return text.rfind("(", 0, measure.start) > text.rfind(")", 0, measure.start)


def _aside(text: str, measures: Sequence[Measure], roles: Sequence[str]) -> Measure | None:
    """A figure in brackets beside the target, which says where things stand: "between 60 % and 85 % (71 % in August 2026)"."""
    if not {"the target", "change", "band"} & set(roles):
        return None
    return next(
        (each for each, role in zip(measures, roles, strict=True) if role in {"", "at"} and _in_brackets(text, each)), None
    )


def _days(
    text: str, dates: Sequence[FoundDate], measures: Sequence[Measure], roles: Sequence[str], baseline: Measure | None
) -> tuple[FoundDate | None, FoundDate | None]:
    """Which day belongs to the present value and which to the target."""
    start_day = due_day = None
    for found in dates:
        left = text[: found.start]
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
            or _DAY_BASE.search(left)
            or re.match(r"\s?(?:baseline|levels?|average)\b", text[found.end :], re.IGNORECASE)
        ):
            start_day = start_day or found
        elif not starting:
            due_day = due_day or found
    return start_day, due_day


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
    limit = _limit(text[: target.start]) if target else None
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


def _limit(left: str) -> Direction | None:
    if re.search(rf"(?<![\w-])(?:{_LIMIT_UP}){_ABOUT}", left, re.IGNORECASE):
        return "up"
    return "down" if re.search(rf"(?<![\w-])(?:{_LIMIT_DOWN}){_ABOUT}", left, re.IGNORECASE) else None
