"""The pages as files: every link leads to a file, and Chromium shows them from a disk, without a server."""

from __future__ import annotations

import csv
import re
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from archive.monitoring import verdicts
from archive.web.site import write_site
from archive.web.static_copy import Bounds
from archive.web.view.addresses import ABSENT, Addresses, Held
from tests.archive.web.conftest import Served
from tests.archive.web.test_app import markup
from tests.site.typeset import typeset


def test_every_link_leads_to_a_file(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        found = markup(page.read_text(encoding="utf-8"))
        assert not found.inline and "Content-Security-Policy" in page.read_text(encoding="utf-8")
        for link in found.loaded:
            parts = urlsplit(link)
            assert not parts.scheme and not parts.netloc and not parts.query and not link.startswith("/"), (
                link
            )
            target = page if not parts.path else page.parent / unquote(parts.path)
            assert target.is_file(), f"{page.relative_to(site)} links to {link}"
            if parts.fragment and target.suffix == ".html":
                assert f'id="{parts.fragment}"' in target.read_text(encoding="utf-8"), link


def test_the_copy_holds_what_was_asked_for(site: Path, served: Served) -> None:
    assert (site / f"documents/{served.pdf}/original.pdf").read_bytes() == typeset("yanbian-2024", "pdf")
    assert list((site / "documents").iterdir()) == [site / "documents" / served.pdf]
    facts = pq.read_table(site / "data/facts.parquet")
    assert set(facts["document_id"].to_pylist()) == {served.pdf}
    with (site / "data/facts.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(facts) > 100
    page = (site / f"documents/{served.pdf}/table-3.html").read_text(encoding="utf-8")
    shown = served.client.get(f"/documents/{served.pdf}/tables/3").text
    places = re.compile(r'<button[^>]* data-place="([^"]+)"')
    assert places.findall(page) == places.findall(shown) != []


def test_the_scores_lead_down_from_file_to_file(site: Path, served: Served) -> None:
    def links(name: str) -> list[str]:
        found = re.findall(r'<th scope="row"[^>]*><a href="([^"]+)"', (site / name).read_text("utf-8"))
        return sorted(set(found))

    assert links("scores.html") == ["scores-220000.html"]
    assert links("scores-220000.html") == ["scores-222400.html"]
    assert links("scores-222400.html") == links("scores-body.html") == [f"bodies/{served.body}.html"]
    with (site / "scores-body.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["body_id"] for row in rows} == {served.body}
    asked = {"level": "body", "region": "22"}
    assert rows == list(csv.DictReader(served.client.get("/scores.csv", params=asked).text[1:].splitlines()))


def test_what_a_copy_has_not_is_said() -> None:
    held = Held({}, frozenset(), frozenset(), {})
    links = Addresses(held, "bodies/x.html")
    nothing = "0" * 64
    for path in (
        "/sql",
        "/compare",
        f"/documents/{nothing}",
        "/bodies/y",
        f"/facts/{nothing[:16]}-t001-r0-c1",
    ):
        assert links.link(path, {}) == f"../{ABSENT}"
    assert links.link("/scores", {"region": "610000"}) == f"../{ABSENT}"
    assert links.link("/", {"at": 3}) == "../index.html"
    asked = {"status": "late", "start": 100, "year": 2024}
    assert links.link("/deadlines", asked) == "../deadlines-late-100.html"


def test_bounds_are_conditions_on_both() -> None:
    place = "(starts_with(coalesce(region_code, ''), '22'))"
    assert Bounds.of("22", 2024).where() == f"{place} AND fiscal_year = 2024"
    with pytest.raises(verdicts.UnknownRegion):
        Bounds.of("nowhere'); DROP TABLE facts", None)


def test_governments_are_copied_with_their_ranks(
    governments: TestClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("governments-site")
    store = governments.app.state.dataset.store  # type: ignore[attr-defined]
    assert write_site(store, partial(verdicts.board, store), folder) > 20
    rank = (folder / "governments.html").read_text("utf-8")
    assert "<form" not in rank.partition("<main")[2] and "governments/222400.html" in rank
    chosen = (folder / "governments-debt_balance-whole-city-2023.html").read_text("utf-8")
    assert "¥50,021.00m" in chosen
    page = (folder / "governments/222400.html").read_text("utf-8")
    assert "¥5,242.70m" in page and 'id="chart-flows"' in page and 'href="222401.html"' in page
    test_every_link_leads_to_a_file(folder)
