"""Places and amounts as messages: the table, row and column as the document prints them.

Invariant: an amount is shown in the unit its table prints, never converted for the reader.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from parsers.accounting.book import Book, Ledger, Term
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, CellRef, Fact

_L = lexicon_of(__name__)
_YUAN = _L.text("yuan")

_UNIT = _L.pattern("unit")


def table_name(table: BudgetTable) -> Message:
    """表5《…》 / table 5 “…”: the printed number where there is one, else the count in the document."""
    return _table_name(table.table_no, table.title or "", table.printed_no)


@lru_cache(maxsize=1_024)  # of every cell that is named
def _table_name(number: int, title: str, printed_no: str | None) -> Message:
    printed = printed_no if printed_no and printed_no not in title else None
    if title:
        return message("table_titled", number=number, title=title, printed=printed)
    if printed:
        return message("table_printed", number=number, printed=printed)
    return message("table", number=number)


def row_name(label: str, code: str | None, row_no: int) -> str:
    """The row's code and label; a row without either by its number from 1."""
    return " ".join(filter(None, (code, label))) or f"#{row_no + 1}"


def fact_code(fact: Fact) -> str | None:
    """The classification code of a fact's row; None if there is none or the label prints it already."""
    code = fact.functional_code or fact.economic_code or fact.gov_economic_code
    return code if code and code not in fact.row_label else None


def cell_place(table: BudgetTable, row: str, column: str) -> Message:
    """One cell of one table."""
    return message("cell", table=table_name(table), row=row, column=column)


def row_place(table: BudgetTable, row: str) -> Message:
    """One row of one table."""
    return message("row", table=table_name(table), row=row)


def row_of(cell: CellRef, sheet: Ledger) -> Message:
    """The row a printed cell stands in."""
    fact = sheet.cells[cell.row_no, cell.col_no]
    return row_place(sheet.table, row_name(fact.row_label, fact_code(fact), fact.row_no))


def form_place(book: Book, index: int) -> Message:
    """The performance form an indicator stands on, by its table and project."""
    indicator = book.indicators[index]
    name = table_name(next(table for table in book.tables if table.table_no == indicator.table_no))
    return message("form", table=name, project=indicator.project_name or "")


def fact_place(table: BudgetTable, fact: Fact) -> Message:
    """Where a fact stands, in words: its table, row and column."""
    row = row_name(fact.row_label, fact_code(fact), fact.row_no)
    return cell_place(table, row, fact.column_path)


def printed(yuan: Decimal, table: BudgetTable) -> Message:
    """An amount as the table would print it: 1,144.52 万元."""
    unit = table.unit_yuan or Decimal(1)
    match = _UNIT.search(table.unit_text or "")
    value = yuan / unit
    cents = value.quantize(Decimal("0.01"))
    amount = cents if value == cents else value.normalize()
    return message("amount", amount=amount, unit=match.group(1) if match else _YUAN)


def cell_name(term: Term, table: BudgetTable) -> Message:
    """The cell a term stands in; a blank cell by the labels of its row and column."""
    if term.fact is not None:
        return fact_place(table, term.fact)
    above = next((f for f in table.facts if f.col_no == term.ref.col_no), None)
    block = above.block if above is not None else 0
    row = next((r for r in table.rows if (r.row_no, r.block) == (term.ref.row_no, block)), None)
    label = row.label if row is not None else ""
    code = next((c for c in row.codes.values() if c not in label), None) if row is not None else None
    name = row_name(label, code, term.ref.row_no)
    return cell_place(table, name, above.column_path if above is not None else "")
