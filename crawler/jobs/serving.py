"""The web pages, served.

Invariant: the address is printed once the server answers, not before.
"""

from __future__ import annotations

import socket

import uvicorn

from archive.dataset.finding import load
from archive.monitoring import verdicts
from archive.rendering.texts import t
from archive.stores import Store
from archive.web.app import create_app
from crawler.jobs.registry import ShownRegistry, registered
from crawler.reports.progress import log


class _Server(uvicorn.Server):
    """uvicorn, which has no hook for the moment when it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            log.info(t("The pages are at {url}", url=f"http://{shown}:{port}/"))


def serve_pages(store: Store, at: str, host: str, port: int) -> None:
    """Serve a store until the process is ended. Proposals are reviewed before there is a snapshot."""
    known, registry = registered(store), ShownRegistry(store)
    if at != "latest" or not registry.proposed():
        load(store, at)
    pages = create_app(store, lambda snapshot, day: verdicts.board(store, snapshot, day, known), at, registry)
    _Server(uvicorn.Config(pages, host=host, port=port, log_level="warning", server_header=False)).run()
