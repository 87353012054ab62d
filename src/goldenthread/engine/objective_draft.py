"""An objective as far as it is known, and how much of it can be read out of one sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from goldenthread.engine import objective_words as words
from goldenthread.engine.objective_roles import Direction
from goldenthread.engine.objective_text import TextFacts, read
from goldenthread.engine.text_measures import Measure

LONGEST_TITLE = 1_000  # characters that are read


@dataclass(frozen=True, slots=True)
class ObjectiveDraft:
    """An objective as far as it is known. None or "" means: not stated.

    Values are in `unit`; `tolerance` is the accepted deviation from the target, 0 where none is accepted. `direction` is
    "up", "down" or "band" (stay within tolerance of the target). `discriminates`: whether it would rank two real pieces of
    work differently.
    """

    title: str
    detail: str = ""
    kpi_name: str = ""
    unit: str = ""
    baseline: float | None = None
    baseline_on: date | None = None
    target: float | None = None
    target_on: date | None = None
    direction: Direction | None = None
    tolerance: float | None = None
    source: str = ""
    measurement_owner: str = ""
    accountable: str = ""
    value_driver: str = ""
    mandate_clause: str = ""
    kpi_is_completion: bool | None = None
    discriminates: bool | None = None


def draft_from_text(text: str, fiscal_year_ends: int = 12) -> ObjectiveDraft:
    """What one English sentence states about an objective; the sentence, with its white space tidied, becomes the title.

    `fiscal_year_ends` is the last month (1-12) of a fiscal year. A change ("by 10 %") becomes a target only where today's
    figure is given. Persons, sources and value drivers are never read from words.
    """
    title = " ".join(text.split())
    facts = read(title[:LONGEST_TITLE], fiscal_year_ends)
    name = kpi_name(facts)
    target, tolerance = _target(facts)
    return ObjectiveDraft(
        title=title,
        kpi_name=name,
        unit=_unit(facts, name),
        baseline=facts.baseline.value if facts.baseline else None,
        baseline_on=facts.baseline_on.day if facts.baseline_on and facts.baseline else None,
        target=target,
        target_on=facts.target_on.day if facts.target_on else None,
        direction=facts.direction or _implied_direction(facts),
        tolerance=tolerance,
    )


def _target(facts: TextFacts) -> tuple[float | None, float | None]:
    """The figure to reach and the tolerance; the middle and half the width of a band."""
    if facts.band:
        low, high = facts.band[0].value, facts.band[1].value
        return (low + high) / 2, (high - low) / 2
    tolerance = abs(facts.tolerance.value) if facts.tolerance else None
    if facts.target:
        return facts.target.value, tolerance
    change, baseline = facts.change, facts.baseline
    if change and baseline and facts.direction in {"up", "down"}:
        sign = 1 if facts.direction == "up" else -1
        if change.unit == "%" and baseline.unit != "%":
            return baseline.value * (1 + sign * change.value / 100), tolerance
        if change.unit == baseline.unit or not change.unit or change.unit == "percentage points":
            return baseline.value + sign * change.value, tolerance
    return None, tolerance


def _implied_direction(facts: TextFacts) -> Direction | None:
    if facts.baseline and facts.target and facts.baseline.value != facts.target.value:
        return "up" if facts.target.value > facts.baseline.value else "down"
    return None


_NAME_ENDS = re.compile(
    r"\s*[,;(]|[.!?](?:\s|$)|\s(?:by|until|till|before|no later than|in|during|from|through|throughout|to|at|within|as)\s*$|"
    r"\s(?:by|through|via|using)\s\w+ing\b|"
    r"\s(?:tolerance|so that|in order to|down|up)\b",
    re.IGNORECASE,
)
_TAIL_VERB = re.compile(
    r"\s(?:is|are|was|were|be|will be|shall be|should be|has been)?\s?(?:raised|reduced|increased|decreased|cut|lowered|lifted|"
    r"improved|rises?|rose|falls?|fell|grows?|reach(?:es)?|stays?|remains?|kept|held|doubled|halved|shortened)\s*$",
    re.IGNORECASE,
)
_BOUNDARY_WORDS = re.compile(r"(?:\s|^)(?:from|to|by|of|at|in|with|a|an|the|is|are|on|no|not|currently|and)\s*$", re.IGNORECASE)


def kpi_name(facts: TextFacts) -> str:
    """The figure the sentence is about, in its own words ("" where it names none)."""
    text = facts.text
    start = facts.opening
    first = facts.target or facts.change or (facts.band[0] if facts.band else None)
    if first is not None and not text[start : facts.measures_from].strip(" ,:") and facts.baseline is None:
        return _counted(text, first, facts)
    if facts.verb:
        if facts.verb[0] in words.ACTIVITY and not facts.measured:
            return ""
        joined = _JOINED_VERB.match(text, facts.verb[2])
        start = joined.end() if joined and words.stem(joined[1]) else facts.verb[2]
    name = text[start : facts.measures_from] if facts.measured or facts.baseline else text[start:]
    if facts.verb and facts.verb[0] == "save" and not _tidy(name):
        return "savings"
    if first is not None and not name.strip():
        return _counted(text, first, facts)
    return _tidy(_cut(name, facts, start))


_JOINED_VERB = re.compile(r"\s(?:and|or)\s([a-z]+)\b")


def _counted(text: str, measure: Measure, facts: TextFacts) -> str:
    """The name of what the sentence counts when it opens with the figure: "95 % of calls answered in time"."""
    after = re.match(r"\s?(?:%|per\s?cent)?\+?\s*(?:\([^)]*\)\s*)?", text[measure.number_end :], re.IGNORECASE)
    start = measure.number_end + (after.end() if after else 0)
    rest = _tidy(_cut(text[start:], facts, start))
    if measure.unit == "%":
        rest = re.sub(r"^of\s(?:our\s)?(?:\d+\s)?", "", rest, flags=re.IGNORECASE)
        return f"share of {_tidy(rest)}" if rest else ""
    return rest


def _cut(name: str, facts: TextFacts, offset: int) -> str:
    """Cuts a name at the first day or at a word that opens another clause."""
    later = [found.start - offset for found in facts.dates if found.start >= offset]
    if later:
        name = name[: later[0]]
    ends = [match.start() for match in _NAME_ENDS.finditer(name)]
    return name[: ends[0]] if ends else name


def _tidy(name: str) -> str:
    before = None
    while before != name:
        before = name
        name = _BOUNDARY_WORDS.sub("", _TAIL_VERB.sub("", name.strip(" ,;:.()–-+~<>≤≥=→")))
    return words.DETERMINERS.sub("", name).strip(" ,;:.()–-")


_INDEX = re.compile(r"\b(?:score|index|nps|promoter|rating|grade point)\b", re.IGNORECASE)
_HEAD_ENDS = re.compile(
    r"\s(?:of|in|for|about|without|with|per|at|on|that|which|who|from|older|awaiting|waiting|due|caused|by|under|over)\b.*",
    re.IGNORECASE,
)
_COLLECTION = re.compile(
    r"^(?:total |average |annual |monthly |yearly )*(?:number|count|backlog|total|volume|quantity) of ", re.IGNORECASE
)
_PROPORTION = re.compile(r"^(?:average |total )*(?:percent|per cent|percentage|share|proportion) of |^%\s", re.IGNORECASE)
_NOT_COUNTED = words.word_set(
    "sales earnings savings expenses costs losses benefits news logistics economics series analytics operations revenues "
    "expenditures emissions conditions skills standards services relations communications"
)


def _unit(facts: TextFacts, name: str) -> str:
    """The unit stated beside a figure, else the thing counted, else "" ("62" alone says no unit)."""
    band = facts.band[1] if facts.band else None
    stated = [each for each in (facts.target, band, facts.baseline, facts.change) if each is not None]
    for measure in stated:
        if measure.whole_unit:
            return measure.whole_unit
    counted = _COLLECTION.match(name)
    ratio = re.search(r"\bper \d[\d,]* .*", name)
    if ratio and not counted:
        return ratio[0]
    if _PROPORTION.match(name):
        return "%"
    if not name or not (stated or counted):
        return ""
    if _INDEX.search(name):
        return "points"
    period = next((measure.period for measure in stated if measure.period), "")
    head = _HEAD_ENDS.sub("", name[counted.end() :] if counted else name)
    last = head.split()[-1] if head.split() else ""
    plural = last.endswith("s") and not last.endswith(("ss", "us", "is")) and last.lower() not in _NOT_COUNTED
    return f"{head} {period}".strip() if plural or counted else ""
