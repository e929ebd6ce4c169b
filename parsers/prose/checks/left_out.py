"""Parts that a list in a text leaves out and the text names elsewhere: 单位预留机动经费.

Invariant: a part counts only where it is exactly as large as what the list lacks, or where the text right
behind names it without an amount; then the sum cannot be judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from parsers.prose.figure import Figure
from parsers.prose.paragraph import Paragraph

BEHIND = 4  # paragraphs behind a list, on whatever page, in which a part without an amount may be named
_PART = re.compile(r"预留|机动|预备|结转|结余|经营支出|上缴上级|附属单位|债务|其他支出|不可预见")
_RESERVE = re.compile(r"预留.{0,4}(?:机动|经费|资金)|机动经费")


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
