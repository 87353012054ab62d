"""Where objectives pull apart: on one KPI, through one piece of work, on one person's weeks; and where there are too many.

A check is one registered function; page, command and API are drawn from `CHECKS`. A pair that shares no KPI, no work and no
person is never found. Of three to five objectives a cycle, with two to five key results each, speak those who made objectives
and key results known (J. Doerr, Measure What Matters, 2018): that is where the limits come from.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from goldenthread.engine.errors import EngineError

Key = Hashable
Pair = tuple[Key, Key]
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Aim:
    """What a target asks of a KPI: to rise (1), to fall (-1) or neither (0), and between which figures it counts as met."""

    key: Key
    objective: Key
    kpi: Key
    pull: int
    least: float = -math.inf
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Effect:
    """How far a piece of work is likely to move a KPI, in its unit; only the sign is read."""

    work: Key
    kpi: Key
    likely: float


@dataclass(frozen=True, slots=True)
class Load:
    """Hours of one person in one week on one piece of work, and the objectives that this serves."""

    person: Key
    week: int
    work: Key
    hours: float
    objectives: frozenset[Key]


@dataclass(frozen=True, slots=True)
class ConflictData:
    """Objectives in the order of the matrix, with all that ties them. `capacity`: hours by person and week, where known."""

    objectives: tuple[Key, ...]
    aims: tuple[Aim, ...] = ()
    effects: tuple[Effect, ...] = ()
    loads: tuple[Load, ...] = ()
    capacity: Mapping[tuple[Key, int], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConflictOptions:
    """How many objectives, and targets of one, can still be steered."""

    most_objectives: int = 5
    most_targets: int = 5


@dataclass(frozen=True, slots=True)
class FullWeek:
    """A week with more work for two objectives than the person has hours: for one alone, for the other alone, for both."""

    week: int
    first: float
    second: float
    both: float
    capacity: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found of objectives (two, one, or all), on which KPI, work or person.

    `rows`: keys of the targets behind it. `between`: figures that would meet both, None where there are none.
    """

    check: str
    objectives: tuple[Key, ...]
    subject: Key | None = None
    rows: tuple[Key, ...] = ()
    between: tuple[float, float] | None = None
    weeks: tuple[FullWeek, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Support:
    """Two objectives that pull the same way: on a KPI, or by one piece of work."""

    objectives: Pair
    kind: str  # kpi or work
    subject: Key


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was found. `unknown`: people who have work for two objectives and of whom nobody says how many hours they have."""

    objectives: tuple[Key, ...]
    findings: tuple[Finding, ...]
    supports: tuple[Support, ...]
    unknown: tuple[Key, ...]

    def of(self, first: Key, second: Key) -> tuple[tuple[Finding, ...], tuple[Support, ...]]:
        """What pulls two objectives apart, and what holds them together."""
        pair = {first, second}
        against = tuple(f for f in self.findings if len(f.objectives) == 2 and set(f.objectives) == pair)
        return against, tuple(s for s in self.supports if set(s.objectives) == pair)


Rule = Callable[[ConflictData, ConflictOptions], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check: id, what it finds, what to do."""

    id: str
    title: str
    advice: str
    rule: Rule


CHECKS: dict[str, Check] = {}


def check(check_id: str, *, title: str, advice: str) -> Callable[[Rule], Rule]:
    """Registers a check under its id."""

    def register(rule: Rule) -> Rule:
        CHECKS[check_id] = Check(check_id, title, advice, rule)
        return rule

    return register


def conflicts(data: ConflictData, options: ConflictOptions | None = None) -> Conflicts:
    """Runs every check. The order of what goes in changes nothing but the order of objectives in a pair.

    Raises EngineError for a figure that is not a number and for a row of an objective that is not among `objectives`.
    """
    _refuse(data)
    options = options or ConflictOptions()
    findings = [found for each in CHECKS.values() for found in each.rule(data, options)]
    place = {key: at for at, key in enumerate(data.objectives)}
    findings.sort(key=lambda f: (f.check, [place[key] for key in f.objectives], str(f.subject)))
    supports = sorted(_supports(data, place), key=lambda s: ([place[key] for key in s.objectives], s.kind, str(s.subject)))
    return Conflicts(data.objectives, tuple(findings), tuple(supports), _unknown(data))


def _refuse(data: ConflictData) -> None:
    known = set(data.objectives)
    for aim in data.aims:
        if math.isnan(aim.least) or math.isnan(aim.most):
            raise EngineError("A target is not a number.", aim.key)
        if aim.objective not in known:
            raise EngineError("A target belongs to an objective that is not there.", aim.key)
    for effect in data.effects:
        if not math.isfinite(effect.likely):
            raise EngineError("An effect is not a number.", effect.work)
    for load in data.loads:
        if not math.isfinite(load.hours) or load.hours < 0:
            raise EngineError("Hours of work are not a number, or below nothing.", load.work)
        if not load.objectives <= known:
            raise EngineError("Work serves an objective that is not there.", load.work)


def _pair(first: Key, second: Key, place: Mapping[Key, int]) -> Pair:
    return (first, second) if place[first] < place[second] else (second, first)


def _shared_aims(data: ConflictData) -> Iterator[tuple[Aim, Aim]]:
    """Pairs of targets that two objectives have on one KPI, in the order of the objectives."""
    place = {key: at for at, key in enumerate(data.objectives)}
    of_kpi: dict[Key, list[Aim]] = defaultdict(list)
    for aim in data.aims:
        of_kpi[aim.kpi].append(aim)
    for aims in of_kpi.values():
        for first, second in combinations(sorted(aims, key=lambda aim: (place[aim.objective], str(aim.key))), 2):
            if first.objective != second.objective:
                yield first, second


def _between(first: Aim, second: Aim) -> tuple[float, float] | None:
    low, high = max(first.least, second.least), min(first.most, second.most)
    return (low, high) if low <= high else None


@check(
    "OC01",
    title="One KPI, two ways",
    advice="Settle with both owners which figure is wanted, and change one of the targets or retire one.",
)
def one_kpi(data: ConflictData, options: ConflictOptions) -> Iterator[Finding]:
    found: dict[tuple[Pair, Key], list[tuple[Aim, Aim]]] = defaultdict(list)
    for first, second in _shared_aims(data):
        if first.pull * second.pull < 0 or _between(first, second) is None:
            found[(first.objective, second.objective), first.kpi].append((first, second))
    for (pair, kpi), aims in found.items():
        rows = tuple(dict.fromkeys(aim.key for both in aims for aim in both))
        ranges = [_between(*both) for both in aims]
        low = max((found[0] for found in ranges if found), default=0.0)
        high = min((found[1] for found in ranges if found), default=0.0)
        yield Finding("OC01", pair, kpi, rows, None if None in ranges or low > high else (low, high))


def _felt(data: ConflictData) -> dict[Key, dict[Key, dict[int, set[Key]]]]:
    """Work -> objective -> +1 (helps) or -1 (harms) -> by which KPIs."""
    aims: dict[Key, list[Aim]] = defaultdict(list)
    for aim in data.aims:
        aims[aim.kpi].append(aim)
    felt: dict[Key, dict[Key, dict[int, set[Key]]]] = {}
    for effect in data.effects:
        moved = (effect.likely > 0) - (effect.likely < 0)
        for aim in aims[effect.kpi]:
            if moved * aim.pull:
                felt.setdefault(effect.work, {}).setdefault(aim.objective, {}).setdefault(moved * aim.pull, set()).add(effect.kpi)
    return felt


@check(
    "OC02",
    title="One piece of work helps one and harms the other",
    advice="Split the work, or have both owners accept in writing what the one loses for what the other gains.",
)
def one_work(data: ConflictData, options: ConflictOptions) -> Iterator[Finding]:
    place = {key: at for at, key in enumerate(data.objectives)}
    for work, felt in _felt(data).items():
        pairs = {
            _pair(helped, harmed, place)
            for helped, by in felt.items()
            for harmed, against in felt.items()
            if helped != harmed and any(k != m for k in by.get(1, ()) for m in against.get(-1, ()))
        }
        for pair in pairs:
            yield Finding("OC02", pair, work)


def _weeks(data: ConflictData) -> dict[tuple[Key, int], list[Load]]:
    found: dict[tuple[Key, int], list[Load]] = defaultdict(list)
    for load in data.loads:
        if load.hours > 0 and load.objectives:
            found[load.person, load.week].append(load)
    return found


def _contested(loads: list[Load]) -> Iterator[tuple[Key, Key, float, float, float]]:
    """Two objectives that each have work of their own in a week: hours for the first alone, the second alone, both."""
    named = sorted({key for load in loads for key in load.objectives}, key=str)
    for first, second in combinations(named, 2):
        one = math.fsum(load.hours for load in loads if first in load.objectives and second not in load.objectives)
        other = math.fsum(load.hours for load in loads if second in load.objectives and first not in load.objectives)
        if one > 0 and other > 0:
            both = math.fsum(load.hours for load in loads if {first, second} <= load.objectives)
            yield first, second, one, other, both


@check(
    "OC03",
    title="One person, two objectives, too few hours",
    advice="Move one of the steps, give it to somebody else, or say which objective comes first.",
)
def one_person(data: ConflictData, options: ConflictOptions) -> Iterator[Finding]:
    place = {key: at for at, key in enumerate(data.objectives)}
    found: dict[tuple[Pair, Key], list[FullWeek]] = defaultdict(list)
    for (person, week), loads in _weeks(data).items():
        capacity = data.capacity.get((person, week))
        if capacity is None:
            continue
        for first, second, one, other, both in _contested(loads):
            if math.fsum((one, other, both)) > capacity + TINY:
                pair = _pair(first, second, place)
                hours = (one, other) if pair == (first, second) else (other, one)
                found[pair, person].append(FullWeek(week, *hours, both, capacity))
    for (pair, person), weeks in found.items():
        yield Finding("OC03", pair, person, weeks=tuple(sorted(weeks, key=lambda full: full.week)))


@check(
    "OC04",
    title="More objectives than can be steered",
    advice="Keep the few that matter most; retire the others, or make them targets of one that stays.",
)
def too_many(data: ConflictData, options: ConflictOptions) -> Iterator[Finding]:
    if len(data.objectives) > options.most_objectives:
        yield Finding("OC04", data.objectives, count=len(data.objectives))


@check(
    "OC05",
    title="More targets than one objective can hold",
    advice="Keep the figures that decide whether it is reached, and watch the others as KPIs without a target.",
)
def too_many_targets(data: ConflictData, options: ConflictOptions) -> Iterator[Finding]:
    aims: dict[Key, list[Key]] = defaultdict(list)
    for aim in data.aims:
        aims[aim.objective].append(aim.key)
    for objective, rows in aims.items():
        if len(rows) > options.most_targets:
            yield Finding("OC05", (objective,), rows=tuple(sorted(rows, key=str)), count=len(rows))


def _supports(data: ConflictData, place: Mapping[Key, int]) -> set[Support]:
    found = {
        Support((first.objective, second.objective), "kpi", first.kpi)
        for first, second in _shared_aims(data)
        if first.pull * second.pull >= 0 and _between(first, second) is not None
    }
    for work, felt in _felt(data).items():
        helped = [objective for objective, by in felt.items() if 1 in by]
        found |= {Support(_pair(first, second, place), "work", work) for first, second in combinations(helped, 2)}
    return found


def _unknown(data: ConflictData) -> tuple[Key, ...]:
    """People with contested weeks of whom it is not known how many hours they have."""
    found = {
        person
        for (person, week), loads in _weeks(data).items()
        if (person, week) not in data.capacity and next(_contested(loads), None) is not None
    }
    return tuple(sorted(found, key=str))
