"""Is this title about a budget, and which: kind, fiscal year, whose.

Invariant: a judgement is made from words that are there and names them; what the words do not say is None.
Recruitment, allocation notices, policy papers and news are left out by name. Knowledge: `relevance.yaml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BeforeValidator

from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.text import fold
from parsers.values.vocabulary import BodyLevel, DocumentKind

_L = lexicon_of(__name__)
_DRAFT = _L.text("draft")
_SLIP, _MEANT = _L.pattern("slip"), _L.text("meant")

_WRITTEN_YEAR = _L.pattern("written_year")
_DIGITS = str.maketrans(_L.text("digits"), "0000123456789")
_YEAR = _L.pattern("year")
_BODY_END = _L.pattern("body_end")
_BODY_START = _L.pattern("body_start")
_BODY_YEAR = _L.pattern("body_year")
_FOR_OTHERS = _L.pattern("for_others")  # bodies that publish for all
_LONGEST_NAME = 40  # characters; a longer line is a sentence about a body
_SHORTEST = 3  # 县残联
_LONGEST = 1_000  # characters; a longer text is not a title


@dataclass(frozen=True, slots=True)
class Relevance:
    """The judgement of one title. `reason` is the rule that decided, `seen` the words it saw."""

    relevant: bool
    kind: DocumentKind | None = None
    fiscal_year: int | None = None
    level: BodyLevel | None = None
    reason: str = ""
    seen: str = ""


def _one(source: str | list[str]) -> re.Pattern[str]:
    return re.compile(fold(source if isinstance(source, str) else "|".join(source)), re.IGNORECASE)


Folded = Annotated[re.Pattern[str], BeforeValidator(_one)]
"""A pattern over folded text; of a list any one of them."""


class _Relevance(Knowledge):
    """`relevance.yaml`."""

    about: Folded
    not_about: dict[str, Folded]
    kind: dict[DocumentKind, Folded]
    level: dict[BodyLevel, Folded]
    categories: Folded
    offices: Folded
    body: Folded


def _knowledge() -> _Relevance:
    return knowledge("crawler.pages", "relevance.yaml", _Relevance)


def judge(title: str, context: str = "") -> Relevance:
    """Judge a title; `context` is the heading of its list, which speaks where the title is silent.

    A bare body name is relevant in a budget list, and kind, year and level missing in the title come from it.
    """
    title = title[:_LONGEST]
    folded = _folded(title)
    about = _knowledge().about.search(folded)
    # 国防动员办公室2026年部门预算: what the body is called says nothing about the title
    body = body_name(title)
    said = _knowledge().offices.sub("", folded.replace(body, "") if body else folded) if about else folded
    for name, pattern in _knowledge().not_about.items():
        if found := pattern.search(said):
            return Relevance(False, reason=name, seen=found[0])
    if about:
        return _completed(Relevance(True, *_read(folded), "title", about[0]), context)
    column = _knowledge().about.search(_folded(context))
    bare = _BODY_YEAR.sub("", folded)
    if _knowledge().categories.search(bare):
        return Relevance(False, reason="a kind of bodies")
    if column and 3 <= len(folded) <= _LONGEST_NAME and _knowledge().body.search(bare):
        return _completed(Relevance(True, None, None, None, "body in a budget list", column[0]), context)
    return Relevance(False, reason="no budget word")


def _folded(title: str) -> str:
    """Without blanks, half-width, and with the word that a slip of the pen stands for."""
    return _SLIP.sub(_MEANT, fold(title))


def _completed(judged: Relevance, context: str) -> Relevance:
    kind, year, level = _read(_folded(context))
    return replace(
        judged,
        kind=judged.kind or kind,
        fiscal_year=judged.fiscal_year or year,
        level=judged.level or level,
    )


def _read(folded: str) -> tuple[DocumentKind | None, int | None, BodyLevel | None]:
    kind = next((name for name, pattern in _knowledge().kind.items() if pattern.search(folded)), None)
    level = next((name for name, pattern in _knowledge().level.items() if pattern.search(folded)), None)
    found = years(folded)
    # A report on last year's execution and this year's draft announces this year's budget.
    year = (max(found) if _DRAFT in folded else found[0]) if found else None
    return kind, year, level


def years(title: str) -> tuple[int, ...]:
    """The years a title names, in its order, in digits or as 二〇二一年."""
    dated = _WRITTEN_YEAR.sub(lambda year: year[0].translate(_DIGITS), fold(title))
    return tuple(int(year) for year in _YEAR.findall(dated))


def holds_only(title: str, context: str = "") -> tuple[str | None, int | None]:
    """Whose documents, and of which year, a column of this title, or without one in the column `context`,
    holds and no others. Of which kind, a name does not say: 部门决算 may hold budgets as well."""
    body, named = body_name(title or context), years(title or context)
    return (
        None if body is None or _FOR_OTHERS.search(body) else body,
        named[0] if len({*named}) == 1 else None,
    )


def names_body(text: str) -> bool:
    """Is a text the name of a body and nothing else (教育局)?"""
    folded, known = fold(text), _knowledge()
    bare = _SHORTEST <= len(folded) <= _LONGEST_NAME and known.body.search(folded)
    return bool(bare) and not known.categories.search(folded)


def names_document(title: str) -> bool:
    """Does a title say by itself whose budget or accounts it announces, and of which year?"""
    judged = judge(title)
    return bool(judged.relevant and judged.fiscal_year and judged.kind and body_name(title))


def names_group(text: str) -> bool:
    """Is a text the name of a kind of bodies (党群部门, 乡镇)?"""
    return bool(_knowledge().categories.search(fold(text)))


def body_name(title: str) -> str | None:
    """The body a title names (长沙市交通运输局2026年部门预算公开 → 长沙市交通运输局), or None."""
    name = _BODY_START.sub("", _folded(title))
    name = _BODY_START.sub("", _BODY_YEAR.sub("", name))
    if end := _BODY_END.search(name):
        name = name[: end.start()]
    name = name.strip("-—_:：,， ")
    known = _knowledge()
    named = len(name) >= _SHORTEST and known.body.search(name) and not known.categories.search(name)
    return name if named else None
