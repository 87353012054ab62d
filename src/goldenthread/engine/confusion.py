"""How clear it is who does what: people with no step, the same step claimed twice, and what people say of it themselves.

Steps without a person are found by `thread_gaps.without_owner`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from goldenthread.engine.belief_gap import MINIMUM_GROUP
from goldenthread.engine.errors import EngineError
from goldenthread.engine.thread_links import Key


@dataclass(frozen=True, slots=True)
class Claim:
    """An open step: its name, who answers for it (None: nobody), and the step that it is marked to double."""

    step: Key
    name: str
    holder: Key | None
    doubles: Key | None = None


@dataclass(frozen=True, slots=True)
class Doubled:
    """Steps that stand for the same work: one marked as the double of another, or several of one name under several people."""

    steps: tuple[Key, ...]
    why: Literal["marked", "same_name"]


@dataclass(frozen=True, slots=True)
class ClarityAnswer:
    """What one person said last: the share of work that serves a goal (0-1), and whether he or she could name the goal."""

    person: Key
    share: float
    knows_goal: bool


@dataclass(frozen=True, slots=True)
class Clarity:
    """Means of `n` answers, 0-1; None where they are too few to be told."""

    share: float | None
    knows_goal: float | None
    n: int


def people_without_step(people: Iterable[Key], busy: Iterable[Key]) -> tuple[Key, ...]:
    """Those of `people` who are not among the busy, in the order given."""
    held = set(busy)
    return tuple(person for person in people if person not in held)


def claimed_twice(claims: Sequence[Claim]) -> tuple[Doubled, ...]:
    """Steps marked as doubles, then steps of one name (however written) for which different people answer.

    Work already marked is not found again by its name; a double of a step that is not open is its only claim.
    """
    known = {claim.step for claim in claims}
    marked = [(claim.step, claim.doubles) for claim in claims if claim.doubles is not None and claim.doubles in known]
    seen = {frozenset(pair) for pair in marked}
    by_name: dict[str, list[Claim]] = {}
    for claim in claims:
        by_name.setdefault(" ".join(claim.name.casefold().split()), []).append(claim)
    alike = [
        tuple(claim.step for claim in group)
        for group in by_name.values()
        if len({claim.holder for claim in group if claim.holder is not None}) > 1
    ]
    found = [Doubled(pair, "marked") for pair in marked]
    return (*found, *(Doubled(steps, "same_name") for steps in alike if frozenset(steps) not in seen))


def clarity(answers: Sequence[ClarityAnswer], minimum: int = MINIMUM_GROUP) -> Clarity:
    """The means of what people said; of fewer than `minimum` nothing but their number.

    Raises EngineError for two answers of one person, a share outside 0-1 or a minimum below 2.
    """
    if minimum < 2:
        raise EngineError("The smallest group must be at least 2 people, so that no single answer can be read.")
    people: set[Key] = set()
    for answer in answers:
        if answer.person in people:
            raise EngineError("One person answered twice; keep the later answer.", answer.person)
        if not 0 <= answer.share <= 1:
            raise EngineError(f"A share must lie between 0 and 1, not {answer.share}.", answer.person)
        people.add(answer.person)
    n = len(answers)
    if n < minimum:
        return Clarity(None, None, n)
    return Clarity(sum(answer.share for answer in answers) / n, sum(answer.knows_goal for answer in answers) / n, n)
