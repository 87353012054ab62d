"""Finds where a sentence asks for a second thing: another verb, another figure, another subject joined by "and".

Joined words that are one thing stay one: fixed pairs ("health and safety"), two adjectives before one noun ("late and incomplete
invoices"), and a population after "of", "for", "in" and the like ("share of pumps and valves inspected").
"""

from __future__ import annotations

import re

from goldenthread.engine import objective_words as words
from goldenthread.engine.objective_text import TextFacts

_JOIN = re.compile(
    r"\s*(?:,\s*and|,\s*as well as|\band\b|&|\bas well as\b|\bplus\b(?! or minus)|\balong with\b|\btogether with\b|;|"
    r"[.!](?=\s+[A-Z][a-z]+\s)|\bwhile also\b)\s+",
    re.IGNORECASE,
)
_SAME = re.compile(r"(?:\w+\s)?(?:it|them|this|that level|there|so|others?|related|similar)\b", re.IGNORECASE)
_SCOPE = re.compile(
    r"\b(?:for|in|at|across|among|amongst|with|between|within|about|on|from|after|before|during|by|through|to|of|as|like|including|than)"
    r"\s[^;]*$",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"(?<!time )(?<!cost )(?<!speed )\b(?:to|that|which|who|can|will)\s(?:\w+ly\s)?(?P<verb>[a-z]+)\b", re.IGNORECASE
)
_ADJECTIVE = re.compile(
    r"^(?:late|early|small|large|new|old|open|major|minor|high|low|medium|male|female|internal|external|urban|rural|north|south|"
    r"east|west|upper|lower|short|long|public|private|full|part|slow|fast|first|second|young|older|critical|severe|poor|bad|"
    r"good|online|offline|wet|dry|hot|cold|planned|timely|costly|friendly|daily|weekly|monthly|yearly|"
    r"\w+(?:ed|al|ive|ous|able|ible|ic|ful|less|ent|ant|ary|ern|ete|ish|en))$",
    re.IGNORECASE,
)
_NOUNS = words.word_set(
    "client patient student incident accident document agent tenant plant customer retirement management department payment "
    "training investment development referral approval proposal rental arrival capital hospital goal material logistic "
    "metric traffic topic clinic fabric talent content event government environment engagement movement improvement "
    "procurement recruitment"
)
_AMBIGUOUS = words.word_set(
    "support increase decrease launch release review report plan test change design train cut lift drop fall rise gain "
    "start run hire document audit process schedule hold set drive benefit update upgrade purchase advance pilot present "
    "install complete open commission"
)


def second_subjects(facts: TextFacts) -> list[tuple[int, int]]:
    """Spans (start, end) of the words that ask for another thing; empty where the sentence has one subject."""
    text = facts.text
    pairs = [pair.span() for pair in words.FIXED_PAIRS.finditer(text)]
    spans = []
    for join in _JOIN.finditer(text):
        if _inside(facts, join.start(), join.end()) or any(start <= join.start() < end for start, end in pairs):
            continue
        rest = text[join.end() :]
        end = join.end() + _clause_length(rest)
        start = join.start() + len(join[0]) - len(join[0].lstrip(" ,"))
        if _SAME.match(rest) or _one_object(facts, join.start(), rest):
            continue
        if (
            _opens_clause(facts, join.start(), rest)
            or _second_figure(facts, join.start(), join.end())
            or _second_noun(facts, join.start(), rest)
        ):
            spans.append((start, end))
    return spans


def _one_object(facts: TextFacts, start: int, rest: str) -> bool:
    """Whether two verbs share one object: "develop and pilot a toolkit"."""
    if facts.verb is None or facts.text[facts.verb[2] : start].strip():
        return False
    return words.leading_verb(rest) is not None


def _inside(facts: TextFacts, start: int, end: int) -> bool:
    """Whether "and" stands in a band ("between 60 and 85") or between days."""
    if facts.band and facts.band[0].start <= start < facts.band[1].end:
        return True
    before = any(found.end == start for found in facts.dates)
    after = any(found.start == end for found in facts.dates)
    return before and after


