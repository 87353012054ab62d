"""The repository as the rules read it: files, syntax trees, rooms. Every list here is drawn from the files themselves."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "goldenthread"
BASE = ("kit", "ui", "formats", "engine")  # rooms under the slices: open to every room above them


def rooms() -> list[str]:
    """Names of the rooms that exist."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def slices() -> list[str]:
    """The rooms that own a noun: they show others only models, queries and actions."""
    return [room for room in rooms() if room not in (*BASE, "config")]


def modules(*, migrations: bool = False) -> list[Path]:
    """The package's Python files, and the two programs beside it."""
    found = [path for path in sorted(PACKAGE.rglob("*.py")) if migrations or "migrations" not in path.parts]
    beside = [ROOT / "gt", ROOT / "docs" / "generate.py"]
    return [*found, *(path for path in beside if path.exists())]


def templates() -> list[Path]:
    """Every page and fragment of ours."""
    return sorted(path for path in PACKAGE.rglob("*.html") if "vendor" not in path.parts)


def name(path: Path) -> str:
    """A path as messages show it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of some kinds in a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes; what cannot be named is left out."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))
