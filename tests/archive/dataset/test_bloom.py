"""Filters of values: nothing that is there is denied, little that is not is granted."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from hashlib import sha256

import pyarrow as pa
import pytest

from archive.dataset.bloom import MOST_VALUES, Hashes, bloom_of

THERE = [f"第{number}县教育局" for number in range(700)]


def bloom(values: Sequence[str | None]) -> str:
    made = bloom_of(pa.chunked_array([pa.array(values, pa.string())]))
    assert made is not None
    return made


def test_every_value_of_a_file_is_in_its_filter_and_few_others() -> None:
    made = bloom(THERE)
    assert all(Hashes([one]).may_be_in(made) for one in THERE)
    others = [sha256(str(number).encode()).hexdigest() for number in range(10_000)]
    assert sum(Hashes([one]).may_be_in(made) for one in others) < 30
    assert Hashes([*others[:100], THERE[5]]).may_be_in(made), "one of several is enough"


def test_a_filter_takes_two_bytes_a_value_however_often_it_stands_there() -> None:
    assert len(b64decode(bloom(THERE))) == 2 * len(THERE)
    assert bloom([*THERE, *THERE[::-1], None]) == bloom(THERE)


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_is_in_the_filter_of_no_value(values: list[str | None]) -> None:
    assert not Hashes(["a"]).may_be_in(bloom(values))
    assert not Hashes([]).may_be_in(bloom(THERE))


def test_a_filter_stays_what_older_manifests_have() -> None:
    assert bloom(["61" * 32, "勉县财政局"]) == "EGQIIgARAEg="


def test_a_file_of_too_many_values_has_none() -> None:
    many = pa.chunked_array([pa.array([str(number) for number in range(MOST_VALUES + 1)])])
    assert bloom_of(many) is None
    assert bloom_of(many.slice(1)) is not None
