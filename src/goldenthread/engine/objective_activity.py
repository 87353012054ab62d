"""Finds where a sentence promises an activity or an output instead of a result.

"implement", "new portal live", "number of reports".
"""

from __future__ import annotations

import re

from goldenthread.engine import objective_words as words
from goldenthread.engine.objective_text import TextFacts

_STEMS = (
    r"implemented|delivered|rolled[\s-]out|launched|completed|introduced|established|created|set[\s-]up|developed|built|published|"
    r"trained|conducted|organi[sz]ed|carried out|executed|installed|deployed|migrated|written|drafted|prepared|designed|hired|"
    r"recruited|appointed|procured|purchased|tested|started|initiated|finished|finali[sz]ed|released|shipped|digiti[sz]ed|"
    r"automated|documented|standardi[sz]ed|harmoni[sz]ed|integrated|adopted|held|performed|produced|issued|defined|approved|"
    r"kicked off|put in place|communicated|reviewed|shared|presented"
)
_DONE = re.compile(
    rf"\b(?:(?:is|are|be|been|being|was|were|has|have|gets?)\s(?:\w+ly\s)?)?"
    rf"(?:{_STEMS}|live|in place|operational|up and running)"
    r"(?=\s(?:\w+ly\s)?(?:by|in|before|until|from|at|during|across|throughout|for|with|and|as|to all|within the)\b|"
    r"\s*[,.;(]|\s*$|\s\d)",
    re.IGNORECASE,
)
_QUALITY = re.compile(
    r"\b(?:on[\s-]time|in time|within|to budget|on budget|within budget|late|right first time|first[\s-]time|without|"
    r"to specification|error[\s-]free|correctly|in full|accurately|as planned|to plan|at first attempt)\b",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"^\W*(?:\d[\d.,]*\s?(?:%|per\s?cent)\s(?:of\s)?)?"
    r"(?:(?:the|a|an|successful|timely|full|complete|on-time|early|public|internal|initial|first|final|new)\s)*"
    r"(?P<noun>completion|implementation|introduction|roll-?out|launch|delivery|deployment|development|creation|establishment|"
    r"installation|migration|publication|execution|preparation|set-?up|design|production|organisation|organization|"
    r"release|documentation|procurement|finali[sz]ation)\s(?:of|to)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"\bnumber of (?P<what>[\w\s-]{{2,40}}?)\s(?P<done>{_STEMS})\b", re.IGNORECASE)
_OUTPUTS = re.compile(rf"\bnumber of (?:[\w-]+\s){{0,3}}?(?P<what>{'|'.join(sorted(words.OUTPUT_NOUNS))})\b", re.IGNORECASE)
_LIMITED = re.compile(r"\b(?:at|below|above|under|over|between|within|steady|constant|stable|to)\b", re.IGNORECASE)


def activity_words(facts: TextFacts) -> list[tuple[int, int]]:
    """Spans (start, end) of the words that make an activity or output the result; empty where a result is promised."""
    spans = [span for span in (_order(facts), _nominal(facts), _later_order(facts)) if span]
    if not spans:
        spans += [span for span in (_state(facts), _count(facts)) if span]
    return spans


def _order(facts: TextFacts) -> tuple[int, int] | None:
    """An order to do something: "Implement ...", also after a label or a day ("By June 2027, launch ...")."""
    if facts.verb is None or facts.verb[0] not in words.ACTIVITY:
        return None
    base, start, end = facts.verb
    rest = facts.text[end:]
    if base == "hold" and _LIMITED.search(rest) and not re.match(r"\s\d", rest):
        return None
    return None if _outcome_object(rest) else (start, end)


def _later_order(facts: TextFacts) -> tuple[int, int] | None:
    """A further sentence that orders something: "Recharge the brand. Hold 10 events"."""
    for stop in re.finditer(r"[.;]\s+(?=[A-Z])", facts.text):
        verb = words.leading_verb(facts.text[stop.end() :])
        if verb and verb[0] in words.ACTIVITY and not _outcome_object(facts.text[stop.end() + verb[2] :]):
            return stop.end() + verb[1], stop.end() + verb[2]
    return None


def _outcome_object(rest: str) -> bool:
    """Whether what is delivered is itself a result: "savings of EUR 2m", "12 % lower energy use"."""
    if re.match(
        r"\W*[^A-Za-z]*(?:%|per\s?cent|percent)?\s?(?:lower|higher|fewer|less|more|shorter|faster|better)\b", rest, re.IGNORECASE
    ):
        return bool(re.search(r"\d", rest.split(" by ", maxsplit=1)[0]))
    head = re.split(r"\b(?:of|by|from|in|for|through|until|within|to|worth)\b", rest, maxsplit=1)[0]
    nouns = re.findall(r"[a-z-]+", words.DETERMINERS.sub("", head).lower())
    return bool(nouns) and nouns[-1] in words.OUTCOME_NOUNS


def _nominal(facts: TextFacts) -> tuple[int, int] | None:
    match = _NOUN.match(facts.text[facts.opening :])
    return (facts.opening + match.start("noun"), facts.opening + match.end("noun")) if match else None


def _state(facts: TextFacts) -> tuple[int, int] | None:
    """Something made or done as the whole result: "new portal live by", "all staff trained"."""
    text = facts.text
    if facts.verb and facts.verb[0] in words.UP | words.DOWN | words.KEEP:
        return None
    for match in _DONE.finditer(text):
        if _QUALITY.match(text, match.end() + 1) or _QUALITY.search(text[: match.start()]):
            continue
        closes = _CLOSES.match(text[match.end() :]) or re.match(r"(?:is|are|be)\s", match[0])
        if closes and not _partly(facts):
            return match.span()
    return None


_CLOSES = re.compile(r"\s(?:\w+ly\s)?(?:by|in|before|until|with|and|as|across|throughout)\s|[\s.]*$|\s(?:\w+ly)\s")


def _partly(facts: TextFacts) -> bool:
    """Whether a share below all is asked for: "80 % of projects delivered with full scope" measures how well, not whether."""
    return facts.target is not None and facts.target.unit == "%" and facts.target.value < 100


def _count(facts: TextFacts) -> tuple[int, int] | None:
    """A figure that only counts what was done: "number of audits carried out"."""
    if facts.direction == "down":
        return None
    counted = _COUNTED.search(facts.text)
    if counted and not _QUALITY.match(facts.text, counted.end() + 1):
        return counted.span()
    output = _OUTPUTS.search(facts.text)
    return output.span() if output else None
