"""The unified platform of 山西: `bmp_pub/index_gfa.html?ADMDIV=140107000`, a program in the browser.

Its data service is not known, so nothing is read: the site's outcome says that its list is empty, which is
not a finding against any body. Whatever the page itself links is followed.
"""

from __future__ import annotations

from crawler.pages.page import Page
from crawler.platforms import Listing, lists, static

NAME = "shanxi"
RECOGNISED_ONLY = True
links = lists.no_links


def listing(page: Page) -> Listing:
    """What a page links plainly; the data service is not read."""
    return static.listing(page)
