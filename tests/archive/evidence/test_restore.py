"""A dataset is rebuilt from its archive alone, and every row that is another one is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, Snapshot, commit, latest, read_table
from archive.evidence.restore import Mismatch, restore_check
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import LocalStore, Store
from parsers import PARSER_VERSION
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


def unnamed(**said: object) -> bytes:
    """A budget that does not say whose it is."""
    return json.dumps(said).encode()


def copied(store: Store, folder: Path, data: bytes, day: int, **stated: object) -> None:
    """An operator brings a file, and states something of it."""
    (folder / f"copy{day}.pdf").write_bytes(data)
    moment = NOW + timedelta(days=day)
    archive_files(store, [folder / f"copy{day}.pdf"], spool=folder, now=moment, command="", version="1",
                  stated=stated)  # fmt: skip


def followed(store: Store, folder: Path, pool: Pool, day: int) -> None:
    """An ingest gives what a rebuild gives."""
    ingest(store, now=NOW + timedelta(days=day, hours=2), pool=pool)
    assert restore_check(store, newest(store), folder / f"scratch{day}", pool=pool) == []


def test_an_operators_word_leaves_a_file_with_its_announcement(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    """The article states its region and body, and the operator its year."""
    file, other, member = unnamed(), unnamed(amounts=["7.00"]), {"title": "m"}
    container = json.dumps({"members": {"m.pdf": member}}).encode()
    answers = {"/t.html": page(""), "/a.pdf": file, "/b.pdf": other, "/c.zip": container}
    announced = replace(article("/t.html", "/a.pdf", "/b.pdf", "/c.zip"), body_name="勉县教育局")
    crawl(local_store, tmp_path, answers, [announced])
    followed(local_store, tmp_path, pool, 0)
    copied(local_store, tmp_path, file, 1, fiscal_year=2020)
    followed(local_store, tmp_path, pool, 1)
    copied(local_store, tmp_path, json.dumps(member).encode(), 2, fiscal_year=2019)
    followed(local_store, tmp_path, pool, 2)
    rows = read_table(local_store, newest(local_store), "documents").to_pylist()
    assert {(row["name"], row["region_code"], row["body_name"], row["fiscal_year"]) for row in rows} == {
        ("附件/a.pdf", "610725", "勉县教育局", 2020), ("附件/b.pdf", "610725", "勉县教育局", 2026),
        ("附件/c.zip", None, None, None), ("m.pdf", "610725", "勉县教育局", 2019),
    }  # fmt: skip
    [disclosure] = read_table(local_store, newest(local_store), "disclosures").to_pylist()
    assert disclosure["fiscal_year"] == 2020


def test_a_run_that_is_told_of_late_has_its_say(local_store: LocalStore, tmp_path: Path, pool: Pool) -> None:
    """What both saw is as the older run saw it, though the newer came first."""
    shown, index = unnamed(), local_store.root / "cdx"
    older = replace(article("/o.html", "/z.pdf"), body_name="勉县教育局")
    crawl(local_store, tmp_path, {"/o.html": page("o"), "/z.pdf": shown}, [older], day=0)
    index.rename(tmp_path / "late")
    newer = replace(article("/n.html", "/x.pdf", "/y.pdf"), body_name="勉县水利局")
    answers = {"/n.html": page("n"), "/x.pdf": shown, "/y.pdf": unnamed(amounts=["2.00"])}
    crawl(local_store, tmp_path, answers, [newer], day=1)
    followed(local_store, tmp_path, pool, 1)
    for journal in (tmp_path / "late").iterdir():
        journal.rename(index / journal.name)
    followed(local_store, tmp_path, pool, 2)
    rows = read_table(local_store, newest(local_store), "documents").to_pylist()
    assert {(row["name"], row["body_name"]) for row in rows} == {
        ("附件/z.pdf", "勉县教育局"), ("附件/y.pdf", "勉县水利局"),
    }  # fmt: skip


def test_what_older_parsers_read_is_read_where_it_was_first_seen(
    local_store: Store, tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = unnamed()
    announced = replace(article("/t.html", "/a.pdf"), body_name="勉县教育局")
    with monkeypatch.context() as before:
        before.setattr("archive.ingest.reading.rows.PARSER_VERSION", "0")
        crawl(local_store, tmp_path, {"/t.html": page(""), "/a.pdf": file}, [announced])
        ingest(local_store, now=NOW, pool=pool)
    copied(local_store, tmp_path, file, 1)
    followed(local_store, tmp_path, pool, 1)
    [row] = read_table(local_store, newest(local_store), "documents").to_pylist()
    assert (row["parser_version"], row["body_name"], row["name"]) == (
        PARSER_VERSION,
        "勉县教育局",
        "附件/a.pdf",
    )
