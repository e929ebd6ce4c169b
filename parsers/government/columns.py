"""What an amount column of a government's table says: stage, year, scope, change, debt, region.

Invariant: the lowest header text that says something decides; what no header says is left to the title and
to the rows. A column of changes is money but not an amount of a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.government.described import ColumnFacts, TableFacts
from parsers.government.names.territory import Mention
from parsers.government.names.titles import fund_of, scope_of, without_account
from parsers.government.names.vocabulary import arabic, first, terms, years_in
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import DEBT_TABLES
from parsers.values.text import fold
from parsers.values.vocabulary import AmountScope, DocumentKind, FundSource, Stage

_L = lexicon_of(__name__)
_BELOW = _L.pattern("below")
_AFTER = _L.pattern("after")
_SETTLED = _L.pattern("settled")  # a change only where another column is the budget after it
_OUTCOMES = ("execution", "estimated", "expected", "final")
_PLANNED = _L.pattern("planned")
_ALL = _L.pattern("all")
_BY_SOURCE = _L.pattern("by_source")
_OF_WHICH = _L.pattern("of_which")
_COLUMN_OF_MONTHS = _L.pattern("column_of_months")
TITLE_OF_MONTHS = _L.pattern("title_of_months")


def column_facts(path: Sequence[str], table: TableFacts) -> ColumnFacts:
    """The meaning of a money column by its header path."""
    words = [arabic(fold(text)) for text in reversed(path)]
    joined = "".join(reversed(words))
    change = _is_change(words)
    bare = [_BY_SOURCE.sub("", without_account(word)) for word in words]
    named = ((at, first(terms().stages, word)) for at, word in enumerate(bare))
    stated, said = next((found for found in named if found[1]), (0, None))
    stage = limit_stage(said, joined, table)
    # 比2025年增减 is of 2026.
    timed = [(at, word) for at, word in enumerate(words) if not (change and terms().changes.search(word))]
    dated, year = next(((at, year) for at, word in timed if (year := _year_of(word))), (0, None))
    if year and stage == Stage.PRIOR and dated > stated:
        year -= 1  # 上年决算数 below 2025年
    mention = next(
        (m for word in words if (m := table.territory.read(word)) and m.scope != AmountScope.WHOLE), None
    )
    scope = next((found for word in words if (found := table.territory.level(word) or scope_of(word))), None)
    if any(_BELOW.match(word) for word in words):
        scope = AmountScope.REGION
    if scope == AmountScope.REGION and mention is None:
        mention = Mention(AmountScope.REGION, None, words[0])
    return ColumnFacts(
        stage=stage,
        year=year,
        change=change,
        scope=mention.scope if mention else scope,
        place=mention,
        flow=next((found for word in words if (found := first(terms().sides, word))), None),
        fund=fund_of(joined),
        debt_measure=next((found for word in words if (found := first(terms().debt.measures, word))), None),
        debt_kind=next((found for word in words if (found := first(terms().debt.kinds, word))), None),
        debt_bond=next((found for word in words if (found := first(terms().debt.bonds, word))), None),
        words=joined,
        lowest=words[0] if words else "",
        of_months=any(map(_COLUMN_OF_MONTHS.search, words)),
        part=any(_OF_WHICH.match(word) for word in words) and scope is None and mention is None,
    )


def _year_of(word: str) -> int | None:
    years = years_in(word)
    bare = word[:4]  # 2025 预算数
    return years[-1] if years else int(bare) if bare.isdigit() and bare[:2] == "20" else None


def limit_stage(stage: str | None, words: str, table: TableFacts) -> str | None:
    """限额 alone names the budget's limit; in a table of the accounts, the one that holds at their end."""
    return (
        None if stage == Stage.BUDGET and table.stage == Stage.FINAL and not _PLANNED.search(words) else stage
    )


def _is_change(words: Sequence[str]) -> bool:
    """Whether the texts of a header, from its lowest up, name a change: 增减额, or 比上年增减 above 金额."""
    for word in words:
        if terms().changes.search(word):
            return True
        if not terms().counted.match(word):
            return False
    return False


