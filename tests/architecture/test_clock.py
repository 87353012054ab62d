"""Only the edge asks what time it is; everything else is told, so that it can be tested and explained on any date."""

import ast

import pytest

from tests.architecture.source import PACKAGE, dotted, modules, name, nodes

ASKS = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "time.time",
)
EDGE_FILES = {"views", "jobs", "api", "commands", "apps"}
EDGE = {
    # path below the package: reason
    "ui/jinja.py": "a filter speaks of “today” on a page that was not told which day it is, such as an error page",
    "kit/worker.py": "a background worker is an edge of its own: nobody above it could tell it the time",
}


def asks_the_clock(path) -> list[str]:
    return [
        f"{name(path)}:{node.lineno} {dotted(node.func)}"
        for node in nodes(path, ast.Call)
        if dotted(node.func).endswith(ASKS) and not (dotted(node.func) == "timezone.localtime" and node.args)
    ]


def is_edge(path) -> bool:
    below = path.relative_to(PACKAGE)
    return bool(
        below.parts[0] == "config" or EDGE_FILES & {part.removesuffix(".py") for part in below.parts} or below.as_posix() in EDGE
    )


@pytest.mark.parametrize("path", [path for path in modules() if path.is_relative_to(PACKAGE)], ids=name)
def test_only_the_edge_asks_the_clock(path):
    assert is_edge(path) or not asks_the_clock(path)


def test_every_exception_is_still_needed():
    assert not [below for below in EDGE if (PACKAGE / below).exists() and not asks_the_clock(PACKAGE / below)]
