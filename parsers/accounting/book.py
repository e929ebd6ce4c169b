"""One document's tables, indexed for the rules: cells by place, columns by header, rows by block.

Invariant: built once per document; a lookup never scans a table. A blank cell is a term of zero yuan
without a fact, so that an amount that should stand there can be named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from parsers.accounting.shapes import RuleScope
from parsers.tables.layout.words import is_total_word
from parsers.values.amounts import may_be_nothing, printed_number
from parsers.values.results import BudgetTable, CellRef, Fact, Indicator, TableRow
from parsers.values.table_types import TableType
from parsers.values.vocabulary import CodeBasis

ZERO = Decimal(0)
MANY, LARGE = 12, 100  # amounts of a table, the middle one: such do not all end in zeros by accident


class Term(NamedTuple):
    """One cell of an identity: where it stands and its yuan; `fact` is None where the cell is blank."""

    ref: CellRef
    yuan: Decimal
    fact: Fact | None = None

    @property
    def is_unread(self) -> bool:
        """Whether the cell holds something that could not be read: its zero yuan say nothing."""
        return self.fact is not None and self.fact.is_unread

    @property
    def may_be_nothing(self) -> bool:
        """Whether what it holds is struck out, hidden from readers or a mark."""
        return self.fact is not None and may_be_nothing(self.fact.amount_text)


@dataclass(frozen=True, slots=True)
class MoneyColumn:
    """One money column: its number in the table and its header texts from top to bottom."""

    number: int
    path: tuple[str, ...]
    block: int


@dataclass
class Ledger:
    """One table with its indexes."""

    table: BudgetTable
    cells: dict[tuple[int, int], Fact] = field(default_factory=dict)
    terms: dict[tuple[int, int], Term] = field(default_factory=dict)
    columns: list[MoneyColumn] = field(default_factory=list)
    step: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        found: dict[int, Fact] = {}
        places: defaultdict[Decimal, list[str]] = defaultdict(list)
        for fact in self.table.facts:
            self.cells[fact.row_no, fact.col_no] = fact
            found.setdefault(fact.col_no, fact)
            places[fact.unit_yuan or Decimal(1)].append(fact.amount_text)
        self.columns = [
            MoneyColumn(number, tuple(found[number].column_path.split(" / ")), found[number].block)
            for number in sorted(found)
        ]
        # Trailing zeros are often dropped (3.6 beside 0.79): the table decides how exact it prints each unit.
        self.step = max(
            (unit.scaleb(-_exactness(texts)) for unit, texts in places.items()), default=Decimal(1)
        )

    def rounding(self, fact: Fact) -> Decimal:
        """Half of the last place that its column prints, in yuan."""
        return (fact.unit_yuan or Decimal(1)).scaleb(-self._places_of_columns[fact.col_no]) / 2

    @cached_property
    def _places_of_columns(self) -> dict[int, int]:
        """Decimals that each column prints at most."""
        found: dict[int, int] = {}
        for fact in self.table.facts:
            found[fact.col_no] = max(found.get(fact.col_no, 0), _places(fact.amount_text))
        return found

    @cached_property
    def rows(self) -> dict[tuple[int, int], TableRow]:
        """Rows by (row_no, block)."""
        return {(row.row_no, row.block): row for row in self.table.rows}

    @cached_property
    def by_row(self) -> dict[tuple[int, int], list[Fact]]:
        """Facts by (row_no, block), from left to right."""
        found: defaultdict[tuple[int, int], list[Fact]] = defaultdict(list)
        for fact in self.table.facts:
            found[fact.row_no, fact.block].append(fact)
        return found

    @cached_property
    def blocks(self) -> dict[int, list[TableRow]]:
        """The rows of each block in printed order."""
        found: defaultdict[int, list[TableRow]] = defaultdict(list)
        for row in self.table.rows:
            found[row.block].append(row)
        return found

    @cached_property
    def columns_by_meaning(self) -> dict[tuple[object, ...], int]:
        """The column of each (block, flow, fund, period, nature, object), where exactly one has it."""
        found: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
        for f in self.table.facts:
            found[f.block, f.flow, f.fund, f.period, f.nature, f.object].add(f.col_no)
        return {meaning: columns.pop() for meaning, columns in found.items() if len(columns) == 1}

    def prints_codes(self, block: int) -> bool:
        """Whether codes are printed beside the amounts of a block, not only read from its names."""
        return block in self._coded

    @cached_property
    def _coded(self) -> set[int]:
        return {
            f.block for f in self.table.facts if f.code_basis in (CodeBasis.PRINTED, CodeBasis.UNVERIFIED)
        }

    def block_columns(self, block: int) -> list[MoneyColumn]:
        """The money columns of one block (columns side by side under their own labels)."""
        return [column for column in self.columns if column.block == block]

    def term(self, row_no: int, col_no: int) -> Term:
        """The amount of a cell in yuan; zero, without a fact, where the cell is blank."""
        if (found := self.terms.get((row_no, col_no))) is None:
            fact = self.cells.get((row_no, col_no))
            yuan = fact.amount_yuan if fact is not None else None
            found = Term(CellRef(self.table.table_no, row_no, col_no), yuan or ZERO, fact)
            self.terms[row_no, col_no] = found
        return found

    def fact_term(self, fact: Fact) -> Term:
        """The amount of a fact in yuan; zero where it has none."""
        return self.term(fact.row_no, fact.col_no)


@dataclass
class Book:
    """All tables of one document and the performance targets of its forms. Tables without a unit have no
    amounts in yuan and take part in no identity; `unitless` keeps them for the check that says so."""

    sheets: dict[int, Ledger]
    unitless: list[BudgetTable]
    tables: Sequence[BudgetTable]
    indicators: Sequence[Indicator] = ()

    @cached_property
    def totals(self) -> dict[Decimal, frozenset[int]]:
        """The amounts that rows called 合计 or 总计 print, with the tables that print them."""
        found: defaultdict[Decimal, set[int]] = defaultdict(set)
        for number, sheet in self.sheets.items():
            for fact in sheet.table.facts:
                if fact.amount_yuan and is_total_word(fact.row_label):
                    found[fact.amount_yuan].add(number)
        return {amount: frozenset(numbers) for amount, numbers in found.items()}

    @cached_property
    def repeated(self) -> dict[tuple[str, Decimal], frozenset[int]]:
        """The amounts of rows without a code, by label, with the tables that print them."""
        found: defaultdict[tuple[str, Decimal], set[int]] = defaultdict(set)
        for number, sheet in self.sheets.items():
            for fact in sheet.table.facts:
                if fact.amount_yuan and not (fact.functional_code or fact.economic_code):
                    found[fact.row_label, fact.amount_yuan].add(number)
        return {key: frozenset(numbers) for key, numbers in found.items()}

    def within(self, scope: RuleScope) -> Iterator[Ledger]:
        """The ledgers of tables in scope, in the order of the document."""
        return (sheet for sheet in self.sheets.values() if scope.holds(sheet.table))

    def of_types(self, types: Collection[TableType]) -> Iterator[Ledger]:
        """The ledgers of tables of these types, in the order of the document."""
        return (sheet for sheet in self.sheets.values() if sheet.table.table_type in types)


def open_book(tables: Sequence[BudgetTable], indicators: Sequence[Indicator] = ()) -> Book:
    """The tables that print amounts, in document order."""
    printed = [table for table in tables if table.facts]
    sheets = {table.table_no: Ledger(table) for table in printed if table.unit_yuan is not None}
    return Book(sheets, [table for table in printed if table.unit_yuan is None], tables, indicators)


def _exactness(amount_texts: Sequence[str]) -> int:
    """The decimals to which amounts are exact: those printed, and where there are many, and large ones, those
    that are not zero in all of them: whole numbers that a format shows as 9,833.00 were rounded before."""
    printed = max(map(_places, _telling(amount_texts)))
    numbers = sorted(abs(number) for text in amount_texts if (number := printed_number(text)))
    if not printed or len(numbers) < MANY or numbers[len(numbers) // 2] < LARGE:
        return printed
    return max(max(-int(number.normalize().as_tuple().exponent), 0) for number in numbers)


def _telling(amount_texts: Sequence[str]) -> Sequence[str]:
    """The amounts that show how exact a table is: 0.00 in a table of one decimal does not."""
    return [text for text in amount_texts if printed_number(text)] or amount_texts


@lru_cache(maxsize=32_768)  # of an amount for the table, and for its column
def _places(amount_text: str) -> int:
    number = printed_number(amount_text)
    exponent = number.as_tuple().exponent if number is not None else 0
    return max(-exponent, 0) if isinstance(exponent, int) else 0
