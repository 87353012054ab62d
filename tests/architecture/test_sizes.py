"""Nothing grows past the point where a reader loses the thread: split by noun before it does."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, modules, name, nodes, templates, text

MODULE, FUNCTION, TEMPLATE, TEST_MODULE = 600, 60, 200, 600
LONGER = {
    # path: reason
}


def test_modules_have_at_most_600_lines():
    long = {name(path): lines for path in modules() if (lines := text(path).count("\n")) > MODULE and name(path) not in LONGER}
    assert not long


def test_test_modules_have_at_most_600_lines():
    found = (path for path in (ROOT / "tests").rglob("*.py") if text(path).count("\n") > TEST_MODULE)
    assert not [name(path) for path in found if name(path) not in LONGER]


@pytest.mark.parametrize("path", modules(), ids=name)
def test_functions_have_at_most_60_lines(path: Path):
    functions = nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
    assert not {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno - f.lineno + 1 > FUNCTION}


def test_templates_have_at_most_200_lines():
    assert not {name(path): lines for path in templates() if (lines := text(path).count("\n")) > TEMPLATE}


def test_every_exception_is_still_needed():
    assert not [path for path in LONGER if text(ROOT / path).count("\n") <= MODULE]
