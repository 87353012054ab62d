"""Finds the measured quantities in an English sentence: numbers with their unit, money with its currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goldenthread.engine.objective_words import word_set
from goldenthread.engine.text_dates import FoundDate

WINDOW = 40  # characters before a number that can make it a name or a label
MONEY = {
    "€": "EUR",
    "$": "USD",
    "us$": "USD",
    "a$": "AUD",
    "c$": "CAD",
    "£": "GBP",
    "¥": "JPY",
    "euro": "EUR",
    "euros": "EUR",
    "dollars": "USD",
    "pounds": "GBP",
}
_CODES = r"EUR|USD|GBP|CHF|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|JPY|CNY|INR|ZAR|BRL"
_TIMES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "tn": 1e12,
    "trillion": 1e12,
}
_WORDS = {
    "zero": 0.0,
    "no": 0.0,
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "eleven": 11.0,
    "twelve": 12.0,
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "hundred": 100.0,
}
_FRACTIONS = {
    "a third": 100 / 3,
    "one third": 100 / 3,
    "a quarter": 25.0,
    "half": 50.0,
    "two thirds": 200 / 3,
    "a fifth": 20.0,
    "a tenth": 10.0,
    "three quarters": 75.0,
}
_NUMBER = re.compile(
    rf"(?<![\w.,/:-])(?P<before>(?:{_CODES}|(?:US|A|C)?\$|€|£|¥)\s?)?(?P<sign>(?<![^\s(])[-−]\s?)?"
    r"(?P<digits>\d{1,3}(?:[,'’\u00a0\u202f ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?!\d|[.,]\d|st\b|nd\b|rd\b|th\b|[/:]\d)(?P<plus>\+)?"
    r"(?:(?P<scale>\s?(?:k|m|mn|mio|bn|b|tn|thousand|million|billion|trillion))(?![\w]))?"
    rf"(?P<after>\s?(?:{_CODES}|€|£|euros?|dollars|pounds)(?!\w))?(?P<x>x\b)?",
    re.IGNORECASE,
)
_WORD = re.compile(rf"(?<![\w-])(?P<word>{'|'.join(word for word in _WORDS if word != 'no')})(?=\s[a-z])", re.IGNORECASE)
_FRACTION = re.compile(rf"(?<=\bby\s)(?P<word>{'|'.join(_FRACTIONS)})\b", re.IGNORECASE)
_PERCENT = re.compile(r"\s?(?P<points>percentage[\s-]points?|%[\s-]points?|pp\b|p\.p\.)|\s?(?:%|per\s?cent\b)\+?", re.IGNORECASE)
_PERIOD = re.compile(
    r"\sper\s(?:\d[\d,.]*(?:\s(?:thousand|million))?|thousand|million)(?:\s(?!by\b|in\b|until\b|from\b|to\b)[a-z]+){1,3}|"
    r"\s(?:(?:per|a|an|each|every)\s(?!half\b|third\b)[a-z-]+|annually|yearly|monthly|weekly|daily|p\.a\.)|/\s?[a-z]+",
    re.IGNORECASE,
)
_UNIT_WORD = re.compile(r"\s(?P<word>[A-Za-z][A-Za-z’'-]*)")
_ENDS_UNIT = word_set(
    "a above across after against among an and are as at be before below between but by can compared during each every for "
    "from give has have in is it less more next of on or out over per plus since so than that the through throughout till "
    "to tolerance under until up using versus via was were when where which while who will with within without annually "
    "yearly monthly weekly daily"
)
_LABELS = word_set(
    "iso iec din bs tier level phase part section clause stage top version release wave article class type group grade "
    "windows chapter page figure table step milestone sprint band annex zone unit room building form line track scenario "
    "option"
)


_RATIO = re.compile(r"per (?:\d|thousand|million)", re.IGNORECASE)
_POINTS = {"pts": "points", "pt": "points", "point": "points", "pct": "%"}
_NONE = re.compile(r"^\s*(?P<word>no)(?=\s(?!more|less|fewer|later|longer|one|matter|greater)[a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity in a text: value, unit ("" where the words give none) and period ("a year"). `end` is exclusive.

    `number_end` is where the number itself ends, before unit words. `relative` marks a fraction in words ("by a third").
    """

    start: int
    end: int
    number_end: int
    value: float
    unit: str
    period: str = ""
    relative: bool = False

    @property
    def whole_unit(self) -> str:
        """Unit and period as one phrase, such as "EUR a year"."""
        return f"{self.unit} {self.period}".strip() if self.unit or _RATIO.match(self.period) else ""


