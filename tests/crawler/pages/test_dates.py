"""Every form of a date seen in pages and addresses, and what is none."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

from datetime import date

import pytest

from crawler.pages.dates import first_date, recorded_date, url_date


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 09:36", "2026-03-02 09:36:59", "2026-03-02", "2026-3-2 17:25:23", "2026年03月02日", "2026 年 3 月 2 日",
        "2026/03/02 08:00", "2026-03-02 09:36:00.0", "2026.03.02", "发布时间：2026\n-03-\n02", "20260302", "[2026-13-45] 2026-03-02",
        "二〇二六年三月二日", "二○二六年三月二日印发",
    ],
)  # fmt: skip
def test_first_date(text: str) -> None:
    assert first_date(text) == date(2026, 3, 2)


@pytest.mark.parametrize(
    "text", ["", None, "2026年", "2026-02-30", "1999-01-01", "2099-01-01", "12026030299", "预算"]
)
def test_no_date(text: str | None) -> None:
    assert first_date(text) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/czxx/202602/t20260212_12313790.html", date(2026, 2, 12)),
        ("/art/2014/4/4/art_10578_565827.html", date(2014, 4, 4)),
        ("/columns/7b9b/202602/11/28d8.html", date(2026, 2, 11)),
        ("/haerbin/c107001/2021-01/21/122338.shtml", date(2021, 1, 21)),
        ("/202602/index.html", None),
        ("/content/post_7115835.html", None),
    ],
)
def test_url_date(path: str, expected: date | None) -> None:
    assert url_date(f"http://a.gov.cn{path}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02 09:36:12.0", date(2026, 3, 2)),
        ("2026-2-9 17:25:23", date(2026, 2, 9)),
        ("2026-03-02T09:36:00+08:00", date(2026, 3, 2)),
        ("20260302093600", date(2026, 3, 2)),
        ("202603020936", date(2026, 3, 2)),
        ("1772409600000", date(2026, 3, 2)),
        ("1772380800", date(2026, 3, 2)),  # midnight in China
        ("Mon Mar 02 09:36:00 CST 2026", date(2026, 3, 2)),
        ("Mar 2, 2026 9:36:00 AM", date(2026, 3, 2)),
        ("2026年\n03月\n02日", date(2026, 3, 2)),
        ("99999999999999", None),
        ("4117200000", None),
        ("Mar 32, 2026", None),
        ("", None),
        (None, None),
    ],
)
def test_recorded_date(text: str | None, expected: date | None) -> None:
    assert recorded_date(text) == expected
