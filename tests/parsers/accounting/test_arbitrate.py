"""Sums choose between readings of a cell, and choose nothing that was not read."""

from __future__ import annotations

from decimal import Decimal

from parsers.accounting.arbitrate import arbitrate
from parsers.results import CellRef
from tests.parsers.accounting.test_accounting import expenditure


def test_the_reading_that_mends_the_sums_is_chosen() -> None:
    (table,), _ = expenditure(row5="2130305|水利工程建设|2.00||8.00")
    wrong = next(f for f in table.facts if f.amount_text == "8.00")
    cell = CellRef(table.table_no, wrong.row_no, wrong.col_no)
    assert arbitrate([table], {cell: (Decimal(80_000), Decimal(20_000))}) == {cell: Decimal(20_000)}
    assert arbitrate([table], {cell: (Decimal(80_000), Decimal(30_000))}) == {}


def test_sound_tables_keep_their_readings() -> None:
    (table,), _ = expenditure()
    cells = {CellRef(table.table_no, f.row_no, f.col_no): (Decimal(70_000),) for f in table.facts}
    assert arbitrate([table], cells) == {}
