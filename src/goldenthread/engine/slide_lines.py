"""Pasted slide text -> lines with their part: heading, bullet, sentence. Wrapped lines are joined again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from goldenthread.engine import objective_words as words
from goldenthread.engine.errors import EngineError

LARGEST_TEXT = 100_000  # bytes in UTF-8
LONGEST_LINE = 2_000  # characters; longer lines are taken as they are and never joined
TAB = 4
_GLYPHS = "•‣⁃◦▪▫■□●○◆◇►▶▸➢➤➔→✓✔✗❖*–—·∙\uf0b7\uf0a7\uf0d8\uf0fc\uf076-"
_BULLET = re.compile(
    rf"^(?P<indent>[ \t]*)(?:>\s)?(?:(?P<glyph>•{{1,3}}|[{_GLYPHS}])(?=[\s\u00a0]|[A-Z\d])[\s\u00a0]*(?:\[[ xX]\]\s+)?|"
    rf"(?P<letter>[oü§Ø])[\t ]+(?=[A-Z\d\"“]))(?=\S)"
)
_NUMBERED = re.compile(
    r"^(?P<indent>[ \t]*)(?P<number>\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2})+|"
    r"#\d{1,3})[\t \u00a0]+(?=\S)"
)
_LABEL = re.compile(
    r"^(?P<indent>[ \t]*)(?:(?:objective|goal|target|key result|priority|initiative|aim|kr|"
    r"o)\s?\d{1,2}(?:\.\d{1,2})?\s*[:.)–—-]\s+)(?=\S)",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"^\s{0,3}(?P<level>#{1,6})\s+(?P<text>.*?)\s*#*\s*$")
_NOISE = re.compile(
    r"^\W*(?:(?:page|slide|p\.)?\s?\d{1,4}(?:\s?(?:of|/|\|)\s?\d{1,4})?|(?:strictly |internal |company )*confidential\b.{0,40}|"
    r"(?:©|\(c\)|copyright).{0,80}|(?:https?://|www\.)\S+|\S+@\S+\.\w+|draft(?: version)?(?: v?[\d.]+)?|for internal use only|"
    r"(?:\d{1,2}[./ ])?(?:\d{1,2}|[A-Z][a-z]{2,8})[./ ]\d{4}|(?:source|note|footnote)s?:.*|\|.*\||\{:.*\}|all rights "
    r"reserved.*)\W*$",
    re.IGNORECASE,
)
_HEADING_WORDS = re.compile(
    r"\b(?:priorit(?:y|ies)|strateg(?:y|ies|ic)|objectives?|goals?|targets?|agenda|vision|mission|pillars?|themes?|"
    r"roadmap|ambitions?|okrs?|"
    r"key results|focus areas?|initiatives|overview|plan|programme|outlook|scorecard|perspective|areas?)\b",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"(?:,|\b(?:and|or|of|the|a|an|to|by|from|for|with|in|at|on|per|than|our|its|their|least|most|between|"
    r"within))\s*$|[-–/&(]\s*$",
    re.IGNORECASE,
)

Part = Literal["heading", "bullet", "sentence", "noise"]


@dataclass(frozen=True, slots=True)
class SlideLine:
    """One logical line.

    Where it began (1-based), its part, its indentation in columns and its text; for a heading its level (1 is highest) and
    whether it is itself a bullet with others below it.
    """

    line: int
    part: Part
    indent: int
    text: str
    level: int = 0
    of_bullet: bool = False


def slide_lines(text: str) -> list[SlideLine]:
    """Reads pasted text. Raises EngineError for a NUL byte or more than 100,000 bytes."""
    if "\x00" in text:
        raise EngineError(
            "The text contains NUL bytes: it is not text. Paste the words of the slide, not the file.",
            text.count("\n", 0, text.index("\x00")) + 1,
        )
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_TEXT:
        raise EngineError(f"The text is longer than {LARGEST_TEXT:,} bytes. Paste the pages with the objectives only.")
    raw = re.sub(r"\r\n?|\u2028|\u2029|\x0c|\x85", "\n", text)
    raw = re.sub(
        r"\A\s*---\n.*?\n---\n", lambda match: "\n" * match[0].count("\n"), raw, count=1, flags=re.DOTALL
    )  # a page's header
    raw = re.sub(r"[\u200b-\u200d\ufeff\u00ad\ud800-\udfff]", "", raw).replace("\u00a0", " ")
    joined: list[SlideLine] = []
    gap = True
    for number, source in enumerate(raw.split("\n"), 1):
        line = re.sub(
            r"[\x00-\x08\x0b-\x1f\x7f]+", " ", source
        ).rstrip()  # a vertical tab is a slide's line break inside a paragraph
        if not line.strip():
            gap = True
            continue
        current = _classify(number, line)
        if joined and _continues(joined[-1], current, gap=gap):
            joined[-1] = replace(joined[-1], text=_glue(joined[-1].text, current.text))
        else:
            joined.append(current)
        gap = False
    return _headings(joined)


def _classify(number: int, line: str) -> SlideLine:
    if len(line) > LONGEST_LINE:
        return SlideLine(number, "sentence", 0, line.strip())
    markdown = _MARKDOWN.match(line)
    if markdown:
        return SlideLine(number, "heading", 0, _clean(markdown["text"]), len(markdown["level"]))
    for pattern in (_BULLET, _NUMBERED, _LABEL):
        match = pattern.match(line)
        if match:
            rest = line[match.end() :]
            label = _LABEL.match(rest) or _NUMBERED.match(rest)
            body = _clean(rest[label.end() :] if label else rest)
            if body:
                return SlideLine(number, "bullet", _columns(match["indent"]), body)
    if _NOISE.match(line):
        return SlideLine(number, "noise", 0, line.strip())
    return SlideLine(number, "sentence", _columns(line[: len(line) - len(line.lstrip())]), _clean(line))


def _columns(indent: str) -> int:
    return len(indent.expandtabs(TAB))


def _clean(text: str) -> str:
    """Without markdown emphasis, link targets and HTML tags; white space as single blanks."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^>]{0,200}>|\*\*|__|`", "", text)
    return " ".join(text.split())


