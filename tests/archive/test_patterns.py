"""No pattern of the archive costs more than its text is long; see `tests.linear`."""

from __future__ import annotations

from tests.linear import tried


def test_no_pattern_of_the_archive_is_quadratic() -> None:
    count, over = tried("archive")
    assert count > 25 and over == []
