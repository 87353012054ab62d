"""Where a table lies in a sheet: blank rows and columns, header lines, sections, repeated headers, totals, footnotes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from goldenthread.formats.dates import read_date
from goldenthread.formats.header_words import is_known
from goldenthread.formats.values import is_blank, read_number, read_rating, tidy
from goldenthread.formats.workbook import Cell

Row = tuple[Cell, ...]
_LOOK_DOWN = 40
_BODY = 30
_TOTAL = re.compile(
    r"(?:grand\s|overall\s|sub-?\s?)?(?:total|totals|sum|gesamt|gesamtsumme|summe|zwischensumme|insgesamt|total\sg[ée]n[ée]ral|"
    r"totaux|sous-total|suma|total\sgeneral)\b\s*[:=]?(?P<tail>.{0,40})",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:\*|†|¹|²|\(?\d\)\s|notes?\b|sources?\b|as of|as at|stand|quelle|legend|key:|disclaimer|data |prepared|printed|page )",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Layout:
    """A table cut out of a sheet: names, records of cells, and their zero-based places in the (turned) sheet."""

    header: list[str]
    records: list[Row]
    record_at: list[int]
    column_at: list[int]
    header_row: int
    header_lines: int
    score: float
    notes: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Grid:
    rows: list[Row]
    at: list[int]
    columns: list[int]


def text_of(cell: Cell) -> str:
    """A cell as a person would read it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, dt.date) else repr(cell)


def find_layout(rows: Sequence[Row], header_row: int | None, header_lines: int | None, *, keep_totals: bool) -> Layout | None:
    """The best reading of `rows` with one record per row; None where nothing is filled. Row numbers are zero-based here."""
    grid = _trimmed(rows)
    if not grid.rows:
        return None
    first, lines, score = _header(grid, header_row, header_lines)
    names = _names(grid, first, lines)
    start = first + lines if lines else 0
    layout = Layout(names, [], [], list(grid.columns), grid.at[first] if lines else -1, lines, score)
    if lines and first > 0:
        layout.notes.append(f"{first} row{'s' if first > 1 else ''} above the header taken as title.")
    _cut_records(grid, start, names, layout, keep_totals=keep_totals)
    _drop_unnamed(grid, first if lines else None, lines, layout)
    return layout


def _drop_unnamed(grid: _Grid, first: int | None, lines: int, layout: Layout) -> None:
    """Forget columns without a heading and without a cell in any record: they held a title or a footnote."""
    keep = [
        place
        for place in range(len(grid.columns))
        if any(record[place] is not None for record in layout.records)
        or (first is not None and any(grid.rows[row][place] is not None for row in range(first, first + lines)))
    ]
    layout.header = [layout.header[place] for place in keep]
    layout.column_at = [layout.column_at[place] for place in keep]
    layout.records = [tuple(record[place] for place in keep) for record in layout.records]


def _trimmed(rows: Sequence[Row]) -> _Grid:
    at = [
        index
        for index, row in enumerate(rows)
        if any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in row)
    ]
    kept = [rows[index] for index in at]
    width = max((len(row) for row in kept), default=0)
    used = [column for column in range(width) if any(column < len(row) and row[column] not in (None, "") for row in kept)]
    return _Grid([tuple(row[column] if column < len(row) else None for column in used) for row in kept], at, used)


def _header(grid: _Grid, header_row: int | None, header_lines: int | None) -> tuple[int, int, float]:
    """Index of the first header row within the grid, number of header lines (0: none), and how much it looks like one."""
    if header_row is not None:
        if header_row < 0:
            return 0, 0, 0.5
        first = next((place for place, at in enumerate(grid.at) if at >= header_row), 0)
        return first, header_lines or _lines_from(grid, first), 1.0
    scores = [(_header_score(grid, row), -row) for row in range(min(_LOOK_DOWN, len(grid.rows)))]
    best, place = max(scores)
    row = -place
    if best < 1.6:
        return 0, 0, best / 4
    first = row - 1 if row > 0 and _is_group_row(grid, row - 1, row) else row
    lines = header_lines or (row - first + _lines_from(grid, row))
    return first, lines, best / 4


