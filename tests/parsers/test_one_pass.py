"""A document is put together once, understood once, and its forms are read once."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from parsers import parse, parse_document, tables
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
        module = parse if hasattr(parse, name) else tables

        monkeypatch.setattr(module, name, partial(_counted, ran, name, getattr(module, name)))
    assert parse_document(page).tables
    assert ran == dict.fromkeys(steps, 1)
