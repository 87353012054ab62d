"""What import-linter cannot say about who may know whom."""

import ast
import configparser
import re

import grimp
import pytest

from tests.architecture.source import BASE, PACKAGE, ROOT, modules, name, nodes, rooms, slices, tree

OPEN = {"models", "queries", "actions"}
FORBIDDEN_WORDS = re.compile(r"(Manager|Helper|Handler|Processor|Utils?|Common|Misc)(?![a-z])")
FORBIDDEN_FILES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "handlers",
    "processors",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("goldenthread", exclude_type_checking_imports=True)


def test_slices_show_each_other_only_models_queries_and_actions(graph):
    wrong = []
    for importer in graph.modules:
        room = importer.split(".")[1] if "." in importer else ""
        for imported in graph.find_modules_directly_imported_by(importer):
            parts = imported.split(".")
            if room in ("config", "") or len(parts) < 3 or parts[1] == room or parts[1] not in slices():
                continue
            if parts[2] not in OPEN:
                wrong.append(f"{importer} -> {imported}")
    assert not wrong


def test_the_stack_names_every_room_and_only_rooms_to_come_stand_in_parentheses():
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    layers = rules["importlinter:contract:stack"]["layers"].split()
    assert [layer for layer in layers if not layer.startswith("(")] == [
        layer.strip("()") for layer in layers if layer.strip("()") in rooms()
    ]
    assert set(rooms()) <= {layer.strip("()") for layer in layers}


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_what_it_owns_and_holds_nothing_else_at_its_door(room):
    door = tree(PACKAGE / room / "__init__.py")
    said = ast.get_docstring(door) or ""
    assert len(door.body) == 1, "only a docstring"
    assert len(said) > 80, "what the room owns, what it does not, which file to open first"
    named = [word for word in re.findall(r"`(\w[\w/.]*)`", said) if word.endswith((".py", ".html", ".css", "/"))]
    assert named, "which file to open first, in `backticks`"
    missing = [word for word in named if not (PACKAGE / room / word).exists() and not (PACKAGE / word).exists()]
    assert not missing


def test_names_say_what_a_thing_is():
    classes = [
        f"{name(path)}: {node.name}"
        for path in modules()
        for node in nodes(path, ast.ClassDef)
        if FORBIDDEN_WORDS.search(node.name)
    ]
    files = [name(path) for path in modules() if path.stem in FORBIDDEN_FILES]
    assert not classes + files


def test_only_the_base_is_called_base():
    assert set(BASE) <= set(rooms())


@pytest.mark.parametrize("room", ["engine", "formats"])
def test_the_pure_rooms_read_no_clock_and_no_environment(room):
    calls = {"today", "now", "utcnow", "getenv"} if room == "engine" else {"today", "utcnow", "getenv"}
    found = []
    for path in (PACKAGE / room).rglob("*.py"):
        found += [
            f"{name(path)}:{node.lineno} {node.func.attr}"
            for node in nodes(path, ast.Call)
            if isinstance(node.func, ast.Attribute) and node.func.attr in calls
        ]
    assert not found


PUBLIC = ("engine", "formats", "kit")


@pytest.mark.parametrize("room", rooms())
def test_what_a_room_offers_says_what_it_is(room):
    """Public functions of the base, and every read and write of a slice, have a docstring; a registered check has its title."""
    silent = []
    for path in (PACKAGE / room).rglob("*.py"):
        parts = {part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts}
        if room in PUBLIC or parts & OPEN:
            offered = (node for node in tree(path).body if isinstance(node, ast.FunctionDef) and node.name[0] != "_")
            silent += [
                f"{name(path)}: {node.name}" for node in offered if not ast.get_docstring(node) and not node.decorator_list
            ]
    assert not silent
