"""A dataset is rebuilt from its archive alone, and every row that is another one is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.ingest import archive_files, ingest
from archive.restore import Mismatch, restore_check
from archive.schema import build_table
from archive.snapshots import Change, Snapshot, commit, latest, read_table
from archive.stores import Store
from archive.workers import Pool
from tests.archive.crawls import NOW, article, budget, crawl, page, parse


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, parse=parse) as workers:
        yield workers


@pytest.fixture
def grown(store: Store, tmp_path: Path, pool: Pool) -> Store:
    """A file that changes, a page that does, a stated local file; in three snapshots. A run without news
    waits."""
    spool, amounts = tmp_path / "spool", ["1.00"]
    for day in range(2):
        amounts.append(f"{day + 2}.00")
        answers = {"/t.html": page(f"{day} " + budget().decode()), "/a.pdf": budget(amounts=amounts)}
        crawl(store, spool, answers, [article("/t.html", "/a.pdf")], day)
        ingest(store, now=NOW + timedelta(days=day), pool=pool)
    local = tmp_path / "local.pdf"
    local.write_bytes(budget(title="local"))
    later = NOW + timedelta(days=2)
    stated = {"fiscal_year": 2025}
    archive_files(store, [local], spool=spool, now=later, command="", version="1", stated=stated)
    ingest(store, now=later, pool=pool)
    crawl(store, spool, answers, [article("/t.html", "/a.pdf")], day=3)
    return store


def newest(store: Store) -> Snapshot:
    snapshot = latest(store)
    assert snapshot
    return snapshot


def test_what_is_rebuilt_is_the_same(grown: Store, tmp_path: Path, pool: Pool) -> None:
    before = {found.key for found in grown.list("")}
    assert newest(grown).number == 3
    assert restore_check(grown, newest(grown), tmp_path / "scratch", pool=pool) == []
    assert {found.key for found in grown.list("")} == before


def test_a_row_that_the_archive_does_not_bear_out_is_named(grown: Store, tmp_path: Path, pool: Pool) -> None:
    [altered, *others] = read_table(grown, newest(grown), "bodies").to_pylist()
    rows = [altered | {"level": "unit"}, *others, altered | {"body_id": "invented"}]
    commit(grown, [Change("bodies", build_table("bodies", rows))], message="", run_id=None, now=NOW)
    assert restore_check(grown, newest(grown), tmp_path / "scratch", pool=pool) == [
        Mismatch("bodies", altered["body_id"], "differs", ("level",)),
        Mismatch("bodies", "invented", "missing"),
    ]
