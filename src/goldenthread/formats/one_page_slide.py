"""A plan on one slide, 16:9: a table, a chart that PowerPoint can edit with its sheet of figures, two short lists.

Every row has a height known beforehand and one line of text, measured in the font that the slide asks for (Arial, which every
machine has or replaces by one as wide). The order of the shapes is the order of reading.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from goldenthread.formats.typesetting import FONTS

WIDTH, HEIGHT, EDGE = 338.67, 190.5, 12.0  # mm
FOOT = 183.0  # of what stands below the head
TABLE, SIDE = 212.0, 95.0  # mm wide, with a gap between
FACE, LEAST, LARGEST = "Arial", 10.0, 12.0  # points
INK, SOFT, LINE, GOLD, DONE, AIM = "1D1A14", "5D574B", "D3CBBB", "B8860B", "3D4A5C", "E4DFD4"
MANY = 12  # bars that are named in letters as large as the rest
MARGIN = 1.2  # mm at either side of a cell
WIDE = frozenset("WF")  # letters as wide as they are high, which our font has not
WIDTHS = {  # of the letters from " " to "~" in Arial, thousandths of their size, regular and bold
    False: """
    278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584
    584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667
    611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500
    722 500 500 500 334 260 334 584
    """.split(),
    True: """
    278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584
    584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667
    611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556
    778 556 556 500 389 280 389 584
    """.split(),
}
UNKNOWN = 1.25  # how much wider other letters may be than in our own font
PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid


@dataclass(frozen=True, slots=True)
class SlideRow:
    """kind: goal, work, head or rest; a head and a rest have one text in the first cell."""

    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar a row: its name, and how far it has come (1 is the target), None where that is not known."""

    title: str
    rows: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """Everything on the slide. shares: of the table's width for each column; what: says what the table holds."""

    title: str
    author: str
    lead: str
    opening: str
    what: str
    header: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[SlideRow, ...]
    bars: Bars | None = None
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()


def is_available() -> bool:
    """Whether the extra `reports` is installed."""
    return find_spec("pptx") is not None


def as_slide(slide: Slide) -> bytes:
    """A presentation of one slide."""
    from pptx import Presentation
    from pptx.util import Mm

    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(WIDTH), Mm(HEIGHT)
    deck.core_properties.title, deck.core_properties.author = plain(slide.title)[:255], plain(slide.author)[:255]
    deck.core_properties.language = "en-GB"
    page = deck.slides.add_slide(deck.slide_layouts[5])  # a title and nothing else
    _head(page, slide)
    aside = slide.bars is not None or bool(slide.lists)
    if slide.rows:
        _table(page, slide, TABLE if aside else WIDTH - 2 * EDGE)
    below = _list_heights(slide)
    if slide.bars is not None:
        _chart(page, slide.bars, _top(slide), FOOT - _top(slide) - sum(below))
    top = FOOT - sum(below)
    for (title, lines), height in zip(slide.lists, below, strict=True):
        texts = [(title, 11.0, True, INK), *((line, LEAST, False, SOFT) for line in lines)]
        _box(page, title, (WIDTH - EDGE - SIDE, top, SIDE, height), texts)
        top += height
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


def _head(page: Any, slide: Slide) -> None:
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Mm

    title = page.shapes.title
    title.left, title.top, title.width, title.height = Mm(EDGE), Mm(8), Mm(WIDTH - 2 * EDGE), Mm(13)
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _fill(title.text_frame, [(slide.title, 24.0, True, INK)], WIDTH - 2 * EDGE)
    _box(page, "From when", (EDGE, 21, WIDTH - 2 * EDGE, 6.5), [(slide.lead, 12.0, False, SOFT)])
    if slide.opening:
        room = WIDTH - 2 * EDGE
        first, rest = _two_lines(slide.opening, room, 14.0)
        _box(page, "Why it is there", (EDGE, 28, room, 13.5), [(line, 14.0, False, INK) for line in (first, rest) if line])


def _top(slide: Slide) -> float:
    """Where the table begins."""
    return 44.0 if slide.opening else 32.0


