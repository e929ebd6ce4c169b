"""The unified platform of 山西: `bmp_pub/index_gfa.html?ADMDIV=140107000`, a program in the browser.

Its data service is in none of the public sources that were looked at: they know the address of each region
and not what the program calls. So nothing is read; the site is not complete, a gap says what the page loads,
and no verdict rests on it. Whatever the page itself links is followed.
"""

from __future__ import annotations

from crawler.pages.page import Page
from crawler.platforms import lists, static
from crawler.platforms.protocol import Listing

NAME = "shanxi"
RECOGNISED_ONLY = True
links = lists.no_links


def listing(page: Page) -> Listing:
    """What a page links plainly; the data service is not read."""
    return static.listing(page)
