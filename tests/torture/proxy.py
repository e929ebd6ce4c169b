"""An HTTP proxy in front of a server that does to some requests what networks and servers do.

Invariant: which request is hit follows from the seed and the order of requests; what is passed on is
unchanged, so that signatures stay valid.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

FAULTS = ("500", "503", "slow", "cut before", "cut within", "answer lost")
"""An error instead of the request; a second's wait; the connection closed before the request is passed on, in
the middle of the answer, or after the request was carried out without any answer."""

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Faults:
    """How often which fault struck; `share` of the requests are hit."""

    share: float = 0.1
    seed: int = 1
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random, self._lock = random.Random(self.seed), threading.Lock()

    def next(self) -> str:
        with self._lock:
            hit = self._random.random() < self.share
            fault = self._random.choice(FAULTS) if hit else "none"
            self.counts[fault] += 1
            return fault


@contextmanager
def faulty(endpoint: str, faults: Faults) -> Iterator[str]:
    """The address of a proxy before `endpoint`, on loopback, until the context ends."""
    upstream = urlsplit(endpoint).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = faults.next()
            if fault in ("500", "503"):
                self._answer(int(fault), [], b"")
            elif fault == "cut before":
                self.close_connection = True
            else:
                if fault == "slow":
                    time.sleep(1)
                self._pass_on(body, fault)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

        def _pass_on(self, body: bytes, fault: str) -> None:
            server = http.client.HTTPConnection(upstream, timeout=60)
            try:
                server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("connection", "expect"):
                        server.putheader(name, value)
                server.endheaders(body)
                answer = server.getresponse()
                headers, data = answer.getheaders(), answer.read()
            finally:
                server.close()
            if fault == "answer lost":
                self.close_connection = True
            else:
                self._answer(answer.status, headers, data, cut=fault == "cut within")

        def _answer(
            self, status: int, headers: list[tuple[str, str]], data: bytes, *, cut: bool = False
        ) -> None:
            length = next((value for name, value in headers if name.lower() == "content-length"), None)
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            told = length if self.command == "HEAD" and length else str(len(data))
            if status not in (204, 304):
                self.send_header("Content-Length", told)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data[: len(data) // 2] if cut else data)
            self.close_connection = self.close_connection or cut

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
