"""Lists that go on where a reader scrolls or clicks 加载更多: the script asks for the next lines, and counts.

Invariant: nothing is run. A turn is known where the page writes the whole request and one name in it is a
counter; it starts after the page that is shown, and each answer that brings lines leads to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crawler.pages.page import Page
from crawler.pages.script_asks import Asked, asked, values
from crawler.platforms.protocol import PageRequest

_LARGEST = 3  # the first number of a counter
_NO_LIST = re.compile(r"count|visit|stat|click|hits|login|captcha|weather|search|suggest", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """The request for one further part of a list, and how the part after it is asked for."""

    base: str
    how: Asked
    known: tuple[tuple[str, str], ...]
    counter: str
    number: int

    def request(self, page: Page) -> PageRequest | None:
        """What to ask for, as the page that shows the list would."""
        address = self.how.address({**dict(self.known), self.counter: str(self.number)})
        url = page.absolute(address)
        return PageRequest.of(url) if url else None

    def following(self) -> Turn:
        """The part after this one."""
        return replace(self, number=self.number + 1)


def turns(page: Page) -> Iterator[Turn]:
    """The ways in which the script of a page asks for more of it."""
    script = page.scripts
    known = values(script, page.tree)
    for how in asked(script):
        counters = [name for name in how.names if name.isidentifier() and _counts(name, script)]
        first = known.get(counters[0], "") if len(counters) == 1 else ""
        if not first.isdecimal() or int(first) > _LARGEST or not how.names <= known.keys():
            continue
        if not _NO_LIST.search("".join(how.url)):
            number = int(first) + 1 if int(first) < 2 else int(first)
            yield Turn(page.url, how, tuple(known.items()), counters[0], number)


def _counts(name: str, script: str) -> bool:
    """Does the script add one to this name?"""
    one, blank = re.escape(name), r"\s{0,3}"
    added = rf"={blank}(?:parseInt\()?{one}\)?{blank}\+{blank}1\b"
    after = rf"(?<![\w$.]){one}{blank}(?:\+\+|\+={blank}1\b|{added})"
    return bool(re.search(rf"{after}|\+\+{blank}{one}(?![\w$])", script))
