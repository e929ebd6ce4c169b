"""No two crawls of one province at a time.

Invariant: crawls that share a site wait for nobody and never run beside each other: the second is refused at
once. Shards by province run side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from archive.stores import Store
from archive.stores.lock import locked
from crawler.sites import Site


@contextmanager
def turn(store: Store, sites: Iterable[Site]) -> Iterator[None]:
    """Hold the locks of the provinces of these sites. Raises archive.stores.lock.Locked if one is held."""
    with ExitStack() as held:
        for province in sorted({(site.region_code or "00")[:2] for site in sites}):
            held.enter_context(locked(store, f"crawl-{province}"))
        yield
