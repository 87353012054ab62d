"""One style sheet and one script for the whole product, joined from the rooms' files by plain concatenation.

`ui/app.css` and `ui/app.js` exist as answers of a staticfiles finder: the development server joins them when asked,
`collectstatic` once. Named in settings: `STATICFILES_FINDERS = ["goldenthread.ui.assets.JoinedFiles", ...]`.

A room adds to them by a file directly in its `static/` folder, in the order of the stack from below; files in sub-folders
are not joined. A style sheet writes `@layer components { ... }` around its rules and `/static/ROOM/...` in its `url()`. A script
is the body of a strict block in one ES module: it has its own names, no import or export, and uses `htmx` and `gt`
(see `static/js/start.js`).
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder
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
    "start", "shell", "overlays", "toasts", "keys", "palette", "forms", "drafts", "selection", "cells", "outline", "map",
    "changes",
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


_joining = threading.Lock()


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where this process keeps the joined files; removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="goldenthread-assets-")


def write() -> Path:
    """Join both files afresh where a source has changed, and give the folder that holds `ui/app.css` and `ui/app.js`."""
    with _joining:
        folder = Path(_folder().name)
        (folder / "ui").mkdir(exist_ok=True)
        for name, make in (("app.css", joined_css), ("app.js", joined_js)):
            target, text = folder / "ui" / name, make()
            if not target.exists() or target.read_text("utf-8") != text:
                part = target.with_suffix(".part")
                part.write_text(text, "utf-8", newline="\n")
                part.replace(target)
    return folder


class JoinedFiles(AppDirectoriesFinder):
    """Finds `ui/app.css`, `ui/app.js`, and the few scripts that the sign-in package brings; no other package's files."""

    paths = ("ui/app.css", "ui/app.js")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        foreign = [config.name for config in apps.get_app_configs() if config.name.startswith("allauth")]
        super().__init__(foreign, *args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's signature
        """The file's place, or an empty list."""
        if path.replace("\\", "/") not in self.paths:
            return cast("Any", super()).find(path, find_all, **kwargs)
        place = str(write() / path)
        return [place] if find_all else place

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        """All of them, for `collectstatic`."""
        storage = FileSystemStorage(location=write())
        yield from ((path, storage) for path in self.paths)
        yield from super().list(ignore_patterns)


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names with the content's hash and compressed copies, once collected; plain names before that, as in tests."""

    def stored_name(self, name: str) -> str:
        """The hashed name from the manifest; where nothing was collected, the name itself."""
        return super().stored_name(name) if self.hashed_files else name
