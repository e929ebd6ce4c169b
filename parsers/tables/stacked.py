"""Summary tables that print one side below the other, over one set of amount columns.

Invariant: rows belong to a side only where a row that names revenue and nothing else and one that names
expenditure both stand in the block, and the header of neither; the first of them opens the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.tables.grouping import Amounts, BodyRow
from parsers.tables.layout.blocks import ColumnBlock
from parsers.tables.layout.rows import Row
from parsers.tables.layout.words import is_total_word
from parsers.tables.lines import lines_of
from parsers.tables.meaning import TableContext
from parsers.values.copies import changed
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import PAIRED_TABLES
from parsers.values.text import unnumbered
from parsers.values.vocabulary import Flow

_L = lexicon_of(__name__)
_OPENS = {Flow.REVENUE: _L.pattern("revenue"), Flow.EXPENDITURE: _L.pattern("expenditure")}
_ECONOMIC = _L.pattern("economic")


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
    for part, flow in (sides_of(labels, [bool(row) for row in amounts]) if stacked else []) or whole:
        # The names of some economic classes (其他支出) are those of functions too.
        codes = flow is None or not _ECONOMIC.search(next(filter(None, labels[part])))
        for line in lines_of(rows[part], block, table, flow or side, amounts[part], names_codes=codes):
            parent = None if line.parent is None else line.parent + part.start
            found.append((changed(line, parent=parent), flow))
    return found


def sides_of(labels: Sequence[str], filled: Sequence[bool]) -> list[tuple[slice, str]]:
    """The rows of each side, from the row that opens it on; [] where the table begins with none, or has one
    side. `filled`: which rows print amounts. Lines without any may open a side again: 支出（按经济分类）."""
    starts: dict[int, str] = {}
    for at, (label, amounts) in enumerate(zip(labels, filled, strict=True)):
        name = unnumbered(label)
        flow = next((flow for flow, pattern in _OPENS.items() if pattern.match(name)), None)
        if flow and (flow not in starts.values() or not (amounts or is_total_word(label))):
            starts[at] = flow
    if set(starts.values()) != set(_OPENS) or any(labels[: min(starts)]):
        return []
    bounds = [0, *list(starts)[1:], len(labels)]
    return [(slice(*bound), flow) for bound, flow in zip(pairwise(bounds), starts.values(), strict=True)]
