"""docs/rights.md as data: which role may do what with which kind, and what each address asks for."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
NOT_OFFERED = "–"
OPEN = ("public", "signed-in")


@dataclass(frozen=True)
class Term:
    """One right asked for: `OBJECTIVE e here`."""

    kind: str
    act: str
    marks: frozenset[str]


@dataclass(frozen=True)
class Demand:
    """What a cell asks for: an open word, or alternatives of terms that must all hold, or being one's own."""

    text: str
    alternatives: tuple[tuple[Term, ...], ...]
    own: bool

    @property
    def is_open(self) -> bool:
        return self.text in OPEN

    @property
    def is_offered(self) -> bool:
        return self.text != NOT_OFFERED

    @property
    def only_views(self) -> bool:
        """Whether every alternative is a right to view: then a refusal must not tell that the row is there."""
        return all(term.act == "v" for terms in self.alternatives for term in terms)


@dataclass(frozen=True)
class Address:
    """One line of the table of addresses."""

    path: str
    read: Demand
    write: Demand
    rows: tuple[str, ...]
    example: str = ""  # what a form would send; {row} is the id of the first row


def table(heading: str) -> list[dict[str, str]]:
    """The table under a heading, a dict for each line."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


@cache
def matrix() -> dict[tuple[str, str], str]:
    """The letters by role and kind."""
    return {(row["Role"], kind): letters for row in table("Roles and kinds") for kind, letters in row.items() if kind != "Role"}


def term(text: str) -> Term:
    kind, act, *marks = text.split()
    known = {k for _, k in matrix()}
    if kind not in known or act not in "veax" or not set(marks) <= {"whole", "here"}:
        raise ValueError(f"docs/rights.md: “{text}” says nothing")
    return Term(kind, act, frozenset(marks))


def demand(text: str) -> Demand:
    if text in (*OPEN, NOT_OFFERED):
        return Demand(text, (), own=False)
    parts = text.split(" or ")
    return Demand(text, tuple(tuple(map(term, p.split(" & "))) for p in parts if p != "own"), "own" in parts)


@cache
def addresses() -> dict[str, Address]:
    """The table of addresses, by address."""
    lines = [
        Address(
            row["Address"],
            demand(row["Read"]),
            demand(row["Write"]),
            tuple(re.findall(r'[\w.]+|"[^"]*"', row["Row"])),
            row["Example"],
        )
        for row in table("Addresses")
    ]
    assert len({line.path for line in lines}) == len(lines), "an address stands there twice"
    return {line.path: line for line in lines}
