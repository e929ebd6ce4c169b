"""WARC files of any make replayed into a fresh store: what comes of it is read and verified."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.dataset.snapshots import latest, read_table
from archive.evidence.verification import verify
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import open_store
from crawler.http.replay import sites_beside
from tests.archive.crawls import budget, parse
from tests.crawler.loopback import Reply, Web
from tests.crawler.spiders.crawling import crawl, number, put_list, site

HOST = "http://www.mianxian.gov.cn"
TITLES = [f"勉县第{n}中学2026年单位预算" for n in range(3)]
Make = Callable[[WARCWriter, BytesIO, bytes], bytes]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, parse=parse) as workers:
        yield workers


def pages() -> Mapping[str, Reply]:
    web = Web()
    web.html("/robots.txt", "")
    put_list(web, "/czyjs/", "单位预算", TITLES)
    for title in TITLES:
        web.pages[f"/czyjs/202602/P{number(title)}.pdf"] = Reply(b"%PDF-1.4\n" + budget(body=title[:7]))
    return web.pages


def brotli(body: bytes) -> bytes:
    return bytes(pa.compress(body, codec="brotli", asbytes=True))


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"


CODINGS: dict[str, tuple[tuple[tuple[str, str], ...], Callable[[bytes], bytes]]] = {
    "plain": ((), bytes),
    "brotli": ((("Content-Encoding", "br"),), brotli),
    "gzip": ((("Content-Encoding", "gzip"),), gzip.compress),
    "chunked": ((("Transfer-Encoding", "chunked"),), chunked),
}


def warc(compressed: bool, coding: str, version: str = "1.0") -> bytes:
    """A file as warcio writes it: the answers alone, as a plain download with another program leaves them."""
    fields, encode = CODINGS[coding]
    out = BytesIO()
    writer = WARCWriter(out, gzip=compressed, warc_version=version)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "another"}))
    for path, reply in pages().items():
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), *fields], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            HOST + path, "response", payload=BytesIO(encode(reply.body)), http_headers=head,
            warc_headers_dict={"WARC-Date": f"{datetime(2026, 11, 22, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}"},
        )  # fmt: skip
        writer.write_record(record)
    return out.getvalue()


FILES = {
    "a member a record": lambda: warc(True, "plain"),
    "uncompressed": lambda: warc(False, "plain"),
    "uncompressed, 1.1": lambda: warc(False, "plain", "1.1"),
    "one member": lambda: gzip.compress(warc(False, "plain")),
    "two members of several records": lambda: (
        gzip.compress(warc(False, "plain")) + gzip.compress(warc(False, "plain"))
    ),
    "brotli": lambda: warc(True, "brotli"),
    "brotli, uncompressed": lambda: warc(False, "brotli"),
    "gzip, one member": lambda: gzip.compress(warc(False, "gzip")),
    "chunked": lambda: warc(False, "chunked"),
}


@pytest.mark.parametrize("form", FILES)
def test_what_is_replayed_into_a_fresh_store_is_read_and_verified(
    form: str, tmp_path: Path, pool: Pool
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(FILES[form]())
    county = [site("610725", HOST + "/czyjs/", region_code="610725", name="勉县")]
    report: dict[str, Any] = crawl(tmp_path / "store", county, GONGKAI_REPLAY=[str(path)])
    assert report["articles"] == report["attachments"] == len(TITLES)
    store = open_store(str(tmp_path / "store"))
    ingest(store, now=datetime(2026, 11, 23, tzinfo=UTC), pool=pool)
    written = (tmp_path / "store").glob("warc/*/*/*/*.gz")
    assert [(one.site_id, one.url) for one in sites_beside(written)] == [("610725", HOST + "/czyjs/")]
    snapshot = latest(store)
    assert snapshot
    assert sorted(row["title"] for row in read_table(store, snapshot, "disclosures").to_pylist()) == TITLES
    documents = read_table(store, snapshot, "documents").to_pylist()
    assert sorted(row["body_name"] for row in documents) == sorted(title[:7] for title in TITLES)
    assert [found for found in verify(store) if found.severity == "error"] == []
