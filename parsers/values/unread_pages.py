"""Pages of a document that were not read, and what follows for what is said about it.

Invariant: which pages these are follows from the reader's notes alone. A document of which a limit cost pages
says which. One in whose other pages no table was found has the outcome of that limit, never `no_tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.values.document import Note
from parsers.values.messages import Message, message
from parsers.values.vocabulary import DocumentOutcome

LIMIT_OUTCOMES = {
    "unread_time": DocumentOutcome.TIMEOUT,
    "unread_memory": DocumentOutcome.TOO_LARGE,
}
"""Code of the note of a page that was not started, and the outcome of a document that has no other
content."""

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


def outcome_of_limit(notes: Sequence[Note]) -> DocumentOutcome | None:
    """The outcome that goes with the limit that cost pages; None where none did."""
    return next((LIMIT_OUTCOMES[note.code] for note in notes if note.code in LIMIT_OUTCOMES), None)


def pages_beyond_limits(notes: Sequence[Note]) -> Message | None:
    """A message that names the pages that a limit cost; None where it cost none."""
    lost = [note for note in notes if note.code in LIMIT_OUTCOMES and note.page is not None]
    if not lost:
        return None
    first, last, timed = lost[0].page, lost[-1].page, lost[0].code == "unread_time"
    if first == last:
        return message("page_beyond_time" if timed else "page_beyond_memory", number=first)
    return message("pages_beyond_time" if timed else "pages_beyond_memory", first=first, last=last)
