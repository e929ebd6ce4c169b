"""The ids of the dataset.

Invariant: an id follows from what it names, so that the same document, table, fact or article has the same id
in every run and every rebuild. Only runs are named by the moment they began.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

# Query parameters that identify the visitor or the time of the request, not the content.
_PASSING = re.compile(
    r"(?:utm_\w+|spm|isappinstalled|jsessionid|phpsessid|_t?|timestamp|(?:access_?)?token|sign(?:ature)?"
    r"|expires?|auth_key|x-amz-\w+|x-oss-\w+|ossaccesskeyid)(?:=|$)",
    re.IGNORECASE,
)
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|rar|zip|html?)$", re.IGNORECASE)
_FRONT = re.compile(r"/?(?:(?:index|default|home|main)\.\w+)?", re.IGNORECASE)
_NORMAL = re.compile(r"https?://[a-z0-9.-]+/[^?#;\s]*")
_DEFAULT_PORTS = {("http", 80), ("https", 443)}
RANDOM = 16**3


def new_run_id(now: datetime) -> str:
    """`20261122T101530Z-` and six hex digits: the millisecond, and three random ones; ids of runs sort by
    time."""
    moment = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{now.microsecond // 1000:03x}"
    return f"{moment}{secrets.randbelow(RANDOM):03x}"


def normalised_url(url: str) -> str:
    """The address that stays the same from visit to visit.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters, no sessions and no
    signed tokens; the rest of path and query as they are.
    """
    if _NORMAL.fullmatch(url):  # most are: the same text, and not one more of them in memory
        return url
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    port = f":{parts.port}" if parts.port and (scheme, parts.port) not in _DEFAULT_PORTS else ""
    query = "&".join(item for item in parts.query.split("&") if not _PASSING.match(item))
    return urlunsplit((scheme, (parts.hostname or "") + port, _SESSION.sub("", parts.path) or "/", query, ""))


def is_front_page(url: str) -> bool:
    """Is this the front page of a host: where servers redirect requests for what they no longer have?"""
    parts = urlsplit(url)
    return not parts.query and _FRONT.fullmatch(parts.path) is not None


def disclosure_id(url: str) -> str:
    """16 hex digits over the normalised address of the article."""
    return hashlib.sha256(normalised_url(url).encode()).hexdigest()[:16]


def title_key(title: str | None) -> str:
    """What makes two titles one: letters and digits, whatever their width, case and punctuation, without the
    ending of a file's name."""
    plain = unicodedata.normalize("NFKC", title or "").strip()
    return "".join(filter(str.isalnum, _ENDING.sub("", plain))).lower()


def table_id(document_id: str, table_no: int) -> str:
    """A table by its document and its number in reading order."""
    return f"{document_id[:16]}-t{table_no:03d}"


def fact_id(table: str, row_no: int, col_no: int) -> str:
    """An amount by its table and its place in the body."""
    return f"{table}-r{row_no}-c{col_no}"


def check_id(document_id: str, rule: str, statement: str, table_nos: Iterable[int]) -> str:
    """A check by its document, its rule and what it states about which tables."""
    text = f"{statement}|{','.join(map(str, table_nos))}"
    return f"{document_id[:16]}-{rule}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
