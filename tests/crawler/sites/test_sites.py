"""The registry: every row of the source table is a site, and selectors name what people mean."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from crawler.sites import COLUMNS, ExpectedBody, RegistryError, Site, UnknownSites, load, select
from parsers.values.vocabulary import BodyLevel
from tests.crawler.sites.source_table import SourceRow, resolve


def test_every_row_is_a_site_and_four_have_no_region_code() -> None:
    assert len(load()) == 3215
    assert [site.name for site in load() if site.region_code is None] == [
        "新疆生产建设兵团", "香港特别行政区", "澳门特别行政区", "台湾省",
    ]  # fmt: skip
    codes = [site.region_code for site in load() if site.region_code]
    assert len(codes) == len(set(codes)) == 3211


def test_codes_name_the_region_the_line_names() -> None:
    other = {site.name: site.region.name for site in load() if site.region and site.region.name != site.name}
    assert other == {"济源示范区": "济源市"}


def test_registry_equals_the_source_table(shared: Path) -> None:
    with (shared / "reference" / "disclosure_pages.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [SourceRow.of(row) for row in csv.DictReader(file)]
    resolved = Counter((resolve(row), row.region_name, row.url or None) for row in rows)
    assert resolved == Counter((site.region_code, site.name, site.url) for site in load())


def test_loading_is_quick() -> None:
    from crawler import sites

    sites._load.cache_clear()
    begun = time.perf_counter()
    load()
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("selector", "count", "first"),
    [
        ("陕西", 118, "610000"),
        ("陕西省", 118, "610000"),
        ("61", 118, "610000"),
        ("6107", 12, "610700"),
        ("汉中市", 12, "610700"),
        ("勉县", 1, "610725"),
        ("610725", 1, "610725"),
        ("枣庄市市中区", 1, "370402"),
        ("市中区", 4, "370103"),
        ("海南", 30, "460000"),
        ("勉县，610726, 610726", 2, "610725"),
        ("香港特别行政区", 1, "x-2788b06d"),
        ("https://www.budget.gov.hk/", 1, "x-2788b06d"),
        ("all", 3215, "x-04b8ff25"),
    ],
)
def test_select(selector: str, count: int, first: str) -> None:
    chosen = select(selector)
    assert (len(chosen), chosen[0].site_id) == (count, first)


@pytest.mark.parametrize("selector", ["", " , ", "火星", "999999", "勉县,火星"])
def test_select_refuses_what_names_no_site(selector: str) -> None:
    with pytest.raises(UnknownSites):
        select(selector)


def write(folder: Path, *lines: str) -> Path:
    (folder / "61-shaanxi.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", "utf-8")
    return folder


def test_a_hand_written_line_with_congress_dates(tmp_path: Path) -> None:
    line = "610725-2,610725,勉县,http://x.gov.cn/,budget,,trs,expired,2025-01-20 2026-02-10,,http://y/,new,勉县教育局:department|勉县农业局"
    (site,) = load(write(tmp_path, line))
    assert site == Site(
        site_id="610725-2", region_code="610725", name="勉县", url="http://x.gov.cn/", page_type="budget",
        platform="trs", tls_exception="expired", approval_source="http://y/", notes="new",
        budget_approved=(date(2025, 1, 20), date(2026, 2, 10)),
        expected_bodies=(ExpectedBody("勉县教育局", BodyLevel.DEPARTMENT), ExpectedBody("勉县农业局")),
    )  # fmt: skip
    assert select("汉中市", [site]) == (site,)


@pytest.mark.parametrize(
    "line",
    [
        "610725,999999,勉县,,,,,,,,,,",
        "勉县,610725,勉县,,,,,,,,,,",
        "610725,610725,勉县,,,,,,soon,,,,",
        "610725,610725",
        "610725,610725,勉县,,,,,,,,,,教育局:bureau",
        "610725,610725,勉县,,,,,,,,,,\n610725,610725,勉县,,,,,,,,,,",
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(RegistryError, match=r"61-shaanxi.csv, line \d"):
        load(write(tmp_path, line))


def test_an_operator_has_a_registry_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "610725-9,610725,勉县,http://x.gov.cn/,,,,,,,,,")
    monkeypatch.setenv("GONGKAI_REGISTRY", str(tmp_path))
    assert [site.site_id for site in load()] == ["610725-9"]
    monkeypatch.setenv("GONGKAI_REGISTRY", str(tmp_path / "absent"))
    with pytest.raises(RegistryError, match="absent"):
        load()
