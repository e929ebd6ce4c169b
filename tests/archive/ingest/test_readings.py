"""Readings: rows follow from the archive, not from what was read when, or how often."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import archive.ingest.reading.readings
from archive.dataset.schema import TABLES
from archive.dataset.snapshots import latest, read_table
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.ingest.reading.readings import Draft, PoolReader, Reading
from archive.isolation.pool import Pool
from archive.stores import LocalStore, Store
from tests.archive.crawls import NOW, article, budget, crawl, page, parse

DOCUMENTS = ("documents", "tables", "facts", "statements", "checks", "disclosures", "versions", "changes")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=2, parse=parse) as workers:
        yield workers


class Unprepared(PoolReader):
    """Learns of every reading when it is asked for."""

    def expect(self, readings: Iterable[Reading]) -> None:
        pass


class Backward(PoolReader):
    """Reads the last reading first, and all of them twice."""

    def expect(self, readings: Iterable[Reading]) -> None:
        self._expected = list(readings)[::-1]

    def read(self, reading: Reading) -> Sequence[Draft]:
        for one in (*self._expected, reading):
            self._done.pop(one, None)
            super().read(one)
        self._expected = []
        return super().read(reading)


def zipped(**members: Any) -> bytes:
    return json.dumps({"members": members}).encode()


def two_runs(store: Store, tmp_path: Path) -> None:
    """A container, files of it that are announced alone as well, the same page twice, and statements."""
    inside = {"body": "勉县教育局", "title": "inside"}
    same = json.dumps(inside).encode()
    pages = {"/one.html": page(budget(title="page").decode()), "/bare.html": page("正文")}
    members = {"a.pdf": inside, "b.pdf": {"title": "b"}}
    files = {"/all.zip": zipped(**members), "/a.pdf": same, "/c.pdf": budget()}
    first = [article("/one.html", "/all.zip", "/c.pdf"), article("/bare.html", "/a.pdf")]
    crawl(store, tmp_path / "spool", {**pages, **files}, first)
    pages["/one.html"] = page("counter 2 " + budget(title="page").decode())
    crawl(store, tmp_path / "spool", {**pages, **files}, [*first, article("/new.html", "/a.pdf")], 1)
    local = tmp_path / "a.pdf"
    local.write_bytes(same)
    given = dict(spool=tmp_path / "spool", now=NOW + timedelta(days=2), command="", version="")
    archive_files(store, [local], **given, stated={"fiscal_year": 2019})  # type: ignore[arg-type]


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    snapshot = latest(store)
    assert snapshot
    found: dict[str, list[dict[str, Any]]] = {}
    for name in DOCUMENTS:
        order = [(key, "ascending") for key in TABLES[name].primary_key]
        found[name] = read_table(store, snapshot, name).sort_by(order).to_pylist()
    return found


@pytest.mark.parametrize("reader", [Unprepared, Backward])
def test_what_is_read_ahead_has_no_say(
    tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch, reader: type[PoolReader]
) -> None:
    found = []
    for name, kind in (("planned", PoolReader), ("otherwise", reader)):
        monkeypatch.setattr(archive.ingest.reading.readings, "PoolReader", kind)
        store = LocalStore(tmp_path / name / "store")
        two_runs(store, tmp_path / name)
        report = ingest(store, now=NOW + timedelta(days=3), pool=pool)
        found.append((rows(store), [(one.name, one.outcome, one.parent_id) for one in report.documents]))
    assert found[0] == found[1]
    [inside] = [row for row in found[0][0]["documents"] if row["parent_id"] and row["title"] == "inside"]
    assert inside["fiscal_year"] == 2019, "what is stated of a file holds inside a container, too"


def test_nothing_is_read_twice_and_readings_come_as_asked(tmp_path: Path, pool: Pool) -> None:
    store = LocalStore(tmp_path / "store")
    two_runs(store, tmp_path)
    asked: list[Reading] = []

    class Noting(PoolReader):
        def read(self, reading: Reading) -> Sequence[Draft]:
            asked.append(reading)
            return super().read(reading)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(archive.ingest.reading.readings, "PoolReader", Noting)
        ingest(store, now=NOW + timedelta(days=3), pool=pool)
    files = [file.document_id for reading in asked for file in reading.files if not reading.stated]
    assert len(files) == len(set(files)) >= 4
