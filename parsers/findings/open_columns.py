"""Tables whose columns are open: no rules say which amounts a header stands over, or where a column ends.

Invariant: rules that part all cells leave nothing open; only tables drawn on pages are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.values.document import Block, Box, Grid
from parsers.values.results import BudgetTable
from parsers.values.text import fold

_AMOUNT_BEHIND = re.compile(r"[^\d.,(][\d,]*\d\.\d\d$")
Areas = dict[int | None, list[Box]]  # by page


def open_areas(blocks: Sequence[Block]) -> Areas:
    """Where tables stand whose headers may be read in more than one way."""
    found: Areas = {}
    for block in blocks:
        if isinstance(block, Grid) and block.header_open and block.box is not None:
            found.setdefault(block.page, []).append(block.box)
    return found


def columns_open(table: BudgetTable, areas: Areas) -> bool:
    """Whether part of the table stands in one of the areas, the name of one of its rows ends with an amount
    (two columns were read as one), or some of its amounts stand below no header."""
    if not table.pages:
        return False
    if 0 < sum(not fact.column_path for fact in table.facts) < len(table.facts):
        return True
    return any(
        _AMOUNT_BEHIND.search(fold(fact.row_label))
        or (fact.box is not None and any(_holds(area, fact.box) for area in areas.get(fact.page, ())))
        for fact in table.facts
    )


def _holds(area: Box, box: Box) -> bool:
    middle, height = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return area.x0 <= middle <= area.x1 and area.y0 <= height <= area.y1