def with_adjustments(heads: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    """The columns of one block; 调整数 beside 调整后预算数 is the change that leads there."""
    if not any(terms().adjusted.search(head.words) for head in heads):
        return list(heads)
    after = any(_AFTER.search(head.words) for head in heads)

    def leads(lowest: str) -> bool:
        return bool(terms().adjustments.match(lowest)) and (after or not _SETTLED.match(lowest))

    return [replace(head, change=head.change or leads(head.lowest)) for head in heads]


def with_accounts(heads: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    """The columns of one block; 合计 beside columns of several accounts is of all of them."""
    if len({head.fund for head in heads if head.fund}) < 2:
        return list(heads)
    return [
        replace(head, fund=FundSource.ALL) if head.fund is None and _ALL.search(head.lowest) else head
        for head in heads
    ]


def with_parts(heads: Sequence[ColumnFacts], table: TableFacts) -> list[ColumnFacts]:
    """The columns of one block; 基本支出 beside 合计 of the same stage, year, scope and account is a part of
    it, and so is what follows 其中 in the header: of the stage and year of the amount before it."""
    kinds = [_kind(head, table) for head in heads]
    whole = {kind for head, kind in zip(heads, kinds, strict=True) if _ALL.search(head.lowest)}
    others = {kind for head, kind in zip(heads, kinds, strict=True) if not head.part}
    found: list[ColumnFacts] = []
    last = ColumnFacts()
    for at, (head, kind) in enumerate(zip(heads, kinds, strict=True)):
        goes_on = at > 0 and found[-1].part and kinds[at - 1] == kind
        part = head.part or (not _ALL.search(head.lowest) and (kind in whole or goes_on))
        if part:
            head = replace(head, stage=head.stage or last.stage, year=head.year or last.year)
        else:
            last = head
        found.append(replace(head, part=part, repeats=head.part and kind in others))
    return found


def _kind(head: ColumnFacts, table: TableFacts) -> ColumnFacts:
    """What a column is of; the account of the table needs no word (专项转移支付安排), nor its side
    (资金来源 above columns of an expenditure), and other tables than those of debts speak of none
    (一般债券安排)."""
    fund = None if head.fund == table.fund else head.fund
    flow = None if table.table_type.endswith(("_revenue", "_expenditure")) else head.flow
    plain = replace(head, words="", lowest="", part=False, fund=fund, flow=flow)
    if table.table_type in DEBT_TABLES:
        return plain
    return replace(plain, debt_measure=None, debt_kind=None, debt_bond=None)


def stage_and_year(stage: str | None, year: int | None, table: TableFacts) -> tuple[str | None, int | None]:
    """The stage as seen from the table's year: an outcome of an earlier year is `prior`, a budget of a later
    one `next`; the estimate of the year that a budget is for is that budget."""
    base = table.year or table.fiscal_year
    stage = stage or table.stage
    if stage == Stage.PRIOR and year is None and base:
        year = base - 1
    elif stage == Stage.NEXT and year is None and base:
        year = base + 1
    year = year or base
    stage = stage or _unsaid(year, table)
    if base and year:
        if stage in _OUTCOMES and year < base:
            stage = "prior"
        elif stage in (Stage.BUDGET, Stage.ESTIMATED, "expected") and year > base:
            stage = "next"
        elif stage == "expected" and table.kind == DocumentKind.BUDGET and year == table.fiscal_year:
            stage = "budget"
    return "estimated" if stage == "expected" else stage, year


def _unsaid(year: int | None, table: TableFacts) -> str | None:
    """The stage of a table that names none: that of the document's kind, or execution for an earlier year."""
    if table.kind == DocumentKind.ACCOUNTS:
        return "final"
    if table.kind != DocumentKind.BUDGET:
        return None
    earlier = year is not None and table.fiscal_year is not None and year < table.fiscal_year
    return "execution" if earlier else "budget"
