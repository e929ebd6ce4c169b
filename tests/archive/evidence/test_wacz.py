"""WACZ: the standard's validator accepts it, pywb replays it, and its records are those of the archive."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode
from zipfile import ZIP_STORED, ZipFile

import pytest
from pywb.warcserver.warcserver import WarcServer
from warcio.archiveiterator import ArchiveIterator
from werkzeug.test import Client

from archive import IntegrityError, QueryError
from archive.dataset.snapshots import load
from archive.evidence.wacz import _spans, export_wacz
from archive.ids import disclosure_id
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import LocalStore, Store, open_store
from archive.warc.captures import Run
from archive.warc.journal import RunJournal
from archive.warc.records import Exchange, Record, read_records
from archive.warc.writer import WarcWriter
from tests.archive.crawls import NOW, SITE, article, budget, crawl, known_captures, page, parse

FIRST, SHARED = budget(title="一"), budget(title="共")
HOME, ONE, TWO = page("首页"), page("甲的正文"), page("乙的正文")


def fill(store: Store, folder: Path) -> None:
    """Two announcements that share a file under two addresses, visited on two days; the second one's page is
    another on the second day, and between the visits there is a run of another site."""
    first = {
        "/": HOME,
        "/1.html": ONE,
        "/a.pdf": FIRST,
        "/shared.pdf": SHARED,
        "/2.html": TWO,
        "/copy.pdf": SHARED,
    }
    articles = [
        article("/1.html", "/a.pdf", "/shared.pdf", title="甲"),
        article("/2.html", "/copy.pdf", title="乙"),
    ]
    crawl(store, folder / "spool", first, articles)
    other(store, folder / "spool")
    crawl(store, folder / "spool", {**first, "/2.html": page("乙的更正"), "/a.pdf": 404}, articles, day=2)
    with Pool(workers=1, parse=parse) as pool:
        ingest(store, now=NOW + timedelta(days=2), pool=pool)


def other(store: Store, spool: Path) -> None:
    """A run that asks for a file of the first, names no site, and follows a redirect."""
    run = Run("20261123T101530Z-ffffff", NOW + timedelta(days=1), "gongkai run", "0.1.0")
    known = known_captures(store)
    with (
        RunJournal(store, run, spool) as journal,
        WarcWriter(store, run.run_id, spool, known=known.by_digest) as writer,
    ):
        for path, status, body, outcome in (("/2.html", 302, b"", "redirect"), ("/2/", 200, TWO, "content")):
            headers = [(b"Location", b"/2/")] if status == 302 else []
            via = SITE + ("/2.html" if status == 200 else "/list")
            exchange = Exchange(SITE + path, run.started_at, status, "", headers, body, via=via)
            journal.capture(
                exchange, writer.write(exchange), outcome=outcome, media_type="text/html", site_id=None
            )
        journal.finish(run.finished(run.started_at))


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    folder = tmp_path_factory.mktemp("wacz")
    store = LocalStore(folder / "store")
    fill(store, folder)
    return store


def records(path: Path) -> Iterator[Record]:
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("archive/"):
                yield from read_records(BytesIO(archive.read(name)))


def addresses(path: Path) -> list[str]:
    kinds = ("response", "revisit")
    return [one.fields["warc-target-uri"].removeprefix(SITE) for one in records(path) if one.kind in kinds]


def validate(path: Path) -> None:
    done = subprocess.run([Path(sys.executable).with_name("wacz"), "validate", "-f", path],
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0 and "is valid" in done.stdout, done.stdout + done.stderr


def replayed(wacz: Path, collection: str, url: str, when: str) -> bytes:
    """What pywb gives for a URL at a time from a collection that holds nothing but the WACZ."""
    manager = Path(sys.executable).with_name("wb-manager")
    if not (wacz.parent / "collections" / collection).exists():
        for words in (["init", collection], ["add", "--unpack-wacz", collection, wacz]):
            subprocess.run([manager, *words], cwd=wacz.parent, check=True, capture_output=True)
    root = wacz.parent / "collections" / collection
    paths = {"index_paths": f"{root}/indexes/", "archive_paths": f"{root}/archive/"}
    server = WarcServer(custom_config={"collections": {collection: paths}})
    query = urlencode({"url": url, "closest": when, "matchType": "exact"})
    answer = Client(server).get(f"/{collection}/resource?{query}")
    assert answer.status_code == 200, answer.data
    payload: bytes = next(iter(ArchiveIterator(BytesIO(answer.data)))).content_stream().read()
    return payload


def test_an_announcement(local: LocalStore, tmp_path: Path) -> None:
    wacz = tmp_path / "two.wacz"
    count = export_wacz(local, load(local), wacz, disclosure=disclosure_id(SITE + "/2.html"))
    validate(wacz)
    # The file lies in a record of the other announcement, under another address.
    assert addresses(wacz) == [
        "/shared.pdf",
        "/2.html",
        "/copy.pdf",
        "/2.html",
        "/2/",
        "/2.html",
        "/copy.pdf",
    ]
    assert count == 6
    assert replayed(wacz, "two", SITE + "/copy.pdf", "20261122101530") == SHARED
    assert replayed(wacz, "two", SITE + "/copy.pdf", "20261124101530") == SHARED
    assert replayed(wacz, "two", SITE + "/2/", "20261123101530") == TWO
    assert replayed(wacz, "two", SITE + "/2.html", "20261122101530") == TWO
    assert replayed(wacz, "two", SITE + "/2.html", "20261124101530") == page("乙的更正")


def test_a_site(local: LocalStore, tmp_path: Path) -> None:
    wacz = tmp_path / "site.wacz"
    assert export_wacz(local, load(local), wacz, site="610725") == 12
    validate(wacz)
    assert sorted({*addresses(wacz)}) == ["/", "/1.html", "/2.html", "/a.pdf", "/copy.pdf", "/shared.pdf"]
    assert replayed(wacz, "site", SITE + "/", "20261124101530") == HOME
    assert replayed(wacz, "site", SITE + "/a.pdf", "20261122101530") == FIRST


def test_its_records_are_those_of_the_archive(local: LocalStore, tmp_path: Path) -> None:
    wacz = tmp_path / "one.wacz"
    export_wacz(local, load(local), wacz, disclosure=disclosure_id(SITE + "/1.html"))
    with ZipFile(wacz) as archive:
        names = [name for name in archive.namelist() if name.startswith("archive/")]
        for name in names:
            whole = next(local.root.glob(f"warc/**/{Path(name).name}")).read_bytes()
            excerpt = archive.read(name)
            found = list(read_records(BytesIO(excerpt)))
            assert found[0].kind == "warcinfo" and archive.getinfo(name).compress_type == ZIP_STORED
            assert all(excerpt[one.offset : one.offset + one.length] in whole for one in found)
            answers = {one.fields["warc-record-id"] for one in found if one.kind in ("response", "revisit")}
            beside = [one for one in found if one.kind in ("request", "metadata")]
            assert len(beside) == 2 * len(answers)
            assert {one.fields["warc-concurrent-to"] for one in beside} == answers
    assert len(names) == 2, "the run in between has nothing of it"


def test_what_it_says_of_itself(local: LocalStore, tmp_path: Path) -> None:
    wacz, again = tmp_path / "one.wacz", tmp_path / "again.wacz"
    for out in (wacz, again):
        export_wacz(local, load(local), out, disclosure=disclosure_id(SITE + "/1.html"))
    assert wacz.read_bytes() == again.read_bytes()
    with ZipFile(wacz) as archive:
        package = json.loads(archive.read("datapackage.json"))
        digest = json.loads(archive.read("datapackage-digest.json"))
        header, *pages = map(json.loads, archive.read("pages/pages.jsonl").splitlines())
        descriptor = archive.read("datapackage.json")
    assert digest == {"path": "datapackage.json", "hash": f"sha256:{sha256(descriptor).hexdigest()}"}
    assert (package["wacz_version"], package["title"]) == ("1.1.1", "甲")
    assert package["mainPageURL"] == SITE + "/1.html"
    assert header["format"] == "json-pages-1.0"
    assert [(one["url"].removeprefix(SITE), one["title"]) for one in pages] == [
        ("/1.html", "甲"), ("/a.pdf", "一"), ("/shared.pdf", "共"),
    ]  # fmt: skip


def test_visits_without_news_are_evidence_too(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    fill(store, tmp_path)
    crawl(store, tmp_path / "spool", {"/1.html": 404, "/x.html": page("x")}, [], day=3)
    wacz, one = tmp_path / "x.wacz", disclosure_id(SITE + "/1.html")
    before = export_wacz(store, load(store), wacz, disclosure=one)
    assert export_wacz(store, load(store), wacz, disclosure=one, later=True) == before + 1
    validate(wacz)
    statuses = [
        record.status for record in records(wacz) if record.fields.get("warc-target-uri") == SITE + "/1.html"
    ]
    assert [status for status in statuses if status] == [200, 200, 404]


def test_from_s3(s3_uri: str, tmp_path: Path) -> None:
    store = open_store(s3_uri)
    fill(store, tmp_path)
    wacz = tmp_path / "site.wacz"
    assert export_wacz(store, load(store), wacz, site="610725") == 12
    validate(wacz)


def test_what_is_not_there_is_said(local: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="no site_id 999"):
        export_wacz(local, load(local), tmp_path / "x.wacz", site="999")
    with pytest.raises(QueryError, match="no disclosure_id 999"):
        export_wacz(local, load(local), tmp_path / "x.wacz", disclosure="999")
    assert not list(tmp_path.iterdir())


def test_a_damaged_record_is_not_handed_on(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    fill(store, tmp_path)
    first = min(store.root.glob("warc/**/*.warc.gz"))
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 0xFF
    first.chmod(0o644)
    first.write_bytes(data)
    with pytest.raises(IntegrityError, match=first.name):
        export_wacz(store, load(store), tmp_path / "x.wacz", site="610725")
    assert not (tmp_path / "x.wacz").exists()


@pytest.mark.parametrize(
    ("wanted", "spans"),
    [({0}, [(0, 10)]), ({0, 10}, [(0, 20)]), ({0, 20}, [(0, 10), (20, None)]), ({10, 20}, [(10, None)])],
)
def test_neighbours_are_read_together(wanted: set[int], spans: list[tuple[int, int | None]]) -> None:
    assert list(_spans([0, 10, 20], wanted)) == spans
