"""The pages of benchmarks say what was measured, and the gate lets noise pass but no regression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, repeat

import pytest

from tests.bench import capacity, gate, page
from tests.bench.__main__ import COMMANDS
from tests.bench.figures import MARK, parted


def test_the_pages_are_made_from_what_is_measured() -> None:
    found = page.read_all()
    assert page.PAGE.read_text("utf-8") == page.page(found)
    assert capacity.PAGE.read_text("utf-8") == capacity.page(found)


def test_every_benchmark_has_a_place_on_the_page() -> None:
    assert set(COMMANDS) == set(page.TITLES)
    assert {name for name, _ in capacity.NEEDED.values()} <= set(COMMANDS)


def test_figures_are_parted_from_the_lines_for_a_person() -> None:
    assert parted("two lines\n" + MARK + '{"a, s": [1.5]}\nthe last') == (
        ["two lines", "the last"],
        {"a, s": [1.5]},
    )


def test_a_supposition_that_is_changed_changes_the_year() -> None:
    said = capacity.page({}, {"visits_a_year": 10, "requests_a_visit": 7, "requests_a_document": 0})
    assert "| requests | 7,000 | 224,000 |" in said
    with pytest.raises(SystemExit, match="nothing is supposed of moon"):
        capacity.page({}, {"moon": 1})


@pytest.mark.parametrize(
    ("costs", "passes"),
    [
        (repeat(1.0), True),
        (chain([9.0] * 5, repeat(1.0)), True),  # a spell of noise at the start
        (repeat(2.1), False),
        (chain([2.1, 9.0, 2.1, 9.0, 2.1], repeat(2.1)), False),
        (chain([2.1] * 9, repeat(1.0)), False),  # most rounds are slow
    ],
)
def test_noise_is_outvoted_and_a_regression_is_not(
    monkeypatch: pytest.MonkeyPatch, costs: Iterator[float], passes: bool
) -> None:
    spent: dict[Callable[[], object], Iterator[float]] = {work: iter(costs), measure: repeat(1.0)}
    monkeypatch.setattr(gate, "_spent", lambda step: next(spent[step]))
    value, rounds = gate.judged(gate.Ratio("made up", work, measure, 2.0))
    assert (value <= 2.0) == passes
    assert gate.ROUNDS <= rounds <= gate.MOST_ROUNDS


def work() -> None:
    """Stands for what is measured."""


def measure() -> None:
    """Stands for the yardstick."""
