"""How commands print and write: one JSON document, or a table for people; files whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def document(value: Any) -> None:
    """Print one JSON document; NaN is refused rather than written."""
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=str))


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their places and rename them once all are whole: what is there already stays until then."""
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    try:
        for path, content in contents.items():
            drafts[path].write_bytes(content)
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def say(text: str) -> None:
    """Print a line."""
    print(text)


def note(text: str) -> None:
    """Print a line beside the answer."""
    print(text, file=sys.stderr)


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], empty: str = "Nothing.") -> None:
    """Print columns, as wide as they need to be."""
    if not rows:
        say(empty)
        return
    cells = [[str(c) if c is not None else "" for c in row] for row in rows]
    widths = [max(len(h), *(len(row[i]) for row in cells)) for i, h in enumerate(head)]
    for row in [list(head), ["-" * w for w in widths], *cells]:
        say("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
