"""The pages around the code say what the code does: words, commands, variables, links, generated parts."""

import re
import subprocess
import sys

import pytest
from django.apps import apps

from goldenthread.config.environment import Environment
from tests.architecture.source import ROOT, rooms, text

PAGES = [
    ROOT / name
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "STYLE.md",
        "CHANGELOG.md",
        *(p.relative_to(ROOT) for p in (ROOT / "docs").rglob("*.md")),
    )
]
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)|<img[^>]+src=\"([^\"]+)\"")


def show(path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_glossary_has_every_table():
    words = set(
        re.findall(
            r"\w+", " ".join(line.split("|")[1] for line in text(ROOT / "docs/glossary.md").splitlines() if line.startswith("| "))
        )
    )
    ours = {
        m.__name__
        for m in apps.get_models()
        if m.__module__.startswith("goldenthread.") and not m.__name__.startswith("Historical")
    }
    assert len(ours) > 20
    assert ours <= words


def test_the_glossary_says_each_word_once():
    first = [line.split("|")[1].strip() for line in text(ROOT / "docs/glossary.md").splitlines() if line.startswith("| ")]
    terms = [term.strip() for cell in first if cell != "word" for term in cell.split(",")]
    assert not {term for term in terms if terms.count(term) > 1}


@pytest.mark.parametrize("page", PAGES, ids=show)
def test_links_lead_somewhere(page):
    targets = [a or b for a, b in LINK.findall(text(page))]
    assert not [target for target in targets if "://" not in target and not (page.parent / target).exists()]


def test_readme_names_every_variable_and_no_other():
    named = set(re.findall(r"`(GT_[A-Z_]+)`", text(ROOT / "README.md")))
    known = {f"GT_{field.upper()}" for field in Environment.model_fields}
    assert known - {"GT_DEBUG"} == named


def test_commands_in_the_pages_exist():
    import typer

    from goldenthread.config.command import app

    group = typer.main.get_command(app)
    verbs = {"test", "check", "fix", "docs", "bench", "lock", "WORD"} | set(group.commands)
    for page in PAGES:
        found = set(re.findall(r"\./gt ([a-zA-Z][\w-]*)", text(page)))
        assert found <= verbs, show(page)


def test_generated_pages_are_up_to_date():
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs/generate.py"), "--check"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}run ./gt docs"


def test_decisions_are_numbered_listed_and_one_page_long():
    pages = sorted((ROOT / "docs/decisions").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    index = text(ROOT / "docs/decisions/README.md")
    for page in pages:
        assert f"({page.name})" in index
        assert text(page).count("\n") <= 60
        assert all(part in text(page) for part in ("**Asked.**", "**Decided.**", "**Why.**", "**Costs.**"))


def test_contributing_speaks_of_rooms_that_exist():
    named = set(re.findall(r"`(\w+)/(?:\w+\.py|templates/)", text(ROOT / "CONTRIBUTING.md"))) - {"tests"}
    assert named <= set(rooms())


def test_the_ci_script_runs_the_two_commands():
    lines = [line for line in text(ROOT / ".ci/run").splitlines() if line.startswith("./gt")]
    assert lines == ["./gt check", "./gt test"]
