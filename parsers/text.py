"""Printed text to comparable text.

Invariant: folding never changes meaning. It unifies widths, brackets and white space, so that the same
words compare equal however they were typeset; it never drops a character that is not white space.
"""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef、。“”‘’（）《》]")
_ORDINAL = re.compile(
    r"^(?:其中[:：]?|[一二三四五六七八九十百]+[、.．]|[（(][一二三四五六七八九十\d]+[)）][、.．]?|\d+[、.．](?!\d))+"
)


def fold(text: str) -> str:
    """Half-width, no white space: `（一） 合 计` → `(一)合计`. For matching against tables of knowledge."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def one_line(text: str) -> str:
    """The words of a cell or line as one line: a break between Chinese characters is no space."""
    parts = [part.strip() for part in text.split("\n")]
    line = ""
    for part in filter(None, parts):
        glued = not line or bool(_CJK.match(part[0]) or _CJK.match(line[-1]))
        line += part if glued else f" {part}"
    return line


def unnumbered(text: str) -> str:
    """A folded label without its leading ordinals and 其中: `1、(一)财政拨款` → `财政拨款`."""
    return _ORDINAL.sub("", fold(text)).rstrip(":")
