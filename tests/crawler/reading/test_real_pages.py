"""The recorded pages of real sites against what a person reads in them (`real_pages.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urljoin

import pytest

from crawler.pages.relevance import judge
from tests.crawler.real_pages import EXPECTED, NOWHERE, Seen, address, files_of, judged, see


@cache
def seen(folder: Path, name: str) -> Seen:
    (path,) = folder.glob(f"{name}*.html")
    return see(path.read_bytes(), address(EXPECTED[name]))


@pytest.fixture
def real(shared: Path) -> Path:
    return shared / "real" / "html"


def having(key: str) -> list[str]:
    return [name for name, facts in EXPECTED.items() if key in facts]


def test_every_page_has_an_expectation(real: Path) -> None:
    pages = [path.name for path in real.iterdir()]
    assert all(sum(page.startswith(name) for name in EXPECTED) == 1 for page in pages)
    assert len(pages) == len(EXPECTED) == 37


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_person_reads(real: Path, name: str) -> None:
    """Platform, kind of page, date and every attached file."""
    assert {asked for asked, right in judged(EXPECTED[name], seen(real, name)) if not right} == set()


@pytest.mark.parametrize("name", EXPECTED)
def test_outcome(real: Path, name: str) -> None:
    found, expected = seen(real, name).outcome, EXPECTED[name]
    assert found.name == expected.get("outcome", "content"), found
    target = expected.get("target")
    assert found.target == (urljoin(NOWHERE, target) if target else None)


@pytest.mark.parametrize("name", having("date"))
def test_where_the_date_stands(real: Path, name: str) -> None:
    assert seen(real, name).article.published_basis == EXPECTED[name].get("basis", "metadata")


@pytest.mark.parametrize("name", having("files"))
def test_no_other_files_and_the_name_of_the_first(real: Path, name: str) -> None:
    files = seen(real, name).article.attachments
    assert [file.url for file in files] == files_of(EXPECTED[name])
    if "name" in EXPECTED[name]:
        assert files[0].name == EXPECTED[name]["name"]


@pytest.mark.parametrize("name", having("entries"))
def test_entries(real: Path, name: str) -> None:
    entries = seen(real, name).listing.entries
    assert len(entries) == EXPECTED[name]["entries"]
    assert all(len(entry.title) >= 5 and "…" not in entry.title[-2:] for entry in entries)


@pytest.mark.parametrize("name", [*having("next"), *having("further")])
def test_where_the_list_goes_on(real: Path, name: str) -> None:
    listing, expected = seen(real, name).listing, EXPECTED[name]
    assert listing.next_pages == tuple(urljoin(address(expected), url) for url in expected.get("next", ()))
    assert len(listing.further) == expected.get("further", 0)


@pytest.mark.parametrize("name", having("column"))
def test_columns_in_data(real: Path, name: str) -> None:
    columns = {column.title: column.url for column in seen(real, name).listing.columns}
    assert columns[EXPECTED[name]["column"]] == (
        "http://fscz.foshan.gov.cn/gkmlpt/api/all/257?page=1&sid=757020"
    )


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name]["kind"] == "article"])
def test_other_articles_are_left_out(real: Path, name: str) -> None:
    assert not judge(seen(real, name).article.title).relevant
