"""Copies with other contents: what changes, what does not, and what is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from decimal import Decimal

import pytest

from parsers.values.copies import changed, made
from parsers.values.results import Fact, TableRow
from parsers.values.vocabulary import AmountSource


@dataclass(frozen=True, slots=True)
class _Sample:
    rule: str
    table_nos: list[int] = field(default_factory=list)
    page: int | None = None


FACT = Fact(1, 2, "合计", "金额", Decimal("100.00"), "100.00", "元", Decimal(1), AmountSource.TEXT)


def test_a_copy_is_what_replace_makes_and_the_first_stays() -> None:
    before = [getattr(FACT, part.name) for part in fields(FACT)]
    copy = changed(FACT, proofs=("I1",), level=2)
    assert copy == replace(FACT, proofs=("I1",), level=2) and type(copy) is Fact
    assert [getattr(FACT, part.name) for part in fields(FACT)] == before


def test_classes_do_not_mix() -> None:
    row = TableRow(1, 0, "合计", {}, True, True)
    assert (changed(row, row_no=5), changed(FACT)) == (replace(row, row_no=5), FACT)


def test_a_value_is_what_its_class_makes() -> None:
    one = made(_Sample, "合计", table_nos=[3])
    assert one == _Sample("合计", [3]) and type(one) is _Sample and one.page is None
    assert made(_Sample, "合计").table_nos is not made(_Sample, "合计").table_nos
    with pytest.raises(TypeError, match="rule"):
        made(_Sample)  # type: ignore[call-arg]  # the call that has to fail
    wrong = {part.name: getattr(FACT, part.name) for part in fields(FACT)} | {"amount_yuan": Decimal(1)}
    with pytest.raises(ValueError, match="100"):
        made(Fact, **wrong)


def test_a_copy_is_frozen_and_has_no_other_fields() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(FACT).level = 3  # type: ignore[misc]
    with pytest.raises(TypeError, match="Fact has no field 'rank'"):
        changed(FACT, rank=1)
