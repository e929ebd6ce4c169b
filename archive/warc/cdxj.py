"""The replay index: one CDXJ line per archived exchange, read unchanged by pywb.

By hand: `pywb` is under the GPL, and the `surt` package that it asks for keys under the AGPL.

Invariant: a line's key is the one pywb computes for the same URL, and its first fields are pywb's own; all
that is ours comes after them in the same JSON object.

A line is `<SURT key> <14-digit UTC time> <JSON>`; `filename` is the path below `warc/`, so a pywb collection
with `archive_paths: <store>/warc/` and `index_paths: <store>/cdx/` replays the archive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

WARC_ROOT = "warc/"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_SESSION = re.compile(
    rb"(?:^|(?<=&))(?:jsessionid=[0-9a-z]{32}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32}"
    rb"|aspsessionid[a-z]{8}=[a-z]{24}|cfid=[^&]+&cftoken=[^&]+)(?:&|$)",
    re.IGNORECASE,
)


def line(key: str, moment: datetime, values: Mapping[str, object]) -> str:
    """One line without its line end."""
    return f"{key} {moment.astimezone(UTC):%Y%m%d%H%M%S} {json.dumps(values, ensure_ascii=False)}"


def values(text: str) -> dict[str, object]:
    """The JSON object of a line."""
    found: dict[str, object] = json.loads(text.split(" ", 2)[2])
    return found


def surt(url: str) -> str:
    """Sort-friendly URI Reordering Transform: `http://www.a.gov.cn/B?y&x` to `cn,gov,a)/b?x&y`.

    Scheme, `www.`, default port, fragment, session ids and a final slash go; the query is sorted; all is
    lower case. An address without a host keeps its scheme.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return _escaped(url.strip().encode())
    if not parts.hostname:
        return f"{parts.scheme}:{_path(parts.path)}"
    shown_port = f":{port}" if port and port != _DEFAULT_PORTS.get(parts.scheme) else ""
    query = _query(parts.query)
    return f"{_host(parts.hostname)}{shown_port}){_path(parts.path)}{'?' + query if query else ''}"


def _host(name: str) -> str:
    plain = unquote_to_bytes(name).decode("utf-8", "replace").strip(".").lower()
    with suppress(UnicodeError):
        plain = plain.encode("idna").decode("ascii")
    return ",".join(reversed(re.sub(r"^www\d*\.", "", plain).split(".")))


def _path(path: str) -> str:
    kept: list[bytes] = []
    for part in _unescaped(path).split(b"/"):
        if part == b"..":
            del kept[-1:]
        elif part not in (b"", b"."):
            kept.append(part)
    return "/" + _escaped(b"/".join(kept)).lower()


def _query(query: str) -> str:
    kept = _SESSION.sub(b"", _unescaped(query))
    return "&".join(sorted(_escaped(kept).lower().split("&")))


def _unescaped(text: str) -> bytes:
    """Percent-decoded until nothing changes."""
    data = text.encode()
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return data


def _escaped(data: bytes) -> str:
    return quote_from_bytes(data, safe=_SAFE)
