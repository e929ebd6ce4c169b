"""A document as the rules of completeness see it: its lines, its tables, and what kind of disclosure it is.

Invariant: text is compared folded; the lines of the table of contents are kept apart from those behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from parsers.reference.text_rules import completeness_rules
from parsers.tables.layout.titles import is_title
from parsers.values.document import Reading, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, Check, Headline
from parsers.values.table_types import NOT_BUDGET, TableType
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import CheckStatus, Fault, NamedRule, Severity

_SHORTEST_ENTRY, _LONGEST_ENTRY = 4, 60  # characters
_L = lexicon_of(__name__)
_CONTENTS = _L.words("contents")

ENOUGH_TABLES = 4  # standard tables that make a document a disclosure, not a part of one
ENOUGH_TEXT = 5  # amounts in sentences that make a narrative
MAX_CONTENTS = 90
ENOUGH_LED = 3  # entries with leader dots or a page
BARE_LINES = 3  # lines of the same page without any, which end such contents
_LEADER = re.compile(r"[.…]{4,}")
_PAGED = re.compile(r"[.…]{4,}|[\u4e00-\u9fff)”]\d{1,3}$")
_AMOUNT_IN_TEXT = _L.pattern("amount_in_text")
_DOTS = re.compile(r"[.…·_\-—]{3,}.*$|(?<=[^\d(])\d{1,3}$|[;；。,，]$")
_ORDINAL = _L.pattern("ordinal")


@dataclass(frozen=True)
class FoldedLine:
    """One line of text, folded, and its page."""

    text: str
    page: int | None


@dataclass(frozen=True)
class Disclosure:
    """The document, its tables, and its headline."""

    reading: Reading
    tables: tuple[BudgetTable, ...]
    headline: Headline

    @cached_property
    def lines(self) -> tuple[FoldedLine, ...]:
        """Every line of text outside tables."""
        return tuple(
            FoldedLine(fold(part), block.page)
            for block in self.reading.blocks
            if isinstance(block, TextBlock) and block.style not in ("furniture", "sheet")
            for part in re.split(r"[\n\t]", block.text)
            if part.strip()
        )

    @cached_property
    def _contents_span(self) -> tuple[int, int]:
        """Where the table of contents begins and ends in `lines`: up to the first line that repeats one,
        or no leader dots and no page behind entries that do."""
        start = next((i for i, line in enumerate(self.lines) if line.text in _CONTENTS), None)
        if start is None or start + 2 >= len(self.lines):
            return 0, 0
        first = entry_text(self.lines[start + 1].text)
        seen: set[str] = set()
        led = 0
        for i in range(start + 1, min(start + MAX_CONTENTS, len(self.lines))):
            line, entry = self.lines[i], unnumbered(entry_text(self.lines[i].text))
            again = (len(entry) >= _SHORTEST_ENTRY and entry in seen) or (
                i > start + 1 and first.startswith(line.text) and bool(_ORDINAL.fullmatch(line.text))
            )
            page = self.lines[start].page
            bare = all(_is_bare(one, page) for one in self.lines[i : i + BARE_LINES])
            if again or _ends_contents(line, page) or (bare and led >= ENOUGH_LED):
                return start + 1, i
            seen.add(entry)
            led += bool(_PAGED.search(line.text))
        return start + 1, min(start + MAX_CONTENTS, len(self.lines))

    @property
    def contents(self) -> tuple[FoldedLine, ...]:
        """The lines of the table of contents; () where the document has none."""
        start, end = self._contents_span
        return self.lines[start:end]

    @cached_property
    def body(self) -> tuple[FoldedLine, ...]:
        """The lines behind the table of contents."""
        return self.lines[self._contents_span[1] :]

    @cached_property
    def text(self) -> str:
        """The running text behind the contents, folded, without line breaks."""
        return "".join(line.text for line in self.body)

    @cached_property
    def titles(self) -> frozenset[str]:
        """Everything behind the contents that reads like a table's title, in lines or in tables."""
        cells = (fold(text) for table, text in self.cells() if table.table_type != TableType.CONTENTS)
        named = (fold(table.title) for table in self.tables if table.title)
        return frozenset(t for t in (*(line.text for line in self.body), *cells, *named) if is_title(t))

    @property
    def is_complete(self) -> bool:
        """Has narrative and standard tables: what is not in here was not published with it."""
        return self.has_tables and len(_AMOUNT_IN_TEXT.findall(self.text)) >= ENOUGH_TEXT

    @property
    def has_tables(self) -> bool:
        """Whether at least ENOUGH_TABLES different types of tables with facts were read."""
        types = {table.table_type for table in self.tables if table.facts} - NOT_BUDGET
        return len(types) >= ENOUGH_TABLES

    def cells(self) -> Iterator[tuple[BudgetTable, str]]:
        """Every printed text of every table."""
        for table in self.tables:
            for row in (*table.header, *table.grid):
                for text in row:
                    if text:
                        yield table, text


def _is_bare(line: FoldedLine, page: int | None) -> bool:
    return line.page == page and not _PAGED.search(line.text)


def _ends_contents(line: FoldedLine, first_page: int | None) -> bool:
    """A line that cannot be an entry: too long, a sentence with a clause, or on a later page and neither
    numbered nor a title."""
    if _LEADER.search(line.text):
        return False
    later = line.page is not None and first_page is not None and line.page > first_page
    return (
        len(line.text) > _LONGEST_ENTRY
        or bool(re.search("[。;](?=.)", line.text))
        or (line.text.endswith("。") and "," in line.text)
        or (later and not _ORDINAL.match(line.text) and not is_title(line.text))
    )


def entry_text(text: str) -> str:
    """An entry of the contents without leader dots and page number."""
    return _DOTS.sub("", _DOTS.sub("", text))


def found(
    rule: NamedRule,
    status: CheckStatus,
    what: Message,
    *,
    tables: tuple[int, ...] = (),
    page: int | None = None,
) -> Check:
    """A check row of one rule; `what` says what is or is not there."""
    entry = completeness_rules()[rule]
    return Check(
        rule=rule,
        table_nos=tables,
        statement=message("on_page", what=what, page=page),
        status=status,
        severity=entry.severity if status == CheckStatus.FAILS else Severity.INFO,
        message=message("finding_by_rule", rule=rule, page=page, what=what),
        page=page,
        fault=Fault.UNCLEAR if status == CheckStatus.FAILS else None,
    )