def _continues(former: SlideLine, current: SlideLine, *, gap: bool) -> bool:
    """Whether a line is the rest of the one before it, broken by the width of the slide."""
    if gap or len(former.text) + len(current.text) > LONGEST_LINE:
        return False
    if current.part != "sentence" or former.part not in {"bullet", "sentence"}:
        return False
    if former.part == "sentence" and former.text.endswith(":"):
        return False
    if current.text[:1].islower() or _OPEN_END.search(former.text):
        return True
    if former.part == "bullet" and current.indent > former.indent:
        return not former.text.endswith((".", ";", "!", "?", ":"))
    return False


def _glue(first: str, second: str) -> str:
    if re.search(r"[a-z]-$", first) and second[:1].islower():
        compound = re.search(
            r"(?:^|\s)(?:first|time|on|long|short|low|high|well|cross|non|end|full|self|real)-$", first, re.IGNORECASE
        )
        return first + second if compound else first[:-1] + second
    return f"{first} {second}"


def _headings(lines: Sequence[SlideLine]) -> list[SlideLine]:
    """Decides which short lines head the bullets below them."""
    result: list[SlideLine] = []
    following: SlideLine | None = None
    for line in reversed(lines):
        if line.part in {"sentence", "bullet"} and _is_heading(line, following):
            level = 7 + line.indent + (1 if line.part == "bullet" else 0)
            heading = replace(line, part="heading", text=line.text.rstrip(" :"), level=level, of_bullet=line.part == "bullet")
            result.append(heading)
        else:
            result.append(line)
        following = following if line.part == "noise" else line
    return result[::-1]


def _is_heading(line: SlideLine, following: SlideLine | None) -> bool:
    text = line.text
    if len(text) > LONGEST_LINE:
        return False
    count = len(text.split())
    verb = words.leading_verb(text)
    measured = re.search(r"\d\s?%|[€$£]\s?\d|\b(?:from|to|by|least|than|below|above)\s[^\s\d]{0,4}\s?\d(?!\d{3}\b)", text)
    leads = following is not None and (following.indent > line.indent or (line.part == "sentence" and following.part == "bullet"))
    if measured and not text.endswith(":"):
        return False
    if text.endswith(":") and (leads or (following is not None and line.part == "sentence")):
        return True
    if line.part == "bullet":
        return leads and following is not None and following.indent > line.indent and verb is None and count <= 6
    if text.endswith((".", ";", "!", "?")):
        return False
    if text.isupper() and count <= 10 and len(text) > 3:
        return True
    if verb is None and count <= 10 and _HEADING_WORDS.search(text):
        return True
    return leads and verb is None and count <= 8
