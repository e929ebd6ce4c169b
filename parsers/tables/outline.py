"""The outline of labelled rows: which row contains which, and which amounts are sums of others.

Invariant: a row contains another only by what is printed: the rank of its ordinal (一、 before （一） before
1、 before (1)), 其中, or a section word without ordinal. Amounts only confirm, they never make an outline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from parsers.tables.layout.words import is_part, is_total_word
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

_RANKS = _L.patterns("ranks")
_SECTION_RANK = 0
_LEAF_RANK = 9


def parents(labels: Sequence[str], sections: Sequence[bool]) -> list[int | None]:
    """The index of the row that contains each row, or None. `sections` marks the rows that open a part of
    the table without an ordinal of their own (上年结转, 财政拨款)."""
    found: list[int | None] = []
    path: list[tuple[int, int]] = []  # (rank, index) from the outermost row to the innermost
    for index, label in enumerate(labels):
        if not label or is_total_word(label):
            path = [] if label else path
            found.append(None)
            continue
        rank = _rank(label, sections[index], bool(path))
        while path and path[-1][0] >= rank:
            path.pop()
        found.append(path[-1][1] if path else None)
        path.append((rank, index))
    return found


def _rank(label: str, section: bool, inside: bool) -> int:
    compact = fold(label)
    if is_part(compact):
        return _LEAF_RANK
    for rank, pattern in enumerate(_RANKS, start=1):
        if pattern.match(compact):
            return rank
    return _SECTION_RANK if section or not inside else _LEAF_RANK - 1


def sum_rows(
    above: Sequence[int | None], labels: Sequence[str], amounts: Sequence[Mapping[int, Decimal]]
) -> set[int]:
    """The rows whose amount is the sum of the rows right below them, in every column that prints both.

    `amounts` maps column to amount for each row. A row with 其中 rows alone is not a sum: they are parts
    of it, not all of it."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for index, parent in enumerate(above):
        if parent is not None and not is_part(labels[index]):
            children[parent].append(index)
    return {
        parent for parent, below in children.items() if _adds_up(amounts[parent], [amounts[i] for i in below])
    }


def _adds_up(whole: Mapping[int, Decimal], below: Sequence[Mapping[int, Decimal]]) -> bool:
    tested = [
        (total, parts)
        for column, total in whole.items()
        if (parts := [row[column] for row in below if column in row]) and total
    ]
    return bool(tested) and all(
        abs(total - sum(parts)) <= _slack(total, len(parts)) for total, parts in tested
    )


def _slack(total: Decimal, count: int) -> Decimal:
    """Half a printed step for each term, for rounding tails; a single part must be equal."""
    exponent = total.as_tuple().exponent
    places = min(exponent, 0) if isinstance(exponent, int) else 0
    return Decimal(1).scaleb(places) * (count + 1) / 2 if count > 1 else Decimal(0)
