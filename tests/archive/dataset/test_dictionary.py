"""The committed data dictionary says what the schema says."""

from __future__ import annotations

from pathlib import Path

from tests.archive.dataset.dictionary_page import page


def test_the_page_is_current() -> None:
    committed = Path(__file__).parents[3] / "docs" / "data-dictionary.md"
    assert committed.read_text(encoding="utf-8") == page() + "\n", "run `make docs`"
