"""Pictures of a web page that may hold pages of a document: addresses, or bytes in the page itself.

Invariant: nothing is fetched, and icons and codes are left out.
"""

from __future__ import annotations

import base64
import binascii
import re

from lxml import etree

from parsers.readers.html.text import is_hidden
from parsers.values.document import Member

_ICON = 100  # pixels of a side
_SMALLEST_PICTURE = 5000  # bytes of a page image
_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)")
_SMALL_PICTURE = re.compile(
    r"icon|logo|ico[/_.]|ewm|qrcode|erweima|share|weixin|wechat|arrow|btn|dot\.|blank|space", re.I
)
_SOURCE_ATTRIBUTES = ("data-original", "data-src", "_src", "src", "oldsrc")


def pictures_of(main: etree._Element) -> list[str]:
    """Addresses of the pictures in the article that can hold a page: no icons, no codes."""
    found: list[str] = []
    for image in main.iter("img"):
        address = next(
            (value for name in _SOURCE_ATTRIBUTES if (value := (image.get(name) or "").strip())), ""
        )
        if not address or is_hidden(image) or _is_small(image) or _SMALL_PICTURE.search(address[:300]):
            continue
        found.append(address)
    return list(dict.fromkeys(found))


def _is_small(image: etree._Element) -> bool:
    sizes = [re.match(r"\d+", image.get(name) or "") for name in ("width", "height")]
    return any(size is not None and int(size[0]) < _ICON for size in sizes)


def carried(addresses: list[str]) -> tuple[list[str], tuple[Member, ...]]:
    """Addresses to fetch, and the pictures that the page carries in itself."""
    urls: list[str] = []
    members: list[Member] = []
    for address in addresses:
        match = _DATA_URI.match(address)
        if match is None:
            urls.append(address)
            continue
        try:
            content = base64.b64decode(match[1])
        except (binascii.Error, ValueError):
            continue
        if len(content) > _SMALLEST_PICTURE:
            members.append(Member(f"picture-{len(members) + 1:02d}", content))
    return urls, tuple(members)
