"""What a crawl leaves, served by pywb as it stands: every capture, byte for byte."""

from __future__ import annotations

import hashlib
import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.stores import open_store
from archive.warc.content_coding import content_decoded
from archive.warc.journal import read_captures, stored_runs
from tests.crawler.loopback import serve
from tests.crawler.replicas.content import announcements
from tests.crawler.replicas.pages_skins import trs
from tests.crawler.replicas.server import Replica
from tests.crawler.spiders.crawling import crawl, site

_CONFIG = "collections:\n  gongkai:\n    index_paths: {store}/cdx/\n    archive_paths: {store}/warc/\n"


_SERVER = """
from gevent.monkey import patch_all; patch_all()
from gevent.pywsgi import WSGIServer
from pywb.apps.cli import WaybackCli
from pywb.utils.geventserver import RequestURIWSGIHandler
application = WaybackCli(args=[]).application
server = WSGIServer(("127.0.0.1", 0), application, handler_class=RequestURIWSGIHandler)
server.start()
print(server.server_port, flush=True)
server.serve_forever()
"""
"""pywb's own server on a port that the system chooses: one chosen before it starts may be taken by then."""


@contextmanager
def pywb(store: Path, folder: Path) -> Iterator[int]:
    """The port of a running pywb that was given the places of warc/ and cdx/, and nothing else."""
    (folder / "config.yaml").write_text(_CONFIG.format(store=store), "utf-8")
    with (folder / "pywb.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVER], cwd=folder, stdout=subprocess.PIPE, stderr=log
        )
    assert server.stdout is not None
    with server.stdout as out:
        try:
            line = out.readline()
            assert line, (folder / "pywb.log").read_text("utf-8")[-2000:]
            yield int(line)
        finally:
            server.terminate()
            server.wait()


def replayed(port: int, url: str, moment: str) -> tuple[int, bytes]:
    """Status and content-decoded body of what pywb shows, unaltered (`id_`), for an address at a moment."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("GET", f"/gongkai/{moment}id_/{url}")
    answer = connection.getresponse()
    body = answer.read()
    coding = answer.getheader("Content-Encoding")
    connection.close()
    return answer.status, content_decoded(body, [coding] if coding else [])


def test_every_capture_of_two_crawls_is_replayed(tmp_path: Path) -> None:
    pytest.importorskip("pywb")
    with serve(Replica()) as web:
        assert isinstance(web, Replica)
        start = trs(web, announcements(12))
        web.html("/robots.txt", "")
        for _ in range(2):
            crawl(tmp_path / "store", [site("610725", web.url + start)])
    store = open_store(str(tmp_path / "store"))
    first, second = (read_captures(store, run_id) for run_id in stored_runs(store))
    captures = [capture for capture in (*first, *second) if capture.replayable]
    assert sum(capture.revisit for capture in second) >= 2 and len(first) >= 12
    with pywb(tmp_path / "store", tmp_path) as port:
        for capture in captures:
            status, body = replayed(port, capture.url, f"{capture.fetched_at:%Y%m%d%H%M%S}")
            assert (status, hashlib.sha256(body).hexdigest()) == (capture.status, capture.sha256), capture.url
