"""Days without a year take it from the lines around them, or stay unknown."""

from __future__ import annotations

import pytest

from crawler.pages.page import Page
from crawler.platforms import static
from crawler.reading.listed_days import with_days

URL = "http://a.gov.cn/x/"
NEW = ["2026-03-06", "03-02", "01-15", "12-30", "11-02", "2025-10-01"]


def days(printed: list[str], address: str = "n{0}0001.html") -> list[str]:
    lines = "".join(
        f"<li><a href='{address.format(n)}'>甲县第{n}局2026年部门预算</a><span>{day}</span></li>"
        for n, day in enumerate(printed)
    )
    page = Page(URL, f"<ul>{lines}</ul>")
    return [str(entry.published_on) for entry in with_days(page, static.listing(page).entries)]


def test_the_year_turns_where_the_months_say_so() -> None:
    expected = ["2026-03-06", "2026-03-02", "2026-01-15", "2025-12-30", "2025-11-02", "2025-10-01"]
    assert days(NEW) == expected
    assert days(NEW[::-1]) == expected[::-1]


def test_an_address_tells_the_day_if_the_line_prints_it() -> None:
    page = Page(
        URL,
        "<li><a href='202603/t20260306_10001.html'>甲县教育局2026年部门预算</a><i>03-06</i></li>"
        "<li><a href='n200001.html'>甲县林业局2026年部门预算</a><i>02-11</i></li>"
        "<li><a href='202601/t20260105_10003.html'>甲县水利局2026年部门预算</a><i>01-05</i></li>",
    )
    found = with_days(page, static.listing(page).entries)
    assert [str(entry.published_on) for entry in found] == ["2026-03-06", "2026-02-11", "2026-01-05"]


@pytest.mark.parametrize(
    "printed",
    [
        ["03-06", "03-02", "01-15"],  # nothing whole
        ["03-06", "2026-03-02", "2026-01-15"],  # nothing above
        ["2026-03-06", "03-02", "01-15", "2024-10-01"],  # a year lies between that no month shows
        ["2026-03-06", "05-02", "01-15", "2026-01-10"],  # not sorted
        ["2026-03-06", "02-30", "01-15", "2026-01-10"],  # no day at all
        ["2026-03-06", "02-10至02-12", "2026-01-10"],  # no day of a line
    ],
)
def test_what_is_not_certain_stays_unknown(printed: list[str]) -> None:
    assert all(
        shown == (day if day.startswith("20") else "None")
        for day, shown in zip(printed, days(printed), strict=True)
    )
