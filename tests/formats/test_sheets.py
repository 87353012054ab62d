"""Writing: the same bytes each time, no formula ever, numbers stay numbers, and everything comes back as it was."""

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.formats.errors import FormatError
from goldenthread.formats.layout import text_of
from goldenthread.formats.sheets import OutSheet, guarded, unguarded, write_csv, write_xlsx
from goldenthread.formats.workbook import read_workbook

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'=", "''@"]
texts = st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0"), max_size=40)
risky = st.tuples(st.sampled_from(STARTS), texts).map("".join)
numbers = st.one_of(
    st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False), st.decimals(-(10**12), 10**12, places=2)
)
days = st.dates(min_value=dt.date(1901, 1, 1), max_value=dt.date(2199, 12, 31))
cells = st.one_of(st.none(), texts, risky, numbers, days, st.booleans())
tables = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8)


def same(cell, read):
    if cell is None:
        return read is None
    if isinstance(cell, bool):
        return read is cell or read == text_of(cell)
    if isinstance(cell, float):
        return float(read) == pytest.approx(cell, rel=1e-15, abs=0)
    if isinstance(cell, (int, Decimal)):
        return Decimal(str(read)) == Decimal(str(cell))
    return read == cell or read == text_of(cell)


@given(tables)
@settings(max_examples=200, deadline=None)
def test_csv_comes_back_as_it_was_and_holds_no_formula(rows):
    data = write_csv(OutSheet("T", ["a", "b", "c"], rows))
    plain = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    for row, out in zip(rows, plain[1:], strict=True):
        for cell, written in zip(row, out, strict=True):
            if isinstance(cell, str):
                assert unguarded(written) == cell
                assert not re.match("[=+\\-@\t\r\n＝＋－＠]", written)
            else:
                assert same(cell, written or None)


@given(tables)
@settings(max_examples=40, deadline=None)
def test_xlsx_comes_back_as_it_was_and_holds_no_formula(rows):
    data = write_xlsx(OutSheet("T", ["a", "b", "c"], rows))
    read = read_workbook(data).sheets[0].rows[1:]
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            found = read[place][column] if place < len(read) and column < len(read[place]) else None
            if isinstance(cell, str):
                assert (found or "") == cell.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
            else:
                assert same(cell, found), (cell, found)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@given(texts | risky)
def test_guarding_can_always_be_undone(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text) == text or guarded(text) == f"'{text}"


@pytest.mark.parametrize("start", STARTS)
def test_names_that_look_like_formulas(start):
    name = f'{start}HYPERLINK("http://example.org";"x")'
    table = OutSheet("T", ["Name", "Delta"], [[name, -5], ["plain", 5]])
    written = write_csv(table).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(written, newline="")))[1] == [guarded(name), "-5"]
    book = read_workbook(write_xlsx(table))
    assert book.sheets[0].rows[1] == (name, -5)
    with zipfile.ZipFile(io.BytesIO(write_xlsx(table))) as archive:
        assert b"quotePrefix" in archive.read("xl/styles.xml")


def test_the_same_input_gives_the_same_bytes():
    sheets = [OutSheet("One", ["a"], [["x"], [1.5], [dt.date(2026, 1, 2)]], [20]), OutSheet("Two", ["b"], [[True]])]
    assert write_xlsx(sheets) == write_xlsx(sheets)
    assert write_csv(sheets) == write_csv(sheets)


def test_sheet_names_are_made_lawful_and_unlike():
    book = read_workbook(
        write_xlsx(
            [OutSheet("a/b:c*" + "x" * 40, ["h"], [[1]]), OutSheet("A B C " + "X" * 40, ["h"], [[1]]), OutSheet("", ["h"], [[1]])]
        )
    )
    names = [sheet.name for sheet in book.sheets]
    assert len({name.casefold() for name in names}) == 3
    assert all(0 < len(name) <= 31 for name in names)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_numbers_that_are_not_finite_are_refused_with_their_row(number, write):
    with pytest.raises(FormatError) as caught:
        write(OutSheet("KPIs", ["v"], [[1], [number]]))
    assert caught.value.place == "sheet KPIs, row 3"


def test_text_too_long_for_excel_is_refused_not_cut():
    with pytest.raises(FormatError, match="32,767"):
        write_xlsx(OutSheet("T", ["a"], [["x" * 40_000]]))
    assert len(write_csv(OutSheet("T", ["a"], [["x" * 40_000]]))) > 40_000


def test_nul_is_replaced_since_no_table_may_hold_it():
    assert "\0" not in write_csv(OutSheet("T", ["a"], [["\0=1"]])).decode("utf-8-sig")
    assert read_workbook(write_xlsx(OutSheet("T", ["a"], [["x\0y"]]))).sheets[0].rows[1] == ("x\ufffdy",)
