"""Our nouns out to a spreadsheet and back: the same values, and every wrong cell named with its row, column and a way out."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.formats.errors import FormatError
from goldenthread.formats.records import Field, read_records, value_of, write_records
from goldenthread.formats.sheets import write_csv, write_xlsx
from goldenthread.formats.workbook import read_workbook
from tests.formats.material import csv_of, xlsx_of

STEP = [
    Field("id", "id"),
    Field("title", required=True),
    Field("start", "date"),
    Field("hours", "number", lowest=0),
    Field("progress", "percent"),
    Field("mode", "choice", choices=("own work", "supervised")),
    Field("milestone", "boolean"),
    Field("count", "integer"),
    Field("people", many=True),
]
words = st.text(st.characters(exclude_categories=["Cs", "Cn", "Cc"], include_characters="\n\t"), min_size=1, max_size=25).filter(
    lambda t: t.strip()
)
people = st.lists(
    words.map(lambda t: t.replace(";", " ").strip() or "x").filter(lambda t: t == t.strip()), min_size=1, max_size=3
)
steps = st.fixed_dictionaries(
    {
        "title": st.one_of(words, st.sampled_from(["=1+1", "-", "@home", "'=x", "+44 20", "12", "01/02/2026", "n/a", "Total"])),
        "start": st.none() | st.dates(dt.date(1970, 1, 1), dt.date(2199, 12, 31)),
        "hours": st.none() | st.decimals(0, 10**9, places=2),
        "progress": st.none() | st.decimals(0, 100, places=1),
        "mode": st.none() | st.sampled_from(["own work", "supervised"]),
        "milestone": st.none() | st.booleans(),
        "count": st.none() | st.integers(-(10**12), 10**12),
        "people": people,
    }
)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_round_trip_gives_the_same_rows(write, data):
    rows = [{"id": f"S-{n}", **row} for n, row in enumerate(data.draw(st.lists(steps, max_size=5)), 1)]
    read = read_records(read_workbook(write(write_records("Steps", STEP, rows))), STEP)
    assert read.problems == ()
    assert list(read.rows) == rows


def records(*lines, fields=None, **extra):
    return read_records(read_workbook(csv_of(*lines, **extra)), fields or STEP)


def test_a_file_that_went_through_a_german_spreadsheet():
    read = records(
        "ID;Title;Comment;Hours;START;progress",
        "S-1;Alpha;x;1.234,5;31.12.2026;50 %",
        "S-2;Beta;y;7;01.02.2027;12,5",
        encoding="cp1252",
    )
    assert read.problems == ()
    assert [row["hours"] for row in read.rows] == [Decimal("1234.5"), 7]
    assert [row["start"] for row in read.rows] == [dt.date(2026, 12, 31), dt.date(2027, 2, 1)]
    assert [row["progress"] for row in read.rows] == [50, Decimal("12.5")]
    assert read.unknown_columns == ("Comment",)
    assert read.missing_columns == ("mode", "milestone", "count", "people")


BAD = {
    "hours": {
        "NaN": "not a finite", "inf": "not a finite", "-Infinity": "not a finite", "1e400": "not a finite", "abc": "not a number",
        "-1": "below 0", "12%": "percentage", "#REF!": "spreadsheet error",
    },
    "progress": {"140 %": "above 100", "140": "above 100", "-5%": "below 0", "most": "not a number"},
    "start": {
        "31/12/10000": "year 10000", "10000-01-01": "year 10000", "2026-02-30": "not a date", "1066-10-14": "year 1066",
        "03/04/2026": "two different days", "May 2026": "names a month", "soon": "not a date",
    },
    "mode": {"outsourced": "not one of the choices"},
    "milestone": {"perhaps": "neither yes nor no"},
    "count": {"1.5": "not a whole number"},
}  # fmt: skip


@pytest.mark.parametrize(("column", "cell"), [(column, cell) for column, cells in BAD.items() for cell in cells])
def test_wrong_cells_are_named_with_row_column_and_advice(column, cell):
    read = records(f"id,title,{column}", "S-1,Good,", f"S-2,Bad,{cell}")
    assert [row["id"] for row in read.rows] == ["S-1"]
    (problem,) = read.problems
    assert (problem.place, problem.column) == ("line 3, column C", column)
    assert BAD[column][cell] in problem.message
    assert problem.advice


def test_every_wrong_cell_of_a_row_is_told_at_once():
    read = records("id,title,hours,start", "S-1,,abc,soon", "S-1,Good,1,2026-01-01", "S-1,Twice,2,2026-01-01")
    assert [(problem.place, problem.column) for problem in read.problems] == [
        ("line 2, column B", "title"), ("line 2, column C", "hours"), ("line 2, column D", "start"), ("line 4, column A", "id"),
    ]  # fmt: skip
    assert [row["title"] for row in read.rows] == ["Good"]


def test_a_file_without_the_column_that_must_be_there():
    with pytest.raises(FormatError, match="column title is missing") as caught:
        records("id,name", "S-1,x", "S-2,y")
    assert "id, name" in caught.value.advice


def test_a_column_twice_is_refused():
    with pytest.raises(FormatError, match="occurs twice"):
        records("id,title,Title", "S-1,a,b", "S-2,a,b")


def test_a_header_alone_is_no_rows():
    assert records("id,title").rows == ()


def test_rows_that_look_like_totals_or_notes_stay():
    read = records("id,title,hours", "S-1,Alpha,1", "S-2,Beta,2", "S-3,Total,3", "S-4,Source: plan,")
    assert [row["title"] for row in read.rows] == ["Alpha", "Beta", "Total", "Source: plan"]


def test_a_cell_shown_as_per_cent_in_a_workbook_is_read_as_shown():
    read = read_records(
        read_workbook(xlsx_of(("S", [["id", "title", "progress"], ["1", "A", ("percent", 0.5)], ["2", "B", 70]]))), STEP
    )
    assert [row["progress"] for row in read.rows] == [50, 70]


def test_a_nul_in_a_workbook_is_an_error_of_its_cell():
    with pytest.raises(FormatError):
        value_of(Field("hours", "number"), "1\0")
    read = read_records(read_workbook(xlsx_of(("Steps", [["id", "title"], ["S-1", "a\x00b"], ["S-2", "ok"]]))), STEP)
    assert [problem.column for problem in read.problems] == ["title"]


def test_the_sheet_is_found_by_name_among_several():
    data = write_xlsx(
        [
            write_records("Targets", [Field("id", "id"), Field("value", "number")], [{"id": "T-1", "value": 5}]),
            write_records("Steps", STEP, [{"id": "S-1", "title": "A"}]),
        ]
    )
    read = read_records(read_workbook(data), STEP, "steps")
    assert [row["title"] for row in read.rows] == ["A"]


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_table_at_all_is_read_or_refused_in_words(rows):
    text = "\r\n".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [["id", "title", "hours", "start"], *rows]
    )
    try:
        read = read_records(read_workbook(text.encode("utf-8", "replace")), STEP)
    except FormatError:
        return
    assert all(row["title"] for row in read.rows)
