"""A plan on one sheet as a tagged PDF: rows of cells in, bytes out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from goldenthread.formats.typesetting import as_text, drawn

SHEET = Path(__file__).with_name("one_page.typ")
PAGES = re.compile(rb"/Type\s*/Page\b(?!s)")


@dataclass(frozen=True, slots=True)
class Row:
    """kind: goal, tall, entry, figure, work, wide, side, own or rest, which decides number and widths of its cells; or a gap."""

    kind: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and the rows below it."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything on the sheet. row: its height in mm; size: of the letters in points; sides: two parts side by side at the foot.

    wraps: texts may run on into further lines, as long as the sheet holds them.
    """

    title: str
    author: str
    lead: str
    opening: str
    row: float
    size: float
    parts: tuple[Part, ...]
    sides: tuple[Part, ...] = ()
    wraps: bool = False


def as_pdf(paper: Paper) -> bytes:
    """A tagged PDF with its title and language; where its words run on beyond the sheet, they are cut instead."""
    made = drawn(SHEET, as_text(paper))
    if paper.wraps and pages_of(made) > 1:
        made = drawn(SHEET, as_text(replace(paper, wraps=False)))
    return made


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has whose objects stand open, as those of typst and of Chromium do."""
    return len(PAGES.findall(pdf))
