"""Whose an address is: which registered government a page belongs to, and which of them share one.

Invariant: a page under another government's registered start is never taken for one's own. Where several
governments share a page, what is found there goes to the one it names, and to none of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from urllib.parse import urlsplit

from archive.ids import normalised_url
from crawler.sites import Site
from parsers.reference import regions
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_ENDINGS = lexicon_of(__name__).text("endings")


class Territory:
    """The registered starts by address, folder and host."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._sites = tuple(site for site in sites if site.url)

    @cached_property
    def _starts(self) -> dict[str, set[str]]:
        return self._grouped(normalised_url)

    @cached_property
    def _folders(self) -> dict[str, set[str]]:
        """Folders that a start without a query fills: `host/czyjs/`. A host's root is not such a folder."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for site in self._sites:
            parts = urlsplit(site.url or "")
            folder = parts.path.rpartition("/")[0]
            if folder and not parts.query and not parts.fragment:
                found[f"{parts.netloc.lower()}{folder}/"].add(_owner(site))
        return found

    @cached_property
    def _hosts(self) -> dict[str, set[str]]:
        return self._grouped(lambda url: urlsplit(url).netloc.lower())

    def _grouped(self, key: object) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for site in self._sites:
            found[key(site.url)].add(_owner(site))  # type: ignore[operator]
        return found

    def owners(self, url: str) -> frozenset[str]:
        """The governments (region code, or site_id without one) whose start, folder or host this is, the
        closest of the three that is registered; empty for an address that is not registered."""
        try:
            exact = self._starts.get(normalised_url(url))
        except ValueError:
            return frozenset()
        if exact:
            return frozenset(exact)
        parts = urlsplit(url)
        host, folder = parts.netloc.lower(), parts.path.rpartition("/")[0]
        while folder:
            if owners := self._folders.get(f"{host}{folder}/"):
                return frozenset(owners)
            folder = folder.rpartition("/")[0]
        return frozenset(self._hosts.get(host, ()))

    def foreign(self, url: str, site: Site) -> bool:
        """Is this another government's page?"""
        owners = self.owners(url)
        return bool(owners) and _owner(site) not in owners


def _owner(site: Site) -> str:
    return site.region_code or site.site_id


def names_of(site: Site) -> tuple[str, ...]:
    """What texts call the government: its name, the region's, and the short form (勉县; 汉中市, 汉中)."""
    region = site.region
    full = {fold(site.name), fold(region.name)} if region else {fold(site.name)}
    short = {name[:-1] for name in full if len(name) >= 3 and name[-1] in _ENDINGS}
    telling = {name for name in full | short if len(name) >= 2}  # 勉 alone is in many words
    return tuple(sorted(telling, key=lambda name: (-len(name), name)))


def speaker(sites: Sequence[Site], *texts: str) -> Site:
    """Of the sites that share a page, the one that a text names, the most specific text first; the closest
    region wins (汉中市勉县 is 勉县), and where none is named, the highest: the page is its."""
    for text in map(fold, texts):
        named = [site for site in sites if any(name in text for name in names_of(site))]
        if named:
            return max(named, key=_depth)
    return min(sites, key=_depth)


def _depth(site: Site) -> int:
    region = regions.region(site.region_code) if site.region_code else None
    return {"province": 0, "city": 1, "county": 2}[region.level] if region else 3
