"""The effect of a version on each objective's chance, in words for one reader: before, after, and the part of each cause.

Objectives that the reader may not see are left out; causes that he or she may not see stand together, without names. Where the
basis is thin words stand for figures. Parts are rounded to whole points so that they sum to the difference that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.root_changes import TIME, Root
from goldenthread.plan.models import PlanVersion, VersionEffect
from goldenthread.plan.queries.version_changes import HIDDEN, Change, Words, told_between
from goldenthread.purpose.models import Objective
from goldenthread.ui import writing

OTHERS = "others"
OUTSIDE = "new measurements and the passing of time"
NOT_SHOWN = "work that is not shown to you"
REST = "further changes, each of few rows"
LEAST = 0.005  # of a chance: what is less hardly moves it
SURE = 2  # standard errors


@dataclass(frozen=True)
class Part:
    """What one cause did to a chance; as a figure, in whole points, and as a bar from one running sum to the next, in percent."""

    words: str
    ref: str
    change: float
    points: int
    begin: float
    end: float

    @property
    def title(self) -> str:
        """The cause at the beginning of a line."""
        return self.words[:1].upper() + self.words[1:]

    @property
    def said(self) -> str:
        """In words, without a figure."""
        return "hardly moves it" if abs(self.change) < LEAST else "raises it" if self.change > 0 else "lowers it"

    @property
    def bar(self) -> tuple[float, float]:
        """Left end and width of its bar, in percent."""
        return round(min(self.begin, self.end), 2), round(max(abs(self.end - self.begin), 0.4), 2)


@dataclass(frozen=True)
class Effect:
    """Of one objective: chances before and after (None: not asked for in that version), and the parts, largest first."""

    objective: int
    title: str
    before: float | None
    after: float | None
    basis: str
    parts: tuple[Part, ...]
    error: float

    @property
    def is_thin(self) -> bool:
        """Whether words stand for figures."""
        return self.basis == "thin"

    @property
    def change(self) -> float:
        """The difference; 0 where one side is not known."""
        return 0.0 if self.before is None or self.after is None else self.after - self.before

    @property
    def said(self) -> str:
        """Both ends in words or figures."""
        if self.before is None or self.after is None:
            there = self.after if self.before is None else self.before
            told = writing.chance_words(there) if self.is_thin else writing.percent(there)
            return f"new: {told}" if self.before is None else f"no longer asked for; was {told}"
        return writing.chance_change(self.before, self.after, self.basis)

    @property
    def moved(self) -> tuple[Part, ...]:
        """The parts that are worth a line."""
        return tuple(part for part in self.parts if part.points or (self.is_thin and abs(part.change) >= LEAST))

    @property
    def matters(self) -> bool:
        """Whether it is worth a picture: its chance changes, or large parts make up for each other, or it comes or goes."""
        return self.before is None or self.after is None or bool(self.moved)

    @property
    def still(self) -> int:
        """How many causes hardly move it."""
        return len(self.parts) - len(self.moved)


@dataclass(frozen=True)
class Comparison:
    """What changed, line by line (those asked for, of `count`) and in one sentence; `effects` None: not computed yet."""

    changes: list[Change]
    count: int
    sentence: str
    effects: list[Effect] | None
    critical: frozenset[int]


def comparison(
    versions: tuple[PlanVersion, PlanVersion],
    viewer: Person,
    person: Person | None = None,
    results: Mapping[str, Any] | None = None,
    shown: slice = slice(None),
) -> Comparison:
    """Two versions, the earlier one first, for a reader; of one person's work where that is named.

    `results`: of the effect, as kept. `shown`: which lines are put into words.
    """
    told = told_between(*versions)
    lines = told.lines if person is None else told.of(person.pk)
    roots = [(table, key) for table, key in results["causes"] if table not in (TIME[0], OTHERS)] if results else []
    objectives = [int(pk) for pk in results["objectives"]] if results else []
    words = Words(told, versions, lines, viewer, roots, objectives, shown)
    who = "Your work" if person == viewer else f"The work of {person}" if person else "The plan"
    effects = _effects(words, results) if results is not None else None
    critical = frozenset(results["critical"]) if results is not None else frozenset()
    return Comparison(words.changes(person), len(lines), words.sentence(person, who), effects, critical)


def effects_in_short(old: PlanVersion, new: PlanVersion, viewer: Person) -> list[Effect] | None:
    """The effects without their parts, those that change most first; None where they are not computed yet. Two statements."""
    kept = VersionEffect.objects.filter(old=old, new=new).values_list("results", flat=True).first()
    if kept is None:
        return None
    titles = visible(Objective.objects.filter(pk__in=kept["objectives"]), viewer).values_list("pk", "title")
    found = [_effect(pk, title, kept["objectives"][str(pk)] | {"parts": None}, []) for pk, title in titles]
    return sorted(found, key=lambda effect: (-abs(effect.change), effect.objective))


def _effects(words: Words, results: Mapping[str, Any]) -> list[Effect]:
    """Of the objectives that the reader may see, those that change most first."""
    causes = [_cause(words, (table, key)) for table, key in results["causes"]]
    found = []
    for pk, told in results["objectives"].items():
        title = words.name_of("objectives", int(pk))
        if title is not None:
            found.append(_effect(int(pk), title, told, causes))
    return sorted(found, key=lambda effect: (-abs(effect.change), effect.objective))


def _cause(words: Words, root: Root) -> tuple[str, str]:
    """A cause in words and as a reference; all that the reader may not see have the same."""
    if root == TIME:
        return OUTSIDE, "time:0"
    if root[0] == OTHERS:
        return REST, "others:0"
    told = words.cause(root).words
    return (NOT_SHOWN, "") if told.startswith(HIDDEN) else (told, f"{root[0]}:{root[1]}")


def _effect(pk: int, title: str, told: Mapping[str, Any], causes: list[tuple[str, str]]) -> Effect:
    before, after, error = told["before"], told["after"], max(told["errors"] or [0.0])
    if told["parts"] is None:
        return Effect(pk, title, before, after, told["basis"], (), error)
    sums: dict[tuple[str, str], float] = {}
    for cause, change in zip(causes, told["parts"], strict=True):
        sums[cause] = sums.get(cause, 0.0) + change
    ranked = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
    points = whole_points([change for _, change in ranked], round(100 * after) - round(100 * before))
    parts, running = [], 100 * before
    for ((words, ref), change), whole in zip(ranked, points, strict=True):
        parts.append(Part(words, ref, change, whole, running, running + 100 * change))
        running += 100 * change
    return Effect(pk, title, before, after, told["basis"], tuple(parts), SURE * 100 * error)


def whole_points(changes: Iterable[float], total: int) -> list[int]:
    """Changes of a chance in whole points that sum to `total`: rounded down, and what is left to those that lost most."""
    exact = [100 * change for change in changes]
    whole = [int(value // 1) for value in exact]
    lost = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    left = total - sum(whole)
    for i in range(abs(left)):
        whole[lost[i % len(lost)] if left > 0 else lost[-1 - i % len(lost)]] += 1 if left > 0 else -1
    return whole
