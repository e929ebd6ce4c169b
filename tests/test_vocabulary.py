"""One vocabulary, and rows with types: what product code may not write as text.

A word of a vocabulary is written as a member of its enum, so that the type checker finds every use; a column
is a field of a row, so that a name that is not one is found before a reader of the dataset meets it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

import archive.vocabulary
import parsers.values.table_types
import parsers.values.vocabulary
from archive.dataset.schema import TABLES
from archive.vocabulary import CaptureOutcome, GapKind
from archive.web.pages.sites import STATES
from parsers.accounting.rulebook import rules
from parsers.reference.text_rules import completeness_rules, performance_rules, prose_rules
from parsers.values.vocabulary import NamedRule

ROOT = Path(__file__).parents[1]
HOMES = ("parsers/values/vocabulary.py", "parsers/values/table_types.py", "archive/vocabulary.py")
VOCABULARIES: dict[str, type[StrEnum]] = {
    name: kind
    for module in (parsers.values.vocabulary, parsers.values.table_types, archive.vocabulary)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
}
WORDS = {word.value for kind in VOCABULARIES.values() if kind is not GapKind for word in kind}
"""Without the kinds of gaps: *link*, *form* or *frame* is what half of the crawler is about; whatever takes
such a kind takes a `GapKind`."""

BESIDE = {
    "expected": "what a request may be answered with (`crawler.pages.outcomes`)",
    "log_level": "of uvicorn",
    "object": "an economic item; its words are codes of the dataset, all being none of them",
    "priority": "of Scrapy's settings",
    "purpose": "of a request (`crawler.pages.addresses`)",
    "role": "of a column: money, text, code",
    "rows": "which rows a rule takes (`parsers.accounting.shapes`)",
    "style": "of a block of text: heading, paragraph, sheet, furniture",
    "what": "the variant of a rule (`parsers.accounting.shapes`)",
}
"""Names that stand beside a text which is spelled as a word and means something else."""
OTHER_WORDS = {
    ("archive/alerts/feeds.py", "text"), ("archive/alerts/messages.py", "content"),  # other programs' formats
    ("archive/alerts/messages.py", "text"),
    ("crawler/pages/reduction.py", "html"), ("crawler/platforms/lists.py", "html"),
    ("crawler/jobs/main.py", "all"),  # a selector
    ("crawler/reports/tally.py", "empty"),  # the rule behind an outcome
    ("crawler/platforms/page_links.py", "next"),
    ("crawler/reading/diagnosis.py", "text"), ("parsers/readers/html/positioned.py", "none"),
    ("parsers/readers/html/tables.py", "none"), ("parsers/readers/sheet/ods.py", "none"),
    ("parsers/readers/sheet/number_format.py", "general"), ("parsers/readers/sheet/number_format.py", "text"),
    ("parsers/readers/sheet/xls.py", "encrypted"),  # a word in the message of a library
    *(  # between snapshots
        (f"archive/dataset/versions/{module}.py", word)
        for module in ("changes", "differences")
        for word in ("added", "removed", "changed", "gone")
    ),
    ("archive/dataset/query/measures.py", "unknown"), ("archive/dataset/query/measures.py", "whole"),
    ("archive/monitoring/scores/scoring.py", "government"),  # a level that is scored, beside body and county
    ("archive/web/pages/tableview.py", "all"),  # of any of five dimensions
    ("crawler/cli/registry.py", "all"), ("crawler/sites/__init__.py", "all"), ("gongkai.py", "all"),  # sites
    ("gongkai.py", "text"),  # the form of a log
    ("crawler/http/page_processes.py", "reading"),  # the rule behind an outcome
    ("crawler/reading/kinds.py", "text"),  # where the day of publication stands
    ("parsers/accounting/selection.py", "name"),  # a field of a rule
    ("crawler/sites/__init__.py", "own"),  # sites of the operator's own
    ("parsers/government/debt.py", "none"),  # of a column of a debt table: not debt at all
    ("parsers/government/rows.py", "revenue"), ("parsers/reference/codes.py", "revenue"),
    ("parsers/tables/lines.py", "revenue"),  # systems of codes
}  # fmt: skip
"""Texts of a module that are spelled as a word and mean something else."""

COLUMNS = {column.name for table in TABLES.values() for column in table.columns}
NO_ROWS = {
    ("archive/alerts/outbox.py", "entry"): "an alert as JSON in the store",
    ("archive/evidence/wacz.py", "main"): "a page of a WACZ package",
    ("archive/evidence/wacz.py", "page"): "a page of a WACZ package",
    ("archive/export/datapackage.py", "field"): "a field of a Table Schema",
    ("archive/export/excel.py", "EXPORTED"): "by the name of a table",
    ("archive/history/lookup.py", "met"): "by the name of an index",
    ("archive/ingest/reading/one_file.py", "rows"): "by the name of a table",
    ("archive/warc/captures.py", "found"): "a line of a run's journal, before it is a row",
    ("archive/warc/captures.py", "values"): "a line of a run's journal, before it is a row",
    ("archive/web/data/images.py", "options"): "what a sandboxed process is asked for",
    ("archive/web/view/charts.py", "option"): "an option of ECharts",
    ("crawler/cli/registry.py", "columns"): "columns of a table on the screen, as they are made",
    ("crawler/http/lenient.py", "match"): "a group of a pattern",
    ("crawler/platforms/hebei.py", "numbers"): "what a CMS writes into a page",
}
"""Mappings with keys that are spelled as columns and are not rows of the dataset."""


@dataclass(frozen=True, slots=True)
class Use:
    """A text in product code, and the name that stands beside it: what it is compared with, or given to."""

    line: int
    beside: str
    text: str


def _trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms or ("parsers", "archive", "crawler", "gongkai.py"):
        paths = [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py"))
        for path in paths:
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _uses(tree: ast.AST) -> Iterator[Use]:
    """Texts in comparisons, as defaults, as keyword arguments, and as the keys of a mapping by a word."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            beside = next(filter(None, map(_name, sides)), "")
            for side in sides:
                parts = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
                yield from _texts(beside, parts)
        elif isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            if len(keys) == len(node.keys) and any(keys <= {*kind} for kind in VOCABULARIES.values()):
                yield from _texts("", node.keys)
        elif isinstance(node, ast.keyword):
            yield from _texts(node.arg or "", [node.value])
        elif isinstance(node, ast.arguments):
            plain = [*node.posonlyargs, *node.args]
            for given, value in zip(plain[len(plain) - len(node.defaults) :], node.defaults, strict=True):
                yield from _texts(given.arg, [value])
            for given, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                yield from _texts(given.arg, [default])
        elif isinstance(node, ast.AnnAssign):
            yield from _texts(_name(node.target), [node.value])


