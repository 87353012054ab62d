"""A plan on one sheet as a tagged PDF: rows of cells in, bytes out."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SHEET = Path(__file__).with_name("one_page.typ")
FONTS = Path(__file__).with_name("fonts")
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
    """A tagged PDF with its title and language, PDF/UA-1 wherever there is a font for its letters.

    The same paper gives the same bytes: no clock is asked, and the fonts of the system only for letters that ours has not.
    """
    made = _drawn(paper)
    if paper.wraps and pages_of(made) > 1:
        made = _drawn(replace(paper, wraps=False))
    return made


def is_available() -> bool:
    """Whether the extra `reports` is installed."""
    return find_spec("typst") is not None


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has whose objects stand open, as those of typst and of Chromium do."""
    return len(PAGES.findall(pdf))


def _drawn(paper: Paper) -> bytes:
    import typst

    source = SHEET.read_bytes()
    given: dict[str, Any] = {"sys_inputs": {"paper": json.dumps(asdict(paper), ensure_ascii=False)}, "font_paths": [FONTS]}
    for is_ours_alone in (True, False):
        with suppress(typst.TypstError):
            made = typst.compile(source, format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=is_ours_alone, **given)
            return _bytes(made)
    return _bytes(typst.compile(source, format="pdf", **given))


def _bytes(made: Any) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("a PDF of one file was asked for")
    return made
