"""Tables, notes and explanations every disclosure must have (`reference/required_content.yaml`).

Invariant: only a complete disclosure (narrative and standard tables in one document) is judged; a workbook
without text owes no explanations. A malformed entry fails at load; patterns are searched for in folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import Field

from parsers.completeness.contents import declared_tables
from parsers.completeness.disclosure import Disclosure, found
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check, Headline
from parsers.values.table_types import PURCHASES, TableType
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus, NamedRule

Pattern = re.Pattern[str]
_L = lexicon_of(__name__)
_NONE = _L.pattern("none")
_CARS = _L.text("cars")
_PURCHASE = _L.text("purchase")
_RUNNING = _L.text("running")
_PURCHASE_WITH_RUNNING = _L.text("purchase_with_running")
_ECONOMIC_SUMMARY = _L.text("economic_summary")
_PURCHASE_AND_RUNNING = _L.text("purchase_and_running")
_OFFICE_RUNNING = _L.text("office_running")
_EMPTY_TYPES = PURCHASES | {
    TableType.GOV_FUND,
    TableType.GOV_FUND_REVENUE,
    TableType.GOV_FUND_EXPENDITURE,
    TableType.STATE_CAPITAL,
    TableType.THREE_PUBLIC,
    TableType.CARRYOVER_PROJECTS,
    TableType.PROJECTS,
}
_SUBJECTS = _L.names("subjects")


class RequiredTable(Knowledge):
    """Any one of `types`, or a title that fits, will do; `since`: the first fiscal year, by kind."""

    types: frozenset[TableType]
    title: Pattern
    since: dict[str, int] = Field(default_factory=dict)


class Placeholder(Knowledge):
    """A mark of a template or of the system that made a form."""

    name: str
    pattern: Pattern


class Promise(Knowledge):
    """Words (`says`) that a table was published; `amount` names what it would print, None for no amount."""

    amount: str | None
    says: Pattern


class RequiredContent(Knowledge):
    """The file, section by section; `foreign_levels` by the level of the body's region."""

    tables: dict[str, RequiredTable]
    texts: dict[str, Pattern]
    placeholders: tuple[Placeholder, ...]
    foreign_levels: dict[str, Pattern]
    promises: dict[str, Promise]
    none_words: str
    doubled: Pattern


def required_content() -> RequiredContent:
    """The file, read once."""
    return knowledge("parsers.reference", "required_content.yaml", RequiredContent)


def check_required(disclosure: Disclosure) -> Iterator[Check]:
    """Notes of empty tables; and in a complete disclosure its mandatory tables, explanations and promises."""
    content = required_content()
    yield from _empty_tables(disclosure, content.none_words)
    yield from _vehicles(disclosure)
    if not disclosure.is_complete:
        return
    yield from _mandatory_tables(disclosure, content.tables, content.none_words)
    yield from _explanations(disclosure, content.texts)
    yield from _promises(disclosure, content.promises)


def _empty_tables(disclosure: Disclosure, none_words: str) -> Iterator[Check]:
    reasons = {entry.type: entry.reason for entry in declared_tables(disclosure) if entry.reason}
    for table in disclosure.tables:
        if not table.empty or table.table_type not in _EMPTY_TYPES or not table.title:
            continue
        explained = table.empty_reason or reasons.get(table.table_type)
        page = table.pages[0] if table.pages else None
        if explained or _text_says_none(disclosure, table, none_words):
            what = message("empty_with_note", title=table.title)
            yield found(NamedRule.EMPTY, CheckStatus.HOLDS, what, tables=(table.table_no,), page=page)
        else:  # where the text was published apart, it may say why
            status: CheckStatus = CheckStatus.FAILS if disclosure.is_complete else CheckStatus.UNTESTABLE
            what = message("empty_without_note", title=table.title)
            yield found(NamedRule.EMPTY, status, what, tables=(table.table_no,), page=page)


def _text_says_none(disclosure: Disclosure, table: BudgetTable, none_words: str) -> bool:
    """A sentence says that there is none: 本单位没有使用政府性基金安排的支出; or a cell of the table does."""
    cells = "".join(fold(text) for row in table.grid for text in row)
    if _NONE.search(cells):
        return True
    return _says_none(disclosure, table.table_type, none_words)


