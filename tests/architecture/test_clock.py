"""Who may ask what time it is.

Nothing below the edge reads the machine's clock, so that it can be tested and explained on any date. A write may note the
moment it happens, on Django's clock in the organisation's own time zone; a read is told the day, and may fall back on
today only as `day or clock.today()`.
"""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, dotted, modules, name, nodes

MACHINE = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
ORGANISATION = ("timezone.now", "timezone.localdate", "timezone.localtime", "clock.now", "clock.today")
CONVERTS = ("timezone.localdate", "timezone.localtime")  # with an argument they only convert a moment that was given
EDGE = {"views", "jobs", "api", "commands", "config"}
WRITES = EDGE | {"actions"}
EXCEPTIONS = {
    # path below the package: reason
    "accounts/queries/access.py": "rights hold now, whatever day a page is about",
    "accounts/sign_in.py": "signing in happens now; nobody stands above it",
    "kit/worker.py": "a background worker is an edge of its own: nobody above it could tell it the time",
}


def asks(path: Path, clocks: tuple[str, ...]) -> list[str]:
    fallbacks = {id(inner) for node in nodes(path, ast.BoolOp) if isinstance(node.op, ast.Or) for inner in ast.walk(node)}
    calls = ((node, dotted(node.func)) for node in nodes(path, ast.Call))
    return [
        f"{name(path)}:{node.lineno} {said}"
        for node, said in calls
        if said.endswith(clocks) and not (said in CONVERTS and node.args) and (clocks is MACHINE or id(node) not in fallbacks)
    ]


def places(path: Path) -> set[str]:
    return {part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts}


def excepted(path: Path) -> bool:
    return path.relative_to(PACKAGE).as_posix() in EXCEPTIONS


INSIDE = [path for path in modules() if path.is_relative_to(PACKAGE)]


@pytest.mark.parametrize("path", INSIDE, ids=name)
def test_only_the_edge_reads_the_clock_of_the_machine(path):
    assert places(path) & EDGE or not asks(path, MACHINE)


@pytest.mark.parametrize("path", INSIDE, ids=name)
def test_only_writes_and_the_edge_ask_for_the_moment(path):
    assert places(path) & WRITES or excepted(path) or not asks(path, ORGANISATION)


def test_every_exception_is_still_needed():
    assert not [path for path in EXCEPTIONS if not asks(PACKAGE / path, ORGANISATION)]


def test_the_rules_see_a_clock_when_they_meet_one(tmp_path):
    sample = tmp_path / "sample.py"
    sample.write_text(
        "import datetime as d\na = d.datetime.now()\nb = d.date.today()\nc = timezone.now()\ne = timezone.localtime(c)\n"
    )
    calls = [dotted(node.func) for node in ast.walk(ast.parse(sample.read_text())) if isinstance(node, ast.Call)]
    assert [said for said in calls if said.endswith(MACHINE)] == ["d.datetime.now", "d.date.today"]
    assert [said for said in calls if said.endswith(ORGANISATION)] == ["timezone.now", "timezone.localtime"]
