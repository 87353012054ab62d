"""How commands print and write: one JSON document, or a table for people; files whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from goldenthread.kit.errors import Refused, why_not_written


def document(value: Any) -> None:
    """Print one JSON document; NaN is refused rather than written."""
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=str))


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their places and rename them once all are whole: what is there already stays until then.

    A link stays one; what is no file, as a pipe, is written to as it is. Refused where a place cannot be written to.
    """
    drafts = {path: _beside(path.resolve()) for path in contents if path.is_file() or not path.exists()}
    try:
        for path, content in contents.items():
            with _refusing(path):
                drafts.get(path, path).write_bytes(content)
        for path, draft in drafts.items():
            with _refusing(path):
                draft.replace(path.resolve())
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink()


def _beside(place: Path) -> Path:
    return place.with_name(f".{place.name}.{os.getpid()}")


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if why_not_written(error):
            raise
        raise Refused(f"{path} cannot be written: {error.strerror}.", field="--out", advice="Name another place.") from error


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
