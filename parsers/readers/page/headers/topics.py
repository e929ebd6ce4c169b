"""Which headers may stand over which, by what they say: 基本支出 over 人员经费, never over 项目支出.

Invariant: this decides only where the places of the texts leave it open, and says when it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
_KINDS = {name: re.compile(pattern) for name, pattern in _L.names("kinds").items()}
_HOLDS = {name: frozenset(kinds.split()) for name, kinds in _L.names("holds").items()}
_NEVER = {name: frozenset(kinds.split()) for name, kinds in _L.names("never").items()}
LABEL, TOTAL, SERIAL, SIDE, AMOUNT = "label", "total", "serial", "side", "amount"
_FRAGMENT = _L.pattern("fragment")
_WHOLE = frozenset(_L.words("whole"))
_ITEMS = _L.pattern("items")
_CODES = _L.pattern("codes")
_PARTS = frozenset(
    (LABEL, TOTAL, "object", "nature", "budget", "grant", "source", "own")
)  # what goes on in no other header


def kind_of(text: str) -> str | None:
    """What a header speaks of, or None where it is not one that tables of budgets have."""
    folded = fold(text)
    return next((name for name, pattern in _KINDS.items() if pattern.fullmatch(folded)), None)


def stands_over(head: str, below: Sequence[str], *, mirrored: bool = False) -> tuple[int, bool]:
    """How many of the headers in a row, of which the first is below `head`, are, and whether that is known.
    `below` begins with the first column from the left, or, `mirrored`, from the right."""
    taken = list(below[:1])
    known = True
    for text in below[1:]:
        joins = _joins(head, taken, text, mirrored=mirrored)
        if joins is False:
            break
        known = known and joins is True
        taken.append(text)
    return len(taken), known


def are_two(upper: str, lower: str) -> bool:
    """Whether two lines, one right below the other, are a header and one of those it stands over."""
    over, kind = kind_of(upper), kind_of(lower)
    parts = kind in _PARTS or (over == SIDE and kind == AMOUNT)
    if _ITEMS.fullmatch(f"{fold(upper)} {fold(lower)}"):
        return True
    return parts and kind in _HOLDS.get(over or "", ()) and kind_of(upper + lower) is None


def is_fragment(text: str) -> bool:
    """Whether a text is one character that heads nothing by itself: the rest of a text stands elsewhere."""
    folded = fold(text)
    return bool(_FRAGMENT.fullmatch(folded)) and folded not in _WHOLE


def excluded(head: str, below: Sequence[str]) -> int:
    """How many of the headers cannot be below `head`."""
    return sum(_is_excluded(head, text) for text in below)


def _is_excluded(head: str, text: str) -> bool:
    over, kind = kind_of(head), kind_of(text)
    if _CODES.fullmatch(fold(head)):
        return fold(text) not in _WHOLE
    if over == LABEL:
        return kind != LABEL
    return kind is not None and (kind == over or kind in _NEVER.get(over or "", ()))


def _joins(head: str, taken: Sequence[str], text: str, *, mirrored: bool) -> bool | None:
    """Whether a header is below `head` beside those `taken`; None where that is not known."""
    over, kind, last = kind_of(head), kind_of(text), kind_of(taken[-1])
    if fold(text) in map(fold, taken) or _is_excluded(head, text):
        return False
    if over == LABEL:
        return True
    if SERIAL in (kind, last):  # of rows, at their left, or of amounts (行次)
        return (
            (last != LABEL if mirrored else last == LABEL) if kind == SERIAL else mirrored == (kind == LABEL)
        )
    if LABEL in (kind, last):
        left, right = (kind, last) if mirrored else (last, kind)
        return left == LABEL and (right != LABEL or None)
    if TOTAL in (kind, last):
        first = last if mirrored else kind  # a total that others stand before
        if first == TOTAL and len(taken) > mirrored:
            return False
    return kind in _HOLDS.get(over or "", ()) or (kind is not None and kind in map(kind_of, taken)) or None
