"""Printed text to comparable text.

Invariant: folding never changes meaning. It unifies widths, brackets and white space, so that the same
words compare equal however they were typeset; it never drops a character that anyone can see.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_RADICALS = _L.text("radicals")

_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef、。“”‘’（）《》]")
_ORDINAL = _L.pattern("ordinal")


def _ideograph_of_radicals() -> dict[int, str]:
    """Kangxi radicals and compatibility ideographs to the characters they look like."""
    table = {
        code: unicodedata.normalize("NFKC", chr(code))
        for block in (range(0x2F00, 0x2FD6), range(0xF900, 0xFB00))
        for code in block
    }
    pairs = zip(_RADICALS[::2], _RADICALS[1::2], strict=True)
    return table | {ord(radical): ideograph for radical, ideograph in pairs}


_SHORT = 200  # characters: longer texts are prose, and seldom folded twice
_MOST_FOLDED = 32_768
_IDEOGRAPHS = _ideograph_of_radicals()
_RADICAL = re.compile(f"[{''.join(map(chr, _IDEOGRAPHS))}]")


def ideographs(text: str) -> str:
    """Text as printed, with `⼀般⽀出` as `一般支出`: browsers and some fonts map a glyph that radical and
    character share back to the radical, which looks the same and compares as different."""
    return text.translate(_IDEOGRAPHS) if _RADICAL.search(text) else text


def visible(text: str) -> str:
    """Text without the characters that no page shows: zero-width spaces and joiners, marks of direction."""
    return _INVISIBLE.sub("", text)


_RAISED = str.maketrans("0123456789()*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾*")


def superscript(text: str) -> str:
    """Digits set above the line as the characters for such: beside an amount they mark a footnote."""
    return text.translate(_RAISED)


_STROKE = "\u0336"  # the combining long stroke overlay


def withdrawn(text: str) -> str:
    """An amount that is struck out, or that no reader sees, as it is kept where nothing stands in its place:
    each character with a stroke through it. Its cell holds no amount and is not blank either."""
    return "".join(char + _STROKE for char in text.strip())


def is_withdrawn(text: str) -> bool:
    """Whether a text is one that `withdrawn` made."""
    return _STROKE in text


class _Folded(dict[str, str]):
    """Texts with what they fold to: headers, labels and codes are folded many times on their way."""

    def __missing__(self, text: str) -> str:
        folded = _SPACE.sub("", unicodedata.normalize("NFKC", ideographs(visible(text))))
        if len(text) <= _SHORT:
            if len(self) >= _MOST_FOLDED:
                self.clear()
            self[text] = folded
        return folded


fold = _Folded().__getitem__
"""Half-width, no white space: `（一） 合 计` → `(一)合计`. For matching against tables of knowledge."""


def one_line(text: str) -> str:
    """The words of a cell or line as one line: a break between Chinese characters is not a space."""
    if "\n" not in text:
        return text.strip()
    parts = [part.strip() for part in text.split("\n")]
    line = ""
    for part in filter(None, parts):
        glued = not line or bool(_CJK.match(part[0]) or _CJK.match(line[-1]))
        line += part if glued else f" {part}"
    return line


def unnumbered(text: str) -> str:
    """A folded label without its leading ordinals and 其中: `1、(一)财政拨款` → `财政拨款`."""
    return _unnumbered(fold(text))


@lru_cache(maxsize=8_192)
def _unnumbered(folded: str) -> str:
    return _ORDINAL.sub("", folded).rstrip(":")