def _name(node: ast.expr) -> str:
    """The last name of `fact.row.period`, "" for what is not a name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _texts(beside: str, nodes: list[ast.expr] | list[ast.expr | None]) -> Iterator[Use]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Use(node.lineno, beside, node.value)


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("fact.flow == 'revenue'", [("flow", "revenue")]),
        ("state in ('gone', None)", [("state", "gone")]),
        ("{'gone': 1, 'stub': 2}", [("", "gone"), ("", "stub")]),
        ("{'total': 1, 'data': 2}", []),
        ("def f(a, stage='final', *, fund='all'): ...", [("stage", "final"), ("fund", "all")]),
        ("replace(fact, nature='basic')", [("nature", "basic")]),
        ("kind: str = 'budget'", [("kind", "budget")]),
        ("print('gone')", []),
    ],
)
def test_uses_are_found(source: str, uses: list[tuple[str, str]]) -> None:
    assert [(use.beside, use.text) for use in _uses(ast.parse(source))] == uses


def test_words_are_written_as_members() -> None:
    found, excused = [], set()
    for name, tree in _trees():
        for use in _uses(tree) if name not in HOMES else ():
            if use.text not in WORDS or use.beside in BESIDE:
                continue
            if (name, use.text) in OTHER_WORDS:
                excused.add((name, use.text))
            else:
                found.append(f"{name}:{use.line}: {use.text}")
    assert found == []
    assert excused == OTHER_WORDS, "an excuse that nothing needs"


def test_sql_names_words_that_exist() -> None:
    """SQL is text: what it compares a column with is looked up in the vocabularies of that column."""
    known: defaultdict[str, set[str]] = defaultdict(set, outcome={*CaptureOutcome}, state={*STATES})
    for table in TABLES.values():
        for column in table.columns:
            if isinstance(column.values, type):
                known[column.name] |= {*VOCABULARIES[column.values.__name__]}
    compared = re.compile(r"\b(\w+) (?:=|<>|!=|IN|NOT IN) \(?((?:'\w+'(?:, )?)+)")
    seen, unknown = 0, []
    for name, tree in _trees("archive", "crawler"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for column, words in compared.findall(node.value):
                    if known[column]:
                        seen += 1
                        strange = set(re.findall(r"\w+", words)) - known[column]
                        unknown += [f"{name}:{node.lineno}: {column} {word}" for word in sorted(strange)]
    assert seen > 20 and unknown == []


def test_columns_are_fields_of_rows() -> None:
    """Outside the room that makes rows of columns, no row of the dataset is a mapping."""
    found, excused = [], set()
    for name, tree in _trees("archive", "crawler", "gongkai.py"):
        for node in ast.walk(tree) if not name.startswith("archive/dataset/") else ():
            match node:
                case ast.Subscript(value=value, slice=ast.Constant(value=key)) if key in COLUMNS:
                    holder = _name(value)
                    if (name, holder) in NO_ROWS:
                        excused.add((name, holder))
                    elif holder != "path_params":  # of an address
                        found.append(f"{name}:{node.lineno}: {ast.unparse(node)}")
    assert found == []
    assert excused == set(NO_ROWS), "an excuse that nothing needs"


def test_a_rule_that_code_names_has_an_entry_in_a_book_and_is_named_as_a_member() -> None:
    books = {*rules(), *prose_rules(), *completeness_rules(), *performance_rules()}
    assert {*NamedRule} <= books
    written = {
        (path, node.value)
        for path, tree in _trees("parsers")
        for node in ast.walk(tree)
        if path not in HOMES and isinstance(node, ast.Constant) and node.value in books
    }
    assert not written
