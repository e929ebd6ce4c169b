"""The replica on loopback, over real HTTP/1.1.

Invariant: conditional requests are answered by RFC 9110 (an ETag decides before a date), and every request is
logged before it is answered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

from .sections import load_sections
from .website import LogEntry, Resource, Site


class Website(Protocol):
    """What can be served: `respond` knows what stands at a decoded path."""

    url: str
    log: list[LogEntry]

    def respond(self, path: str) -> Resource: ...


@contextmanager
def serve(port: int = 0, host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve a fresh replica until the block ends; port 0 takes a free one. OSError if the port is taken."""
    site = Site()
    with serving(site, port, host):
        yield site


@contextmanager
def serving(site: Website, port: int = 0, host: str = "127.0.0.1") -> Iterator[None]:
    """Serve a site until the block ends, and yield its address."""
    server = ThreadingHTTPServer((host, port), _handler(site))
    server.daemon_threads = True
    site.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="replica-site", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def demo_sites(base_url: str) -> list[dict[str, str]]:
    """Registry entries of the five sections: site_id, region_code, name, url."""
    return [
        {
            "site_id": section.region_code,
            "region_code": section.region_code,
            "name": f"{section.publisher}（演示）",
            "url": f"{base_url.rstrip('/')}{section.folder}",
        }
        for section in load_sections().values()
    ]


def _handler(site: Website) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "nginx", ""

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            resource = site.respond(path)
            status = 304 if self._is_current(resource) else resource.status
            conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
            agent = self.headers.get("User-Agent", "")
            site.log.append(LogEntry(self.command, path, status, agent, conditional))
            self._answer(resource, status)

        do_HEAD = do_GET

        def _is_current(self, resource: Resource) -> bool:
            if resource.modified is None or resource.status != 200:
                return False
            tags = self.headers.get("If-None-Match")
            if tags is not None:
                return resource.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
            since = _date(self.headers.get("If-Modified-Since"))
            return since is not None and resource.modified <= since

        def _answer(self, resource: Resource, status: int) -> None:
            self.send_response(status)
            if resource.modified is not None:
                self.send_header("ETag", resource.etag)
                modified = resource.modified.astimezone(UTC)
                self.send_header("Last-Modified", format_datetime(modified, usegmt=True))
            if status != 304:
                self.send_header("Content-Type", resource.content_type)
                self.send_header("Content-Length", str(len(resource.body)))
            for name, value in resource.headers:
                self.send_header(name, quote(value, safe="/:") if name == "Location" else _raw_gbk(value))
            self.end_headers()
            if self.command != "HEAD" and status != 304:
                self.wfile.write(resource.body)

        def log_message(self, format: str, *args: object) -> None:
            """The site keeps its own log; standard error stays quiet."""

    return Handler


def _raw_gbk(value: str) -> str:
    """Header text whose bytes on the wire are GBK (http.server writes headers as Latin-1)."""
    return value.encode("gbk").decode("latin-1")


def _date(value: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