def _two_lines(text: str, room: float, size: float) -> tuple[str, str]:
    words, first = text.split(), ""
    while words and measured(f"{first} {words[0]}".strip(), size) <= room:
        first = f"{first} {words.pop(0)}".strip()
    return (first, " ".join(words)) if first else (text, "")


def _list_heights(slide: Slide) -> list[float]:
    return [7.5 + 5.2 * len(lines) for _, lines in slide.lists]


def _box(page: Any, name: str, place: tuple[float, float, float, float], texts: list[tuple[str, float, bool, str]]) -> None:
    from pptx.util import Mm

    box = page.shapes.add_textbox(*(Mm(part) for part in place))
    box.name = name
    _fill(box.text_frame, texts, place[2])


def _fill(frame: Any, texts: list[tuple[str, float, bool, str]], width: float) -> None:
    """Lines of text that stand as they are: cut to the width, not wrapped, no margin."""
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Mm

    frame.word_wrap, frame.auto_size = False, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Mm(0)
    for number, (text, size, bold, colour) in enumerate(texts):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _say(paragraph, cut(text, width, size, bold=bold), size, colour, bold=bold)


def _say(paragraph: Any, text: str, size: float, colour: str, *, bold: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.lang import MSO_LANGUAGE_ID
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    run.font.name, run.font.size, run.font.bold = FACE, Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(colour)
    run.font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK


def _table(page: Any, slide: Slide, width: float) -> None:
    from pptx.util import Mm

    top = _top(slide)
    height = min(9.0, (FOOT - top) / (len(slide.rows) + 1))
    size = max(LEAST, min(LARGEST, height * 1.7))
    widths = [width * share for share in slide.shares]
    place = (Mm(EDGE), Mm(top), Mm(width), Mm(height * (len(slide.rows) + 1)))
    frame = page.shapes.add_table(len(slide.rows) + 1, len(widths), *place)
    frame.name, table = "Plan", frame.table
    _describe(frame, slide.what)
    grid = frame.element.graphic.graphicData.tbl
    grid.tblPr.find(f"{{{grid.nsmap['a']}}}tableStyleId").text = PLAIN_TABLE
    table.first_row, table.horz_banding = True, False
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = Mm(wide)
    for number, row in enumerate((SlideRow("header", slide.header), *slide.rows)):
        table.rows[number].height = Mm(height)
        _row(table, number, row, widths, size)
        for column, cell in enumerate(grid.tr_lst[number].tc_lst):
            _edges(cell.get_or_add_tcPr(), row.kind, is_step=row.kind == "work" and column == 0)


def _row(table: Any, number: int, row: SlideRow, widths: list[float], size: float) -> None:
    spans = row.kind in {"head", "rest"}
    if spans and len(widths) > 1:
        table.cell(number, 0).merge(table.cell(number, len(widths) - 1))
    for column, width in enumerate([sum(widths)] if spans else widths):
        cell, step = table.cell(number, column), row.kind == "work" and column == 0
        bold = row.kind in {"header", "head"} or (row.kind == "goal" and column == 0)
        indent = 4.0 if step else 0.0
        told = row.cells[column] if column < len(row.cells) else ""
        text = cut(told, width - 2 * MARGIN - indent, size, bold=bold)
        _margins(cell, indent)
        _say(cell.text_frame.paragraphs[0], text, size, INK if bold or (row.kind == "goal" and column < 3) else SOFT, bold=bold)


def _margins(cell: Any, indent: float) -> None:
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Mm

    cell.vertical_anchor, cell.text_frame.word_wrap = MSO_ANCHOR.MIDDLE, False
    cell.margin_left, cell.margin_right = Mm(MARGIN + indent), Mm(MARGIN)
    cell.margin_top = cell.margin_bottom = Mm(0)


def _edges(properties: Any, kind: str, *, is_step: bool) -> None:
    """A hairline below the header and above each objective; the golden thread beside what serves it."""
    lines = [("lnL", GOLD, 19_050)] if is_step else []
    lines += [("lnT", LINE, 6_350)] if kind in {"goal", "head"} else []
    lines += [("lnB", SOFT, 9_525)] if kind == "header" else []
    space = properties.nsmap["a"]
    for place, (name, colour, width) in enumerate(lines):
        line, fill, ink = (properties.makeelement(f"{{{space}}}{tag}") for tag in (name, "solidFill", "srgbClr"))
        line.set("w", str(width))
        ink.set("val", colour)
        fill.append(ink)
        line.append(fill)
        properties.insert(place, line)


def _chart(page: Any, bars: Bars, top: float, height: float) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Mm

    size = 8.0 if len(bars.rows) > MANY else 10.0
    data = CategoryChartData(number_format="0%")
    data.categories = [cut(name, SIDE * 0.42, size) for name, _ in bars.rows]
    data.add_series("Target", [None if share is None else 1.0 for _, share in bars.rows])
    data.add_series("Reached so far", [share for _, share in bars.rows])
    place = (Mm(WIDTH - EDGE - SIDE), Mm(top), Mm(SIDE), Mm(height - 4))
    frame = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *place, data)
    frame.name = "Reached so far, and the target"
    told = "; ".join(f"{name}: {'not known' if share is None else f'{share:.0%}'}" for name, share in bars.rows)
    _describe(frame, f"{bars.title}. {told}.")
    _look(frame.chart, bars.title, size)