def _says_none(disclosure: Disclosure, kind: str, none_words: str) -> bool:
    """Whether a sentence says that there is no money of the kind that tables of this type print."""
    if (subject := _SUBJECTS.get(kind)) is None:
        return False
    near = r"[^。;；]{0,25}"
    said = rf"(?:{subject}){near}(?:{none_words})|(?:{none_words}){near}(?:{subject})"
    return bool(re.search(said, disclosure.text))


def _mandatory_tables(
    disclosure: Disclosure, wanted: Mapping[str, RequiredTable], none_words: str
) -> Iterator[Check]:
    types = {table.table_type for table in disclosure.tables}
    for name, entry in wanted.items():
        there = bool(types & entry.types) or any(entry.title.search(title) for title in disclosure.titles)
        if not there and not _is_due(disclosure.headline, entry.since):
            continue
        if not there and any(_says_none(disclosure, kind, none_words) for kind in entry.types):
            continue  # whether a form without amounts is owed where there is nothing, the statute leaves open
        what = message("required_table" if there else "required_table_lacking", name=name)
        yield found(NamedRule.TABLE, CheckStatus.HOLDS if there else CheckStatus.FAILS, what)


def _is_due(headline: Headline, since: Mapping[str, int]) -> bool:
    """Whether documents of this year and kind must hold the table for certain."""
    if not since:
        return True
    first = since.get(headline.document_kind or "")
    return first is not None and headline.fiscal_year is not None and headline.fiscal_year >= first


def _explanations(disclosure: Disclosure, wanted: Mapping[str, re.Pattern[str]]) -> Iterator[Check]:
    for name, pattern in wanted.items():
        there = bool(pattern.search(disclosure.text))
        what = message("required_text" if there else "required_text_lacking", name=name)
        yield found(NamedRule.TEXT, CheckStatus.HOLDS if there else CheckStatus.FAILS, what)


def _promises(disclosure: Disclosure, promises: Mapping[str, Promise]) -> Iterator[Check]:
    """The text says 已公开空表, or names an amount, for a table that is not there."""
    types = {table.table_type for table in disclosure.tables}
    for kind, entry in promises.items():
        if any(item.startswith(kind) for item in types) or any(
            entry.amount and entry.amount in title for title in disclosure.titles
        ):
            continue
        if kind == TableType.ECONOMIC_SUMMARY and any(
            _ECONOMIC_SUMMARY in title for title in disclosure.titles
        ):
            continue
        if said := entry.says.search(disclosure.text):
            what = message("promised_table_lacking", words=said[0][:50])
            yield found(NamedRule.PROMISE, CheckStatus.FAILS, what)
        elif entry.amount and (amount := _amount_of(disclosure, entry.amount)):
            what = message("amount_without_table", words=amount[:50])
            yield found(NamedRule.AMOUNT_TABLE, CheckStatus.FAILS, what)


def _amount_of(disclosure: Disclosure, subject: str) -> str | None:
    pattern = _L.pattern("amount_of", subject=subject)
    for match in pattern.finditer(disclosure.text):
        if float(match[1].replace(",", "").rstrip(".") or 0) > 0:
            return match.group(0)
    return None


def _vehicles(disclosure: Disclosure) -> Iterator[Check]:
    """A table of 三公 that prints vehicle costs prints purchase and running costs."""
    for table in disclosure.tables:
        if table.table_type != TableType.THREE_PUBLIC or not table.facts:
            continue
        words = fold("".join(text for row in (*table.header, *table.grid) for text in row))
        if _CARS not in words:
            continue
        there = _PURCHASE in words and _RUNNING in words.replace(_OFFICE_RUNNING, "").replace(
            _PURCHASE_AND_RUNNING, ""
        ).replace(_PURCHASE_WITH_RUNNING, "")
        what = message("vehicles_split" if there else "vehicles_not_split", title=table.title)
        page = table.pages[0] if table.pages else None
        status: CheckStatus = CheckStatus.HOLDS if there else CheckStatus.FAILS
        yield found(NamedRule.VEHICLES, status, what, tables=(table.table_no,), page=page)
