"""HTML tables: which ones hold data, and the grid of those that do.

Invariant: cells stand where the table model of HTML puts them (spans that overflow are cut, later cells
move past occupied positions), and no two cells cover the same position.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from lxml import etree

from parsers.readers.html.text import is_hidden
from parsers.values.document import Block, Cell, Grid
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import AmountSource, DocumentOutcome

MAX_COLSPAN = 1000
MAX_COLS = 4000
_AMOUNT = re.compile(r"-?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|-?\d+\.\d+|-?\d+")
_ROW_GROUPS = ("tbody", "thead", "tfoot")

CellReader = Callable[[etree._Element], tuple[str, list[Block]]]


def rows_of(table: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """The shown rows of `table` itself, each with the group (tbody, thead, table) it stands in."""
    for child in table:
        if child.tag == "tr" and not is_hidden(child):
            yield child, table
        elif child.tag in _ROW_GROUPS and not is_hidden(child):
            for row in child:
                if row.tag == "tr" and not is_hidden(row):
                    yield row, child


def hidden_amounts(table: etree._Element) -> int:
    """How many rows of `table` itself hold amounts and are hidden."""
    shown = {row for row, _ in rows_of(table)}
    hidden = (row for row in table.iter("tr") if row not in shown and row.getparent() in (table, *table))
    return sum(any(is_amount(text_of(cell)) for cell in row.iter("td", "th")) for row in hidden)


def cells_of(row: etree._Element) -> Iterator[etree._Element]:
    """The shown `td` and `th` elements of `row`."""
    return (cell for cell in row if cell.tag in ("td", "th") and not is_hidden(cell))


def is_layout(table: etree._Element) -> bool:
    """Whether `table` only arranges a page: one cell or column, a menu of links, or a frame of tables."""
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return True
    rows = [list(cells_of(row)) for row, _ in rows_of(table)]
    cells = [cell for row in rows for cell in row]
    if max((len(row) for row in rows), default=0) <= 1:
        return True
    framing = [cell for cell in cells if next(cell.iter("table"), None) is not None]
    if framing:
        plain = [cell for cell in cells if cell not in framing]
        # A data table may hold a small table in a cell, but then most of its cells are plain.
        return len(plain) < 4 * len(framing) or not any(is_amount(text_of(cell)) for cell in plain)
    return _is_menu(table, cells)


def _is_menu(table: etree._Element, cells: list[etree._Element]) -> bool:
    """Mostly links, and no amounts beside them."""
    shown = sum(len(text_of(cell)) for cell in cells)
    linked = sum(len(text_of(link)) for link in table.iter("a") if link.get("href"))
    return linked > 0.6 * shown and not any(is_amount(text_of(cell)) for cell in cells)


def amounts_in(table: etree._Element) -> int:
    """How many cells of `table` hold nothing but a number with decimals or separators."""
    texts = (text_of(cell) for row, _ in rows_of(table) for cell in cells_of(row))
    return sum(is_amount(text) and not text.isdigit() for text in texts)


def is_amount(text: str) -> bool:
    """Whether `text` is a number as amounts, codes and counts are printed."""
    return _AMOUNT.fullmatch(text) is not None


def text_of(element: etree._Element) -> str:
    """All text below `element` without white space: for judging, not for keeping."""
    return "".join("".join(str(part) for part in element.itertext()).split())


def read_table(
    table: etree._Element, read_cell: CellReader, max_cells: int
) -> tuple[Grid | None, list[Block]]:
    """The grid of a data table, None if it has no cells, and the blocks nested in its cells.

    Raises DocumentError: too_large.
    """
    rows = list(rows_of(table))
    cells: list[Cell] = []
    nested: list[Block] = []
    busy: dict[int, int] = {}  # column -> rows below that a cell from above still covers
    n_cols = 0
    for index, (row, group) in enumerate(rows):
        left_in_group = sum(1 for _, other in rows[index:] if other is group) if _has_zero_span(row) else 0
        placed: dict[int, int] = {}
        col = 0
        for element in cells_of(row):
            while busy.get(col, 0):
                col += 1
            rowspan = _span(element, "rowspan", len(rows) - index, zero=left_in_group)
            colspan = _free(busy, col, _span(element, "colspan", MAX_COLSPAN, zero=1))
            text, blocks = read_cell(element)
            nested.extend(blocks)
            cells.append(Cell(index, col, text, rowspan, colspan, number=_number(element)))
            placed.update(dict.fromkeys(range(col, col + colspan), rowspan))
            col += colspan
        busy = {col: rows_left for col, left in {**busy, **placed}.items() if (rows_left := left - 1) > 0}
        n_cols = max([n_cols, *(at + 1 for at in placed)])
        if n_cols > MAX_COLS or n_cols * len(rows) > max_cells:
            extent = message("table_too_large_or_more", rows=len(rows), columns=n_cols)
            raise DocumentError(DocumentOutcome.TOO_LARGE, extent)
    if not cells:
        return None, nested
    return Grid(
        tuple(cells), len(rows), n_cols, header_rows=_header_rows(rows), source=AmountSource.HTML
    ), nested


def _has_zero_span(row: etree._Element) -> bool:
    return any((cell.get("rowspan") or "").strip() == "0" for cell in cells_of(row))


def _span(cell: etree._Element, name: str, most: int, zero: int) -> int:
    """The span attribute `name`: at least 1, at most `most`; a literal 0 means `zero`."""
    match = re.match(r"\s*(\d{1,6})", cell.get(name) or "")
    if match is None:
        return 1
    return max(min(int(match[1]) or zero, most), 1)


def _free(busy: dict[int, int], col: int, colspan: int) -> int:
    """`colspan`, cut before the next column that a cell from above covers."""
    for offset in range(1, colspan):
        if busy.get(col + offset, 0):
            return offset
    return colspan


def _number(cell: etree._Element) -> Decimal | None:
    """The stored value that Excel keeps in `x:num` when it saves a workbook as a web page."""
    stored = cell.get("x:num")
    if not stored:
        return None
    try:
        number = Decimal(stored)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _header_rows(rows: list[tuple[etree._Element, etree._Element]]) -> int | None:
    """Leading rows inside `<thead>`, where there is one and something follows it."""
    count = 0
    while count < len(rows) and rows[count][1].tag == "thead":
        count += 1
    return count if 0 < count < len(rows) else None
