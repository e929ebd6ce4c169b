"""The title of a government's document, put together where its cover breaks it over lines.

Invariant: a title names a year and what is published (预算, 决算, 债务) and ends in the name of a document; a
sentence, the day of a congress or a line of a contents page is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parsers.reference import regions
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_SUBJECT = _L.pattern("subject")
_ENDS = _L.pattern("ends")
_IN_NAME = _L.pattern("in_name")  # as far as one goes in the title of a page: …的报告(摘要)-普洱网
_BEGINS = _L.pattern("begins")
_GOES_ON = _L.pattern("goes_on")  # a line that goes on with a title that may end where it was broken
_NO_TITLE = _L.pattern("no_title")
_YEAR = _L.pattern("year")
_SENTENCE = _L.pattern("sentence")
_STOPS = _L.pattern("stops")
MOST_BROKEN = 4  # lines
LONGEST = 100  # characters


def document_title(cover: Sequence[str], pages: Iterable[str]) -> str | None:
    """The title that the folded lines of the cover print, else the one in the title of the page."""
    for at, line in enumerate(cover):
        if _STOPS.search(line):
            break
        if _is_beginning(line, cover[at + 1 : at + 2]) and (whole := _joined(cover[at : at + MOST_BROKEN])):
            return whole
    found = (match[0] for page in pages if (match := _IN_NAME.search(page)))
    return next((title for title in found if len(title) <= LONGEST), None)


def _is_beginning(line: str, following: Sequence[str]) -> bool:
    """Whether a title may begin: with 关于, a year, or a place alone above a year (迪庆州 / 2025年…)."""
    place = following and _YEAR.match(following[0]) and regions.find(line)
    return bool(_BEGINS.search(line) or place)


def _joined(lines: Sequence[str]) -> str | None:
    whole = ""
    for at, line in enumerate(lines):
        if _NO_TITLE.search(line):
            return None
        whole += line
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if len(whole) > LONGEST:
            return None
        if _is_whole(whole) and not _GOES_ON.match(following):
            return whole
    return None


def _is_whole(text: str) -> bool:
    return bool(_YEAR.search(text) and _SUBJECT.search(text) and _ENDS.search(text))


def is_sentence(title: str) -> bool:
    """Whether what stands at the head of a text is a sentence: 受市人民政府委托…, as reports begin."""
    return len(title) > LONGEST or bool(_SENTENCE.search(title))
