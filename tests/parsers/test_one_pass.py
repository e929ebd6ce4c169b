"""A document is put together and understood once, its forms are read once, and cycles are seldom sought."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections import Counter
from functools import partial
from typing import Any

import pytest

from parsers import parse, parse_document, tables
from parsers.government import tables as government_tables
from parsers.values.copies import VALUES_BETWEEN_COLLECTIONS
from tests.parsers.values.test_attempts import PAGE, REPORT

DEPARTMENTS = {"drafts_of", "assemble", "budget_tables", "indicators", "read_prose", "headline"}
GOVERNMENTS = {"government_tables", "indicators", "read_prose", "headline"}


def _counted(ran: Counter[str], name: str, step: Any, *args: Any, **options: Any) -> Any:
    ran[name] += 1
    return step(*args, **options)


@pytest.mark.parametrize(("page", "steps"), [(PAGE, DEPARTMENTS), (REPORT, GOVERNMENTS)])
def test_each_step_runs_once(monkeypatch: pytest.MonkeyPatch, page: bytes, steps: set[str]) -> None:
    ran: Counter[str] = Counter()
    for name in DEPARTMENTS | GOVERNMENTS:
        module = next(one for one in (parse, tables, government_tables) if hasattr(one, name))
        monkeypatch.setattr(module, name, partial(_counted, ran, name, getattr(module, name)))
    assert parse_document(page).tables
    assert ran == dict.fromkeys(steps, 1)


def test_a_department_loads_nothing_that_only_governments_and_scans_need() -> None:
    code = "import sys, parsers; parsers.parse_document(sys.stdin.buffer.read()); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], input=PAGE, capture_output=True, check=True)
    loaded = set(ran.stdout.decode().split())
    assert {"parsers.parse", "parsers.tables.facts"} <= loaded
    assert loaded.isdisjoint(
        {"parsers.government.tables", "parsers.prose.report", "parsers.tables.ocr_repair.repairs"}
    )


@pytest.mark.parametrize("before", [700, 1_000_000, 0])
def test_the_collector_runs_less_often_during_a_parse_and_then_as_before(
    monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    first, *others = gc.get_threshold()
    within: list[int] = []

    def read(*args: Any) -> Any:
        within.append(gc.get_threshold()[0])
        raise MemoryError

    monkeypatch.setattr(parse, "read", read)
    gc.set_threshold(before, *others)
    try:
        with pytest.raises(MemoryError):
            parse_document(PAGE)
        assert gc.get_threshold() == (before, *others)
        assert within == [max(before, VALUES_BETWEEN_COLLECTIONS) if before else 0]
    finally:
        gc.set_threshold(first, *others)
