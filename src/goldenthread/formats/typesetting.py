"""Paper drawn by typst: a source beside us and what it is told, and out comes a tagged PDF or a picture."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FONTS = Path(__file__).with_name("fonts")
PIXELS = 144  # an inch of a picture


def is_available() -> bool:
    """Whether the extra `reports` is installed."""
    return find_spec("typst") is not None


def as_text(told: Any) -> str:
    """A dataclass as the JSON that a source reads."""
    return json.dumps(asdict(told), ensure_ascii=False)


def drawn(source: Path, told: str) -> bytes:
    """The PDF that a source makes of what it is told: PDF/UA-1 wherever there is a font for its letters.

    The same words give the same bytes: no clock is asked, and the fonts of the system only for letters that ours has not.
    """
    import typst

    given = _given(told)
    for is_ours_alone in (True, False):
        with suppress(typst.TypstError):
            made = typst.compile(
                source.read_bytes(), format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=is_ours_alone, **given
            )
            return _bytes(made)
    return _bytes(typst.compile(source.read_bytes(), format="pdf", **given))


def pictured(source: Path, told: str) -> bytes:
    """The same as a PNG, of a source that fills one page."""
    import typst

    return _bytes(typst.compile(source.read_bytes(), format="png", ppi=PIXELS, **_given(told)))


def _given(told: str) -> dict[str, Any]:
    return {"sys_inputs": {"paper": told}, "font_paths": [FONTS]}


def _bytes(made: Any) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("one file was asked for")
    return made
