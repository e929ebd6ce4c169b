"""Plain static lists: hand-made pages and systems that leave no mark. It reads every page.

An entry is a link that looks like an article: its address carries a number, hash or date, a date is printed
in its line, or it is a page of its own and its title is not a name. Further pages are what 下一页 and page
numbers link to (`index_2.html`, `list-2.htm`, `?page=2`), or what `pager.py` reads from a script.
"""

from __future__ import annotations

from crawler.pages import relevance
from crawler.pages.attached_files import attachments, is_attachment
from crawler.pages.page import Page
from crawler.platforms import data_files, lines, lists, page_links, pager
from crawler.platforms.protocol import Listing

NAME = "static"
_SHORTEST_TITLE = 5
_TITLE = 10  # characters; names of columns are shorter


def listing(page: Page) -> Listing:
    """The entries, columns, files and further pages of any page, by its links alone."""
    if data_files.is_data(page):
        return data_files.listing(page)
    pages = pager.numbered_pages(page) or page_links.linked_pages(page) or pager.counted_pages(page)
    found = lines.unique(
        lines.entry(node, url)
        for node, url in lines.anchors(page)
        if url not in pages
        and not is_attachment(url)
        and (
            lines.looks_like_article(url)
            or lines.printed_date(node) is not None
            or (not lines.looks_like_list(url) and len(lines.title_of(node)) >= _TITLE)
        )
    )
    return Listing(
        entries=tuple(
            one for one in found if len(one.title) >= _SHORTEST_TITLE or relevance.names_body(one.title)
        )
        or lists.scripted(page),
        columns=lists.columns_of(page),
        attachments=attachments(page),
        next_pages=pages,
    )
