"""A short run of the planted errors; the whole one is `python -m tests.accuracy.mutations`."""

from __future__ import annotations

from pathlib import Path

from tests.accuracy.mutations import load, planted

FAST = ("xuchang-2023.docx", "mianxian-2024.docx", "yanbian-2024.xlsx")


def test_planted_errors_are_disputed_and_explained(shared: Path) -> None:
    documents = list(load(shared / "corpus" / "docs" / name for name in FAST))
    outcomes = [outcome for *_, outcome in planted(documents, 60, seed=11)]
    assert sum(outcome.disputed for outcome in outcomes) >= 0.98 * len(outcomes)
    assert sum(outcome.pointed for outcome in outcomes) >= 0.95 * len(outcomes)
    assert sum(outcome.innocent for outcome in outcomes) <= len(outcomes)
