"""The title of an article, from its list and its page."""

from __future__ import annotations

import pytest

from crawler.reading.articles import full_title

TITLE = "勉县教育局关于2026年部门预算公开的说明"


@pytest.mark.parametrize(
    ("shown", "listed", "expected"),
    [
        (TITLE, TITLE, TITLE),
        (TITLE, "勉县教育局关于2026年部...", TITLE),
        (f"{TITLE}-勉县门户", TITLE, TITLE),
        (f"{TITLE} | 勉县", TITLE, TITLE),
        ("勉县市级部门预算绩效管理办法", "勉县市级部门预算绩效…", "勉县市级部门预算绩效管理办法"),
        ("勉县教育局", TITLE, TITLE),  # the page calls itself after its site
        (TITLE, "2026年部门预算", TITLE),
    ],
)
def test_full_title(shown: str, listed: str, expected: str) -> None:
    assert full_title(shown, listed) == expected
