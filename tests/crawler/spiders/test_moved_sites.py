"""A site whose address changes between two visits: one disclosure each, at the new address, reported once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import CHINA
from archive.alerts import detect
from archive.dataset.query.connection import connect
from archive.dataset.snapshots import latest
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import Store, open_store
from tests.archive.crawls import budget, parse
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import crawl, number, put_list, site

BODIES = ("勉县教育局", "勉县水利局", "勉县卫生健康局", "勉县林业局", "勉县民政局", "勉县司法局")
TITLES = [f"{body}2026年部门预算公开" for body in BODIES]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path))


@contextmanager
def published(folder: str) -> Iterator[Web]:
    """The announcements below a folder, each with its file."""
    web = Web()
    web.html("/robots.txt", "")
    put_list(web, folder, "部门预算公开", TITLES)
    for body, title in zip(BODIES, TITLES, strict=True):
        web.pages[f"{folder}202602/P{number(title)}.pdf"] = Reply(b"%PDF-1.4\n" + budget(body=body))
    with serve(web):
        yield web


def visit(store: Store, url: str) -> None:
    crawl(Path(store.uri), [site("610725", url, region_code="610725", name="勉县")])
    with Pool(workers=1, parse=parse) as pool:
        ingest(store, now=datetime.now(UTC), pool=pool)


def count(store: Store, sql: str) -> list[tuple[object, ...]]:
    snapshot = latest(store)
    assert snapshot
    with connect(store, snapshot) as connection:
        return connection.execute(sql).fetchall()


def reported(store: Store) -> list[str]:
    """What alerts say of announcements in the next days."""
    snapshot = latest(store)
    assert snapshot
    day = (datetime.now(UTC) + timedelta(days=3)).astimezone(CHINA).date()
    found = detect(store, snapshot, day)
    return sorted(one.about for one in found if one.kind in ("new", "gone", "altered"))


def test_what_a_site_takes_along_is_not_new(store: Store) -> None:
    """Its old host refuses connections: more announcements are there than a host is asked for that fails."""
    with published("/czyjs/") as old:
        visit(store, old.url + "/czyjs/")
    before = reported(store)
    assert len(before) == len(BODIES)
    with published("/zfxxgk/yjsgk/") as new:
        visit(store, new.url + "/zfxxgk/yjsgk/")
        moved = "SELECT count(*) FROM disclosures o JOIN disclosures n ON n.disclosure_id = o.moved_to"
        at = f"starts_with(o.url, '{old.url}') AND starts_with(n.url, '{new.url}')"
        assert count(store, f"{moved} WHERE {at} AND o.state = 'moved'") == [(len(BODIES),)]
        live = "SELECT count(*), count(*) FILTER (evidence IS NULL) FROM disclosures WHERE state = 'live'"
        assert count(store, live) == [(len(BODIES), len(BODIES))]
        assert count(store, "SELECT count(*) FROM documents") == [(len(BODIES),)]
        assert reported(store) == before


def test_a_second_place_is_not_a_move(store: Store) -> None:
    with published("/czyjs/") as old:
        visit(store, old.url + "/czyjs/")
        with published("/zfxxgk/yjsgk/") as new:
            visit(store, new.url + "/zfxxgk/yjsgk/")
        assert count(store, "SELECT DISTINCT state FROM disclosures") == [("live",)]
        assert len(reported(store)) == len(BODIES)
