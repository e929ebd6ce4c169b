"""Paragraphs of a report cut into what is read at once, with its brackets opened.

Invariant: no amount is lost by cutting or opening; brackets without an amount go, whatever they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parsers.prose.paragraph import MAX_HEADING, Paragraph, ordinal_depth
from parsers.prose.report.vocabulary import report_terms
from parsers.prose.words import AMOUNT
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_SENTENCE_END = re.compile(r"[。；;!？]|(?<=[\u4e00-\u9fff)%])\.(?=[\u4e00-\u9fff])")
_COUNTIES = _L.pattern("counties")
_COUNTY_NAMES = _L.text("county_names")
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")  # [a note at the foot of the page] too
_FOOTNOTE = re.compile(r"\[[^\[\]]{1,400}。\]")  # 全市[全市预算收支数=…。]收入, at the foot of a page
_MARKED = re.compile(r"【[^【】]{1,40}】")  # a caption that begins the paragraph
_CAPTION = _L.pattern("caption")
_LIKE_FOR_LIKE = _L.words("like_for_like")
_CONTAINING = _L.words("containing")
_SEMICOLONS = "；;"
OPENED, CLOSED = "〔〕"  # brackets with an amount inside


def sentences(paragraph: str) -> Iterator[tuple[str, bool]]:
    """The sentences, and whether each goes on behind a semicolon."""
    start, goes_on = 0, False
    paragraph = _MARKED.sub("", _FOOTNOTE.sub("", paragraph))
    for end in (*_SENTENCE_END.finditer(paragraph), None):
        if sentence := paragraph[start : end.start() if end else None]:
            yield sentence, goes_on
        if end:
            start, goes_on = end.end(), end[0] in _SEMICOLONS


def is_caption(text: str) -> bool:
    """关于2019年全市一般公共预算收入执行情况的说明: a line of its own that names what follows."""
    line = text.removesuffix("。")
    return len(line) <= MAX_HEADING and bool(_CAPTION.search(line)) and AMOUNT.search(line) is None


def below_captions(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[Paragraph, tuple[str, ...]]]:
    """The paragraphs without the captions, each with its headings and captions, the nearest last: a line
    without an ordinal, and below it one that ends like a sentence (1.收入情况。)."""
    caption, numbered = "", ""
    above: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    for paragraph in paragraphs:
        if not is_caption(paragraph.text):
            plain = (
                (*paragraph.headings, caption)
                if paragraph.headings == above
                else (caption, *paragraph.headings)
            )
            yield paragraph, (*plain, numbered) if paragraph.headings == beside else plain
        elif ordinal_depth(paragraph.text) is None:
            caption, above, numbered = paragraph.text, paragraph.headings, ""
        else:
            numbered, beside = paragraph.text, paragraph.headings


def opened(sentence: str) -> str:
    """The sentence with its brackets opened: those without an amount go, those with one are clauses."""
    previous, sentence = "", _COUNTIES.sub(_COUNTY_NAMES, sentence)
    while previous != sentence:
        previous, sentence = sentence, _BRACKET.sub(_open, sentence)
    return sentence


def _open(match: re.Match[str]) -> str:
    inside = match[1]
    named = report_terms().measure(inside)
    # 收入(同口径)完成: not the amount that was printed as the revenue; 财政收入(一般公共预算收入): its name.
    if inside in _LIKE_FOR_LIKE or (
        named and named[2] == inside and named[0].name in report_terms().accounts
    ):
        return inside
    kept = AMOUNT.search(inside) and not inside.startswith(_CONTAINING)
    return f"，{OPENED}{inside}{CLOSED}，" if kept else ""
