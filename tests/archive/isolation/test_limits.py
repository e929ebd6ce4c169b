from __future__ import annotations

import pytest

from archive.isolation.limits import Budget, BudgetError, budget
from archive.isolation.pool import parse_bounded
from parsers.readers.limits import MIB


def test_what_is_not_set_has_its_default() -> None:
    assert budget({}) == Budget()


def test_the_operator_sets_them() -> None:
    found = budget({"GONGKAI_READ_SECONDS": "30", "GONGKAI_READ_MEMORY_MIB": "512", "GONGKAI_READ_OCR": "0"})
    assert (found.limits.max_seconds, found.max_memory, found.limits.ocr) == (30, 512 * MIB, False)


@pytest.mark.parametrize("text", ["many", "0", "-1", "1.5"])
def test_nonsense_stops_the_program(text: str) -> None:
    with pytest.raises(BudgetError, match="GONGKAI_READ_PAGES"):
        budget({"GONGKAI_READ_PAGES": text})


def test_workers_keep_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_READ_MEMORY_MIB", "1")
    ((_, document),) = parse_bounded(b"<html><body><p>" + b"x" * 1000 + b"</p></body></html>")
    assert document.outcome == "too_large"
