"""The content management systems behind the sites: one module each, or one entry of `addresses.yaml`.

Invariant: a platform is recognised by evidence in the page (`evidence.yaml`), never by its host, and every
page is read by some module: `static` reads what no other claims. A module is anything with the members of
`protocol.Platform`; to add a CMS, write its entry or its module, and its evidence into the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from crawler.pages.page import Page
from crawler.platforms import (
    anhui,
    epoint,
    evidence,
    gkmlpt,
    hebei,
    jcms,
    jiangsu,
    jpaas,
    neimenggu,
    static,
    truecms,
    ucap,
    vsb,
    xxgk,
)
from crawler.platforms.addressed import Addressed, systems
from crawler.platforms.evidence import Evidence
from crawler.platforms.protocol import Platform

MODULES: tuple[Platform, ...] = (
    anhui, epoint, gkmlpt, hebei, jcms, jiangsu, jpaas, neimenggu, static, truecms, ucap, vsb, xxgk,
)  # fmt: skip


@cache
def by_name() -> dict[str, Platform]:
    """Every platform by its name."""
    return {platform.NAME: platform for platform in (*MODULES, *systems())}


def named(name: str) -> Platform:
    """The platform called `name`; KeyError if there is none."""
    return by_name()[name]


def links(page: Page, platform: Platform) -> Iterable[tuple[str, ...]]:
    """(href, names…) of files attached in forms that only this CMS has."""
    found: Callable[[Page], Iterable[tuple[str, ...]]] | None = getattr(platform, "links", None)
    return found(page) if found else ()


def unfolded(page: Page, platform: Platform) -> Page:
    """The page with the article it holds as data written out (`unfolded` in the platform's module); itself
    where it holds none, or says it in markup as well."""
    unfold: Callable[[Page], Page] | None = getattr(platform, "unfolded", None)
    return unfold(page) if unfold and not page.meta.get("articletitle") else page


def only_recognised(name: str | None) -> bool:
    """Is this a platform whose data cannot be read yet?"""
    platform = by_name().get(name or "")
    return isinstance(platform, Addressed) and platform.unread


def recognise(page: Page) -> Evidence:
    """The best evidence there is for any platform."""
    return evidence.recognise(page)


def of(page: Page, name: str | None = None, likely: str | None = None) -> Platform:
    """The module to read this page with: the one the registry names, else the one recognised; `likely` is
    looked for first, as the page before was of it."""
    if not name and likely and evidence.confirms(page, likely):
        return named(likely)
    return named(name or recognise(page).platform)
