"""Figures that are less than their subject alone says: 人员经费 within 502, 项目支出 of one class.

Invariant: such a figure is not compared with amounts of the whole body, and is not part of another's sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from parsers.prose.figure import Figure
from parsers.prose.vocabulary import terms
from parsers.reference.codes import FILES, classification, name_key
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_OF_WHICH = _L.text("of_which")

_WITHIN = _L.pattern("within")
_GOALS = _L.pattern("goals")
_FOR = _L.pattern("for")
LEAST = 4  # characters of the name of a class that is not a word of its own


def is_narrower(figures: Sequence[Figure], at: int) -> bool:
    """Whether the figure is a part of one class or of one kind of spending: by the class named beside it, by
    the whole it is listed under, or by the sentence before the one that begins with 其中."""
    figure = figures[at]
    if figure.subject is None or not terms().subjects[figure.subject].by_fund:
        return False
    if figure.code or figure.classes or _names_class(_within(figure.words)):
        return True
    first = _first_of_paragraph(figures, at)
    if first is not None and _is_of_a_class(figures[first]):
        return True  # 行政事业单位养老支出(20805)705.90万元，…具体为：人员经费675.90万元
    whole = _whole(figures, at)
    seen = 0
    while whole is not None and seen < len(figures):
        if _is_of_a_class(figures[whole]) or _is_other(figures[whole].subject, figure.subject):
            return True
        whole, seen = figures[whole].part_of, seen + 1
    return False


def is_of_a_project(figures: Sequence[Figure], at: int) -> bool:
    """Whether the figure stands in a paragraph about one project or one group of them, as a part of it or as
    one project more: 综合管理367.65万元，主要包括：…行政运行85.04万元，用于… does not mean the code."""
    figure, first = figures[at], _first_of_paragraph(figures, at)
    if _GOALS.search(figure.sentence):
        return True
    if first is None or figures[first].subject is not None or _is_of_a_class(figures[first]):
        return False
    named = figure.subject is not None or _names_class(figure.words)
    return named and bool(_FOR.search(figure.sentence) or figure.part_of == first)


def _first_of_paragraph(figures: Sequence[Figure], at: int) -> int | None:
    """The first amount of the figure's paragraph, where it is another one."""
    start = at
    while start and figures[start - 1].paragraph == figures[at].paragraph:
        start -= 1
    return next((i for i in range(start, at) if figures[i].amount), None)


def _within(words: str) -> str:
    match = _WITHIN.match(words)
    return match["whole"] if match else ""


def _whole(figures: Sequence[Figure], at: int) -> int | None:
    """What the figure is listed under: the amount of the paragraph before where its own begins with 其中."""
    figure = figures[at]
    if figure.part_of is not None or not figure.sentence.startswith(_OF_WHICH):
        return figure.part_of
    before = [i for i in range(at) if figures[i].paragraph == figure.paragraph - 1 and figures[i].amount]
    return before[-1] if len(before) == 1 else None


def _is_of_a_class(figure: Figure) -> bool:
    return bool(figure.code or figure.classes) or (figure.subject is None and _names_class(figure.words))


def _is_other(whole: str | None, part: str) -> bool:
    """Whether a subject neither contains the part nor stands beside it: 项目支出 over 人员经费."""
    if whole is None or whole == part or part in _parts_of(whole):
        return False
    holding = [subject.parts for subject in terms().subjects.values() if whole in subject.parts]
    return bool(holding) and not any(part in parts for parts in holding)


@cache
def _parts_of(subject: str) -> frozenset[str]:
    parts = terms().subjects[subject].parts
    return frozenset(parts).union(*(_parts_of(part) for part in parts))


def _names_class(words: str) -> bool:
    return len(words) >= LEAST and name_key(words) in _class_names()


@cache
def _class_names() -> frozenset[str]:
    """The names of all classes but those that are subjects of their own."""
    names = {line.name for system in FILES for line in classification(system)}
    return frozenset(name_key(name) for name in names if terms().subject(name) is None)
