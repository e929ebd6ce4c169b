"""Summary tables that print one side below the other, over one set of amount columns.

Invariant: rows belong to a side only where a row that names revenue and nothing else and one that names
expenditure both stand in the block, and the header of neither; the first of them opens the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.tables.grouping import Amounts, BodyRow
from parsers.tables.layout.blocks import ColumnBlock
from parsers.tables.layout.rows import Row
from parsers.tables.lines import lines_of
from parsers.tables.meaning import TableContext
from parsers.values.copies import changed
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import PAIRED_TABLES
from parsers.values.text import unnumbered
from parsers.values.vocabulary import Flow

_L = lexicon_of(__name__)
_OPENS = {Flow.REVENUE: _L.pattern("revenue"), Flow.EXPENDITURE: _L.pattern("expenditure")}


def lines_with_sides(
    rows: Sequence[Row], block: ColumnBlock, table: TableContext, flows: set[str | None], amounts: Amounts
) -> list[tuple[BodyRow, str | None]]:
    """The described rows of a block, each with its side where the rows and not the columns (whose `flows`
    these are) say it."""
    # Columns of both flows stand over rows of none: the rows then say which side they are of.
    side = next(iter(flows)) if len(flows) == 1 else None
    found: list[tuple[BodyRow, str | None]] = []
    whole: list[tuple[slice, str | None]] = [(slice(0, None), None)]
    labels = [block.row_label(row) for row in rows]
    stacked = flows == {None} and table.table_type in PAIRED_TABLES
    for part, flow in (list(_sides(labels)) if stacked else []) or whole:
        for line in lines_of(rows[part], block, table, flow or side, amounts[part]):
            parent = None if line.parent is None else line.parent + part.start
            found.append((changed(line, parent=parent), flow))
    return found


def _sides(labels: Sequence[str]) -> Iterator[tuple[slice, str]]:
    """The rows of each side, from the row that opens it on; nothing where the table begins with none."""
    names = [unnumbered(label) for label in labels]
    starts = sorted(
        (at, flow)
        for flow, pattern in _OPENS.items()
        if (at := next((i for i, name in enumerate(names) if pattern.match(name)), None)) is not None
    )
    if len(starts) == len(_OPENS) and not any(names[: starts[0][0]]):
        (_, first), (at, second) = starts
        yield slice(0, at), first
        yield slice(at, None), second
