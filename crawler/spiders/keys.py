"""By what a request and an answer are known, and what a request is for.

Invariant: two addresses with one key are one request, and a POST is known by the address that holds its
fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from scrapy.http import Response

from archive.ids import is_front_page, normalised_url
from crawler.http.recorder import address
from crawler.http.request_meta import RequestMeta
from crawler.pages.attached_files import identity
from crawler.reading import discovery


@lru_cache(maxsize=4096)
def request_key(url: str) -> str:
    """What makes two addresses one request: `…/index.html` is the folder it stands in."""
    return re.sub(r"/index\.s?html?$", "/", normalised_url(identity(url)))


def is_folder_of(url: str, target: str) -> bool:
    """Is one address the folder's and the other its index page's?"""
    return normalised_url(url) != normalised_url(target) and request_key(url) == request_key(target)


def sought_as(known: RequestMeta) -> str:
    """What a request is for, as far as it decides what its failure leaves: a further *page* of a list, a
    *column* of disclosures, else its purpose."""
    if known.paged:
        return "page"
    column = (known.promise or 0.0) >= discovery.sure() and not known.framed
    return "column" if known.purpose == "listing" and column else known.purpose


def asked_as(response: Response) -> Sequence[str]:
    """The addresses that redirected to the answer."""
    redirected: Sequence[str] = response.meta.get("redirect_urls", ())
    return redirected


def key_of(response: Response) -> str:
    """The address an answer is known by: with a form, the one that holds its fields."""
    request = response.request
    posted = request is not None and request.method == "POST"
    return address(request.url, "POST", request.body) if request and posted else response.url


def leads_home(url: str, target: str) -> bool:
    """Does an address lead to the front page of its own host?"""
    same = urlsplit(url).netloc == urlsplit(target).netloc
    return same and is_front_page(target) and not is_front_page(url)
