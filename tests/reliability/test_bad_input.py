"""Bad input through the commands: exit 1, a message with the place, nothing changed, little memory."""

import codecs
import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import product
from tests.reliability.bad_input import FILES

MEMORY = 512 * 2**20
QUESTION = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def rows(folder: Path) -> dict[str, int]:
    """How many rows every table has."""
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        tables = [name for (name,) in database.execute(QUESTION)]
        return {name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in tables}


def steps(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        first, second = (pk for (pk,) in database.execute("SELECT id FROM plan_step ORDER BY id LIMIT 2"))
    return {"first": first, "second": second}


def handed_in(folder: Path, tmp_path: Path, name: str) -> tuple[product.Outcome, tuple[str, ...]]:
    kind, file_name, content, words = FILES[name]
    made = content() if callable(content) else content
    if isinstance(made, str):
        made = (made.format(**steps(folder)) if "{first}" in made else made).encode()
    path = tmp_path / file_name
    with path.open("wb") as stream:  # a size alone makes a file of zeros: this process must stay small, its child is measured
        stream.truncate(made) if isinstance(made, int) else stream.write(made)
    word, _, noun = kind.partition(":")
    return product.run(folder, "import", word, str(path), "--json", *(["--noun", noun] if noun else [])), words


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_bad_input_is_refused_with_its_place_and_changes_nothing(folder: Path, tmp_path: Path, name: str):
    before = rows(folder)
    done, words = handed_in(folder, tmp_path, name)
    assert done.code == 1, (done.out, done.err[-1500:])
    assert "Traceback" not in done.err
    assert any(word.lower() in done.err.lower() for word in words), done.err
    assert done.memory < MEMORY
    after = rows(folder)
    uploaded = {
        "accounts_changeset",
        "workspace_importedfile",
        "workspace_historicalimportedfile",
    }  # a refused file is kept to look at
    assert {n: c for n, c in after.items() if n not in uploaded} == {n: c for n, c in before.items() if n not in uploaded}


@pytest.mark.slow
def test_formulas_in_names_come_out_as_text(folder: Path, tmp_path: Path):
    path = tmp_path / "objectives.csv"
    names = ["=HYPERLINK(1)", "+1+1", "@SUM(A1)", "-2+3"]
    path.write_text("title\n" + "\n".join(names) + "\n", encoding="utf-8")
    product.must(folder, "import", "csv", str(path), "--noun", "objectives")
    product.must(folder, "export", "csv", "--out", str(tmp_path / "out"))
    with (tmp_path / "out" / "objectives.csv").open(encoding="utf-8-sig", newline="") as stream:
        written = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in written if cell.startswith(("=", "+", "@")) or cell == "-2+3"]
    assert all(any(name in cell for cell in written) for name in names), "a name was lost"
    again = product.run(
        folder, "import", "csv", str(tmp_path / "out" / "objectives.csv"), "--noun", "objectives", "--dry-run", "--json"
    )
    assert (again.code, again.answer["counts"]["changed"]) == (0, 0), again.err


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_another_encoding_is_read_not_garbled(folder: Path, tmp_path: Path, encoding: str):
    path = tmp_path / "objectives.csv"
    path.write_bytes(codecs.encode("title\nZurück zum Café für 5 €\n", encoding))
    product.must(folder, "import", "csv", str(path), "--noun", "objectives")
    with closing(sqlite3.connect(folder / "golden-thread.sqlite3")) as database:
        titles = [title for (title,) in database.execute("SELECT title FROM purpose_objective ORDER BY id")]
    assert titles[-1] == "Zurück zum Café für 5 €"


def test_the_data_is_whole_after_all_of_it(folder: Path, tmp_path: Path):
    for name in ("broken XML", "NaN", "a cyclic plan"):
        handed_in(folder, tmp_path, name)
    assert product.must(folder, "verify")["whole"]
