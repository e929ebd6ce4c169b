"""What a row of a government's table says: codes, flow, sums of an account, debt, region.

Invariant: a code is found by name only where one line of the classification below the row above has that
name; a row whose words say nothing has the meaning of its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from parsers.government.debt import debt_row, debt_rows
from parsers.government.described import RowFacts, TableFacts
from parsers.government.names.territory import is_by_region, read_all, regions_of
from parsers.government.names.titles import fund_of, scope_of
from parsers.government.names.vocabulary import first, terms
from parsers.reference.codes import classification, name_key
from parsers.tables.codes import codes_by_name
from parsers.tables.layout.words import is_total_word
from parsers.values.copies import changed
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import BONDS, DEBT_TABLES, SOCIAL_INSURANCE, TableType
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import AmountScope, Flow

_L = lexicon_of(__name__)
_BEHIND_LABEL = _L.pattern("behind_label")
_REVENUE = _L.text("revenue")
_TRANSFER = _L.text("transfer")
_EXPENDITURE = _L.text("expenditure")

_LEAST_PLACES = 2  # named by rows under 地区, before the rows between are taken for parts of them
_BOTH_SIDES = _L.pattern("both_sides")
_TRANSFER_SIDES: Mapping[str, str] = {Flow.TRANSFERS_RECEIVED: "revenue", Flow.TRANSFERS_PAID: "expenditure"}
_LEVEL_ALONE = _L.pattern("level_alone")
_LEAST_YEARS = 2  # named by rows alone, before the rows are taken for years
_BARE_YEAR = _L.pattern("bare_year")
_OF_YEAR = _L.words("of_year")
_PLAIN_TOTAL = _L.pattern("plain_total")
_GRAND_TOTAL = _L.text("grand_total")
_WITHOUT = _L.pattern("without")
ACCOUNTS = {
    (fund, flow): name
    for flow, names in (("revenue", "revenue_accounts"), ("expenditure", "expenditure_accounts"))
    for fund, name in _L.names(names).items()
}
_GRAND = _L.names("grand")


def row_facts(
    labels: Sequence[str],
    printed: Sequence[dict[str, str]],
    side: str | None,
    table: TableFacts,
    *,
    by_place: bool = False,
    beside: Sequence[str] | None = None,
) -> list[RowFacts]:
    """The rows of a block, given their labels and printed codes and the side (flow) of its columns.

    `by_place`: a header says that rows are regions; those that name none are parts of the region above.
    `beside`: what another column names; where that is regions, each row is of one, and no sum of it but of
    debt."""
    apart = beside is not None and is_by_region(beside, read_all(beside, table.territory))
    parts = [apart and table.table_type not in DEBT_TABLES] * len(labels)
    named = beside if apart and beside is not None else labels
    mentions = read_all(named, table.territory)
    by_region = is_by_region(named, mentions)
    levels = [None if by_region or m is None or not _LEVEL_ALONE.match(m.name) else m.scope for m in mentions]
    if by_region:
        mentions = regions_of(named, mentions)
    elif not (by_place and sum(m is not None and m.code is not None for m in mentions) >= _LEAST_PLACES):
        mentions = [None] * len(labels)
    else:
        parts = [mention is None for mention in mentions]
        for at in range(1, len(mentions)):
            mentions[at] = mentions[at] or mentions[at - 1]
    rows = [
        RowFacts(
            label,
            _own_system(codes),
            is_total=is_total_word(label),
            place=place,
            is_part=part,
            of_level=level,
        )
        for label, codes, place, part, level in zip(labels, printed, mentions, parts, levels, strict=True)
    ]
    if table.table_type not in BONDS:
        rows = [_by_words(row, table) for row in rows]
    if (dated := _by_year(rows)) and table.table_type not in DEBT_TABLES:
        return dated
    if any(mentions):
        return [debt_row(row, None, None, table) if table.table_type in DEBT_TABLES else row for row in rows]
    if table.table_type in DEBT_TABLES:
        return debt_rows(rows, table)
    if table.table_type in SOCIAL_INSURANCE:
        return [changed(row, flow=first(terms().social, fold(row.label)) or side) for row in rows]
    rows = _with_sides(rows, side, table)
    if table.table_type.flow is Flow.TRANSFERS_PAID:  # 合计 is that of the transfers, not of the account
        rows = _with_codes(rows, table)
        return [_balanced(row) for row in rows] if _BOTH_SIDES.search(table.title) else rows
    return _with_sums(_with_codes(rows, table), table)


def _by_year(rows: Sequence[RowFacts]) -> list[RowFacts] | None:
    """The rows of a table of several years, one a row; a sum of years is of none. None for another table."""
    years = [_BARE_YEAR.match(fold(row.label)) for row in rows]
    others = [row for row, year in zip(rows, years, strict=True) if not year and row.label]
    if sum(map(bool, years)) < _LEAST_YEARS or not all(row.is_total for row in others):
        return None
    return [
        changed(row, year=int(year[1]) if year else None, is_part=not year)
        for row, year in zip(rows, years, strict=True)
    ]


def is_of_year(row: RowFacts) -> bool:
    """Whether the row is one of several years, and the columns are the items."""
    return row.year is not None and bool(_BARE_YEAR.match(fold(row.label)))


def _by_words(row: RowFacts, table: TableFacts) -> RowFacts:
    words = fold(row.label)
    rate, change = _rate_and_change(words)
    scope = None if table.scope else scope_of(words)  # 本级一般公共预算收入, in a table of no scope
    own = row.place is not None and row.place.scope == AmountScope.OWN  # 市本级（不含高新区）, beside 高新区
    part = row.is_part or bool(_WITHOUT.search(words) and not own)
    return changed(row, rate=rate and not row.codes, scope=scope, change=change, is_part=part)


@lru_cache(maxsize=8_192)  # tables repeat the names of a classification
def _rate_and_change(words: str) -> tuple[bool, bool]:
    """Whether the words of a row name a share or rate, or a change."""
    return bool(terms().rates.search(words)), bool(terms().row_changes.search(words))


def _own_system(codes: dict[str, str]) -> dict[str, str]:
    """Printed codes by the classification that their first digit gives: 1 revenue, 2 functions."""
    out: dict[str, str] = {}
    for system, code in codes.items():
        out["revenue" if code[0] == "1" and system == "functional" else system] = code
    return out


# Revenue and expenditure --------------------------------------------------------------------------------


def _with_sides(rows: Sequence[RowFacts], side: str | None, table: TableFacts) -> list[RowFacts]:
    """Each row with the side it stands on: its columns', or that of its own words or the section above."""
    out = []
    current = side
    fund = None
    for row in rows:
        words = fold(row.label)
        if side is None:
            current = None if table.table_type == TableType.OTHER else current
            if _REVENUE in words and _EXPENDITURE not in words:
                current = "revenue"
            elif _EXPENDITURE in words and _REVENUE not in words:
                current = "expenditure"
        if table.fund is None and (named := fund_of(words)):
            fund = named
        out.append(changed(row, flow=current, fund=fund or _account_of(words, table)))
    return out


