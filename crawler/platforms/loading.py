"""Lists that go on where a reader scrolls or clicks 加载更多: the script asks for the next lines, and counts.

Invariant: nothing is run. A turn is known where the page writes the whole request and one name in it is a
counter; it starts after the page that is shown, and each answer that brings lines leads to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from crawler.pages.page import Page
from crawler.pages.script_asks import POSTED, Asked, asked, values
from crawler.platforms.protocol import PageRequest

_LARGEST = 3  # the first number of a counter
_MOST_WRITTEN = 3
_PAGE_ENDING = re.compile(r"\.(?:[sj]?html?|jspx?|aspx?|php)\b", re.IGNORECASE)
_WRITTEN = re.compile(
    r"""["'](?:[^"'<>]{0,40}<a[^<>'"]{0,80}\bhref=\\?["']?)?([\w./-]{0,200}[?&]\w{0,20}(?:page|pn|p|index)\w{0,20}=|[\w./-]{1,200})["']\s{0,9}\+\s{0,9}\(?\s{0,9}"""
    r"""([\w$]{1,60})(?:\.[\w.]{1,60})?(?:\s{0,9}\+\s{0,9}1|\s{0,9}(-)\s{0,9}1)?\s{0,9}\)?"""
    r"""(?:\s{0,9}\+\s{0,9}["'](\.\w{1,6}|&[^"'\s]{0,200})(?:\\?["']?>?[^"']{0,40})?["'])?""",
    re.IGNORECASE,
)
_PAGE_HELD = re.compile(r"data-(?:page|pn|p|pageno|pageindex)", re.IGNORECASE)
_SERVICE = re.compile(r"/[\w./-]{1,200}(?:\?[\w.=&%-]{0,200})?")
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
        if address and self.how.json:
            service, _, text = address.partition(POSTED)
            url = page.absolute(service.rstrip("?&"))
            return PageRequest(url, json=text) if url else None
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


def written(page: Page) -> Iterator[Turn]:
    """The addresses that functions of a page put together around one number, as further pages of its list:
    `'list_' + n + '.html'`, `path + '?page=' + n`, and those of buttons that hold a service and a number
    (`data-url`, `data-page`). Which of them it is, a request shows."""
    known = values(page.scripts, page.tree)
    for begun, counter, less, ended in islice(_WRITTEN.findall(page.scripts), _MOST_WRITTEN):
        if not ("?" in begun or _PAGE_ENDING.match(ended)):
            continue
        first = known.get(counter, "1")
        number = int(first) + 1 if first.isdecimal() and int(first) <= _LARGEST else 2
        url = (f"'{begun}'", "number", f"'{ended}'")
        yield Turn(page.url, Asked(False, url, ()), (), "number", number - bool(less))
    for node in page.tree.iter("a", "button", "div", "span", "li"):
        if held := next(((name, one) for name, one in node.items() if _PAGE_HELD.fullmatch(name)), None):
            service = next((one for one in node.values() if _SERVICE.fullmatch(one)), None)
            if service and held[1].isdecimal() and int(held[1]) < _LARGEST:
                begun = f"{service}{'&' if '?' in service else '?'}{held[0].removeprefix('data-')}="
                yield Turn(
                    page.url, Asked(False, (f"'{begun}'", "number"), ()), (), "number", int(held[1]) + 1
                )


def _counts(name: str, script: str) -> bool:
    """Does the script add one to this name?"""
    one, blank = re.escape(name), r"\s{0,3}"
    added = rf"={blank}(?:parseInt\()?{one}\)?{blank}\+{blank}1\b"
    after = rf"(?<![\w$.]){one}{blank}(?:\+\+|\+={blank}1\b|{added})"
    return bool(re.search(rf"{after}|\+\+{blank}{one}(?![\w$])", script))
