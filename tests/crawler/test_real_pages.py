"""The 37 recorded pages of real sites against what a person reads in them (`real_pages.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml

from crawler import platforms
from crawler.articles import read_article
from crawler.outcomes import classify
from crawler.pages import Page
from crawler.relevance import judge

URL = "http://www.a.gov.cn/czxx/bmys/index.html"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("real_pages.yaml").read_text("utf-8")
)


@cache
def body_of(folder: Path, name: str) -> bytes:
    (path,) = folder.glob(f"{name}*.html")
    return path.read_bytes()


def read(shared: Path, name: str) -> Page:
    return Page.from_bytes(URL, body_of(shared / "real" / "html", name))


def having(key: str) -> list[str]:
    return [name for name, facts in EXPECTED.items() if key in facts]


def test_every_page_has_an_expectation(shared: Path) -> None:
    pages = [path.name for path in (shared / "real" / "html").iterdir()]
    assert all(sum(page.startswith(name) for name in EXPECTED) == 1 for page in pages)
    assert len(pages) == len(EXPECTED) == 37


@pytest.mark.parametrize("name", EXPECTED)
def test_outcome(shared: Path, name: str) -> None:
    found = classify(200, (), body_of(shared / "real" / "html", name), "html", URL)
    assert found.name == EXPECTED[name].get("outcome", "content"), found
    target = EXPECTED[name].get("target")
    assert found.target == (urljoin(URL, target) if target else None)


@pytest.mark.parametrize("name", having("platform"))
def test_platform(shared: Path, name: str) -> None:
    assert platforms.recognise(read(shared, name)).platform == EXPECTED[name]["platform"]


@pytest.mark.parametrize("name", having("date"))
def test_publication_date(shared: Path, name: str) -> None:
    page = read(shared, name)
    article = read_article(page, platforms.of(page))
    assert (article.published_on, article.published_basis) == (EXPECTED[name]["date"], "metadata")


@pytest.mark.parametrize("name", having("relevant"))
def test_relevance(shared: Path, name: str) -> None:
    page = read(shared, name)
    judged = judge(read_article(page, platforms.of(page)).title)
    assert judged.relevant == EXPECTED[name]["relevant"], judged


@pytest.mark.parametrize("name", having("files"))
def test_attachments(shared: Path, name: str) -> None:
    page, expected = read(shared, name), EXPECTED[name]
    files = read_article(page, platforms.of(page)).attachments
    assert len(files) == expected["files"]
    if "first_file" in expected:
        assert files[0].url == urljoin(URL, expected["first_file"])
    if "first_name" in expected:
        assert files[0].name == expected["first_name"]


@pytest.mark.parametrize("name", having("entries"))
def test_list(shared: Path, name: str) -> None:
    page, expected = read(shared, name), EXPECTED[name]
    listing = platforms.of(page).listing(page)
    assert len(listing.entries) == expected["entries"]
    assert all(len(entry.title) >= 5 and "…" not in entry.title[-2:] for entry in listing.entries)
    if "next_pages" in expected:
        assert len(listing.next_pages) == expected["next_pages"]