def _balanced(row: RowFacts) -> RowFacts:
    """A row of a table of what is received and paid: 调入资金, 年终结余 do not go between levels."""
    side = _TRANSFER_SIDES.get(row.flow or "")
    found = first(terms().flows[side], unnumbered(row.label)) if side else None
    return changed(row, flow=found) if found and found != side else row


def _account_of(words: str, table: TableFacts) -> str | None:
    """The account a row is the sum of (政府性基金预算收入), in a table whose title names none."""
    if fund_of(table.title):
        return None
    return next((s.fund for s in terms().subjects if s.fund and s.pattern.search(unnumbered(words))), None)


def _with_codes(rows: Sequence[RowFacts], table: TableFacts) -> list[RowFacts]:
    """The classification that explains most names of a side is taken for all of it."""
    out = list(rows)
    for side, default in (("revenue", ("revenue",)), ("expenditure", ("functional",))):
        systems = table.table_type.systems or default
        mine = [i for i, row in enumerate(rows) if row.flow == side]
        if not mine:
            continue
        best: tuple[int, str, list[str | None]] = (0, "", [])
        for system in systems:
            printed = [rows[i].codes.get(system) for i in mine]
            names = [_trimmed(rows[i].label) for i in mine]
            found = codes_by_name(names, printed, system, table.fiscal_year)
            if system == "revenue":
                found = [
                    f or _unique(n) if not p else None for f, n, p in zip(found, names, printed, strict=True)
                ]
            hits = sum(1 for f, p in zip(found, printed, strict=True) if f or p)
            if hits > best[0]:
                best = (hits, system, found)
        hits, system, found = best
        for i, code in zip(mine, found, strict=False):
            if code and not rows[i].is_total:
                out[i] = changed(out[i], codes={**out[i].codes, system: code}, by_name=True)
    flows = _of_grants(out, list(map(_flow, out)))
    return [
        row if row.flow == flow else changed(row, flow=flow) for row, flow in zip(out, flows, strict=True)
    ]


