"""No pattern of the parsers costs more than its text is long; see `tests.linear`."""

from __future__ import annotations

import signal

from tests.linear import SECONDS, stop, tried

BOUNDED = {
    "parsers.values.amounts": "a cell of more than MAX_LENGTH characters is no amount",
    "parsers.readers.furniture": "a block of more than _LONGEST_NUMBER characters is no page number",
}
"""Modules that look at the length first."""


def test_no_pattern_of_the_parsers_is_quadratic() -> None:
    count, over = tried("parsers", *BOUNDED)
    assert count > 200 and over == []


def test_a_unit_among_blanks_is_read_in_linear_time() -> None:
    from parsers.values.units import stated_unit

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
    try:
        for blanks in (" " * 200_000, "\u3000\n" * 100_000):
            unit = stated_unit(f"单{blanks}位{blanks}：{blanks}万{blanks}元")
            assert unit and unit.text == "单位:万元"
            assert stated_unit(f"单位{blanks}：{blanks}未定") is None
            assert stated_unit(f"以{blanks}万元{blanks}为主") is None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