def _header_score(grid: _Grid, row: int) -> float:
    cells = grid.rows[row]
    texts = [tidy(text_of(cell)) for cell in cells]
    filled = [text for text in texts if text]
    body = grid.rows[row + 1 : row + 1 + _BODY]
    usual = sorted(sum(cell is not None for cell in other) for other in body)
    width = usual[len(usual) // 2] if usual else len(filled)
    if (len(filled) < 2 and width > 1) or (not body and row > 0):
        return 0.0
    plain = sum(_quick(cell) == "t" or _is_period(text) for cell, text in zip(cells, texts, strict=True) if text)
    known = sum(is_known(text) for text in filled)
    count = max(1, len(filled))
    if plain < count / 2:
        return 0.0
    fill = min(1.0, count / max(1, width))
    long = sum(len(text) > 90 for text in filled) / count
    contrast = _contrast(cells, body)
    return (
        1.6 * known / count
        + plain / count
        + 0.4 * len(set(filled)) / count
        + fill
        + contrast
        - long
        - 0.01 * row
        - (1.0 if count < width / 2 else 0)
    )


def _contrast(cells: Row, body: Sequence[Row]) -> float:
    """Share of the columns with numbers or dates below whose heading is neither."""
    typed = agreeing = 0
    for column, cell in enumerate(cells):
        kinds = [kind for row in body if (kind := _quick(row[column]))]
        if not kinds or sum(kind != "t" for kind in kinds) < 0.6 * len(kinds):
            continue
        typed += 1
        agreeing += _quick(cell) == "t" or _is_period(text_of(cell))
    return agreeing / typed if typed else 0.4


def _quick(cell: Cell) -> str:
    """The kind of one cell: n for a number, d a date, t text, nothing for a blank."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        if is_blank(cell):
            return ""
        if len(cell) > 45:
            return "t"
        return "n" if read_number(cell) else "d" if read_date(cell) else "t"
    return "d" if isinstance(cell, dt.date) else "n"


def _is_period(text: str) -> bool:
    """A heading like 2024, 2024/25, Q1 2024, Jan 2024."""
    return (
        re.fullmatch(
            r"(?:(?:FY|Q[1-4]|H[12]|sem\s?[12]|KW|W|[A-Za-z]{3,9})[\s,./-]*)?(?:19|20)\d{2}(?:[/-]\d{2,4})?", text.strip()
        )
        is not None
    )


def _is_group_row(grid: _Grid, row: int, header: int) -> bool:
    """A line above the header that names groups of columns: several texts, each once or in a run, over fewer columns."""
    texts = [tidy(text_of(cell)) for cell in grid.rows[row]]
    filled = [text for text in texts if text]
    if (
        grid.at[header] - grid.at[row] != 1
        or len(set(filled)) < 2
        or any(_quick(cell) in ("n", "d") and not _is_period(text_of(cell)) for cell in grid.rows[row])
    ):
        return False
    runs = sum(text != before for before, text in zip(["", *texts], texts, strict=False) if text)
    return runs == len(set(filled)) and (len(filled) > runs or len(filled) < sum(cell is not None for cell in grid.rows[header]))


def _lines_from(grid: _Grid, row: int) -> int:
    """1, or 2 where the line below still belongs to the header.

    That line is all text with typed data beneath, and the header has gaps or the line holds units.
    """
    if row + 2 >= len(grid.rows) or grid.at[row + 1] - grid.at[row] != 1:
        return 1
    upper, lower = grid.rows[row], grid.rows[row + 1]
    if any(_quick(cell) in ("n", "d") and not _is_period(text_of(cell)) for cell in lower):
        return 1
    texts = [tidy(text_of(cell)) for cell in upper]
    gaps = any(not text for text in texts) or any(text and text == other for text, other in pairwise(texts))
    below = [tidy(text_of(cell)) for cell in lower if cell is not None]
    units = bool(below) and sum(text.startswith(("(", "[")) or len(text) <= 4 for text in below) > 0.7 * len(below)
    fresh = [text for above, text in zip(texts, (tidy(text_of(cell)) for cell in lower), strict=True) if text and text != above]
    typed = _contrast(lower, grid.rows[row + 2 : row + 2 + _BODY])
    named = bool(fresh) and sum(is_known(text) and not read_rating(text) for text in fresh) >= 0.5 * len(fresh)
    return 2 if typed > 0.9 and ((gaps and named and len(set(fresh)) == len(fresh)) or (units and not named)) else 1


def _names(grid: _Grid, first: int, lines: int) -> list[str]:
    if lines == 0:
        return [f"Column {place + 1}" for place in range(len(grid.columns))]
    upper = [tidy(text_of(cell)) for cell in grid.rows[first]]
    if lines == 1:
        return [name or f"Column {place + 1}" for place, name in enumerate(upper)]
    names, group = [], ""
    lower_rows = [[tidy(text_of(cell)) for cell in row] for row in grid.rows[first + 1 : first + lines]]
    for place, text in enumerate(upper):
        lower = " ".join(dict.fromkeys(row[place] for row in lower_rows if row[place] and row[place] != text))
        group = text or (group if lower else "")
        names.append(_joined(group, lower) or f"Column {place + 1}")
    return names


def _joined(group: str, lower: str) -> str:
    if not group or not lower:
        return group or lower
    return (
        f"{group} {lower}" if lower.startswith(("(", "[")) else f"{group} ({lower})" if len(lower) <= 3 else f"{group} / {lower}"
    )


def _cut_records(grid: _Grid, start: int, names: list[str], layout: Layout, *, keep_totals: bool) -> None:
    rows = list(range(start, len(grid.rows)))
    width = len(grid.columns)
    last = _without_footnotes(grid, rows, width, layout)
    lonely = _section_rows(grid, last, width)
    section, totals, repeated = "", 0, 0
    kept: list[int] = []
    block: list[int] = []
    header = [tidy(text_of(cell)) for cell in grid.rows[start - 1]] if start else []
    first = grid.rows[start - 1][0] if start else None
    for row in last:
        cells = grid.rows[row]
        if len(header) > 1 and cells[0] == first and [tidy(text_of(cell)) for cell in cells] == header:
            repeated += 1
        elif row in lonely:
            section = next(tidy(text_of(cell)) for cell in cells if cell is not None)
            block = []
        elif not keep_totals and _is_total(grid, row, kept, block, last=row == last[-1]):
            totals += 1
            block = []
        else:
            kept.append(row)
            block.append(row)
            layout.records.append(cells)
            layout.record_at.append(grid.at[row])
            layout.sections.append(section)
    for count, word in (
        (totals, "row of totals left out"),
        (repeated, "repeated header left out"),
        (len(lonely), "section heading read as a column of its own"),
    ):
        if count:
            layout.notes.append(f"{count} x {word}.")


def _without_footnotes(grid: _Grid, rows: list[int], width: int, layout: Layout) -> list[int]:
    kept = list(rows)
    while width >= 3 and len(kept) > 1:
        texts = {tidy(text_of(cell)) for cell in grid.rows[kept[-1]] if cell is not None}
        alone = grid.at[kept[-1]] - grid.at[kept[-2]] > 1
        if len(texts) != 1 or not (alone or _NOTE.match(next(iter(texts))) or len(next(iter(texts))) > 80):
            break
        kept.pop()
    if len(kept) < len(rows):
        layout.notes.append(f"{len(rows) - len(kept)} footnote row(s) under the table left out.")
    return kept


def _section_rows(grid: _Grid, rows: list[int], width: int) -> set[int]:
    """Rows with a single text that head the rows below them, certain only when they stand apart from names of records."""
    if width < 3:
        return set()
    single = {row for row in rows if _is_single(grid.rows[row])}
    merged = {row for row in single if sum(cell is not None for cell in grid.rows[row]) > max(2, width // 2)}
    apart = [
        row
        for row in rows
        if row in single - merged and _quick(grid.rows[row][0]) == "t" and row < rows[-1] and row + 1 not in single
    ]
    blank_before = {row for row in apart if row > 0 and grid.at[row] - grid.at[row - 1] > 1}
    if len(apart) >= 2 and len(apart) <= len(rows) / 3 and rows[0] in apart:
        return merged | set(apart)
    return merged | blank_before


def _is_single(cells: Row) -> bool:
    """True where all filled cells of a row say the same."""
    filled = [cell for cell in cells if cell is not None]
    if len(filled) > 1 and filled[0] != filled[1]:
        return False
    return len({tidy(text_of(cell)) for cell in filled}) == 1


def _is_total(grid: _Grid, row: int, above: list[int], block: list[int], *, last: bool) -> bool:
    """A row labelled as a total, or an unlabelled last row, whose numbers are sums; `Total` alone as label needs no sums."""
    cells = grid.rows[row]
    label = next((tidy(cell) for cell in cells if isinstance(cell, str)), "")
    found = _TOTAL.fullmatch(label)
    if not found and not last:
        return False
    words = sum(_quick(cell) in ("t", "d") for cell in cells)
    numbers = sum(_quick(cell) == "n" for cell in cells)
    if found and words <= 2 and len(cells) > 1:
        return not found["tail"].strip() or _sums_up(grid, row, above) or _sums_up(grid, row, block)
    return last and words == 0 and numbers >= 1 and len(above) >= 3 and _sums_up(grid, row, above)


def _sums_up(grid: _Grid, row: int, above: list[int]) -> bool:
    """True where every number of a row is the sum of its column over the rows `above`."""
    sums = 0
    for column, cell in enumerate(grid.rows[row]):
        amount = _amount(cell)
        if amount is None:
            continue
        parts = [value for other in above if (value := _amount(grid.rows[other][column])) is not None]
        if not parts or abs(sum(parts) - amount) > 0.01 * max(1.0, abs(amount)):
            return False
        sums += 1
    return sums > 0


def _amount(cell: Cell) -> float | None:
    if isinstance(cell, (int, float)):
        return float(cell)
    found = read_number(cell) if isinstance(cell, str) else None
    return float(found.scaled) if found else None
