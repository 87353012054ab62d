"""A plan as a slide: everything inside it, no text wider than its place, a chart with its figures, told to who cannot see."""

import io

import pytest
from pptx import Presentation
from pptx.util import Emu

from goldenthread.formats.one_page_slide import HEIGHT, LEAST, WIDTH, Bars, Slide, SlideRow, as_slide, cut, measured

LONG = "Have every department of the organisation Decide within three working days on WHATEVER its projects ask of it, " * 3
CELLS = (LONG, "5.5 → 3.0 days by Dec 2027", "about 7 in 10, good", "Wilhelmina Featherstonehaugh", "12 more")
HEADER = ("Objective", "Figure", "Chance, basis", "Owner", "Steps")


def slide(count=24, **given):
    rows = tuple(SlideRow("goal", CELLS) for _ in range(count))
    shares = (0.315, 0.275, 0.165, 0.17, 0.075)
    bars = Bars("On the way", tuple((f"Objective {n}", n / 10) for n in range(count)))
    lists = (("Duties", (LONG,) * 4), ("What we do not do", (LONG,) * 4))
    base = {"title": LONG, "author": "Aldermere", "lead": LONG, "opening": LONG, "what": "What it holds"}
    return Slide(**(base | {"header": HEADER, "shares": shares, "rows": rows, "bars": bars, "lists": lists} | given))


def opened(made):
    deck = Presentation(io.BytesIO(made))
    assert len(deck.slides) == 1
    return deck, deck.slides[0]


def texts(page):
    """Every paragraph of the slide with its size, weight and room in mm; height of its place and number of its lines."""
    for shape in page.shapes:
        if shape.has_text_frame:
            frame = shape.text_frame
            assert not frame.word_wrap
            yield from ((p, Emu(shape.width).mm) for p in frame.paragraphs)
            assert sum(p.runs[0].font.size.pt * 1.2 for p in frame.paragraphs) * 25.4 / 72 <= Emu(shape.height).mm
        if shape.has_table:
            widths = [Emu(column.width).mm for column in shape.table.columns]
            for row in shape.table.rows:
                for number, cell in enumerate(row.cells):
                    if cell.is_spanned:
                        continue
                    room = sum(widths) if cell.is_merge_origin else widths[number]
                    yield cell.text_frame.paragraphs[0], room - Emu(cell.margin_left).mm - Emu(cell.margin_right).mm
                    assert cell.text_frame.paragraphs[0].runs[0].font.size.pt * 1.2 * 25.4 / 72 <= Emu(row.height).mm


def check(made):
    """Nothing stands outside, nothing over another, no text is wider than its place or smaller than ten points."""
    deck, page = opened(made)
    assert round(deck.slide_width / deck.slide_height, 2) == 1.78
    boxes = []
    for shape in page.shapes:
        assert shape.left >= 0
        assert shape.top >= 0
        assert Emu(shape.left + shape.width).mm <= WIDTH
        assert Emu(shape.top + shape.height).mm <= HEIGHT
        boxes.append((shape.left, shape.top, shape.left + shape.width, shape.top + shape.height))
        if shape.has_table:
            assert sum(row.height for row in shape.table.rows) <= shape.height + 100
    for n, one in enumerate(boxes):
        for other in boxes[:n]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] - 100 or other[1] >= one[3] - 100
    for paragraph, room in texts(page):
        (run,) = paragraph.runs
        assert run.font.size.pt >= LEAST
        assert measured(run.text, run.font.size.pt, bold=bool(run.font.bold)) <= room + 0.01, run.text
    return page


@pytest.mark.parametrize("count", [0, 1, 3, 6, 10, 24, 25])
def test_any_number_of_rows_with_long_words_stands_on_the_slide(count):
    check(as_slide(slide(count, bars=None if count == 0 else slide(count).bars)))


def test_the_chart_carries_the_figures_and_can_be_edited():
    bars = Bars("On the way", (("Faster decisions", 0.25), ("No figure", None), ("Worse than before", -0.4), ("More", 1.7)))
    page = check(as_slide(slide(4, bars=bars)))
    (frame,) = [shape for shape in page.shapes if shape.has_chart]
    plot = frame.chart.plots[0]
    assert list(plot.categories) == ["Faster decisions", "No figure", "Worse than before", "More"]
    assert [(s.name, tuple(s.values)) for s in plot.series] == [
        ("Target", (1.0, None, 1.0, 1.0)),
        ("Reached so far", (0.25, None, -0.4, 1.7)),
    ]
    sheet = frame.chart.part.chart_workbook.xlsx_part
    assert sheet.blob.startswith(b"PK"), "its figures open as a sheet in PowerPoint"
    told = frame._element.nvGraphicFramePr.cNvPr.get("descr")
    assert "Faster decisions: 25%; No figure: not known; Worse than before: -40%; More: 170%" in told


def test_it_is_read_in_order_with_title_words_and_language():
    deck, page = opened(as_slide(slide(3)))
    assert [shape.name for shape in page.shapes] == [
        page.shapes.title.name,
        "From when",
        "Why it is there",
        "Plan",
        "Reached so far, and the target",
        "Duties",
        "What we do not do",
    ]
    assert page.shapes.title.text_frame.text.startswith("Have every")
    frames = [shape for shape in page.shapes if shape.has_table or shape.has_chart]
    assert all(frame._element.nvGraphicFramePr.cNvPr.get("descr") for frame in frames)
    (table,) = [shape.table for shape in page.shapes if shape.has_table]
    assert table.first_row
    assert deck.core_properties.title.startswith("Have every")
    assert {p.runs[0].font.language_id for p, _ in texts(page)} == {2057}


@pytest.mark.parametrize("words", ["", "=1+1", "日本語" * 80, "\x07\x0b\u200b\ud800", "a\nb\tc", "…" * 300, "W" * 400, "<a:t>&"])
def test_words_of_any_kind_are_words(words):
    page = check(as_slide(slide(2, title=words, lead=words, opening=words, rows=(SlideRow("goal", (words,) * 5),) * 2)))
    assert "\n" not in page.shapes.title.text_frame.text


def test_what_is_cut_says_so_and_is_as_long_as_fits():
    short = cut(LONG, 50, 10)
    assert short.endswith("…")
    assert measured(short, 10) <= 50 < measured(LONG[: len(short) + 2] + "…", 10)
    assert cut("Short", 50, 10) == "Short"
