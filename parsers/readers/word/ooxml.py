"""WordprocessingML: the vocabulary that its readers share, and a table of a document as a grid.

Invariant: values from the file are read leniently; what is malformed counts as absent. Spans, merged rows and
omitted cells stand where Word shows them: every anchor lies inside the grid and no two cells cover the same
position, whatever the spans in the file claim.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from parsers.readers.package import parse_xml, read_part, transitional
from parsers.values.document import Block, Cell, Grid

_MOST_DIGITS = 9
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFF = ("0", "false", "off", "none")
MAX_SPAN = 1000
CellReader = Callable[[etree._Element], tuple[str, list[Block]]]
"""Gives the text of one cell, and the blocks nested in it."""


class Relation(NamedTuple):
    """One relationship of a part: `kind` is the last word of its type, `target` a part name."""

    kind: str
    target: str


def parse_part(package: zipfile.ZipFile, name: str) -> etree._Element | None:
    """The root of an XML part, its namespaces in the transitional form, or None where it is absent."""
    content = read_part(package, name)
    if content is None:
        return None
    return parse_xml(transitional(content))


def relations(package: zipfile.ZipFile, part: str) -> dict[str, Relation]:
    """The internal relationships of `part` by id (`part` is "" for the package itself)."""
    folder, name = posixpath.split(part)
    root = parse_part(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, Relation] = {}
    for element in root if root is not None else ():
        target = element.get("Target", "")
        if element.get("TargetMode") != "External" and target:
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = element.get("Type", "").rsplit("/", 1)[-1]
            found[element.get("Id", "")] = Relation(kind, posixpath.normpath(path))
    return found


def flag(properties: etree._Element | None, name: str) -> bool:
    """Whether the on/off property `name` is set: present and not switched off."""
    element = properties.find(f"{W}{name}") if properties is not None else None
    return element is not None and element.get(f"{W}val", "1").lower() not in _OFF


def integer(properties: etree._Element | None, name: str, default: int) -> int:
    """The integer value of the property `name`, or `default`."""
    element = properties.find(f"{W}{name}") if properties is not None else None
    text = element.get(f"{W}val", "") if element is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else default


def alternative(element: etree._Element) -> Iterator[etree._Element]:
    """The children of the branch of an `mc:AlternateContent` that is shown: never both branches."""
    branch = element.find(f"{MC}Choice")
    if branch is None:
        branch = element.find(f"{MC}Fallback")
    yield from branch if branch is not None else ()


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