def _clause_length(rest: str) -> int:
    stop = re.search(r"[,;.]\s|\s(?:by|from|to|in|at|until)\s", rest)
    return stop.start() if stop else len(rest)


def _opens_clause(facts: TextFacts, start: int, rest: str) -> bool:
    """Whether a new order begins: "and reduce churn", not "and support costs" or "and training hours"."""
    verb = words.leading_verb(rest)
    if verb is None or _in_purpose(facts, start):
        return False
    word = rest[verb[1] : verb[2]].lower()
    if word.endswith("ing"):
        return facts.verb is not None and facts.text[facts.verb[1] : facts.verb[2]].lower().endswith("ing")
    if verb[0] in _AMBIGUOUS:
        following = re.match(r"\s+(?:the|a|an|our|all|their|its|\d|more|new|every|each|staff|people|\w+s\b)", rest[verb[2] :])
        return following is not None and facts.verb is not None
    return True


def _in_purpose(facts: TextFacts, start: int) -> bool:
    """Whether "and" joins two verbs of a clause that only says what for: "access to capital to start and grow a business"."""
    left = facts.text[facts.verb[2] if facts.verb else facts.opening : start]
    if re.search(r"\bso (?:that|the|we|our|people|everyone)\b", left, re.IGNORECASE):
        return True
    return any(words.stem(purpose["verb"]) for purpose in _PURPOSE.finditer(left))


def _second_figure(facts: TextFacts, start: int, end: int) -> bool:
    """Whether a figure was given before "and" and another thing gets its own after: "to 90 % and retention to 92 %"."""
    figures = [m for m in (facts.baseline, facts.target, facts.change) if m is not None and m.end <= start]
    if not figures:
        return False
    rest = facts.text[end:]
    return (
        re.match(
            r"(?!(?:to|by|from|at|then|in|until)\b)[A-Za-z][\w\s%-]{1,60}?\s(?:to|by|from|at|of|below|"
            r"above)\s[^A-Za-z]{0,3}(?:[A-Z]{3}\s)?[\d€$£]",
            rest,
        )
        is not None
    )


def _second_noun(facts: TextFacts, start: int, rest: str) -> bool:
    """Whether two nouns are the object: "cost and delay"; not two adjectives of one noun, nor a population."""
    verb = facts.verb
    left = facts.text[facts.opening : start]
    zone = facts.text[verb[2] : start] if verb and verb[2] <= start else left
    if start >= facts.measures_from and facts.measured and facts.measures_from > 0:
        return False
    if verb is None and not facts.measured:
        verb_elsewhere = re.search(r"\b(?:is|are|be|will|has|have)\b", left)
        if verb_elsewhere:
            return False
    if _SCOPE.search(zone) or _sentence_over(facts, start):
        return False
    if "," in left and not re.search(r",\s", zone):
        zone = left.rsplit(",", 1)[1]
    before = words.DETERMINERS.sub("", zone.strip(" ,")).split()
    after = re.match(r"[A-Za-z][\w’'-]*(?:\s[A-Za-z][\w’'-]*)*", rest)
    if not before or not after:
        return False
    phrase = re.split(r"\s(?:by|from|to|in|at|until|of|for|with|on|per|across)\s", f"{after[0]} ")[0].split()
    if len(before) >= 1 and _is_adjective(before[-1]) and len(phrase) >= 2:
        return False
    return not _is_adjective(phrase[0]) or len(phrase) >= 2


def _sentence_over(facts: TextFacts, start: int) -> bool:
    return any(found.end <= start for found in facts.dates) and bool(facts.target and facts.target.end <= start)


def _is_adjective(word: str) -> bool:
    lower = word.lower().split("-")[-1]
    return bool(_ADJECTIVE.match(lower)) and lower not in _NOUNS
