"""Which CMS made a page, by weighing what is seen in it.

Invariant: every verdict names its signs, and a page without any is `static`'s. Knowledge: `evidence.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from pydantic import Field

from crawler.pages.page import Page
from crawler.platforms import lines
from parsers.values.load import Knowledge, knowledge

_LEAST = 0.3
_SURE = 0.5
_MOST_LINKS = 400
_ENDS = 150_000  # what a template leaves is at both ends of a page; pasted budgets make the middle long


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a page is of a platform: what was seen, and how sure that makes us (0 to 1)."""

    platform: str
    seen: tuple[str, ...]
    confidence: float


class _Sign(Knowledge):
    """One sign, looked for in the page's source, its address, or at least so many of its links.

    `any` are plain texts: looking for those first spares most patterns.
    """

    seen: str
    share: float = Field(gt=0, le=1)
    any: tuple[str, ...] = ()
    text: re.Pattern[str] | None = None
    address: re.Pattern[str] | None = None
    links: re.Pattern[str] | None = None
    at_least: int = 1


def _signs() -> dict[str, tuple[_Sign, ...]]:
    return knowledge("crawler.platforms", "evidence.yaml", dict[str, tuple[_Sign, ...]])


@lru_cache(maxsize=2)
def recognise(page: Page) -> Evidence:
    """The strongest evidence there is; of equals the one named first in `evidence.yaml`."""
    return max(weighed(page), key=lambda evidence: evidence.confidence)


def confirms(page: Page, platform: str) -> bool:
    """Does the page bear the marks of this platform, without a look at those of others?"""
    marks, found = _Marks(page), 0.0
    for sign in sorted(_signs().get(platform, ()), key=lambda sign: sign.links is not None):
        found += sign.share if _holds(sign, marks) else 0.0
        if found >= _SURE:
            return True
    return False


def weighed(page: Page) -> Iterator[Evidence]:
    """The evidence for every platform that has enough of it, and at last for `static`, which needs none."""
    marks = _Marks(page)
    for platform, signs in _signs().items():
        seen = [sign for sign in signs if _holds(sign, marks)]
        confidence = min(1.0, sum(sign.share for sign in seen))
        if confidence >= _LEAST:
            yield Evidence(platform, tuple(sign.seen for sign in seen), confidence)
    yield Evidence("static", (), 0.1)


@dataclass(frozen=True)
class _Marks:
    """Where signs are looked for in a page."""

    page: Page

    @cached_property
    def text(self) -> str:
        text = self.page.text
        return text if len(text) <= 2 * _ENDS else text[:_ENDS] + text[-_ENDS:]

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The page's own addresses; programs in the browser say behind the # what they show."""
        url = self.page.url
        named = lines.address_of(self.page.meta.get("url", ""))
        return (lines.address_of(url), named, "#" + url.partition("#")[2])

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Where its links lead."""
        some = islice(lines.anchors(self.page), _MOST_LINKS)
        return tuple(dict.fromkeys(lines.address_of(url) for _, url in some))


def _holds(sign: _Sign, marks: _Marks) -> bool:
    if sign.any or sign.text:
        stands = not sign.any or any(one in marks.text for one in sign.any)
        return stands and (sign.text is None or sign.text.search(marks.text) is not None)
    if sign.address:
        return any(sign.address.search(address) for address in marks.own)
    assert sign.links
    return sum(1 for path in marks.paths if sign.links.search(path)) >= sign.at_least
