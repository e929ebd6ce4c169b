"""No pattern of the crawler costs more than its text is long; see `tests.linear`."""

from __future__ import annotations

from tests.linear import tried


def test_no_pattern_of_the_crawler_is_quadratic() -> None:
    count, over = tried("crawler")
    assert count > 300 and over == []
