"""Copies with other contents: what changes, what does not, and what is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from decimal import Decimal

import pytest

from parsers.values.copies import changed
from parsers.values.results import CellRef, Fact
from parsers.values.vocabulary import AmountSource

FACT = Fact(1, 2, "合计", "金额", Decimal("100.00"), "100.00", "元", Decimal(1), AmountSource.TEXT)


def test_a_copy_is_what_replace_makes_and_the_first_stays() -> None:
    before = [getattr(FACT, field.name) for field in fields(FACT)]
    copy = changed(FACT, proofs=("I1",), level=2)
    assert copy == replace(FACT, proofs=("I1",), level=2) and type(copy) is Fact
    assert [getattr(FACT, field.name) for field in fields(FACT)] == before


def test_classes_do_not_mix() -> None:
    assert (changed(CellRef(1, 2, 3), row_no=5), changed(FACT)) == (CellRef(1, 5, 3), FACT)


def test_a_copy_is_frozen_and_has_no_other_fields() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(FACT).level = 3  # type: ignore[misc]
    with pytest.raises(TypeError, match="Fact has no field 'rank'"):
        changed(FACT, rank=1)
