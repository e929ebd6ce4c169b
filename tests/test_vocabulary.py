"""One vocabulary, and rows with types: what product code may not write as text.

A word of a vocabulary is compared as a member of its enum, so that the type checker finds every use; a column
is a field of a row, so that a name that is not one is found before a reader of the dataset meets it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from archive.dataset.schema import TABLES
from archive.vocabulary import CaptureOutcome, DeadlineStatus, State
from parsers.values.vocabulary import CheckStatus, DocumentOutcome

ROOT = Path(__file__).parents[1]
COLUMNS = {column.name for table in TABLES.values() for column in table.columns}
NO_ROWS = {
    "archive/dataset": "the room that makes rows of columns",
    "archive/web/government": "rows of questions about governments; not typed yet",
}
VOCABULARIES: tuple[type[StrEnum], ...] = (
    CheckStatus, DocumentOutcome, State, DeadlineStatus, CaptureOutcome,
)  # fmt: skip
OTHER_WORDS = {
    ("archive/dataset/changes.py", "changed"), ("archive/dataset/changes.py", "gone"),
    ("archive/dataset/differences.py", "changed"), ("archive/dataset/differences.py", "gone"),
    ("crawler/cli/versions.py", "error"), ("crawler/http/middlewares.py", "robots"),
    ("crawler/http/replay.py", "robots"),
    ("crawler/pages/addresses.py", "redirect"), ("parsers/readers/sheet/xls.py", "encrypted"),
}  # fmt: skip
"""Texts that are spelled as a word and mean something else: what happened to a row between two snapshots, the
purpose of a request, a word in the message of a library, the severity of what a verification found."""


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for room in ("parsers", "archive", "crawler", "gongkai.py"):
        paths = [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py"))
        for path in paths:
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _compared(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts that stand in a comparison: alone, or in a tuple, list or set."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                parts = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
                for part in parts:
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.lineno, part.value


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda kind: kind.__name__)
def test_words_are_compared_as_members(vocabulary: type[StrEnum]) -> None:
    found = [
        f"{name}:{line}: {text}"
        for name, tree in _trees()
        if not name.endswith("vocabulary.py")
        for line, text in _compared(tree)
        if text in set(vocabulary) and (name, text) not in OTHER_WORDS
    ]
    assert found == []


def test_columns_are_fields_of_rows() -> None:
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in _trees()
        if not name.startswith(tuple(NO_ROWS))
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and (node.value.id == "row" or node.value.id.endswith("_row"))
        and isinstance(node.slice, ast.Constant)
        and node.slice.value in COLUMNS
    ]
    assert found == []
