"""Which amount a change without one of its own refers to: 收入总计 291.44 万元 …，收入增加 49.08 万元.

Invariant: an amount is taken over only from the same paragraph or section, where the same subject, or one
that by definition has the same amount, or the same words, stand before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.prose.figure import Figure
from parsers.prose.vocabulary import terms

REACH = 12  # figures before a change among which its amount may stand


def bases_of_changes(figures: Sequence[Figure]) -> dict[int, Figure]:
    """The figure whose amount changed, by the position of each change that has none."""
    return {
        at: base
        for at, figure in enumerate(figures)
        if figure.amount is None and (base := _base(figures, at)) is not None
    }


def _base(figures: Sequence[Figure], at: int) -> Figure | None:
    figure = figures[at]
    before = [
        other
        for other in reversed(figures[max(at - REACH, 0) : at])
        if other.amount and other.headings[:2] == figure.headings[:2]
    ]
    same = next((other for other in before if _is_same(figure, other)), None)
    if same is None and _is_total(figure):  # 财政拨款收入总计 9 万元，收入总计增加 1 万元
        here = (other for other in reversed(before) if other.paragraph == figure.paragraph)
        same = next(filter(_is_total, here), None)
    return same


def _is_total(figure: Figure) -> bool:
    return any(figure.subject in group for group in terms().same_amount)


def _is_same(figure: Figure, other: Figure) -> bool:
    if figure.subject is None or other.subject is None:
        return bool(figure.words) and figure.words == other.words
    return figure.subject == other.subject or any(
        figure.subject in group and other.subject in group for group in terms().same_amount
    )


def amounts_beside(figures: Sequence[Figure], at: int) -> Iterator[Figure]:
    """The other amounts of the paragraph, and of its section before it: a change may refer to these, too."""
    figure = figures[at]
    for other in figures[max(at - REACH, 0) : at + REACH]:
        same = other.paragraph == figure.paragraph or other.headings[:2] == figure.headings[:2]
        if other is not figure and other.amount and same:
            yield other


def amounts_of_same(figures: Sequence[Figure], at: int) -> list[Figure]:
    """Every amount of what the figure is about, wherever it stands: for the years that the text compares."""
    figure = figures[at]
    return [other for other in figures if other.amount and _is_same(figure, other)]
