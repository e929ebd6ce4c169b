"""What one run left is checked without the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archive.evidence.archived import verify_run
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import LocalStore
from archive.warc.journal import read_captures
from parsers.values.errors import UsageError
from tests.archive.crawls import NOW, article, budget, crawl, page, parse


def test_a_run_is_checked_with_the_payloads_it_refers_to(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    answers = {"/a.html": page("a"), "/a.pdf": budget(title="a")}
    first = crawl(store, tmp_path / "spool", answers, [article("/a.html", "/a.pdf")])
    second = crawl(store, tmp_path / "spool", answers | {"/b.pdf": budget(title="b")}, [], day=1)
    with Pool(workers=1, parse=parse) as pool:
        ingest(store, now=NOW + timedelta(days=1, hours=2), pool=pool)
    assert list(verify_run(store, first)) == list(verify_run(store, second)) == []

    [path] = {one.warc_path for one in read_captures(store, first)}
    assert path
    whole = (store.root / path).read_bytes()
    (store.root / path).write_bytes(whole[: len(whole) // 2])
    assert {one.kind for one in verify_run(store, first)} == {"record"}
    assert {one.kind for one in verify_run(store, second)} == {"payload"}, "it refers to what was lost"
    with pytest.raises(UsageError):
        list(verify_run(store, "20260101T000000Z-000000"))
