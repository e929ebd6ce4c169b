"""Parts that a list in a text leaves out and the text names elsewhere: 单位预留机动经费.

Invariant: a part counts only where it is exactly as large as what the list lacks, or where the text right
behind names it without an amount; then the sum cannot be judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from parsers.prose.figure import Figure
from parsers.prose.paragraph import Paragraph
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

BEHIND = 4  # paragraphs behind a list, on whatever page, in which a part without an amount may be named
_PART = _L.pattern("part")
_RESERVE = _L.pattern("reserve")


def is_left_out(
    figures: Sequence[Figure],
    text: Sequence[Paragraph],
    whole: Figure,
    parts: Sequence[Figure],
    missing: Decimal,
    slack: Decimal,
) -> bool:
    """Whether what is `missing` (yuan) from the sum of the parts is named elsewhere in the text."""
    if missing <= slack:
        return False
    others = (f for f in figures if f.amount and f is not whole and f not in parts and _PART.search(f.words))
    if any(other.amount and abs(other.amount.yuan - missing) <= slack for other in others):
        return True
    last = max(part.paragraph for part in (whole, *parts))
    behind = text[whole.paragraph : last + 1 + BEHIND]
    named = " ".join(paragraph.text for paragraph in behind)
    return bool(_RESERVE.search(named)) and not any(_RESERVE.search(figure.words) for figure in figures)
