"""How hard an English text is to read, and which of its sentences make it so.

The grade is that of Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59, about the years of school
that a reader needs. Syllables are counted by rules of spelling, which miss a few words in a hundred: a grade is advice.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

LONG_SENTENCE = 25  # words: from here on readers lose the beginning
LONG_WORD = 4  # syllables
MOST_LONG_WORDS = 3  # long words that one sentence carries before it is at fault
EASY, FAIR = 9.0, 12.0  # grades up to which a text is easy, and fair

_ENDS = re.compile(r"(?<=[.!?;:])\s+|\n+")
_WORD = re.compile(r"[A-Za-z]+(?:[’'][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:(?<![sxzcg])(?<!ch)(?<!sh)(?<![^aeiouy]l)es|(?<![td])ed|(?<![^aeiouy]l)e)$")
_APART = re.compile(  # two vowels side by side that are said apart
    r"i(?=a(?!n))|i(?=o(?!us|n))|(?<![tcsgx])i(?=ous)|(?<!q)u(?=a)|cre(?=a)|(?<=[a-z]{2})e(?=a$)|i(?=e(?:nt|nc|ty?$))|e(?=ing$)"
)
_AS_ONE = re.compile(r"(?<=[tcsg])i(?=(?:ons?|ous|als?|ans?|ents?)$)")  # tion, cious, cial: one syllable


@dataclass(frozen=True, slots=True)
class Hard:
    """A sentence at fault: of which text, how many words, and the long words in it."""

    key: Hashable
    sentence: str
    words: int
    long_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readability:
    """The grade of all texts together, None where there are no words; the sentences at fault, the longest first."""

    grade: float | None
    sentences: int
    words: int
    hard: tuple[Hard, ...]

    @property
    def judgement(self) -> str:
        """easy, fair or hard; empty where there is nothing to read."""
        if self.grade is None:
            return ""
        return "easy" if self.grade <= EASY else "fair" if self.grade <= FAIR else "hard"


def readability(texts: Sequence[tuple[Hashable, str]]) -> Readability:
    """How hard the texts are together, each a key with its words; abbreviations in capitals count as one syllable a letter."""
    words = syllables = sentences = 0
    hard: list[Hard] = []
    for key, text in texts:
        for sentence in _ENDS.split(text.strip()):
            found: list[str] = _WORD.findall(sentence)
            if not found:
                continue
            counts = [syllables_of(word) for word in found]
            words, syllables, sentences = words + len(found), syllables + sum(counts), sentences + 1
            pairs = zip(found, counts, strict=True)
            long_words = tuple(dict.fromkeys(word for word, count in pairs if count >= LONG_WORD and not word.isupper()))
            if len(found) > LONG_SENTENCE or len(long_words) > MOST_LONG_WORDS:
                hard.append(Hard(key, sentence.strip(), len(found), long_words))
    if not sentences:
        return Readability(None, 0, 0, ())
    grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59
    return Readability(round(grade, 1), sentences, words, tuple(sorted(hard, key=lambda row: (-row.words, row.sentence))))


def syllables_of(word: str) -> int:
    """About how many syllables an English word has; of an abbreviation in capitals its letters."""
    if word.isupper() and len(word) > 1:
        return len(word)
    lower = word.lower().replace("’", "'").removesuffix("'s")
    said = _AS_ONE.sub("", lower)
    bare = _SILENT.sub("", said) if len(said) > 3 else said
    return max(1, len(_VOWELS.findall(bare)) + len(_APART.findall(bare)))
