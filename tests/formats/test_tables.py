"""Tables as people keep them: what is detected, what is told, and that every decision can be corrected."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from goldenthread.formats.errors import FormatError
from goldenthread.formats.tables import ColumnSettings, Settings, detect
from tests.formats.material import csv_of, ods_cell, ods_of, xlsx_of

LINES = [
    "Ref,Project,Owner,Start,Budget",
    'P1,Alpha,Ann,13/01/2026,"1,200.50"',
    "P2,Beta,Bob,02/02/2026,900",
    "P3,Gamma,Cy,28/02/2026,75",
]


def column(found, name):
    return next(column for column in found.table.columns if column.name == name)


def values(found, name):
    return [row[column(found, name).index] for row in found.table.values]


def topics(found, sure=None):
    return [note.topic for note in found.notes if sure in (None, note.sure)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_encoding_and_line_ends(delimiter, encoding, end):
    rows = [["Réf", "Project", "Cost"], ["é1", 'say "yes"\nand, go; on|\tnow', "5"], ["é2", "plain", "6"], ["é3", "x", "7"]]
    lines = [delimiter.join('"' + cell.replace('"', '""').replace("\n", end) + '"' for cell in row) for row in rows]
    found = detect(csv_of(*lines, encoding=encoding, end=end))
    assert found.settings.delimiter == delimiter
    assert [column.name for column in found.table.columns] == ["Réf", "Project", "Cost"]
    assert found.table.texts[0][:2] == ("é1", f'say "yes"{end}and, go; on|\tnow')
    assert values(found, "Cost") == [5, 6, 7]


def test_stray_bytes_of_another_encoding_do_not_spoil_the_file():
    latin = "Project,Cost\nCafé £ \x9d,1\nB,2\n".encode("latin-1")
    assert detect(latin).table.texts[0][0] == "Café £ \x9d".strip()
    mixed = "Project,Cost\nñandú — élan ü,1\nB,2\n".encode() + b"caf\xe9,3\n"
    found = detect(mixed)
    assert [row[0] for row in found.table.texts] == ["ñandú — élan ü", "B", "café"]
    assert found.settings.encoding == "utf-8+cp1252"


def test_the_line_sep_of_excel_is_honoured_and_places_still_count_it():
    found = detect(b"sep=;\r\nProject;Cost\r\nA;1,5\r\nB;2,5\r\n")
    assert values(found, "Cost") == [Decimal("1.5"), Decimal("2.5")]
    assert found.table.place(0, 1) == "line 3, column B"


def test_titles_blank_rows_and_columns_totals_and_footnotes():
    found = detect(
        csv_of(
            "Project list of the works department,,,,",
            "As of 31 March 2026,,,,",
            ",,,,",
            ",Project,,Budget,Spent",
            ",Alpha,,100,20",
            ",,,,",
            ",Beta,,200,30",
            ",Total Asset Management,,50,5",
            ",Total,,350,55",
            ",,,,",
            "* without value added tax,,,,",
        )
    )
    assert [column.name for column in found.table.columns] == ["Project", "Budget", "Spent"]
    assert [row[0] for row in found.table.texts] == ["Alpha", "Beta", "Total Asset Management"]
    assert found.table.place(1, 1) == "line 7, column D"
    assert found.settings.header_row == 4
    assert any("totals" in note.text for note in found.notes)
    assert any("footnote" in note.text for note in found.notes)


def test_a_last_row_without_a_label_that_sums_its_columns_is_a_row_of_totals():
    lines = ["Project,Budget,Spent", "A,10,1", "B,20,2", "C,30,3"]
    assert len(detect(csv_of(*lines, ",60,6")).table.texts) == 3
    assert len(detect(csv_of(*lines, ",61,6")).table.texts) == 4
    assert len(detect(csv_of(*lines, ",60,6"), Settings(keep_totals=True)).table.texts) == 4


def test_sections_repeated_headers_and_a_project_with_only_a_name():
    found = detect(
        csv_of(
            "Project,Owner,Budget,Start",
            "ROADS,,,",
            "Ring road,Ann,100,01/02/2026",
            "Bypass,Bob,200,15/03/2026",
            "Project,Owner,Budget,Start",
            "WATER,,,",
            "Main,Cy,50,20/04/2026",
            "Pump,Di,60,21/04/2026",
        )
    )
    assert [row[0] for row in found.table.texts] == ["Ring road", "Bypass", "Main", "Pump"]
    assert [row[-1] for row in found.table.texts] == ["ROADS", "ROADS", "WATER", "WATER"]
    lone = detect(csv_of("Project,Owner,Budget", "Alpha,Ann,1", "New idea,,", "Beta,Bob,2", "Gamma,Cy,3"))
    assert [row[0] for row in lone.table.texts] == ["Alpha", "New idea", "Beta", "Gamma"]


def test_two_header_lines_merged_cells_and_the_right_sheet():
    rows = [
        ["Capital programme 2026", None, None, None, None],
        ["Project", "Schedule", None, "Money", None],
        [None, "Start", "Finish", "Budget (£k)", "Spent (£k)"],
        ["North", None, None, None, None],
        ["Alpha", dt.date(2026, 1, 5), dt.date(2026, 6, 30), 100, 10],
        ["Beta", dt.date(2026, 2, 5), dt.date(2026, 7, 31), 200, 20],
    ]
    data = xlsx_of(
        ("Read me", [["This workbook holds the list."], ["Ask the office."]]),
        ("List", rows, ((0, 0, 0, 4), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (3, 0, 3, 4))),
        ("Codes", [["Code", "Meaning"], ["R", "Red"]]),
    )
    found = detect(data)
    assert found.settings.sheet == "List"
    assert found.sheets == ("Read me", "List", "Codes")
    assert [column.name for column in found.table.columns] == [
        "Project", "Schedule / Start", "Schedule / Finish", "Money / Budget (£k)", "Money / Spent (£k)", "Section",
    ]  # fmt: skip
    assert values(found, "Money / Budget (£k)") == [100_000, 200_000]
    assert values(found, "Schedule / Start") == [dt.date(2026, 1, 5), dt.date(2026, 2, 5)]
    assert values(found, "Section") == ["North", "North"]
    assert found.table.place(0, 3) == "sheet List, row 5, column D"
    assert column(found, "Money / Budget (£k)").currency == "GBP"


def test_a_hidden_sheet_is_not_preferred():
    rows = [["Project", "Budget"], ["A", 1], ["B", 2]]
    assert detect(xlsx_of(("Old", [*rows, ["C", 3]]), ("New", rows), hidden=("Old",))).settings.sheet == "New"


def test_number_formats_of_the_sheet_say_percent_and_currency():
    found = detect(
        xlsx_of(
            ("P", [["Project", "Done", "Worth"], ["A", ("percent", 0.25), ("pounds", 5)], ["B", ("percent", 1), ("pounds", 7)]])
        )
    )
    assert column(found, "Done").kind == "percent"
    assert (column(found, "Worth").kind, column(found, "Worth").currency) == ("money", "GBP")


def test_spreadsheet_errors_are_seen_and_counted():
    found = detect(xlsx_of(("P", [["Project", "Budget"], ["A", ("=", "#REF!")], ["B", 2], ["C", 4], ["D", ("=", "#N/A")]])))
    assert values(found, "Budget") == ["#REF!", 2, 4, "#N/A"]
    assert "cells" in topics(found)


def test_ods_with_merged_and_repeated_cells():
    spanned = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    head = "".join(ods_cell(name) for name in ("Department", "Project", "Budget"))
    rows = [
        ods_cell("Roads", spanned) + ods_cell("Alpha") + ods_cell(5),
        "<table:covered-table-cell/>" + ods_cell("Beta") + ods_cell(6),
        ods_cell("Water") + ods_cell("Gamma") + ods_cell(7),
    ]
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in (head, *rows))
    blank = ods_cell(None, 'table:number-columns-repeated="1024"')
    filler = f'<table:table-row table:number-rows-repeated="1048000">{blank}</table:table-row>'
    found = detect(ods_of(f'<table:table table:name="Plan">{table}{filler}</table:table>'))
    assert found.table.texts == (("Roads", "Alpha", "5"), ("Roads", "Beta", "6"), ("Water", "Gamma", "7"))
    assert found.table.kind == "ods"


def test_one_project_per_column_is_turned():
    found = detect(
        csv_of(
            "Project name,Alpha,Beta,Gamma,Delta,Epsilon",
            "Department,Roads,Roads,Water,Water,IT",
            "Start date,01/02/2026,15/02/2026,withheld for security,01/03/2026,02/03/2026",
            "Budget (£m),1.5,2,3,4,5",
        )
    )
    assert found.settings.orientation == "columns"
    assert [row[0] for row in found.table.texts] == ["Alpha", "Beta", "Gamma", "Delta", "Epsilon"]
    assert values(found, "Budget (£m)")[0] == 1_500_000
    assert values(found, "Start date")[2] == "withheld for security"
    assert found.table.place(2, 2) == "line 3, column D"


def test_the_order_of_day_and_month_is_decided_over_the_whole_column():
    def read(*cells, settings=None):
        found = detect(csv_of("Project,Start", *(f"P{n},{cell}" for n, cell in enumerate(cells))), settings)
        return values(found, "Start"), found

    assert read("03/04/2026", "25/04/2026")[0][0] == dt.date(2026, 4, 3)
    assert read("03/04/2026", "04/25/2026")[0][0] == dt.date(2026, 3, 4)
    unclear, found = read("03/04/2026", "05/06/2026")
    assert unclear[0] == dt.date(2026, 4, 3)
    assert "dates" in topics(found, "unsure")
    assert read("03/04/2026", "05/06/2026", settings=Settings(date_order="mdy"))[0][0] == dt.date(2026, 3, 4)
    both, found = read("25/04/2026", "04/26/2026", "27/04/2026", "03/04/2026")
    assert both == [dt.date(2026, 4, 25), dt.date(2026, 4, 26), dt.date(2026, 4, 27), dt.date(2026, 4, 3)]
    assert "dates" in topics(found, "unsure")
    assert read("03.04.2026", "05.06.2026")[0][0] == dt.date(2026, 4, 3)
    assert "dates" not in topics(read("03.04.2026", "05.06.2026")[1])


def test_a_column_without_proof_follows_the_other_columns():
    found = detect(csv_of("Project,Start,Finish", "A,03/04/2026,12/25/2026", "B,05/06/2026,11/30/2026"))
    assert values(found, "Start")[0] == dt.date(2026, 3, 4)


def test_spreadsheet_day_numbers_become_dates_only_where_the_heading_says_so():
    found = detect(csv_of("Project,Start date,Headcount", "A,46023,46023", "B,46054,46054"))
    assert values(found, "Start date") == [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
    assert values(found, "Headcount") == [46023, 46054]


def test_decimal_marks_are_decided_over_column_and_file():
    found = detect(csv_of("Projekt;Budget (EUR);Kosten", "A;1.234;1.234,56", "B;2.500;99,5", "C;3.100;7"))
    assert values(found, "Budget (EUR)") == [1234, 2500, 3100]
    assert values(found, "Kosten") == [Decimal("1234.56"), Decimal("99.5"), 7]
    english = detect(csv_of("Project,Budget", 'A,"1,234"', 'B,"2,500"'))
    assert values(english, "Budget") == [1234, 2500]


@pytest.mark.parametrize("word", ["Exempt under section 43", "TBC", "to be determined", "see note 3", "#DIV/0!"])
def test_words_in_a_number_column_are_kept_not_guessed(word):
    found = detect(csv_of("Project,Budget", "A,£5", "B,£6", f"C,{word}", "D,£7", "E,n/a"))
    assert values(found, "Budget") == [5, 6, word, 7, None]
    assert column(found, "Budget").withheld == 1


def test_every_setting_used_can_be_passed_back_in():
    data = csv_of(*LINES)
    first = detect(data)
    again = detect(data, first.settings)
    assert (again.table.texts, again.table.values, again.table.numbers) == (
        first.table.texts,
        first.table.values,
        first.table.numbers,
    )
    corrected = replace(
        first.settings, columns={**first.settings.columns, "4": ColumnSettings(kind="money", currency="CHF", power=3)}
    )
    assert values(detect(data, corrected), "Budget") == [1_200_500, 900_000, 75_000]
    as_text = replace(first.settings, columns={"3": ColumnSettings(kind="text")})
    assert values(detect(data, as_text), "Start")[0] == "13/01/2026"
    no_header = detect(data, Settings(header_row=0))
    assert len(no_header.table.texts) == 4
    later = detect(data, Settings(header_row=2))
    assert [column.name for column in later.table.columns][:2] == ["P1", "Alpha"]


def test_a_file_without_header_is_read_with_numbered_columns():
    found = detect(csv_of("1,2.5,01/02/2026", "2,3.5,15/02/2026", "3,4.5,16/02/2026"))
    assert [column.name for column in found.table.columns] == ["Column 1", "Column 2", "Column 3"]
    assert len(found.table.texts) == 3
    assert "header" in topics(found, "unsure")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(sheet="Missing"), "no sheet"),
        (Settings(encoding="utf-99"), "utf-99"),
        (Settings(orientation="sideways"), "orientation"),
        (Settings(columns={"0": ColumnSettings(kind="colour")}), "setting"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, words):
    with pytest.raises(FormatError, match=words):
        detect(csv_of(*LINES), settings)


def test_kinds_of_columns():
    found = detect(
        csv_of(
            "Project ID,Title,RAG,Live,Done %,Cost,Effort,Due",
            "X-1,Alpha,Amber/Red,yes,50%,$5,3,2026-01-31",
            "X-2,Beta,G,no,75%,$6,4,2026-02-28",
            "X-3,Gamma,red,yes,100%,$7,9,2026-03-31",
        )
    )
    assert [column.kind for column in found.table.columns] == [
        "id",
        "text",
        "rating",
        "boolean",
        "percent",
        "money",
        "number",
        "date",
    ]
    assert column(found, "Cost").currency == "$"
    assert "currency" in topics(found, "unsure")
