"""A plan as a PDF: one sheet, tagged, with title and language, the same bytes each time, whatever its words."""

import re

import pytest

from goldenthread.formats.one_page import Paper, Part, Row, as_pdf, pages_of

LONG = "Have every department of the organisation Decide within three working days on WHATEVER its projects ask of it, " * 3
KINDS = {"goal": 3, "tall": 3, "entry": 5, "figure": 3, "work": 3, "wide": 3, "side": 3, "own": 3, "rest": 1}


def paper(rows, **given):
    base = {
        "title": "IT PMO: the plan on one page",
        "author": "Aldermere",
        "lead": LONG,
        "opening": LONG,
        "row": 4.2,
        "size": 8.5,
    }
    return Paper(**(base | {"parts": (Part("Objectives", tuple(rows)),)} | given))


def test_a_pdf_is_tagged_and_says_title_and_language():
    made = as_pdf(paper([Row("goal", ("Faster decisions", "7 in 10, basis good", "Ada"))]))
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made
    assert b"/StructTreeRoot" in made
    assert b"/Lang" in made
    assert b"pdfuaid" in made


def test_it_stands_in_inter_for_letters_of_all_europe_and_the_signs_of_figures():
    made = as_pdf(paper([Row("goal", ("5.5 → 3.0 ≤ 4, Łukasz Ørsted", "Ωμέγα Идея", "−3 €…"))], lead="Lead", opening="Why"))
    assert {name.split(b"+")[1] for name in re.findall(rb"/BaseFont\s*/([A-Z]{6}\+[\w-]+)", made)} == {
        b"Inter-Regular-Identity-H",
        b"Inter-Bold-Identity-H",
        b"Inter-Regular",
        b"Inter-Bold",
    }


def test_the_same_paper_gives_the_same_bytes():
    given = paper([Row("work", ("Clients decide", "Ada", "by 1 Dec 2026"))])
    assert as_pdf(given) == as_pdf(given)


@pytest.mark.parametrize("kind", KINDS)
def test_fifty_rows_of_any_kind_with_long_words_stay_on_one_page(kind):
    rows = [Row(kind, (LONG,) * KINDS[kind])] * (26 if kind == "tall" else 52)
    assert pages_of(as_pdf(paper(rows))) == 1


def test_the_same_rows_without_a_fixed_height_would_not():
    """The count of pages can say more than one."""
    assert pages_of(as_pdf(paper([Row("rest", ("word",))] * 200))) > 1


def test_words_run_on_where_there_is_room_and_are_cut_where_there_is_not():
    few, many = [Row("own", ("now", LONG, LONG))] * 3, [Row("own", ("now", LONG, LONG))] * 40
    assert pages_of(as_pdf(paper(few, wraps=True))) == pages_of(as_pdf(paper(many, wraps=True))) == 1
    assert as_pdf(paper(many, wraps=True)) == as_pdf(paper(many))
    assert as_pdf(paper(few, wraps=True)) != as_pdf(paper(few))


@pytest.mark.parametrize(
    "words", ["#let x = 1", "*bold* _it_ `code` $x$", "\\u{41} @ref <label> = head", "", "…" * 300, "日本語 ≤ → €", "\x07\u200b"]
)
def test_words_are_words_and_no_markup(words):
    assert pages_of(as_pdf(paper([Row("goal", (words, words, words))], title=words or "-", lead=words, opening=words))) == 1
