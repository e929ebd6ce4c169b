"""Bytes of a web page or text file to text, whatever their label says.

Invariant: decoding never fails. The label is a hint: an encoding under which the bytes read without
damage wins over a label under which they do not.
"""

from __future__ import annotations

import codecs
import re

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABEL = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.I)
# Everything labelled GB is read as GB 18030, which contains GB 2312 and GBK.
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "utf8": "utf-8",
}
_GUESSES = ("utf-8", "gb18030")
LABEL_WITHIN = 4096
"""Bytes at the start of a page in which a label is looked for."""


def decode(data: bytes, label: str | None = None) -> tuple[str, str]:
    """The text of `data` and the encoding it was read with.

    `label` is a declaration from outside (a MIME header); without it the one in the page itself counts.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace"), encoding
    candidates = [name for name in (_known(label), _known(_label_in(data))) if name]
    best: tuple[int, str, str] | None = None
    # UTF-8 proves itself: text in another encoding hardly ever is valid UTF-8.
    for encoding in dict.fromkeys(["utf-8", *candidates, *_GUESSES]):
        text = data.decode(encoding, "replace")
        damage = _damage(text)
        if damage == 0:
            return text, encoding
        if best is None or damage < best[0]:
            best = (damage, text, encoding)
    assert best is not None
    return best[1], best[2]


def _known(label: str | None) -> str | None:
    if not label:
        return None
    name = _ALIASES.get(label.strip().lower(), label.strip().lower())
    try:
        # Tables of bytes such as "hex" or "zip" are codecs too, but no encodings of text.
        return name if codecs.lookup(name)._is_text_encoding else None
    except LookupError:
        return None


def _label_in(data: bytes) -> str | None:
    match = _LABEL.search(data[:LABEL_WITHIN])
    return match[1].decode("ascii") if match else None


def _damage(text: str) -> int:
    """How much of `text` cannot be meant: replacement, private use and control characters, halves of Latin-1.

    Latin-1 labels decode everything, so two accented capitals in a row count as damage as well.
    """
    return len(re.findall("[\ufffd\ue000-\uf8ff\x80-\x9f]|[\u00c0-\u00ff]{2}", text))
