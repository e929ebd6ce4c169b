"""A table of a Word document as a grid: spans, merged rows and omitted cells put where Word shows them.

Invariant: every anchor lies inside the grid and no two cells cover the same position, whatever the spans
in the file claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from parsers.readers.word.ooxml import W, flag, integer
from parsers.values.document import Block, Cell, Grid

MAX_SPAN = 1000
CellReader = Callable[[etree._Element], tuple[str, list[Block]]]
"""Gives the text of one cell, and the blocks nested in it."""


@dataclass(slots=True)
class _Draft:
    """A cell while the rows below may still extend it."""

    row: int
    col: int
    colspan: int
    text: str
    rowspan: int = 1


def rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of `table` that are shown: content controls looked through, deleted rows left out."""
    for row in _children(table, "tr"):
        properties = row.find(f"{W}trPr")
        if properties is None or (properties.find(f"{W}del") is None and not flag(properties, "hidden")):
            yield row


def cells_of(row: etree._Element) -> Iterator[etree._Element]:
    """The `w:tc` elements of `row`, content controls looked through."""
    yield from _children(row, "tc")


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"):
            yield from _children(child, name)


def read_table(table: etree._Element, read_cell: CellReader) -> tuple[Grid | None, list[Block]]:
    """The grid of `table` and, in order, the blocks nested in its cells; None for a table without cells."""
    drafts: list[_Draft] = []
    nested: list[Block] = []
    above: dict[int, _Draft] = {}
    n_rows = n_cols = header_rows = 0
    for row in rows_of(table):
        properties = row.find(f"{W}trPr")
        if n_rows == header_rows and properties is not None and flag(properties, "tblHeader"):
            header_rows += 1
        col = _omitted(properties, "gridBefore")
        current: dict[int, _Draft] = {}
        for cell in cells_of(row):
            draft, blocks = _place(cell, n_rows, col, above, current, read_cell)
            nested.extend(blocks)
            if draft is not None:
                drafts.append(draft)
            col += _span(cell)
        n_cols = max(n_cols, col + _omitted(properties, "gridAfter"))
        above = current
        n_rows += 1
    if not drafts:
        return None, nested
    cells = tuple(Cell(d.row, d.col, d.text, d.rowspan, d.colspan) for d in drafts)
    n_cols = max(cell.col + cell.colspan for cell in cells)
    return Grid(cells, n_rows, n_cols, header_rows=header_rows or None), nested


def _place(
    cell: etree._Element,
    row: int,
    col: int,
    above: dict[int, _Draft],
    current: dict[int, _Draft],
    read_cell: CellReader,
) -> tuple[_Draft | None, list[Block]]:
    """The draft that `cell` starts or continues, entered into `current` by its first column."""
    properties = cell.find(f"{W}tcPr")
    span = _span(cell)
    text, blocks = read_cell(cell)
    if properties is not None and properties.find(f"{W}cellDel") is not None:
        text, blocks = "", []  # deleted with changes tracked
    upper = above.get(col)
    if _merge(properties, "vMerge") == "continue" and upper is not None and upper.colspan == span:
        upper.rowspan += 1
        upper.text = upper.text or text
        current[col] = upper
        return None, blocks
    left = current.get(max(current)) if current else None
    if _merge(properties, "hMerge") == "continue" and left is not None and left.row == row:
        left.colspan += span
        left.text = left.text or text
        return None, blocks
    draft = _Draft(row, col, span, text)
    current[col] = draft
    return draft, blocks


def _merge(properties: etree._Element | None, name: str) -> str | None:
    element = properties.find(f"{W}{name}") if properties is not None else None
    return None if element is None else element.get(f"{W}val", "continue")


def _span(cell: etree._Element) -> int:
    properties = cell.find(f"{W}tcPr")
    return min(max(integer(properties, "gridSpan", 1), 1), MAX_SPAN)


def _omitted(properties: etree._Element | None, name: str) -> int:
    return min(max(integer(properties, name, 0), 0), MAX_SPAN)
