"""The amounts of the tables as the text may name them: by subject, by class, by the row's own words.

Invariant: a candidate is `weak` where the text may well mean something else by the same words; a weak one may
agree with the text, and never contradicts it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from parsers.prose.figure import Figure
from parsers.prose.vocabulary import terms
from parsers.reference.codes import classification, name_key
from parsers.values.lexicon import lexicon_of
from parsers.values.results import BudgetTable, CellRef, Fact
from parsers.values.table_types import TableType
from parsers.values.text import fold, unnumbered, visible
from parsers.values.vocabulary import FundSource, Nature, Period

_L = lexicon_of(__name__)
_EXPENDITURE = _L.text("expenditure")

_APART = _L.pattern("apart")
_RESERVE = _L.pattern("reserve")
_WIDE = (None, FundSource.ALL, FundSource.APPROPRIATION, FundSource.CARRYOVER)
_MAIN = (TableType.SUMMARY, TableType.REVENUE, TableType.EXPENDITURE, TableType.APPROPRIATION_SUMMARY)
SEVERAL = 2  # kinds of tables
LONG_LABEL = 4  # characters of a row's label that say what it is about


Cell = tuple[Fact, BudgetTable]
Entries = dict[str, list[Cell]]


@dataclass(frozen=True, slots=True)
class TableAmount:
    """An amount of a table that may be the one the text speaks of, the code of its row, and the value of the
    last place that its table prints."""

    ref: CellRef
    yuan: Decimal
    weak: bool = False
    code: str | None = None
    fund: str | None = None
    step: Decimal = Decimal(0)


class Index:
    """The amounts of all tables, with their words in comparable form."""

    def __init__(self, tables: Sequence[BudgetTable]) -> None:
        self._facts = [
            (fact, table, unnumbered(fact.row_label), fold(fact.column_path))
            for table in tables
            for fact in table.facts
            if fact.amount_yuan is not None
        ]
        self._cells = {_ref(fact, table): fact for fact, table, *_ in self._facts}
        self._prior = [(ref, fact) for ref, fact in self._cells.items() if fact.period == Period.PRIOR_YEAR]
        self._names = dict(_names(tables))
        self._by_code, self._by_name, self._by_label = self._entries()
        self._by_subject: dict[str, list[TableAmount]] = {}
        self.amounts = sorted({fact.amount_yuan for fact, *_ in self._facts if fact.amount_yuan})
        self.step = min(
            (table.unit_yuan / 100 for _, table, *_ in self._facts if table.unit_yuan), default=Decimal(0)
        )

    def _entries(self) -> tuple[Entries, Entries, Entries]:
        """The amounts by code, by the name of their class, and by what their row or project is called."""
        by_code: Entries = defaultdict(list)
        by_name: Entries = defaultdict(list)
        by_label: Entries = defaultdict(list)
        for fact, table, label, _ in self._facts:
            cell = (fact, table)
            for code in {fact.functional_code, fact.economic_code, fact.gov_economic_code}:
                if code:
                    by_code[code].append(cell)
            called = {name_key(name) for name in (fact.functional_name, fact.economic_name) if name}
            called |= self._names.get(fact.functional_code or "", set())
            for name in called:
                by_name[name].append(cell)
            for words in {_label_key(label), _label_key(fact.project_name or "")}:
                if len(words) >= LONG_LABEL:
                    by_label[words].append(cell)
        return by_code, by_name, by_label

    def _candidate(self, fact: Fact, table: BudgetTable, weak: bool) -> TableAmount:
        code = fact.functional_code or fact.economic_code or fact.gov_economic_code
        weak = weak or fact.period in (Period.PRIOR_YEAR, Period.EARLIER, Period.CHANGE, Period.BUDGET)
        whole = (table.table_no, fact.col_no) not in self._with_decimals
        step = (fact.unit_yuan or Decimal(0)).scaleb(0 if whole else -self._places[table.table_no])
        return TableAmount(_ref(fact, table), fact.amount_yuan or Decimal(0), weak, code, fact.fund, step)

    @cached_property
    def _with_decimals(self) -> frozenset[tuple[int, int]]:
        """The columns that print more than whole numbers."""
        return frozenset((t.table_no, f.col_no) for f, t, *_ in self._facts if "." in visible(f.amount_text))

    @cached_property
    def _places(self) -> dict[int, int]:
        """The most decimals of an amount of each table, other than zero."""
        found: defaultdict[int, int] = defaultdict(int)
        for fact, table, *_ in self._facts:
            if fact.amount_yuan:
                decimals = visible(fact.amount_text).partition(".")[2]
                found[table.table_no] = max(found[table.table_no], sum(map(str.isdigit, decimals)))
        return found

    @cached_property
    def totals(self) -> tuple[Decimal, ...]:
        """The amounts of all total rows."""
        return tuple({f.amount_yuan for f, *_ in self._facts if f.is_total and f.amount_yuan})

    def of_subject(self, subject: str) -> list[TableAmount]:
        """What the tables print of a subject."""
        if subject not in self._by_subject:
            self._by_subject[subject] = [
                self._candidate(fact, table, selector.weak)
                for selector in terms().subjects[subject].select
                for fact, table, label, path in self._facts
                if selector.fits(fact, table.table_type, label, path)
            ]
        return self._by_subject[subject]

    @cached_property
    def _apart(self) -> frozenset[Decimal]:
        """The amounts of all money of earlier years and of all reserves, which a text may leave out: of rows
        that say so, and of total rows in columns that do; what is carried over of one project explains
        nothing, but a project may be the reserve itself."""
        return frozenset(
            fact.amount_yuan
            for fact, _, label, path in self._facts
            if fact.amount_yuan
            and (
                (_APART.search(label) and (fact.project_name is None or _RESERVE.search(label)))
                or (fact.is_total and (fact.period == Period.CARRYOVER or _APART.search(path)))
            )
        )

    def is_apart(self, gap: Decimal, tolerance: Decimal) -> bool:
        """Whether a difference is exactly such an amount."""
        return any(abs(gap - amount) <= tolerance for amount in self._apart)

    def before(self, ref: CellRef) -> Decimal | None:
        """The year before's amount of the same row, under the same heading but for the year."""
        now = self._cells[ref]
        if now.period == Period.PRIOR_YEAR:
            return None
        found = [
            fact.amount_yuan
            for other, fact in self._prior
            if (other.table_no, other.row_no) == (ref.table_no, ref.row_no)
            and ref != other
            and fact.block == now.block
            and _below_year(fact) == _below_year(now)
        ]
        return found[0] if len(found) == 1 else None

    def candidates(self, figure: Figure) -> list[TableAmount]:
        """The amounts the figure may repeat: those of its fund, where its words name one."""
        if figure.subject:
            found = self.of_subject(figure.subject)
            return _of_fund(found, figure.fund) if terms().subjects[figure.subject].by_fund else found
        rows = self._classified(figure) or self._by_label.get(_label_key(figure.words), ())
        return _of_fund(
            [self._candidate(fact, table, not _is_whole(fact)) for fact, table in rows], figure.fund
        )

    def _classified(self, figure: Figure) -> Sequence[Cell]:
        """The rows of the class the text names: by code, by the names down to it, or by its whole name."""
        if figure.code:
            return self._by_code.get(figure.code, ())
        if not figure.classes:
            return self._by_name.get(name_key(figure.words), ()) if figure.words else ()
        digits, name = figure.classes[-1]
        return [
            (fact, table)
            for fact, table in self._by_name.get(name_key(name), ())
            if len(code := fact.functional_code or "") == digits
            and all(self._is_called(code[:above], name) for above, name in figure.classes)
        ]

    def _is_called(self, code: str, name: str) -> bool:
        return name_key(name) in self._names.get(code, ())

    @cached_property
    def of_several_bodies(self) -> bool:
        """Whether main tables of two kinds or more stand there several times, with other totals: a file that
        holds the budgets of several bodies, or of a department and its units."""
        totals: defaultdict[str, dict[int, Decimal]] = defaultdict(dict)
        for fact, table, *_ in self._facts:
            if fact.is_total and fact.amount_yuan and table.table_type in _MAIN:
                of_kind = totals[table.table_type]
                of_kind[table.table_no] = max(of_kind.get(table.table_no, Decimal(0)), fact.amount_yuan)
        return sum(len(set(of_kind.values())) > 1 for of_kind in totals.values()) >= SEVERAL

    def may_lack(self, fund: str | None, gap: Decimal) -> bool:
        """Whether an amount of one fund may fall short of all funds by `gap`: the others have as much."""
        others: defaultdict[str | None, Decimal] = defaultdict(Decimal)
        for fact, *_ in self._facts:
            if fact.fund not in (fund, *_WIDE):
                others[fact.fund] = max(others[fact.fund], fact.amount_yuan or Decimal(0))
        return fund not in _WIDE and sum(others.values()) >= gap

    def may_carry_over(self, gap: Decimal) -> bool:
        """Whether money of earlier years, which an amount 当年 is without, may explain a gap."""
        carried = (f.amount_yuan or 0 for f, *_ in self._facts if f.period == Period.CARRYOVER)
        return 0 < gap <= max(carried, default=0)

    def prints_of_fund(self, yuan: Decimal, tolerance: Decimal, fund: str) -> bool:
        """Whether any table prints the amount as one of this fund, of one near to it or of none."""
        near = {None, fund, *terms().funds[fund].near}
        return any(
            abs(fact.amount_yuan - yuan) <= tolerance
            for fact, *_ in self._facts
            if fact.fund in near and fact.amount_yuan
        )

    def prints(self, yuan: Decimal, tolerance: Decimal) -> bool:
        """Whether any table prints the amount."""
        at = bisect_left(self.amounts, yuan - tolerance)
        return at < len(self.amounts) and self.amounts[at] <= yuan + tolerance


