"""Systems that are read by the addresses of what their pages link; what each calls them: `addresses.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.pages.page import Page
from crawler.platforms import lines, lists, page_links, pager, static
from crawler.platforms.answers import query_of, with_query
from crawler.platforms.protocol import MOST_PAGES, Listing
from parsers.values.load import Knowledge, knowledge


class Addressed(Knowledge):
    """One system, as its entry in `addresses.yaml` says it."""

    NAME: str
    articles: re.Pattern[str] = lists.NOTHING
    columns: re.Pattern[str] = lists.NOTHING
    numbered: bool = False
    counted: str | None = None
    files: re.Pattern[str] = lists.NOTHING
    unread: bool = False

    def listing(self, page: Page) -> Listing:
        """The list of a page; files also from scripts."""
        if self.unread:
            return static.listing(page)
        pages = pager.numbered_pages(page) if self.numbered else self._counted(page)
        pages = pages or page_links.linked_pages(page)
        return lists.listing(page, self.articles, self.columns, self.links(page), pages)

    def links(self, page: Page) -> Iterator[tuple[str, ...]]:
        """Address and name of each file that a script links."""
        for name, href in self.files.findall(page.text):
            yield href, name

    def _counted(self, page: Page) -> tuple[str, ...]:
        """The other pages of a list that says how many there are."""
        if not self.counted or not self.columns.search(lines.address_of(page.url)):
            return ()
        current = query_of(page.url).get(self.counted, "1")
        numbers = map(str, range(1, min(pager.stated_pages(page) or 0, MOST_PAGES) + 1))
        return tuple(with_query(page.url, **{self.counted: n}) for n in numbers if n != current)


def systems() -> tuple[Addressed, ...]:
    """All of them, in the order of the file."""
    return knowledge("crawler.platforms", "addresses.yaml", tuple[Addressed, ...])
