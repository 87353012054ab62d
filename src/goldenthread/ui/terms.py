"""Words that an organisation says in its own way: client, objective, step, PMO.

Templates are written in our words. An extension of the template language finds them in what the templates themselves say, text
and sentences alike, and has each looked up when the page is drawn; what people have entered is never touched. A sentence that
comes from elsewhere (a label, a refusal) passes through the filter `term`; what stands there in “quotes” is somebody's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from goldenthread.kit.scoping import current_organisation

WORD = re.compile(
    r"(?:\b(?P<article>[Aa]n?) )?(?<![Ff]irst )\b(?P<word>[Oo]bjective|[Ss]tep|[Cc]lient|PMO)(?P<plural>s)?\b(?![-_/.=])"
)
QUOTED = re.compile(r"(“[^”]*”)")
SPOKEN = re.compile(
    r'(?:aria-label|title|placeholder|alt|data-confirm|data-label|content)="[^"]*$'
)  # attributes that people read
SENTENCE = re.compile(r"^[^/={}#<>_]*$")  # a text of a template that is no address, no attribute and no key
# How titles of actions begin that name one of our words; behind it stands what people call the thing.
VERBS = (
    "Add|Answer for|Approve|Close as achieved|Confirm|Edit|Move|Name who is what on|Propose|Record who agreed to|"
    "Remove|Retire|Send back|Stop|Take a letter from"
)
TITLE = re.compile(rf"^(?:Undo: )*(?:(?:{VERBS}) the (?:objective|step)\b|Keep [\d,]+ objectives?\b|Carry objectives over\b)")
VOWELS = frozenset("aeiouAEIOU")


def terms() -> Mapping[str, str]:
    """What the organisation of this request renamed; nothing before anybody has signed in."""
    try:
        found: Mapping[str, str] = current_organisation().terms
    except LookupError:
        return {}
    return found


def said(text: str, renamed: Mapping[str, str]) -> str:
    """A sentence with its words as the organisation says them. A term may give its plural after a comma: “Ziel, Ziele”."""
    if not renamed:
        return text
    parts = QUOTED.split(text)
    return "".join(part if index % 2 else WORD.sub(lambda found: _one(found, renamed), part) for index, part in enumerate(parts))


def term(text: Any) -> Any:
    """`said` in this request's organisation; what is no text stays."""
    renamed = terms()
    return said(str(text), renamed) if renamed and text is not None else text


def action(title: str) -> str:
    """The title of an action, stored in our words, as the organisation of this request says it: the names in it stay."""
    renamed, head = terms(), TITLE.match(title)
    return said(head[0], renamed) + title[head.end() :] if renamed and head else title


def _one(found: re.Match[str], renamed: Mapping[str, str]) -> str:
    word = found["word"]
    ours = word if word == "PMO" else word.lower()
    singular, _, plural = (part.strip() for part in renamed.get(ours, "").partition(","))
    if not singular:
        return found[0]
    new = (plural or _plural(singular)) if found["plural"] else singular
    if word[0].isupper() and word != "PMO":
        new = new[0].upper() + new[1:]
    article = found["article"]
    return new if not article else f"{article[0]}{'n' if new[0] in VOWELS else ''} {new}"


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


class Terms(Extension):
    """Puts the filter `term` behind each of the words that a template says itself."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The template's tokens, with the words looked up where people read them."""
        tag = ""  # what has been read of the HTML tag in which a piece of text begins
        for token in stream:
            if token.type == "data":
                pieces, tag = _pieces(token.value, tag)
                for piece, is_word in pieces:
                    yield from _looked_up(token.lineno, piece) if is_word else (Token(token.lineno, "data", piece),)
            elif token.type == "string" and _is_sentence(token.value):
                yield token
                yield Token(token.lineno, "pipe", "|")
                yield Token(token.lineno, "name", "term")
            else:
                yield token


def _is_sentence(text: str) -> bool:
    """Whether a string in a template is something to read: it holds one of our words, and a space or a capital."""
    return bool(WORD.search(text) and SENTENCE.match(text) and (" " in text or text[0].isupper()) and text != "PMO")


def _looked_up(line: int, word: str) -> Iterator[Token]:
    yield Token(line, "variable_begin", "{{")
    yield Token(line, "string", word)
    yield Token(line, "pipe", "|")
    yield Token(line, "name", "term")
    yield Token(line, "variable_end", "}}")


def _pieces(text: str, tag: str) -> tuple[list[tuple[str, bool]], str]:
    """Text in pieces, each with whether it is a word to look up; and the HTML tag that is still open at its end."""
    pieces: list[tuple[str, bool]] = []
    for part in re.split(r"([<>])", text):
        if part == "<":
            tag = "<"
        elif part == ">":
            tag = ""
        elif tag:
            pieces += _attributes(part, tag)
            tag += part
            continue
        else:
            pieces += _words(part)
            continue
        pieces.append((part, False))
    return pieces, tag


def _attributes(part: str, tag: str) -> list[tuple[str, bool]]:
    """A piece of a tag: only values that are read aloud or shown hold words."""
    pieces: list[tuple[str, bool]] = []
    start = 0
    for found in WORD.finditer(part):
        if SPOKEN.search(tag + part[: found.start()]):
            pieces += [(part[start : found.start()], False), (found[0], True)]
            start = found.end()
    return [*pieces, (part[start:], False)]


def _words(part: str) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    start = 0
    for found in WORD.finditer(part):
        pieces += [(part[start : found.start()], False), (found[0], True)]
        start = found.end()
    return [*pieces, (part[start:], False)]
