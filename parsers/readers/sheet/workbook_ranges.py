"""openpyxl's sheet reader, without what grows with the size of a range.

Invariant: a sheet costs what its cells cost, whatever ranges it names. A merge or a link over the whole sheet
(A1:XFD1048576) is a range, and no cell is made for it.
"""

from __future__ import annotations

from typing import Any

from openpyxl.reader import excel
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange


class RangesOnly(WorksheetReader):  # type: ignore[misc]
    """Binds merged ranges without their covered cells, and no links: nothing of ours reads either."""

    def bind_merged_cells(self) -> None:
        """Keep the merged ranges; openpyxl would also create an object for every covered cell."""
        merged = self.parser.merged_cells
        found = [CellRange(one.ref) for one in merged.mergeCell] if merged else []
        self.ws.merged_cells = MultiCellRange(dict.fromkeys(found))

    def bind_hyperlinks(self) -> None:
        """Leave links out."""
        return None


def read_ranges_only() -> Any:
    """Let `openpyxl.load_workbook` read sheets this way from now on, in this process."""
    excel.WorksheetReader = RangesOnly
