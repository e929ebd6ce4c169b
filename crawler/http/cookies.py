"""Session cookies of sites that show nothing to a visitor who does not return them.

Invariant: a cookie is kept for the run alone, goes to the host that set it and to no other, and is only kept
where the host answers with a redirect to the same address: a test that any browser passes by itself. Nothing
is computed for it, so no challenge is solved; robots.txt has been asked before.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.http.request_meta import meta_of, note

_PAIR = re.compile(rb"\s*([^=;\s]{1,100})=([^;]{0,4000})")
_MOST = 20


class SessionCookies:
    """Asks once more, with the cookie, where a host redirects to the address it was asked for. Switched off
    by `GONGKAI_SESSION_COOKIES`; the answer then stands as it came (`blocked: needs_cookie`)."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._jars: dict[str, dict[bytes, bytes]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        return cls(crawler.settings.getbool("GONGKAI_SESSION_COOKIES"))

    def process_request(self, request: Request) -> None:
        """Send the cookies that the host has set in this run, if any."""
        jar = self._jars.get(urlparse_cached(request).netloc)
        if jar:
            request.headers["Cookie"] = b"; ".join(name + b"=" + value for name, value in jar.items())

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer; or the same request with the new cookie, where the host redirects to the same
        address."""
        if not self._wants_cookie(request, response):
            return response
        if self._enabled and not meta_of(request).cookie_tried:
            jar = self._jars.setdefault(urlparse_cached(request).netloc, {})
            for field in response.headers.getlist("Set-Cookie"):
                if (pair := _PAIR.match(field)) and len(jar) < _MOST:
                    jar[pair[1]] = pair[2].strip()
            again = request.replace(dont_filter=True)
            note(again, cookie_tried=True)
            return again
        request.meta["dont_redirect"] = True  # it would only lead here again
        return response

    @staticmethod
    def _wants_cookie(request: Request, response: Response) -> bool:
        if (
            not HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST
            or not response.headers.getlist("Set-Cookie")
        ):
            return False
        location = (response.headers.get("Location") or b"").decode("latin-1").strip()
        try:
            return urljoin(request.url, location) == request.url
        except ValueError:
            return False
