"""No two crawls of one province's sites at a time, and how many crawls share a province.

Invariant: crawls that share a host do not wait and never run beside each other: the second is refused at
once. Provinces, and shards of one division, run side by side.

A shard `i/n` has the sites of every n-th host, by a hash of its name: no host is asked by two shards. It
holds a lock of its own in each province, and looks for overlapping locks after it took its own: of
two who do so at once at least one sees the other.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import gcd
from typing import Self
from urllib.parse import urlsplit

from archive.rendering.texts import t
from archive.stores import Store
from archive.stores.lock import Locked, held, locked
from crawler.sites import Site
from parsers.values.errors import UsageError


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`-th of `count` parts, counted from 1."""

    number: int = 1
    count: int = 1

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Of `i/n`; raises UsageError."""
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(t("{given} is not a shard like 2/8", given=repr(text)))
        return cls(int(match[1]), int(match[2]))

    def of(self, sites: Iterable[Site]) -> list[Site]:
        """The sites of this part."""
        return [site for site in sites if _hash(site) % self.count == self.number - 1]

    def overlaps(self, other: Shard) -> bool:
        """May a host be in both?"""
        return (self.number - other.number) % gcd(self.count, other.count) == 0


WHOLE = Shard()


@contextmanager
def turn(store: Store, sites: Iterable[Site], shard: Shard = WHOLE) -> Iterator[None]:
    """Hold the locks of the provinces of these sites, for a shard. Raises Locked if one is held."""
    with ExitStack() as taken:
        for province in sorted({(site.region_code or "00")[:2] for site in sites}):
            own = _name(province, shard)
            taken.enter_context(locked(store, own))
            for name, message in held(store, f"crawl-{province}").items():
                if name != own and _shard_of(name).overlaps(shard):
                    raise Locked(message)
        yield


def _name(province: str, shard: Shard) -> str:
    return f"crawl-{province}" + (f"-{shard.number}-of-{shard.count}" if shard != WHOLE else "")


def _shard_of(name: str) -> Shard:
    match = re.search(r"-([0-9]+)-of-([0-9]+)$", name)
    return Shard(int(match[1]), int(match[2])) if match else WHOLE


def _hash(site: Site) -> int:
    return zlib.crc32(str(urlsplit(site.url).hostname).encode())
