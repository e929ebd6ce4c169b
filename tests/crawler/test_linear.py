"""Hostile pages cost no more than their length: the characters that searches go over are counted."""

from __future__ import annotations

from itertools import pairwise

import pytest

from crawler.pages.outcomes import left_out
from crawler.platforms.datastore import between


class Counted(str):
    """A text that counts the characters its searches go over."""

    gone_over: int

    def find(self, part: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = super().find(part, start)
        self.gone_over = getattr(self, "gone_over", 0) + (found if found >= 0 else len(self)) - start
        return found


@pytest.mark.parametrize(
    "unit",
    ["<script", "<script>", "<!--", "<", "<style>x", "<script>1</script", "</", "<a <script ", "<style></"],
)  # fmt: skip
def test_tags_that_are_never_closed_are_looked_for_once(unit: str) -> None:
    once, twice = Counted(unit * 2_000), Counted(unit * 4_000)
    for text in (once, twice):
        spans = list(left_out(text))
        assert all(start < end for start, end in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert twice.gone_over <= 2 * once.gone_over + 100
    assert twice.gone_over <= 4 * len(twice)


@pytest.mark.parametrize("unit", ["<record>", "</record>", "<record>x</record>", "<record><record></record>"])
def test_records_that_are_never_closed_are_looked_for_once(unit: str) -> None:
    once, twice = Counted(unit * 2_000), Counted(unit * 4_000)
    found = [len(list(between(text, "<record>", "</record>"))) for text in (once, twice)]
    assert found[1] == 2 * found[0]
    assert twice.gone_over <= 2 * once.gone_over + 100
    assert twice.gone_over <= 2 * len(twice)
