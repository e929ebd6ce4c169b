"""Every text of the interface has a Chinese form with the same gaps to fill, and no form is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.dataset.versions.differences import LEVELS
from archive.ingest.reading.one_file import CHECK, HEADLINE, TABLE
from archive.monitoring.verdicts import SCREEN_COLUMNS, URGENCY
from archive.rendering import texts
from archive.vocabulary import TriggerBasis
from crawler.pages.outcomes import OUTCOMES as CRAWL_OUTCOMES
from parsers.values.vocabulary import DocumentOutcome

ROOT = Path(__file__).parents[3]
ERRORS = ("SnapshotNotFound", "UnknownRegion", "ObjectNotFound", "QueryError", "SandboxError", "_refusal")
PLACE_OF_TEXT = {"t": 0, "option": 2, "flag": 1, "file_args": 1, "command": 2} | dict.fromkeys(ERRORS, 0)
VIEWS = {"documents", "tables", "checks that fail", "noted, not an accusation", *LEVELS}
NAMES = {
    *URGENCY,
    *CRAWL_OUTCOMES,
    *DocumentOutcome,
    *VIEWS,
    "answer: missing",
    *(f"head: {name}" for name in {"name", *HEADLINE, *TABLE, *CHECK}),
    *(f"board: {name}" for name in SCREEN_COLUMNS),
    *(f"basis: {basis}" for basis in TriggerBasis),
    *(f"site: {status}" for status in ("active", "disabled", "retired")),
    *(f"advice: {advice}" for advice in ("keep", "replace", "look")),
    *(f"decision: {action}" for action in ("add", "replace", "disable", "enable", "retire")),
    "added",
    "removed",
    "changed",
    "adjustment",
}


def written(source: Path) -> Iterator[str]:
    """The texts that a module hands to `t`, `option` and `command`, named constants included."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACE_OF_TEXT:
            place = PLACE_OF_TEXT[node.func.id]
            argument = node.args[place] if len(node.args) > place else None
            if isinstance(argument, ast.Name):
                yield from (constants[argument.id],) if argument.id in constants else ()
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def all_written() -> set[str]:
    sources = [ROOT / "gongkai.py", *(ROOT / "crawler").rglob("*.py"), *(ROOT / "archive").rglob("*.py")]
    return {text for source in sources for text in written(source)}


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    assert set(texts.translations()) == all_written() | NAMES


def test_translations_have_the_same_gaps() -> None:
    for english, chinese in texts.translations().items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese)), english


@pytest.fixture
def chinese() -> Iterator[None]:
    texts.use("zh")
    yield
    texts.use("en")


def test_texts_in_chinese(chinese: None) -> None:
    assert texts.t("late") == "逾期"
    assert texts.t("{name} is snapshot {number}", name="2026年度", number=3) == "2026年度 即快照 3"
    assert (texts.t("missing"), texts.t("missing", context="answer")) == ("未公开", "页面不存在")
    assert texts.t("late", context="answer") == "逾期"
    assert texts.t("a text nobody translated") == "a text nobody translated"


def test_an_unknown_language_is_english() -> None:
    texts.use("fr")
    assert texts.t("late") == "late"