def _look(chart: Any, title: str, size: float) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    chart.font.name, chart.font.size, chart.font.color.rgb = FACE, Pt(size), RGBColor.from_string(SOFT)
    chart.has_title, chart.has_legend = True, True
    _say(chart.chart_title.text_frame.paragraphs[0], cut(title, SIDE - 6, 11.0, bold=True), 11.0, INK, bold=True)
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order, names.tick_label_position = True, XL_TICK_LABEL_POSITION.LOW
    axis = names._element  # noqa: SLF001  nothing else there says that every bar is to be named
    axis.find(f"{{{axis.nsmap['c']}}}lblOffset").addnext(axis.makeelement(f"{{{axis.nsmap['c']}}}tickLblSkip", val="1"))
    names.format.line.color.rgb = RGBColor.from_string(LINE)
    values.minimum_scale, values.maximum_scale, values.visible = 0.0, 1.2, False
    values.has_major_gridlines = False
    plot = chart.plots[0]
    plot.overlap, plot.gap_width = 100, 45
    for series, colour in zip(plot.series, (AIM, DONE), strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(colour)
        series.invert_if_negative = False
    labels = plot.series[1].data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, "0%", False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size, labels.font.color.rgb = Pt(size), RGBColor.from_string(INK)


def _describe(frame: Any, words: str) -> None:
    frame.element.nvGraphicFramePr.cNvPr.set("descr", plain(words))


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text on one line, or as much of it as stands in so many mm, ending in an ellipsis."""
    line = plain(text)
    if measured(line, size, bold=bold) <= room:
        return line
    low, high = 0, len(line)
    while low < high:
        half = (low + high + 1) // 2
        if measured(line[:half].rstrip() + "…", size, bold=bold) <= room:
            low = half
        else:
            high = half - 1
    return line[:low].rstrip() + "…"


def plain(text: str) -> str:
    """The text as one line, without signs that nobody sees."""
    return " ".join("".join(c for c in text if unicodedata.category(c)[0] != "C" or c.isspace()).split())


def measured(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is at most, in mm."""
    return sum(_width(sign, bold=bold) for sign in text) * size * 25.4 / 72


@lru_cache(4096)
def _width(sign: str, *, bold: bool) -> float:
    """Of one letter, as a share of its size."""
    if " " <= sign <= "~":
        return int(WIDTHS[bold][ord(sign) - 32]) / 1000
    if unicodedata.east_asian_width(sign) in WIDE:
        return 1.0
    return float(_font(bold=bold).getlength(sign)) / 100 * UNKNOWN


@lru_cache
def _font(*, bold: bool) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(FONTS / f"inter-{'bold' if bold else 'regular'}.otf"), 100)
