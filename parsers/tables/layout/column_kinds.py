"""What the columns of a stretch of rows hold: words, codes or amounts.

Invariant: a blank column shows nothing; two stretches fit only if no column holds words in one and numbers in
the other, and at least one amount column and one other are filled in both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from parsers.tables.layout.rows import Row
from parsers.values.amounts import printed_number
from parsers.values.text import fold

Kind = Literal["words", "code", "amount"]
_CODE = re.compile(r"\d{3,7}")
MAJORITY = 0.7  # share of a column's filled cells that are of its kind


def columns_fit(above: Sequence[Row], below: Sequence[Row]) -> bool:
    """Whether the rows `below` may go on with the rows `above`, judged by what their columns hold. Whole
    amounts look like codes: between those two nothing is decided."""
    if not above or not below or len(above[0]) != len(below[0]):
        return False
    pairs = [
        (one, other)
        for one, other in zip(kinds_of_columns(above), kinds_of_columns(below), strict=True)
        if one is not None and other is not None
    ]
    if any((one == "words") != (other == "words") for one, other in pairs):
        return False
    kinds = {one for one, other in pairs if one == other}
    return "amount" in kinds and len(kinds) >= 2


def kinds_of_columns(rows: Sequence[Row]) -> list[Kind | None]:
    """The kind of each column; None where it is blank or mixed."""
    return [_kind([row[col].own_text for row in rows]) for col in range(len(rows[0]) if rows else 0)]


def _kind(column: Sequence[str]) -> Kind | None:
    counts = Counter(_kind_of(text) for text in map(fold, column) if text)
    if not counts:
        return None
    kind, count = counts.most_common(1)[0]
    return kind if count >= MAJORITY * counts.total() else None


def _kind_of(text: str) -> Kind:
    if _CODE.fullmatch(text):
        return "code"
    return "amount" if printed_number(text) is not None else "words"
