"""A short run of the planted slips; the whole one is `python -m tests.accuracy.prose_mutations`."""

from __future__ import annotations

from pathlib import Path

from tests.accuracy.prose_mutations import load, planted

FAST = ("xuchang-2023.docx", "mianxian-2024.docx", "yanbian-2024_report.pdf")


def test_planted_slips_are_found(shared: Path) -> None:
    documents = list(load(shared / "corpus" / "docs" / name for name in FAST))
    assert len(documents) == len(FAST)
    found = [is_found for *_, is_found in planted(documents, 70, seed=11)]
    assert sum(found) >= 0.85 * len(found)
