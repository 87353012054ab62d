"""The boxes and lines of the thread map, and how a large organisation is gathered until a person can read it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from goldenthread.ui import writing

MOST = 25  # boxes of one column that can be read
CROWDED = 12  # boxes of one column that a screen holds
LINES = 2  # of one box on one side, where a map is too full for all
HOUR = 60
LISTS = ("/mandate", "/objectives", "/kpis", "/plan", "/people")


@dataclass
class Node:
    """One box: what stands in it, where it leads, and the hours in it: all of them, and those on the thread."""

    title: str
    note: str
    figure: str = ""
    gap: bool = False
    url: str | None = None
    hours: float = 0.0
    carried: float = 0.0
    idle: bool = False  # a draft that nothing is done for yet: the first to give way

    def parts(self) -> tuple[str, str, str, bool, str | None]:
        """As the map's component takes it."""
        return self.title, self.note, self.figure, self.gap, self.url


class Board:
    """Collects boxes by column and lines between them."""

    def __init__(self) -> None:
        self.columns: list[list[str]] = [[], [], [], [], []]
        self.nodes: dict[str, Node] = {}
        self.links: dict[tuple[str, str], float] = {}

    def add(self, column: int, key: str, node: Node) -> str:
        """A box, unless it is there already."""
        if key not in self.nodes:
            self.columns[column].append(key)
            self.nodes[key] = node
        return key

    def tie(self, source: str, target: str, weight: float) -> None:
        """A line; of several between the same boxes the strongest."""
        self.links[source, target] = max(weight, self.links.get((source, target), 0.0))

    def gather(self, most: int = MOST) -> int:
        """Put together, column by column, what is idle where the column is crowded, and all but the `most` strongest boxes.

        Returns how many boxes went into others. No hour is lost: the box that gathers holds the hours of what it gathers, and
        each line ends in it.
        """
        strength, place = self._strength(), {}
        for column, keys in enumerate(self.columns):
            rest = set(self._too_many(keys, strength, most))
            if len(rest) < 2:  # a box “and 1 more” would take the place of the one
                continue
            more = f"more:{column}"
            self.columns[column] = [*(key for key in keys if key not in rest), more]
            self.nodes[more] = _together([self.nodes.pop(key) for key in keys if key in rest], LISTS[column])
            place.update(dict.fromkeys(rest, more))
        links, self.links = self.links, {}
        for (source, target), weight in links.items():
            self.tie(place.get(source, source), place.get(target, target), weight)
        return len(place)

    def _too_many(self, keys: list[str], strength: dict[str, float], most: int) -> list[str]:
        """Of a column the boxes that give way: idle ones where others need the room, then the weakest beyond `most`."""
        busy = [key for key in keys if not self.nodes[key].idle]
        kept = busy if busy and len(keys) > CROWDED else keys
        if len(kept) > most:
            kept = sorted(kept, key=lambda key: -strength[key])[:most]
        shown = set(kept)
        return [key for key in keys if key not in shown]

    def thin_out(self, most: int = LINES) -> int:
        """Keep of each box the `most` strongest lines on either side. Returns how many lines were left out.

        A line stays where one of its ends needs it, so that no box loses its way.
        """
        before: dict[str, list[tuple[float, tuple[str, str]]]] = defaultdict(list)
        after: dict[str, list[tuple[float, tuple[str, str]]]] = defaultdict(list)
        for pair, weight in self.links.items():
            after[pair[0]].append((-weight, pair))
            before[pair[1]].append((-weight, pair))
        kept = {pair for found in (*before.values(), *after.values()) for _, pair in sorted(found)[:most]}
        left_out = len(self.links) - len(kept)
        self.links = {pair: weight for pair, weight in self.links.items() if pair in kept}
        return left_out

    def _strength(self) -> dict[str, float]:
        """Of each box: its share of the effect expected in its column, and of the hours; without any, of those it hangs on."""
        effects: dict[str, float] = defaultdict(float)
        hours: dict[str, float] = {key: node.hours for key, node in self.nodes.items()}
        for (source, target), weight in self.links.items():
            effects[source] += weight
            effects[target] += weight
        for source, target in self.links:
            if not self.nodes[target].hours:
                hours[target] += self.nodes[source].hours
        found = {}
        for keys in self.columns:
            effect = max((effects[key] for key in keys), default=0.0) or 1.0
            longest = max((hours[key] for key in keys), default=0.0) or 1.0
            found.update({key: effects[key] / effect + hours[key] / longest for key in keys})
        return found


def _together(nodes: list[Node], url: str) -> Node:
    """One box that stands for many: how many, their hours or what they have in common, and where all are listed."""
    hours, carried = sum(node.hours for node in nodes), sum(node.carried for node in nodes)
    notes = {node.note for node in nodes}
    note = notes.pop() if len(notes) == 1 else "open the list"
    if hours:
        note = f"{writing.hours(carried * HOUR)} of {writing.hours(hours * HOUR)} on the thread"
    title, gap = f"and {writing.number(len(nodes))} more", all(node.gap for node in nodes)
    return Node(title, note, gap=gap, url=url, hours=hours, carried=carried)
