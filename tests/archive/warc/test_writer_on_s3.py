"""WARC files on a real S3 server: parts have checksums, a damaged one goes again, a payload is one read."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from archive import StoreError
from archive.stores import Store, open_store
from archive.stores.s3 import S3Store
from archive.warc.captures import Run
from archive.warc.journal import RunJournal, read_captures, stored_runs
from archive.warc.records import Exchange, read_records
from archive.warc.recovery import recover_runs
from archive.warc.writer import WarcWriter, read_payload
from tests.archive.crawls import NOW, SITE, known_captures

LARGE = os.urandom(20 << 20)


def crawl(store: Store, spool: Path, bodies: dict[str, bytes], day: int = 0) -> str:
    moment = NOW + timedelta(days=day)
    run = Run(f"{moment:%Y%m%dT%H%M%SZ}-abc12{day}", moment, "gongkai run", "0.1")
    known = known_captures(store)
    info = {"software": "gongkai/0.1", "robots": "obeyed"}
    with (
        RunJournal(store, run, spool) as journal,
        WarcWriter(store, run.run_id, spool, info=info, known=known.by_digest) as writer,
    ):
        for path, body in bodies.items():
            exchange = Exchange(SITE + path, moment, 200, "OK", (), body, via=SITE)
            location = writer.write(exchange)
            journal.capture(exchange, location, outcome="content", media_type=None, site_id=None)
        journal.finish(run.finished(moment))
    return run.run_id


def assert_whole(store: Store, folder: Path) -> None:
    """`warcio check` accepts every WARC file as it is in the store."""
    paths = []
    for found in store.list("warc/"):
        paths.append(folder / found.key.rpartition("/")[2])
        paths[-1].write_bytes(store.read(found.key))
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *paths], capture_output=True, text=True
    )
    assert paths and done.returncode == 0, done.stdout


def test_parts_have_checksums_and_payloads_take_one_range_read(s3_uri: str, tmp_path: Path) -> None:
    store = open_store(s3_uri)
    assert isinstance(store, S3Store)
    sent: list[Any] = []
    store.client.meta.events.register("before-send.s3", lambda request, **_: sent.append(request))
    bodies = {"/1": LARGE, "/2": LARGE[::-1], "/3": LARGE}
    first = crawl(store, tmp_path / "spool", bodies)
    parts = [request for request in sent if "partNumber=" in request.url]
    assert len(parts) == 2 and all("x-amz-checksum-crc32" in request.headers for request in parts)
    second = crawl(store, tmp_path / "spool", {"/4": LARGE}, day=1)
    assert_whole(store, tmp_path)
    [again] = read_captures(store, second)
    assert again.revisit and again.payload_path and first in again.payload_path
    sent.clear()
    assert again.payload_offset is not None and again.payload_length is not None
    assert read_payload(store, again.payload_path, again.payload_offset, again.payload_length) == LARGE
    assert [(request.method, request.headers["Range"]) for request in sent] == [
        ("GET", f"bytes={again.payload_offset}-{again.payload_offset + again.payload_length - 1}".encode())
    ]
    info, revisit, *_ = read_records(BytesIO(store.read(again.warc_path or "")))
    assert info.kind == "warcinfo" and f"isPartOf: {second}\r\n".encode() in info.body
    assert revisit.fields["warc-refers-to-target-uri"] == SITE + "/1"
    assert revisit.fields["warc-refers-to-date"] == "2026-11-22T10:15:30.000000Z"


def test_a_part_damaged_on_its_way_is_refused_and_sent_again(s3_uri: str, tmp_path: Path) -> None:
    store = open_store(s3_uri)
    assert isinstance(store, S3Store)
    damaged: list[str] = []

    def damage(request: Any, **_: Any) -> None:
        if "partNumber=1" in request.url and not damaged:
            damaged.append(request.url)
            body = bytearray(request.body.read())
            body[len(body) // 2] ^= 0xFF
            request.body = bytes(body)

    store.client.meta.events.register("before-send.s3", damage)
    with pytest.raises(StoreError, match="BadDigest"):
        crawl(store, tmp_path / "spool", {"/1": LARGE, "/2": LARGE[::-1]})
    # The journal closes after the writer, and hands over what that left in the spool.
    assert_whole(store, tmp_path)
    [run_id] = stored_runs(store)
    assert [capture.bytes for capture in read_captures(store, run_id)] == [len(LARGE)] * 2
    assert damaged and recover_runs(store, tmp_path / "spool") == []
