"""Which quantity of a sentence is today's figure, which the one to reach, which a change, a tolerance or a band.

A role comes from the words right before the quantity: "from 74" is today's figure, "to 65" the one to reach, "by 10 %" a change,
"within five days" part of what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from goldenthread.engine import objective_words as words
from goldenthread.engine.text_dates import FoundDate
from goldenthread.engine.text_measures import Measure

Direction = Literal["up", "down", "band"]
Verb = tuple[str, int, int]  # base form, start, end
WINDOW = 80  # characters before a quantity or a day that can give it a role

_LIMIT_UP_WORDS = (
    r"at least|no fewer than|no less than|not less than|at or above|above|over|(?<!no )(?<!not )more than|(?<!no "
    r")greater than|minimum(?: of)?|(?<!not )exceed(?:ing|s)?|a floor of"
)
_LIMIT_DOWN_WORDS = (
    r"at most|no more than|not more than|no greater than|at or below|below|under|(?<!no )(?<!not )less than|(?<!no "
    r")fewer than|up to|maximum(?: of)?|not exceed(?:ing)?|a cap of"
)
_ABOUT = (
    r"(?:\s?(?:~|≈|(?:about|around|approximately|approx\.?|ca\.?|circa|roughly|only|just|a total of|an average of|another|"
    r"a further)))?\s*$"
)
_LIMIT_UP = r"≥|>=|(?<![-=])>|" + _LIMIT_UP_WORDS
_LIMIT_DOWN = r"≤|<=|<|" + _LIMIT_DOWN_WORDS
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
    ("change", r"\+|by(?: at least| an additional| up to| more than)?|an? (?:increase|reduction|decrease|rise|cut) of"),
    ("target", rf"to(?: be)?(?:\s(?:{_LIMIT_UP}|{_LIMIT_DOWN}))?|target(?: of| is)?:?|goal(?: of| is)?:?|towards?|[→➔]|->"),
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
_FROM_TO = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:to|→|➔|->)\s*", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:and|to|-|–)\s*$", re.IGNORECASE)


def roles_of(text: str, measures: Sequence[Measure], dates: Sequence[FoundDate]) -> tuple[list[str], list[int]]:
    """The role of each measure by the words before it, and where those words begin."""
    roles: list[str] = []
    starts: list[int] = []
    for measure in measures:
        offset = max(0, measure.start - WINDOW)
        left = text[offset : measure.start]
        role, start = "", measure.start
        for name, pattern in _BEFORE:
            match = pattern.search(left)
            if match:
                role, start = name, offset + match.start()
                break
        if role == "tolerance" and not (roles or dates):
            role = "scope"  # "calls answered, within 20 seconds": nothing measured before it
        if role == "between" and not any(each.start > measure.start for each in measures):
            role = ""
        if role in {"up", "down"} and re.search(
            r"\b(?:states?|projects?|participants|customers|people|sites|items|cases|those)\s$", left[:start], re.IGNORECASE
        ):
            role = "scope"  # "states at or above 75 %": part of what is counted
        former = measures[len(roles) - 1].end if roles and roles[-1] in {"", "at"} else None
        if role == "target" and former is not None and _FROM_TO.fullmatch(text[former : measure.start]):
            roles[-1] = "baseline"  # "12 % to 15 %", "30 → 20 days", "24 % (2025) to 35 %"
        roles.append(role)
        starts.append(start)
    return roles, starts


def bare_changes(measures: Sequence[Measure], roles: Sequence[str], verb: Verb | None) -> list[str]:
    """A figure that stands bare after "increase" or "reduce" is a change: "Increase referral traffic 20 %"."""
    moves = verb is not None and verb[0] in words.UP | words.DOWN
    settled = {"target", "baseline", "change", "between", "up", "down"} & set(roles)
    if not moves or settled or verb is None:
        return list(roles)
    return [
        "change" if role == "" and measure.unit == "%" and measure.start > verb[2] + 1 else role
        for measure, role in zip(measures, roles, strict=True)
    ]


def band_of(text: str, measures: Sequence[Measure], roles: Sequence[str], verb: Verb | None) -> tuple[Measure, Measure] | None:
    """The two quantities a figure is to stay between: "between 60 % and 85 %"; None without."""
    for index, role in enumerate(roles[:-1]):
        low, high = measures[index], measures[index + 1]
        opens = role == "between" or (role == "at" and verb is not None and verb[0] in words.KEEP)
        if opens and _RANGE.fullmatch(text[low.end : high.start]) and low.value < high.value:
            return low, high
    return None


def target_index(text: str, measures: Sequence[Measure], roles: Sequence[str]) -> int | None:
    """The measure that is the figure to reach: after "to", else after a limit, else the one the sentence opens with."""
    for wanted in ({"target"}, {"up", "down"}):
        for index, role in enumerate(roles):
            if role in wanted:
                return index
    if "change" in roles or "band" in roles:
        return None
    for index, (measure, role) in enumerate(zip(measures, roles, strict=True)):
        if role == "" and not in_brackets(text, measure) and "baseline" not in roles[:index]:
            return index
    for index, role in enumerate(roles):
        if role == "at" and "baseline" not in roles[:index]:
            return index
    return None


def in_brackets(text: str, measure: Measure) -> bool:
    """Whether a quantity stands in round brackets."""
    return text.rfind("(", 0, measure.start) > text.rfind(")", 0, measure.start)


def aside(text: str, measures: Sequence[Measure], roles: Sequence[str]) -> Measure | None:
    """A figure in brackets beside the target, which says where things stand: "between 60 % and 85 % (71 % in August 2026)"."""
    if not {"the target", "change", "band"} & set(roles):
        return None
    return next(
        (each for each, role in zip(measures, roles, strict=True) if role in {"", "at"} and in_brackets(text, each)), None
    )


def spoken_change(verb: Verb | None) -> Measure | None:
    """The change that lies in the verb itself: "halve", "double", "triple"."""
    if verb is None or verb[0] not in _SPOKEN:
        return None
    return Measure(verb[1], verb[2], verb[2], _SPOKEN[verb[0]], "%", relative=True)


_SPOKEN = {"halve": 50.0, "double": 100.0, "triple": 200.0, "quadruple": 300.0}


def limit_before(left: str) -> Direction | None:
    """The direction that a limit word before the target states: "at least" is up, "no more than" is down; None without."""
    if re.search(rf"(?<![\w-])(?:{_LIMIT_UP}){_ABOUT}", left, re.IGNORECASE):
        return "up"
    return "down" if re.search(rf"(?<![\w-])(?:{_LIMIT_DOWN}){_ABOUT}", left, re.IGNORECASE) else None
