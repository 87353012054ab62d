"""What a change touches: everything that can be reached from what changed, each with one shortest path that shows why.

Plain keys and ties from above to below; breadth first, so that a path is never longer than it must be. Of several shortest
paths the one is told that comes first in the order of what is given. Loops do no harm.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

Key = Hashable


@dataclass(frozen=True, slots=True)
class Tie:
    """`below` hangs on `above`; `words` say how, as read from below: "cites it", "is part of it"."""

    above: Key
    below: Key
    words: str = ""


@dataclass(frozen=True, slots=True)
class Touched:
    """Something that the change reaches. `path` begins with what changed and ends with this; `words` are of its ties."""

    key: Key
    path: tuple[Key, ...]
    words: tuple[str, ...]


def reach(changed: Iterable[Key], ties: Iterable[Tie]) -> tuple[Touched, ...]:
    """All that hangs on what changed, itself included, in the order in which it is reached."""
    below: dict[Key, list[Tie]] = defaultdict(list)
    for tie in ties:
        below[tie.above].append(tie)
    found: dict[Key, Touched] = {key: Touched(key, (key,), ()) for key in changed}
    waiting = deque(found)
    while waiting:
        here = found[waiting.popleft()]
        for tie in below[here.key]:
            if tie.below not in found:
                found[tie.below] = Touched(tie.below, (*here.path, tie.below), (*here.words, tie.words))
                waiting.append(tie.below)
    return tuple(found.values())
