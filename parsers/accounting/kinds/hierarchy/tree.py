"""Kind `tree`: a coded row is the sum of the rows whose codes it begins; 合计 is the sum of the top rows.

Invariant: where a row without a code is among the parts the sum is a presumption, and one that refutes
nothing where the codes themselves are read from names; each body's row (单位) is the sum of its own classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Gap, Yield
from parsers.accounting.kinds.hierarchy.coded import (
    CLASS,
    BodyTree,
    Node,
    code_system,
    lists_of,
    sections_of,
)
from parsers.accounting.outlines import is_total
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Tree
from parsers.accounting.wording import cell_place, row_name, table_name
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import TableRow
from parsers.values.text import unnumbered

_L = lexicon_of(__name__)

_GRAND_TOTALS = frozenset(_L.words("grand_totals"))
_PART_TOTALS = frozenset(_L.words("part_totals"))


def sums_of_codes(rule: Rule, book: Book) -> Iterator[Yield]:
    """All sums of all tables in scope. With `blank: true` only those whose whole is left blank, with `deep:
    true` those over more than one level (合计 = Σ款 = Σ项)."""
    params = rule.shaped(Tree)
    for sheet in book.within(rule.scope):
        if not params.blank and not params.deep:
            yield from _part_totals(rule, sheet, params.systems)
        for block, rows in lists_of(sheet):
            system = code_system(rows)
            if sheet.table.table_type in params.printed_only and not _lists_codes(sheet, block, rows):
                continue
            if system is None or system not in params.systems:
                continue
            build = _deep if params.deep else _sums
            yield from build(rule, sheet, block, rows, sections_of(rows, system))


def _lists_codes(sheet: Ledger, block: int, rows: Sequence[TableRow]) -> bool:
    """Codes are printed, or names go deeper than the classes that every summary table lists."""
    return sheet.prints_codes(block) or any(len(code) > CLASS for row in rows for code in row.codes.values())


def _sums(
    rule: Rule, sheet: Ledger, block: int, rows: Sequence[TableRow], sections: list[BodyTree]
) -> Iterator[Yield]:
    for section in sections:
        for node in section.root.walk():
            if node.children:
                label = row_name(node.row.label, node.code, node.row.row_no)
                yield from _columns(rule, sheet, block, node.row, node, label)
        if section.head is not None and section.root.children:
            label = row_name(section.head.label, None, section.head.row_no)
            yield from _columns(rule, sheet, block, section.head, section.root, label)
    yield from _grand_total(rule, sheet, block, rows, sections)
    yield from _bodies(rule, sheet, block, [s.head for s in sections if s.head is not None])


def _part_totals(rule: Rule, sheet: Ledger, systems: frozenset[str]) -> Iterator[Equation]:
    """人员经费合计 and 公用经费合计 (final accounts) close the classes above, down from the one before and
    over the blocks printed side by side; tables with one money column to a block."""
    classes: list[tuple[TableRow, int]] = []
    for block, rows in sheet.blocks.items():
        columns, system = sheet.block_columns(block), code_system(rows)
        if len(columns) != 1 or system is None or system not in systems:
            return
        number = columns[0].number
        for row in rows:
            if len(row.codes.get(system, "")) == CLASS:
                classes.append((row, number))
            elif row.has_amounts and unnumbered(row.label) in _PART_TOTALS and classes:
                right = tuple(sheet.term(part.row_no, column) for part, column in classes)
                place = cell_place(sheet.table, row.label, " / ".join(columns[0].path))
                left = sheet.term(row.row_no, number)
                yield Equation(rule, (left,), right, place, sheet.step, open_ended=True)
                classes = []


def _deep(
    rule: Rule, sheet: Ledger, block: int, rows: Sequence[TableRow], sections: Sequence[BodyTree]
) -> Iterator[Equation]:
    """A whole against the codes two or more levels down; a code without parts stands for itself."""
    for section in sections:
        totals = [] if section.head is not None else _totals(rows)
        wholes = [(node.row, node) for node in section.root.walk()]
        if len(totals) == 1 and len(sections) == 1:
            wholes.append((totals[0], section.root))
        for whole, node in wholes:
            label = row_name(whole.label, node.code or None, whole.row_no)
            parts = node.children
            while any(part.children for part in parts):
                parts = [below for part in parts for below in part.children or [part]]
                yield from _columns(rule, sheet, block, whole, Node(node.code, whole, parts), label)


def _bodies(rule: Rule, sheet: Ledger, block: int, heads: Sequence[TableRow]) -> Iterator[Equation]:
    """The department on top is the sum of the bodies below it: a presumption, which shows no blank."""
    if len(heads) > 2 and not rule.shaped(Tree).blank:
        node = Node("", heads[0], [Node("", head) for head in heads[1:]], presumed=True)
        label = row_name(heads[0].label, None, heads[0].row_no)
        yield from _columns(rule, sheet, block, heads[0], node, label, "bodies")


def _grand_total(
    rule: Rule, sheet: Ledger, block: int, rows: Sequence[TableRow], sections: list[BodyTree]
) -> Iterator[Yield]:
    """合计 = Σ of the rows no other row contains."""
    totals = _totals(rows)
    sections = [section for section in sections if section.root.children]
    if not totals or not sections:
        return
    if len(totals) > 1 or len(sections) > 1:
        name = table_name(sheet.table)
        why = message("several_totals")
        yield Gap(rule, sheet.table.table_no, name, why)
        return
    yield from _columns(rule, sheet, block, totals[0], sections[0].root, totals[0].label)


def _totals(rows: Sequence[TableRow]) -> list[TableRow]:
    return [
        row for row in rows if is_total(row) and row.has_amounts and unnumbered(row.label) in _GRAND_TOTALS
    ]


def _columns(
    rule: Rule, sheet: Ledger, block: int, whole: TableRow, node: Node, label: str, of: str = "codes"
) -> Iterator[Equation]:
    """One equation per money column in which the whole is printed (or, for blanks, is not but should be)."""
    blanks = rule.shaped(Tree).blank
    family = (rule.id, sheet.table.table_no, block, of) if node.presumed else None
    doubtful = node.presumed and of == "codes" and not sheet.prints_codes(block)
    for position, column in enumerate(sheet.block_columns(whole.block)):
        left = sheet.term(whole.row_no, column.number)
        right = tuple(
            sheet.term(part.row.row_no, sheet.block_columns(part.row.block)[position].number)
            for part in node.children
        )
        gap = left.fact is None and any(term.yuan for term in right)
        if blanks != gap or (gap and not _prints_wholes(sheet, node, column.number)):
            continue
        if not any(term.fact for term in right) and _stops_above(sheet, block, node, position):
            continue
        place = cell_place(sheet.table, label, " / ".join(column.path))
        yield Equation(rule, (left,), right, place, sheet.step, family, open_ended=True, doubtful=doubtful)


def _stops_above(sheet: Ledger, block: int, node: Node, position: int) -> bool:
    """Whether a column prints no amount at the depth of these parts or below: then it stops above them
    (基本支出 by 类 alone), and a blank is not zero."""
    depths = [len(part.code) for part in node.children if part.code]
    if not depths:
        return False
    return not any(
        len(code) >= min(depths)
        and sheet.cells.get((row.row_no, sheet.block_columns(row.block)[position].number)) is not None
        for listed, rows in lists_of(sheet)
        if listed == block
        for row in rows
        for code in row.codes.values()
    )


def _prints_wholes(sheet: Ledger, node: Node, col_no: int) -> bool:
    """Whether the table fills this column for other rows of the same depth: then a blank is a gap."""
    return not node.code or any(
        len(code) == len(node.code) and sheet.cells.get((row.row_no, col_no)) is not None
        for row in sheet.table.rows
        for code in row.codes.values()
        if row.row_no != node.row.row_no
    )
