"""What an amount means: flow, fund, nature, object and period, from its header path, row and table.

Invariant: a dimension is filled only when every word of the header path is understood; otherwise it stays
None. Within one block no two columns that contain one another mean the same, so that a sum over the amounts
of one meaning never counts money twice. The words are data: `reference/header_terms.yaml` and
`reference/table_defaults.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.reference.headers import Terms, header_terms, table_defaults
from parsers.tables.layout.words import is_part, is_total_word
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import ITEM_TABLES, TableType
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import Flow, Period

_L = lexicon_of(__name__)
_BOTH_SIDES = _L.text("both_sides")
_EXPENDITURE = _L.text("expenditure")
_ACCOUNTS = _L.text("accounts")
_REVENUE = _L.text("revenue")
_WITHOUT_CARRYOVER = _L.text("without_carryover")
_OF_THIS_YEAR = _L.text("of_this_year")

DIMENSIONS = ("flow", "fund", "nature", "object", "period")
YEAR = _L.pattern("year")
OF_APPROPRIATION = ("general_budget", "government_fund", "state_capital")
_OUTCOME = _L.pattern("outcome")

Words = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Meaning:
    """The five dimensions of an amount (DESIGN §6); `subject` is the item a column names, `is_total` that
    the column sums the items beside it."""

    flow: str | None = None
    fund: str | None = None
    nature: str | None = None
    object: str | None = None
    period: str | None = None
    subject: str | None = None
    is_total: bool = False

    @property
    def dimensions(self) -> tuple[str | None, ...]:
        """The five dimensions, in the order of DIMENSIONS."""
        return tuple(getattr(self, name) for name in DIMENSIONS)


@dataclass(frozen=True, slots=True)
class TableContext:
    """What a table says as a whole. `accounts`: it prints the outcome (决算) of the year; `names_items`: its
    columns are the items of 三公; `fund`: what its title says, unless its columns name several funds."""

    table_type: TableType
    title: str
    fiscal_year: int | None
    accounts: bool
    names_items: bool
    fund: str | None

    @classmethod
    def of(
        cls,
        table_type: TableType,
        title: str,
        paths: Sequence[Sequence[str]],
        fiscal_year: int | None,
        years_of_rows: Sequence[str] = (),
    ) -> TableContext:
        """The year is the document's, else the latest one that the header or a column of years names."""
        elements = [fold(element) for path in paths for element in path]
        dated = (*elements, *map(fold, years_of_rows))
        years = [int(year) for element in dated for year in YEAR.findall(element)]
        accounts = _ACCOUNTS in fold(title) or any(map(_OUTCOME.match, elements))
        items = table_type == TableType.THREE_PUBLIC and any(
            not _item(path)[1] and _item(path)[0] for path in paths
        )
        fund = _fund_of(fold(title))
        named = {read_terms(element, header_terms().titles).get("fund") for element in elements} - {None}
        if fund in OF_APPROPRIATION and len(named & set(OF_APPROPRIATION)) > 1:
            fund = "appropriation"
        year = fiscal_year or max(years, default=None)
        return cls(table_type, fold(title), year, accounts, items, fund)


def column_meanings(paths: Sequence[Sequence[str]], table: TableContext) -> list[Meaning]:
    """The meanings of the money columns of one block, given their header paths."""
    meanings = [_column_meaning(path, table) for path in paths]
    return [_apart(i, paths, meanings) for i in range(len(paths))]


def _column_meaning(path: Sequence[str], table: TableContext) -> Meaning:
    """A header that is not understood leaves the meaning open; it does not take the table's defaults."""
    defaults = table_defaults().get(table.table_type)
    if defaults is None:
        return Meaning()
    found, understood = _read_path(path, table)
    item, is_total = _item(path) if table.table_type in ITEM_TABLES else ({}, False)
    is_total = is_total and table.names_items
    flow = found.get("flow") or defaults.get("flow") or _flow_of(table.title)
    if not understood:
        return Meaning(flow=flow, subject=item.get("item"))
    values: Words = {
        "fund": table.fund or defaults.get("fund"),
        "nature": read_terms(table.title, header_terms().titles).get("nature") or defaults.get("nature"),
        "object": defaults.get("object"),
        "period": defaults.get("period") or default_period(table),
    }
    values.update(item)
    values.update(found)
    if table.accounts and values["period"] == Period.CURRENT:
        values["period"] = "final"
    subject = values.pop("item", None)
    dimensions = {name: values.get(name) for name in DIMENSIONS if name != "flow"}
    return Meaning(flow=flow, subject=subject, is_total=is_total, **dimensions)


