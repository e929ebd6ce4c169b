"""Comments, docstrings, messages, names and manuals are plain English: no dialect, nothing archaic.

Names in backticks and text in double quotes are data, and are not read; nor are the strings of tests.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from archive.rendering.messages import catalogue

ROOT = Path(__file__).parents[1]
FILES = [
    ROOT / "gongkai.py",
    *sorted(
        path for room in ("parsers", "archive", "crawler", "tests") for path in (ROOT / room).rglob("*.py")
    ),
]
INSTEAD = {
    r"tell|tells|told|telling|untold": "the verb that is meant: say, report, show, send, distinguish",
    r"nobody": "what is absent: no body, no reader, no process; or the passive",
    r"whoever|whosoever|whatsoever": "the actor: a caller, a reader, a process",
    r"(?:came|comes|come|coming) to": "the outcome or the result; reach, ask for, give",
    r"(?:is|are|was|were|be|been) no(?! (?:longer|faster|less|more|larger|later))": "is not a, has no",
    r"begun": "started",
    r"save (?:for|that|where|in|those|as)": "except",
    r"hence|thence|whence|(?:t?here|where)(?:by|of|in|upon)": "so, by it, of it, in it",
    r"upon|unto|naught|nought|aught|lest|albeit|ere|shall|oneself": "on, to, nothing, although, before, must",
}
"""Words that no comment or docstring may hold, and what to write instead."""
_FOUND = [
    (re.compile(rf"(?i)(?<![\w-])(?<!there )(?:{words.replace(' ', GAP)})(?![\w-])"), instead)
    for GAP in [r"[\s#]+"]
    for words, instead in INSTEAD.items()
]
_NAME = re.compile(r"(?:^|_)(?:un)?(?:tell|tells|told|nobody|whoever)(?:_|$)")
"""Parts of names that say nothing of what a thing is."""
_MANUALS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "archive" / "web").rglob("texts.en.yaml"),
]
_DATA = re.compile(r'`[^`]*`|"[^"\n]*"|“[^”]*”')


def _prose(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each docstring (of attributes, too) and comment; lines of one comment together."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.lineno, node.value.value
    started, last, lines = (0, 0), (0, 0), list[str]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if lines and token.start == (last[0] + 1, last[1]):
            lines.append(token.string)
        else:
            yield started[0], "\n".join(lines)
            started, lines = token.start, [token.string]
        last = token.start
    yield started[0], "\n".join(lines)


def _messages(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each string that is a sentence: words with blanks."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"[a-z] [a-z]", node.value)
        ):
            yield node.lineno, node.value


def _names(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of what a module defines: functions, classes, parameters, variables."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def _objections(texts: Iterable[tuple[int, str]]) -> list[str]:
    """`line: words (what to write)`, in order of line."""
    found = []
    for first, text in texts:
        plain = _DATA.sub(lambda data: re.sub(r"[^\n]", "·", data[0]), text)
        for pattern, instead in _FOUND:
            for hit in pattern.finditer(plain):
                line = first + plain.count("\n", 0, hit.start())
                found.append((line, f"{line}: {' '.join(hit[0].split())} (write {instead})"))
    return [text for _, text in sorted(found)]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('"""It tells what is there."""', [1]),
        ('def f():\n    """One line.\n\n    That is\n    no reason."""', [4]),
        ("x = 1  # nobody asks", [1]),
        ("# What this is\n# no reader knows.", [1]),
        ("# There is no reason, and it is no longer so; the file saves time.", []),
        ('text = "nobody is told"', []),
        ('"""The option `told` prints "nobody" or “whoever”."""', []),
    ],
)
def test_words_are_found_in_prose_alone(source: str, lines: list[int]) -> None:
    assert [int(text.partition(":")[0]) for text in _objections(_prose(source))] == lines


def test_comments_and_docstrings_are_plain_english() -> None:
    found = []
    for path in FILES:
        source = path.read_text("utf-8")
        if any(pattern.search(source) for pattern, _ in _FOUND):  # reading tokens is slow
            found += [f"{path.relative_to(ROOT)}:{text}" for text in _objections(_prose(source))]
    assert not found, "\n".join(found)


def test_messages_are_plain_english() -> None:
    found = []
    for path in FILES:
        source = path.read_text("utf-8")
        if "tests" not in path.relative_to(ROOT).parts and any(words.search(source) for words, _ in _FOUND):
            found += [f"{path.relative_to(ROOT)}:{text}" for text in _objections(_messages(source))]
    assert not found, "\n".join(found)


def test_manuals_are_plain_english() -> None:
    found = []
    for path in _MANUALS:
        lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
        found += [f"{path.relative_to(ROOT)}:{text}" for text in _objections(lines)]
    assert not found, "\n".join(found)


def test_templates_of_messages_are_plain_english() -> None:
    texts = ((0, f"{code}: {one.en} {one.one}") for code, one in catalogue().items())
    assert not list(_objections(texts))


def test_names_are_plain_english() -> None:
    found = []
    for path in FILES:
        if "tests" not in path.relative_to(ROOT).parts:
            names = _names(path.read_text("utf-8"))
            found += [
                f"{path.relative_to(ROOT)}:{line}: {name}"
                for line, name in names
                if _NAME.search(name.lower())
            ]
    assert not found, "\n".join(found)
