"""One style sheet and one script for the whole product, joined from the rooms' files by plain concatenation.

`ui/app.css` and `ui/app.js` exist as answers of a staticfiles finder: the development server joins them when asked,
`collectstatic` once. Named in settings: `STATICFILES_FINDERS = ["goldenthread.ui.assets.JoinedFiles", ...]`.

A room adds to them by a file directly in its `static/` folder, in the order of the stack from below. Such a style sheet
writes `@layer components { ... }` around its rules. Such a script is the body of a strict block in one ES module: it has its
own names, no import or export, and uses `gt` (see `static/js/start.js`) and `htmx`. Files in sub-folders of `static/` are not joined.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGE = Path(__file__).parents[1]
OWN = PACKAGE / "ui" / "static"
STACK = (
    "kit", "accounts", "workspace", "purpose", "schedule", "projects", "plan", "resources", "cost", "raid", "benefits",
    "portfolio", "governance", "evidence", "thread", "assistant",
)  # fmt: skip
STYLES = (
    "tokens", "base", "layout", "thread", "parts", "lists", "forms", "tables", "charts", "overlays", "utilities", "print",
)  # fmt: skip
SCRIPTS = (
    "start", "overlays", "toasts", "keys", "palette", "forms", "drafts", "selection", "outline", "map", "changes",
)  # fmt: skip


def sources(kind: str) -> list[Path]:
    """The files joined into app.css or app.js, in order: the design system's, then every room's from below."""
    names = STYLES if kind == "css" else SCRIPTS
    own = [OWN / kind / f"{name}.{kind}" for name in names]
    return own + [path for room in STACK for path in sorted((PACKAGE / room / "static").glob(f"*.{kind}"))]


def joined_css() -> str:
    """All style sheets, one after the other."""
    return "\n".join(path.read_text("utf-8") for path in sources("css"))


def joined_js() -> str:
    """htmx, then every script in a block of its own; only `start.js` shares its names with the rest."""
    first, *others = sources("js")
    parts = [(OWN / "vendor" / "htmx.min.js").read_text("utf-8"), "window.htmx = htmx;", first.read_text("utf-8")]
    parts += [f"{{ // {path.relative_to(PACKAGE)}\n{path.read_text('utf-8')}\n}}" for path in others]
    return "\n".join(parts)


@lru_cache(maxsize=1)
def _folder() -> tuple[Path, tempfile.TemporaryDirectory[str]]:
    """Where this process keeps the joined files; removed when the process ends."""
    kept = tempfile.TemporaryDirectory(prefix="goldenthread-assets-")
    return Path(kept.name), kept


def write() -> Path:
    """Join both files afresh where a source has changed, and give the folder that holds `ui/app.css` and `ui/app.js`."""
    folder = _folder()[0]
    (folder / "ui").mkdir(exist_ok=True)
    for name, make in (("app.css", joined_css), ("app.js", joined_js)):
        target, text = folder / "ui" / name, make()
        if not target.exists() or target.read_text("utf-8") != text:
            part = target.with_suffix(".part")
            part.write_text(text, "utf-8", newline="\n")
            shutil.move(part, target)
    return folder


class JoinedFiles(BaseFinder):
    """Finds exactly two files, `ui/app.css` and `ui/app.js`."""

    paths = ("ui/app.css", "ui/app.js")

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing in the settings can be wrong."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        """The joined file's place, or an empty list."""
        if path.replace("\\", "/") not in self.paths:
            return []
        place = str(write() / path)
        return [place] if find_all else place

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Both files, for `collectstatic`."""
        storage = FileSystemStorage(location=write())
        for path in self.paths:
            yield path, storage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names with the content's hash and compressed copies, once collected; plain names before that, as in tests."""

    def stored_name(self, name: str) -> str:
        """The hashed name from the manifest; where nothing was collected, the name itself."""
        return super().stored_name(name) if self.hashed_files else name