def find_measures(text: str, dates: Sequence[FoundDate]) -> list[Measure]:
    """Every quantity in `text` outside `dates`, in order. Ordinals, times of day and labels ("ISO 27001") are none."""
    found = [_from_number(text, match, dates) for match in _NUMBER.finditer(text) if _counts(text, match, dates)]
    found += [
        Measure(match.start(), match.end(), match.end(), _FRACTIONS[match["word"].lower()], "%", relative=True)
        for match in _FRACTION.finditer(text)
    ]
    for match in [*_NONE.finditer(text), *_WORD.finditer(text)]:
        if not any(match.start() < other.end and other.start < match.end() for other in found) and _counts(text, match, dates):
            unit, period, end = _unit_after(text, match.end(), dates)
            if unit or period:
                found.append(Measure(match.start(), end, match.end(), _WORDS[match["word"].lower()], unit, period))
    return sorted(found, key=lambda measure: measure.start)


def _counts(text: str, match: re.Match[str], dates: Sequence[FoundDate]) -> bool:
    if any(match.start() < found.end and found.start < match.end() for found in dates):
        return False
    word = re.search(r"([A-Za-z]+)[\s.-]*$", text[max(0, match.start() - WINDOW) : match.start()])
    following = text[match.end() :]
    if following[:1].isalpha() or re.match(r"-[a-z]", following):  # 3D, 5-year plan
        return False
    if word and _is_name(text, match, word):
        return False
    return not (word and word[1].lower() in _LABELS and text[match.start() - 1 : match.start()] in {" ", "-"})


def _is_name(text: str, match: re.Match[str], word: re.Match[str]) -> bool:
    """Whether a number belongs to a name in capitals before it: "Terminal 5", "Release 12", not the first word of a sentence."""
    opens = re.search(r"(?:^|[.:;!?•]\s*)$", word.string[: word.start(1)])
    capital = word[1][0].isupper() and word[1][1:].islower()
    return (
        capital
        and not opens
        and not text.istitle()
        and match[0][:1].isdigit()
        and text[match.end() : match.end() + 2].strip()[:1] != "%"
    )


def _from_number(text: str, match: re.Match[str], dates: Sequence[FoundDate]) -> Measure:
    digits = match["digits"]
    digits = re.sub(r"[,'’\u00a0\u202f ](?=\d{3}(?!\d))", "", digits).replace(",", ".")
    value = float(digits)
    end = match.end()
    money = (match["before"] or match["after"] or "").strip()
    scale = (match["scale"] or "").strip()
    if scale.lower() in {"m", "b"} and not money and (scale.islower() or match["scale"] != scale):  # metres, not millions
        end, scale = match.start("scale"), ""
    value *= _TIMES.get(scale.lower(), 1.0)
    if match["sign"]:
        value = -value
    number_end = end
    if money:
        period = _PERIOD.match(text, end)
        unit = MONEY.get(money.lower(), money.upper())
        return Measure(
            match.start(), period.end() if period else end, number_end, value, unit, period[0].strip() if period else ""
        )
    percent = _PERCENT.match(text, end)
    if percent:
        return Measure(match.start(), percent.end(), number_end, value, "percentage points" if percent["points"] else "%")
    unit, period_words, end = _unit_after(text, end, dates)
    return Measure(match.start(), end, number_end, value, unit or ("x" if match["x"] else ""), period_words)


def _unit_after(text: str, position: int, dates: Sequence[FoundDate]) -> tuple[str, str, int]:
    """Unit words (at most four) and period that follow a number, and where they end."""
    words: list[str] = []
    while len(words) < 4:
        match = _UNIT_WORD.match(text, position)
        if (
            not match
            or match["word"].lower() in _ENDS_UNIT
            or any(found.start <= match.start("word") < found.end for found in dates)
        ):
            break
        words.append(match["word"])
        position = match.end()
    unit = " ".join(words)
    period = _PERIOD.match(text, position)
    if period and not any(found.start < period.end() and period.start() < found.end for found in dates):
        return _POINTS.get(unit, unit), period[0].strip().lstrip("/ "), period.end()
    return _POINTS.get(unit, unit), "", position