def _apart(index: int, paths: Sequence[Sequence[str]], meanings: Sequence[Meaning]) -> Meaning:
    """The column's meaning, its fund unknown where another column is the whole that it is a part of and
    no word of ours names the part (一般公共预算 / 其中：财政拨款)."""
    mine = meanings[index]
    twins = [i for i, other in enumerate(meanings) if i != index and other == mine]
    if not twins or mine.fund is None:
        return mine
    if paths[index] and is_part(paths[index][-1]):
        return replace(mine, fund=None)
    wholes = [i for i in (index, *twins) if paths[i] and is_total_word(paths[i][-1])]
    return mine if not wholes or index in wholes else replace(mine, fund=None)


def _read_path(path: Sequence[str], table: TableContext) -> tuple[Words, bool]:
    """Dimensions set by the path's elements, the lowest winning, and whether every element is understood."""
    found: Words = {}
    understood = True
    spends: Words = {}
    for element in reversed(path):
        words = read_element(element, table)
        if words.get("flow") == Flow.EXPENDITURE and "nature" in words:
            spends = {"flow": words.pop("flow")}  # 基本支出 below 本年收入 or 年末结转: what it is meant for
        for name, value in words.items():
            found.setdefault(name, value)
        named = table.table_type in ITEM_TABLES and _item_words(element) is not None
        understood = understood and (bool(words) or named or _is_neutral(element))
    return {**spends, **found}, understood


def read_element(element: str, table: TableContext) -> Words:
    """The dimensions that one element of a header, or a row's label, sets."""
    compact = fold(element)
    found = read_terms(compact, header_terms().meaning, table.table_type)
    if table.accounts:
        found = {**found, **read_terms(compact, header_terms().accounts, table.table_type)}
    match = YEAR.search(compact)
    past = _past(int(match.group(1)), table.fiscal_year) if match else None
    if past and found.get("period") in (None, Period.FINAL, Period.BUDGET):
        found["period"] = past
    return found


def _past(year: int, fiscal_year: int | None) -> Period | None:
    """The period of a year before the fiscal year: the last one, or one before that."""
    if fiscal_year is None or year >= fiscal_year:
        return None
    return Period.PRIOR_YEAR if year == fiscal_year - 1 else Period.EARLIER


def read_terms(compact: str, terms: Terms, table_type: TableType | None = None) -> Words:
    """What the terms that fit set, an earlier one winning."""
    found: Words = {}
    for term in terms:
        if term.fits(compact, table_type):
            for name, value in term.sets.items():
                found.setdefault(name, value)
    return found


def _is_neutral(element: str) -> bool:
    compact = fold(element)
    return any(pattern.search(compact) for pattern in header_terms().neutral)


def _flow_of(title: str) -> str | None:
    """支出表 and 收入表; a title that names both leaves it to the columns."""
    if _BOTH_SIDES in title or (_EXPENDITURE in title) == (_REVENUE in title):
        return None
    return "expenditure" if _EXPENDITURE in title else "revenue"


def _fund_of(title: str) -> str | None:
    fitting = [term for term in header_terms().titles if term.pattern.search(title)]
    funds = {term.sets["fund"] for term in fitting if "fund" in term.sets}
    specific = funds - {"appropriation"}
    return specific.pop() if len(specific) == 1 else "appropriation" if funds else None


def default_period(table: TableContext) -> str:
    """The period of amounts whose header names none."""
    years = [int(year) for year in YEAR.findall(table.title)]
    if years and (past := _past(max(years), table.fiscal_year)):
        return past
    if table.accounts:
        return "final"
    return "current" if _WITHOUT_CARRYOVER in table.title or _OF_THIS_YEAR in table.title else "total"


def _item(path: Sequence[str]) -> tuple[Words, bool]:
    """The item the path names, the lowest element first, and whether the column is a sum of items. A sum is
    named (三公经费) only where no element of the path is an item of its own."""
    whole: Words = {}
    below_total = False
    for element in reversed(path):
        words = _item_words(element)
        if words and not words.get("total"):
            return words, below_total
        below_total = below_total or bool(words)
        whole = whole or {name: value for name, value in (words or {}).items() if name == "item" and value}
    return whole, below_total


def _item_words(label: str) -> Words | None:
    """What `items` says of a label: the item's canonical name and more, or `total`. None: no item."""
    compact = unnumbered(label)
    term = next((term for term in header_terms().items if term.pattern.search(compact)), None)
    return None if term is None else dict(term.sets)


def item_of(label: str) -> tuple[str | None, bool]:
    """The canonical item a row label of a three_public table names, and whether it is the sum of all."""
    words = _item_words(label) or {}
    return words.get("item"), bool(words.get("total"))
