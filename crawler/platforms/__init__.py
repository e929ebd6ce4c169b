"""The content management systems behind the sites, one module each.

Invariant: a platform is recognised by evidence in the page (`evidence.yaml`), never by its host, and every
page is read by some module: `static` reads what no other claims. A module is anything with the members of
`protocol.Platform`; to add a CMS, write the module, put it into `PLATFORMS`, and its evidence into the file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from crawler.pages.page import Page
from crawler.platforms import (
    anhui,
    epoint,
    evidence,
    gkmlpt,
    hebei,
    ilist,
    jcms,
    jiangsu,
    jpaas,
    jtopcms,
    neimenggu,
    nfcms,
    ningbo,
    rcms,
    shanxi,
    static,
    trs,
    truecms,
    ucap,
    vsb,
    xxgk,
)
from crawler.platforms.evidence import Evidence
from crawler.platforms.protocol import Platform

PLATFORMS: tuple[Platform, ...] = (
    trs, ucap, jpaas, jcms, xxgk, anhui, hebei, vsb, gkmlpt, nfcms, rcms, truecms, epoint, jtopcms, ilist,
    jiangsu, neimenggu, ningbo, shanxi, static,
)  # fmt: skip
"""All modules; of two that a page is equally evidence for, the first reads it."""


@cache
def _by_name() -> dict[str, Platform]:
    return {platform.NAME: platform for platform in PLATFORMS}


def named(name: str) -> Platform:
    """The module called `name`; KeyError if there is none."""
    return _by_name()[name]


def unfolded(page: Page, platform: Platform) -> Page:
    """The page with the article it holds as data written out (`unfolded` in the platform's module); itself
    where it holds none, or says it in markup as well."""
    unfold: Callable[[Page], Page] | None = getattr(platform, "unfolded", None)
    return unfold(page) if unfold and not page.meta.get("articletitle") else page


def only_recognised(name: str | None) -> bool:
    """Is this a platform whose data cannot be read yet (`RECOGNISED_ONLY` in its module)?"""
    return bool(getattr(_by_name().get(name or ""), "RECOGNISED_ONLY", False))


def recognise(page: Page) -> Evidence:
    """The best evidence there is for any platform."""
    return evidence.recognise(page)


def of(page: Page, name: str | None = None, likely: str | None = None) -> Platform:
    """The module to read this page with: the one the registry names, else the one recognised; `likely` is
    looked for first, as the page before was of it."""
    if not name and likely and evidence.confirms(page, likely):
        return named(likely)
    return named(name or recognise(page).platform)
