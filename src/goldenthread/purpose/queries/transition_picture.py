"""The picture of a change of mandate: clauses, services and objectives, work, people, and the lines between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from goldenthread.purpose.queries.transition import Comparison
from goldenthread.ui.flow import Flow, flow
from goldenthread.ui.writing import plural

HEADS = ("Clauses", "Services and objectives", "Work", "People")
COLUMNS = {"clause": 0, "service": 1, "objective": 1, "work": 2, "person": 3}
ROOM = 10  # boxes of one column that a screen holds
NOUNS = (
    ("clause", None),
    ("service or objective", "services and objectives"),
    ("piece of work", "pieces of work"),
    ("person", "people"),
)
WEIGHTS = (1.0, 0.3, 0.1)  # of lines that leave a column: the thread grows thin towards people, who are many
GOING = ("dropped", "the clause goes")


@dataclass(frozen=True)
class Picture:
    """Boxes and lines; `gathered`: how many stand together in a box at the foot of their column."""

    flow: Flow
    nodes: dict[str, tuple[str, str, str, bool, str | None]]
    gathered: int


def picture(found: Comparison) -> Picture | None:
    """The picture, None where nothing is touched. Of many, those with the most lines are drawn one by one."""
    lines = [(str(tie.above), str(tie.below)) for tie in found.ties]
    lines += [(clause, service) for service, clause in found.above.items()]
    ends = Counter(end for line in lines for end in set(line))
    shown = [row.key for row in found.touched] + [key for key, own in found.names.items() if own.kind == "clause"]
    columns: list[list[str]] = [[], [], [], []]
    for key in shown:
        columns[COLUMNS[found.names[key].kind]].append(key)
    place: dict[str, str] = {}
    nodes: dict[str, tuple[str, str, str, bool, str | None]] = {}
    gathered = 0
    for at, column in enumerate(columns):
        column.sort(key=lambda key: -ends[key])
        kept = column if len(column) <= ROOM else column[: ROOM - 1]
        rest = column[len(kept) :]
        for key in kept:
            own = found.names[key]
            nodes[key] = (own.label, own.note, "", own.note.endswith(GOING), own.url)
        if rest:
            gathered += len(rest)
            nodes[f"more:{at}"] = (f"{plural(len(rest), *NOUNS[at])} more", "in the table below", "", False, None)
        place |= {key: key for key in kept} | dict.fromkeys(rest, f"more:{at}")
        columns[at] = kept + ([f"more:{at}"] if rest else [])
    if not found.touched:
        return None
    drawn = {
        (place[a], place[b]): 0.0 if nodes[place[a]][3] or nodes[place[b]][3] else WEIGHTS[COLUMNS[found.names[a].kind]]
        for a, b in lines
        if a in place and b in place and COLUMNS[found.names[a].kind] < COLUMNS[found.names[b].kind]
    }
    at_of = {key: at for at, column in enumerate(columns) for key in column}
    tied = {b for a, b in drawn if at_of[b] - at_of[a] == 1}
    links = [(a, b, weight) for (a, b), weight in drawn.items() if at_of[b] - at_of[a] == 1 or b not in tied]
    made = flow(columns, links, node_width=220, lowest=[key for key in nodes if key.startswith("more:")])
    return Picture(made, nodes, gathered)
