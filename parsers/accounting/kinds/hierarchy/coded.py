"""The rows of a list as trees of codes: which row contains which.

Invariant: a row's parent is the nearest row above whose code is a proper prefix of its own; rows are never
matched by name. A row without a code that prints amounts is taken for a part of the open group, as a
presumption; where the table is cut into bodies (单位), each has a tree of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parsers.accounting.book import Ledger
from parsers.accounting.outlines import is_total
from parsers.values.lexicon import lexicon_of
from parsers.values.results import TableRow

_L = lexicon_of(__name__)

_SPENDING = _L.pattern("spending")
CLASS = 3  # digits of a class (类)
_FEW = 3  # rows that one code may stand among


@dataclass(slots=True)
class Node:
    """A coded row and its parts; `presumed` says that a row without a code is among them."""

    code: str
    row: TableRow
    children: list[Node] = field(default_factory=list)
    presumed: bool = False

    def walk(self) -> Iterator[Node]:
        """All nodes below this one, each before its parts."""
        for child in self.children:
            yield child
            yield from child.walk()


@dataclass(slots=True)
class BodyTree:
    """The classes of one body, below the row that names it (none where the table has one body)."""

    head: TableRow | None
    root: Node


def lists_of(sheet: Ledger) -> list[tuple[int, list[TableRow]]]:
    """The rows of each block, by its number; where one list runs on in the block beside it (302 with its
    first parts in one, its other parts in the next), those of both by the first."""
    lists: list[tuple[int, list[TableRow]]] = []
    for block, rows in sheet.blocks.items():
        if lists and _runs_on(sheet, *lists[-1], block, rows):
            lists[-1][1].extend(rows)
        else:
            lists.append((block, list(rows)))
    return lists


def _runs_on(
    sheet: Ledger, before: int, above: Sequence[TableRow], block: int, rows: Sequence[TableRow]
) -> bool:
    """Whether a block begins with parts of the class that the list before it left open."""
    system = code_system(rows)
    if system is None or len(sheet.block_columns(before)) != len(sheet.block_columns(block)):
        return False
    first = next(row.codes[system] for row in rows if system in row.codes)
    classes = [row.codes[system] for row in above if len(row.codes.get(system, "")) == CLASS]
    return len(first) > CLASS and bool(classes) and first.startswith(classes[-1])


def code_system(rows: Sequence[TableRow]) -> str | None:
    """The classification most rows follow; None for a single code among many rows without one."""
    counts = Counter(system for row in rows for system in row.codes)
    if not counts:
        return None
    system, count = counts.most_common(1)[0]
    return system if count > 1 or sum(bool(row.label) for row in rows) <= _FEW else None


def sections_of(rows: Sequence[TableRow], system: str) -> list[BodyTree]:
    """The rows as trees, one per body; parts in printed order."""
    coded = [row for row in rows if not is_total(row) and (row.has_amounts or system in row.codes)]
    heads = _heads(coded, system)
    sections = [BodyTree(None, Node("", TableRow(-1, 0, "", {}, True, False)))]
    leaf = max((len(row.codes[system]) for row in coded if system in row.codes), default=0)
    path = [sections[0].root]
    for position, row in enumerate(coded):
        if row.row_no in heads:
            sections.append(BodyTree(row, Node("", row)))
            path = [sections[-1].root]
        elif system not in row.codes:
            _attach_uncoded(path, row, leaf)
        else:
            _attach(path, row, system, coded[position + 1 :], leaf)
    return [section for section in sections if section.root.children or section.head]


def _heads(coded: Sequence[TableRow], system: str) -> set[int]:
    """Rows that name a body: those without a code, where the table opens with one above a class; not those
    that name an expenditure (其他资本性等支出)."""
    first = next((i for i, row in enumerate(coded) if system in row.codes), 0)
    if not first or len(coded[first].codes[system]) != CLASS:
        return set()
    return {row.row_no for row in coded if system not in row.codes and not _SPENDING.search(row.label)}


def _attach(path: list[Node], row: TableRow, system: str, below: Sequence[TableRow], leaf: int) -> None:
    code = row.codes[system]
    node = Node(code, row)
    repeated = _repeated(path, node, leaf) if system == "functional" else None
    if repeated is not None:
        repeated.children.append(node)
        return
    following = next((r.codes[system] for r in below if system in r.codes), "")
    while not code.startswith(path[-1].code) or len(code) <= len(path[-1].code):
        if is_intruder(code, path[-1].code, following):
            break
        path.pop()
    path[-1].children.append(node)
    path.append(node)


def _repeated(path: Sequence[Node], node: Node, leaf: int) -> Node | None:
    """The group right above that prints the same code and name: the row is its one item, whose code was cut
    short, and no second group (21999, 21999 for 21999, 2199999)."""
    last = path[-1]
    if last.children or last.code != node.code or len(node.code) >= leaf:
        return None
    near = last.row.row_no + 1 == node.row.row_no and last.row.label == node.row.label
    return last if near else None


def _attach_uncoded(path: list[Node], row: TableRow, leaf: int) -> None:
    """A row without a code goes to the open group that may have parts of its depth."""
    while len(path) > 1 and len(path[-1].code) >= leaf:
        path.pop()
    path[-1].children.append(Node("", row))
    for node in path:
        node.presumed = True


def is_intruder(code: str, parent: str, following: str) -> bool:
    """A misprinted code (30301 between 301 and 30107): the next row goes on with the parts of `parent`."""
    return len(code) > len(parent) and len(following) > len(parent) > 0 and following.startswith(parent)
