"""Comparing a project list with the projects already known: the same, renamed, new, gone, twice in the file.

References decide first, then names within an organisation, then names alone, then similar names. Nothing is matched twice,
and what is not certain is listed as renamed with its score for a person to confirm.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from goldenthread.formats.project_rows import ProjectRow

SAME_NAME = 0.9
SIMILAR_NAME = 0.8
SIMILAR_ELSEWHERE = 0.88
_CLEAR_LEAD = 0.04
_EMPTY_WORDS = frozenset(
    "the a an of and for to in on project programme program projects programmes projekt programm projet proyecto".split()
)


@dataclass(frozen=True, slots=True)
class Known:
    """A project as the caller holds it; key comes back untouched."""

    key: str
    name: str
    reference: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A known project and the row that continues it, the likeness of the names 0 to 1, and why they belong together."""

    key: str
    row: int
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Rows are indices into the list given, keys those of the known projects.

    matched: certain. renamed: probable, to be confirmed. duplicates: (row, the earlier row it repeats), not matched again.
    """

    new: tuple[int, ...]
    matched: tuple[Pair, ...]
    renamed: tuple[Pair, ...]
    gone: tuple[str, ...]
    duplicates: tuple[tuple[int, int], ...]


def reconcile(existing: Sequence[Known], rows: Sequence[ProjectRow]) -> Reconciliation:
    """Match each row with at most one known project; runs in about the time of the candidate pairs that share a rare word."""
    duplicates = _duplicates(rows)
    repeated = {row for row, _ in duplicates}
    state = _State(existing, [row for row in range(len(rows)) if row not in repeated], rows)
    state.by_reference()
    state.by_name()
    state.by_likeness()
    return Reconciliation(
        new=tuple(sorted(state.rows)),
        matched=tuple(sorted(state.matched, key=lambda pair: pair.row)),
        renamed=tuple(sorted(state.renamed, key=lambda pair: pair.row)),
        gone=tuple(project.key for index, project in enumerate(existing) if index in state.known),
        duplicates=tuple(duplicates),
    )


def _duplicates(rows: Sequence[ProjectRow]) -> list[tuple[int, int]]:
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for place, row in enumerate(rows):
        reference = plain_reference(row.reference)
        key = (reference, "", "") if reference else ("", plain_name(row.name), plain_name(row.organisation))
        if key in seen:
            found.append((place, seen[key]))
        else:
            seen[key] = place
    return found


class _State:
    """What is still unmatched on either side, and what was matched so far."""

    def __init__(self, existing: Sequence[Known], rows: Iterable[int], all_rows: Sequence[ProjectRow]) -> None:
        self.existing = existing
        self.all_rows = all_rows
        self.known = set(range(len(existing)))
        self.rows = set(rows)
        self.matched: list[Pair] = []
        self.renamed: list[Pair] = []

    def by_reference(self) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        for index in self.known:
            if self.existing[index].reference:
                places[plain_reference(self.existing[index].reference)].append(index)
        for row in sorted(self.rows):
            candidates = places.get(plain_reference(self.all_rows[row].reference), []) if self.all_rows[row].reference else []
            if len(candidates) == 1 and candidates[0] in self.known:
                score = likeness(self.existing[candidates[0]].name, self.all_rows[row].name)
                certain = score >= SAME_NAME
                self._pair(
                    candidates[0], row, score, "same reference" if certain else "same reference, other name", certain=certain
                )

    def by_name(self) -> None:
        for with_organisation in (True, False):
            known, rows = self._named(with_organisation=with_organisation)
            for name, left in known.items():
                right = rows.get(name, [])
                if len(left) != 1 or len(right) != 1:
                    continue
                conflict = self._references_differ(left[0], right[0])
                moved = "" if with_organisation else ", other organisation"
                why = f"same name{moved}" + (", other reference" if conflict else "")
                self._pair(left[0], right[0], 1.0, why, certain=with_organisation and not conflict)

    def by_likeness(self) -> None:
        offers = sorted(self._likely_pairs(), reverse=True)
        best_known: dict[int, list[float]] = defaultdict(list)
        best_row: dict[int, list[float]] = defaultdict(list)
        for score, index, row in offers:
            best_known[index].append(score)
            best_row[row].append(score)
        for score, index, row in offers:
            if index in self.known and row in self.rows and _leads(best_known[index], score) and _leads(best_row[row], score):
                self._pair(index, row, score, "similar name", certain=False)

    def _likely_pairs(self) -> list[tuple[float, int, int]]:
        words: dict[str, list[int]] = defaultdict(list)
        for index in self.known:
            for word in set(_readings(self.existing[index].name)[1].split()):
                words[word].append(index)
        offers = []
        for row in self.rows:
            shared = Counter(
                index for word in set(name_words(self.all_rows[row].name)) if len(words[word]) <= 40 for index in words[word]
            )
            for index, common in shared.most_common(25):
                if 2 * common < len(name_words(self.all_rows[row].name)) - 1:
                    break
                score = likeness(self.existing[index].name, self.all_rows[row].name)
                same_home = plain_name(self.existing[index].organisation) == plain_name(self.all_rows[row].organisation)
                if score >= (SIMILAR_NAME if same_home else SIMILAR_ELSEWHERE) and not self._references_differ(index, row):
                    offers.append((score, index, row))
        return offers

    def _named(self, *, with_organisation: bool) -> tuple[dict[tuple[str, str], list[int]], dict[tuple[str, str], list[int]]]:
        known: dict[tuple[str, str], list[int]] = defaultdict(list)
        rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index in sorted(self.known):
            project = self.existing[index]
            known[plain_name(project.name), plain_name(project.organisation) if with_organisation else ""].append(index)
        for row in sorted(self.rows):
            project_row = self.all_rows[row]
            rows[plain_name(project_row.name), plain_name(project_row.organisation) if with_organisation else ""].append(row)
        return known, rows

    def _references_differ(self, index: int, row: int) -> bool:
        left, right = self.existing[index].reference, self.all_rows[row].reference
        return bool(left and right) and plain_reference(left) != plain_reference(right)

    def _pair(self, index: int, row: int, score: float, why: str, *, certain: bool) -> None:
        self.known.discard(index)
        self.rows.discard(row)
        pair = Pair(self.existing[index].key, row, round(score, 3), why)
        (self.matched if certain else self.renamed).append(pair)


def _leads(scores: list[float], score: float) -> bool:
    """True where `score` is the best of its side and no other comes close."""
    return score == scores[0] and (len(scores) == 1 or scores[0] - scores[1] >= _CLEAR_LEAD or scores[0] >= 0.98 > scores[1])


def likeness(left: str, right: str) -> float:
    """Likeness of two names, 0 to 1: the share of words in common, where words that nearly agree count by how nearly.

    A name that lies wholly inside the other counts 0.86; names with different numbers (phase 2, phase 3) at most 0.6. What
    stands in brackets may be an acronym or half of the name: the better reading counts.
    """
    best = _likeness(plain_name(left), plain_name(right))
    if best < 1.0 and "(" in left + right:
        best = max(best, *(0.98 * _likeness(one, other) for one in _readings(left) for other in _readings(right)))
    return round(best, 3)


def _readings(name: str) -> tuple[str, str]:
    return plain_name(name), plain_name(name.replace("(", " ").replace(")", " "))


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    first, second = dict.fromkeys(one.split()), dict.fromkeys(other.split())
    if not first or not second:
        return 0.0
    common = [word for word in first if word in second]
    shared = 2 * (len(common) + _near(list(first), list(second))) / (len(first) + len(second))
    left, right = _numbers(one), _numbers(other)
    if not (left <= right or right <= left):
        return 0.6 * shared
    inside = 0.86 if len(common) == min(len(first), len(second)) and (len(common) >= 2 or left != right) else 0.0
    return max(0.98 * shared, inside)


def _near(left: list[str], right: list[str]) -> float:
    """How far the words that differ are spellings of each other (meters, metering): the sum of their likenesses from 0.7 up."""
    rest = [word for word in right if word not in left]
    total = 0.0
    for word in left:
        if word in right or not rest or word.isdigit():
            continue
        scores = [_spelling(word, candidate) for candidate in rest]
        best = max(scores)
        if best >= 0.7:
            total += best
            rest.pop(scores.index(best))
    return total


def _spelling(word: str, other: str) -> float:
    """How alike two words are spelt, 0 where they do not begin alike."""
    return SequenceMatcher(None, word, other, autojunk=False).ratio() if word[:2] == other[:2] else 0.0


def _numbers(text: str) -> set[str]:
    """Digits and roman numerals: phase 2 is not phase 3."""
    return set(re.findall(r"\d+[a-z]?\b|\b[ivx]+\b", text))


@lru_cache(maxsize=65536)
def plain_name(name: str) -> str:
    """A name for comparison: no accents, brackets, punctuation, case, nor words like project and the."""
    text = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", name) if re.sub(r"\([^)]*\)", "", name).strip() else name)
    text = "".join(character for character in text if not unicodedata.combining(character)).casefold()
    words = re.findall(r"[a-z0-9]+|[^\W\d_a-z]+", text)
    return " ".join([word for word in words if word not in _EMPTY_WORDS] or words)


def name_words(name: str) -> list[str]:
    """The words of a plain name."""
    return plain_name(name).split()


@lru_cache(maxsize=65536)
def plain_reference(reference: str) -> str:
    """A reference without case, blanks and leading zeros of a pure number."""
    text = re.sub(r"[\s\-_/.]+", "-", reference.strip()).casefold()
    return text.lstrip("0") or text if text.isdigit() else text
