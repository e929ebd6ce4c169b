"""How much a link promises to lead to budget disclosures.

Invariant: a promise is made from words that are there, in the link's text or its address, and names them;
what it is worth in requests is the frontier's decision. Knowledge: `discovery.yaml`.

A promise is a number from 0 to 1. From `sure()` on, a link is a column of disclosures itself: it has to be
visited for a site to be complete. What promises less is on the way to one, and visited best first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.pages import relevance
from crawler.pages.addresses import same_site
from crawler.pages.attached_files import AnyCase
from crawler.pages.relevance import Folded
from crawler.sites import Site
from crawler.sites.territory import names_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.text import fold

_LEAF = re.compile(r"(?:index|list|default|nav_list|xxgk_list)\w*\.\w+$", re.I)
DEPARTMENT = "a department's site"
"""Seen in a promise: where disclosures are if the government itself has no list of them."""
_OUTRIGHT = 0.95
_NUMBER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|\d+", re.I)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a link is worth (0 to 1), and the words that say so."""

    value: float
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A list page that may be visited."""

    url: str
    title: str
    promise: Promise


Weighted = tuple[tuple[float, Folded], ...]


class _Discovery(Knowledge):
    """`discovery.yaml`; texts of links are folded before they are looked at, addresses are not."""

    sure: float
    least: float
    depth_cost: float
    words: Weighted
    inside: Weighted
    below: Weighted
    body: Folded
    short_names: Folded
    addresses: tuple[tuple[float, AnyCase], ...]
    named: Folded
    pictured: str
    bare_picture: str
    owed: Folded
    above_counties: Folded
    above_cities: Folded
    never: Folded
    others: Folded
    unified: Folded


def way_terms() -> _Discovery:
    """What is known of the way from a home page to the lists of disclosures."""
    return knowledge("crawler.reading", "discovery.yaml", _Discovery)


def sure() -> float:
    """From this promise on, a link is a column of disclosures."""
    return way_terms().sure


def least() -> float:
    """Below this promise, a link is not followed."""
    return way_terms().least


def depth_cost() -> float:
    """What every step away from the start takes off a promise."""
    return way_terms().depth_cost


def promise(title: str, url: str, around: float = 0.0, page_url: str = "", announces: bool = True) -> Promise:
    """What a link with this text promises on the page `page_url`, that itself promised `around`.

    A column of disclosures that announces none itself is a menu of them: its neighbours are what it offers.
    """
    folded, found = fold(title), []
    if around >= sure() and (is_below(url, page_url) or (not announces and is_beside(url, page_url))):
        found.append(best_of(way_terms().below, folded))
    # Among the bodies of a column are 审计局 and 统计局, whose names lead away anywhere else.
    body = fold(relevance.body_name(title) or "")
    said = folded.replace(body, "") if best_of(way_terms().words, folded).value else folded
    if not any(one.value for one in found) and way_terms().never.search(said) and not is_owed(title):
        return Promise(0.0, "leads away")
    found += [best_of(way_terms().words, folded), best_of(way_terms().addresses, _telling(url))]
    if around >= sure():
        found.append(best_of(way_terms().inside, folded))
    return max(found, key=lambda one: one.value)


def is_above(text: str, site: Site) -> bool:
    """Does a link name a government above that of the site: 省级预算公开, on a county's page 市级 as well?"""
    plain = fold(text)
    for name in names_of(site):
        plain = plain.replace(name, "")
    known, below = way_terms(), site.region is not None and site.region.level == "county"
    return bool((known.above_counties if below else known.above_cities).search(plain))


def is_owed(title: str) -> bool:
    """Is a link with this text followed even where disclosures were found?"""
    return bool(way_terms().owed.search(fold(title)))


def names_column(text: str) -> bool:
    """Does a text name a column of disclosures outright (部门预算公开), and not only what may hold one?"""
    return best_of(way_terms().words, fold(text)).value >= _OUTRIGHT


def names_disclosures(heading: str | None) -> bool:
    """Is a list of this heading one of disclosures, as far as it says what it is?"""
    return heading is None or best_of(way_terms().words, fold(heading)).value >= sure()


def is_below(url: str, page_url: str) -> bool:
    """Does an address lie in the folder of a page, or is it the same page with another query?"""
    here, there = urlsplit(page_url), urlsplit(url)
    folder = here.path.rpartition("/")[0] + "/"
    same = here.path == there.path and here.query != there.query
    return here.netloc == there.netloc and (same or (folder != "/" and there.path.startswith(folder)))


def is_beside(url: str, page_url: str) -> bool:
    """Is an address that of a page but for its numbers, as columns have them whose system only counts them
    (/col/col511/index.html and /col/col512/index.html)?"""
    here, there = urlsplit(page_url), urlsplit(url)
    shapes = [_NUMBER.sub("#", f"{one.netloc}{one.path}?{one.query}") for one in (here, there)]
    return "#" in shapes[0].partition("/")[2] and shapes[0] == shapes[1]


def _telling(url: str) -> str:
    """`//host/last/` of an address: the folders above it were chosen with the page before."""
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step and not _LEAF.match(step)]
    return f"//{parts.netloc}/{''.join(steps[-1:])}/"


def best_of(weighted: Weighted, text: str) -> Promise:
    """What the heaviest pattern promises that is in a text."""
    for weight, pattern in sorted(weighted, key=lambda pair: -pair[0]):
        if match := pattern.search(text):
            return Promise(weight, match[0])
    return Promise(0.0)


def context_of(heading: str, url: str, page_url: str, context: str, link: str = "") -> str:
    """What a list's entries are about: its heading, and for a year or a part of the column before it
    (2026年, 教育局), that column's context as well. `link` is the text of the link that led to it."""
    speaks = best_of(way_terms().words, fold(heading)).value >= sure()
    part = is_beside(url, page_url) and best_of(way_terms().below, fold(link)).value > 0
    inherits = bool(relevance.years(heading)) or is_below(url, page_url) or part
    return heading if speaks or not context or not inherits else f"{context} {heading}"


def names_region(url: str, site: Site) -> bool:
    """Does the address carry the region's code (…?areaCode=150103, …&code=320102000)?"""
    code = site.region_code
    return bool(code and re.search(rf"(?<!\d){code}(?:0{{3}})?(?!\d)", url))


def may_enter(url: str, page_url: str, site: Site) -> bool:
    """May a list page be asked for that was linked from `page_url`? Same registered name, or a government
    host (`candidates` has looked at the text)."""
    host = (urlsplit(url).hostname or "").lower()
    return same_site(url, page_url) or host.endswith(".gov.cn") or names_region(url, site)


def of_year(title: str, year: int | None) -> bool:
    """A column named after another year holds nothing of the year asked for."""
    years = relevance.years(title)
    return year is None or not years or year in years
