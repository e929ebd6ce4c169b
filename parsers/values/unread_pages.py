"""Pages of a document that were not read, and what follows for what is said about it.

Invariant: which pages these are follows from the reader's notes alone. A document of which a limit cost pages
says which, in both languages, `中文 | English`. One in whose other pages no table was found has the outcome
of that limit, never `no_tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.values.document import Note

LIMIT_OUTCOMES = {"unread_time": "timeout", "unread_memory": "too_large"}
"""Code of the note of a page that was not started, and the outcome of a document that has no other
content."""

_WHY = {
    "unread_time": ("读取时限已到", "the time was over"),
    "unread_memory": ("内存已用尽", "memory was short"),
}


_LOST = {*LIMIT_OUTCOMES, "image_page", "page_damaged", "not_read"}
"""Codes of notes on pages of which nothing, or not all, was read."""


@dataclass(frozen=True, slots=True)
class LostPages:
    """Numbers of pages that were not read, and whether pages behind the last one read were left out."""

    numbers: frozenset[int] = frozenset()
    last_ones: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers) or self.last_ones

    def beside(self, pages: Sequence[int]) -> int | None:
        """A lost page among `pages`, before the first or behind the last of them."""
        around = (*pages, *(() if not pages else (pages[0] - 1, pages[-1] + 1)))
        return next((number for number in around if number in self.numbers), None)


def lost_pages(notes: Sequence[Note]) -> LostPages:
    """The pages that the reader's notes say were not read."""
    numbers = {note.page for note in notes if note.code in _LOST and note.page is not None}
    return LostPages(frozenset(numbers), any(note.code == "pages_left_out" for note in notes))


def outcome_of_limit(notes: Sequence[Note]) -> str | None:
    """The outcome that goes with the limit that cost pages; None where none did."""
    return next((LIMIT_OUTCOMES[note.code] for note in notes if note.code in LIMIT_OUTCOMES), None)


def pages_beyond_limits(notes: Sequence[Note]) -> str | None:
    """One sentence that names the pages that a limit cost; None where it cost none."""
    lost = [note for note in notes if note.code in LIMIT_OUTCOMES and note.page is not None]
    if not lost:
        return None
    chinese, english = _WHY[lost[0].code]
    first, last = lost[0].page, lost[-1].page
    pages = f"page {first}" if first == last else f"pages {first}–{last}"
    named = f"第{first}页" if first == last else f"第{first}–{last}页"
    return f"{named}未读取：{chinese} | {pages} not read: {english}"


def joined(*sentences: str | None) -> str | None:
    """Sentences in both languages as one text in both; None without any."""
    both = [sentence.partition(" | ") for sentence in sentences if sentence]
    if not both:
        return None
    return f"{'；'.join(chinese for chinese, _, _ in both)} | {'; '.join(english for _, _, english in both)}"