def _label_key(words: str) -> str:
    return words.removesuffix(_EXPENDITURE)


def _ref(fact: Fact, table: BudgetTable) -> CellRef:
    return CellRef(table.table_no, fact.row_no, fact.col_no)


def _below_year(fact: Fact) -> list[str]:
    """The headings of a column below the one that names its year."""
    return fold(fact.column_path).split("/")[1:]


def _of_fund(found: list[TableAmount], fund: str | None) -> list[TableAmount]:
    """What is printed of the fund; where nothing is, what may be the same, as weak."""
    if fund is None:
        return found
    near = (None, *terms().funds[fund].near)
    return [c for c in found if c.fund == fund] or [replace(c, weak=True) for c in found if c.fund in near]


def _names(tables: Iterable[BudgetTable]) -> Iterator[tuple[str, set[str]]]:
    """What the functional codes are called, in the classification and in the tables, but for the names of
    projects and of other classes that stand beside a code."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for line in classification("functional"):
        names[line.code].add(name_key(line.name))
    for table in tables:
        projects = {fact.row_no for fact in table.facts if fact.project_name}
        for row in table.rows:
            if row.codes.keys() == {"functional"} and row.row_no not in projects:
                names[row.codes["functional"]].add(name_key(row.label))
    yield from names.items()


def _is_whole(fact: Fact) -> bool:
    """The amount of the whole class: no column of one nature, object or minor fund. Economic classes are
    spoken of for basic expenditure alone as often as for all: theirs is never certain."""
    funds = (None, "all", "appropriation", "general_budget")
    if fact.functional_code is None and (fact.economic_code or fact.gov_economic_code):
        return False
    return fact.nature in (None, Nature.ALL) and fact.object in (None, "all") and fact.fund in funds