def _of_grants(rows: Sequence[RowFacts], flows: list[str | None]) -> list[str | None]:
    """The flows; what a grant from above is for (教育, below 专项转移支付收入) is a transfer as well."""
    granted = False
    for at, row in enumerate(rows):
        if flows[at] != Flow.REVENUE or row.codes.get("revenue") or row.is_total:
            granted = flows[at] == Flow.TRANSFERS_RECEIVED
        elif granted and name_key(row.label) in _functions():
            flows[at] = Flow.TRANSFERS_RECEIVED
    return flows


@cache
def _functions() -> frozenset[str]:
    """The classes of the functional classification as grants are called after them: 教育, 农林水."""
    classes = (line.name for line in classification("functional") if len(line.code) == 3)
    return frozenset(name_key(name.removesuffix(_EXPENDITURE)) for name in classes)


def _trimmed(label: str) -> str:
    """A label without the marks of its level: 其他体育支出(项), 增值税(50%)."""
    return _BEHIND_LABEL.sub("", fold(label))


@cache
def _revenue_names() -> dict[str, str]:
    """Names that stand for one revenue code only, wherever they are printed."""
    found: dict[str, set[str]] = {}
    for line in classification("revenue"):
        found.setdefault(name_key(line.name), set()).add(line.code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1 and len(name) > 2}


def _unique(name: str) -> str | None:
    return _revenue_names().get(name_key(name))


def _flow(row: RowFacts) -> str | None:
    """What is neither revenue nor expenditure of the year, by the words of the row and its code."""
    if row.flow not in (Flow.REVENUE, Flow.EXPENDITURE):
        return row.flow
    code = row.codes.get("revenue" if row.flow == Flow.REVENUE else "functional", "")
    words = unnumbered(row.label)
    if code and not code.startswith(("110", "105", "230", "231")):
        return row.flow
    if code in ("110", "230") or is_total_word(words) or words.startswith(_TRANSFER):
        return row.flow
    return first(terms().flows[row.flow], words) or row.flow


def _with_sums(rows: Sequence[RowFacts], table: TableFacts) -> list[RowFacts]:
    """The sums of an account by name; a bare 合计 is the account's where nothing but the year's own money is
    printed above it (or it stands first), else the grand total of its side."""
    out = list(rows)
    for side in ("revenue", "expenditure"):
        mine = [i for i, row in enumerate(rows) if _side(row) == side]
        other = [i for i in mine if rows[i].flow != side or _is_transfer(rows[i])]
        begins = min(other, default=len(rows))
        for i in mine:
            words = unnumbered(rows[i].label)
            fund = rows[i].fund or table.fund
            subject = next(
                (s.subject for s in terms().subjects if s.fund in (None, fund) and s.pattern.search(words)),
                None,
            )
            account = ACCOUNTS.get((fund or "", side))
            # 总计 above 本级收入 and 转移性收入 is the grand total; 合计 above the items of the year is not.
            grand = words.startswith(_GRAND_TOTAL) and bool(other)
            plain = _PLAIN_TOTAL.match(words) and rows[i].is_total and i <= begins and not grand
            if account and (subject in _OF_YEAR or plain):
                subject = account
            elif rows[i].is_total and subject is None and _PLAIN_TOTAL.match(words):
                subject = _GRAND[side]
            if subject:
                is_sum = rows[i].is_total or subject in (*ACCOUNTS.values(), *_GRAND.values(), *_OF_YEAR)
                out[i] = changed(out[i], subject=subject, is_total=is_sum, flow=side)
    return out


def _side(row: RowFacts) -> str | None:
    """The side of the balance (收支平衡) on which a row stands, by its flow."""
    if row.flow in (
        Flow.REVENUE,
        Flow.TRANSFERS_RECEIVED,
        Flow.DEBT_RECEIVED,
        Flow.CARRIED_IN,
        Flow.MOVED_IN,
    ):
        return "revenue"
    if row.flow in (
        Flow.EXPENDITURE,
        Flow.TRANSFERS_PAID,
        Flow.DEBT_REPAID,
        Flow.CARRIED_OUT,
        Flow.MOVED_OUT,
    ):
        return "expenditure"
    return None


def _is_transfer(row: RowFacts) -> bool:
    return any(code.startswith(("110", "105", "230")) for code in row.codes.values()) or unnumbered(
        row.label
    ).startswith(_TRANSFER)
