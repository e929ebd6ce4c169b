"""The pages of a document, collected while it is read.

Invariant: no page is lost in silence. Every page has a size; one that was turned, recognised, not read or
left out has a note; and what the document's text layer is follows from its pages alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.readers.page.furniture import mark_furniture
from parsers.readers.page.geometry import PageMarks
from parsers.readers.page.grids import carried_over, page_blocks
from parsers.values.attempts import Attempts
from parsers.values.document import Block, Note, Reading, Source, TextLayer
from parsers.values.errors import DocumentError


@dataclass(slots=True)
class Pages:
    """Blocks, sizes and notes of the pages read so far."""

    blocks: list[Block] = field(default_factory=list)
    sizes: list[tuple[float, float]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"text": 0, "scan": 0, "unread": 0})
    carried: tuple[float, ...] | None = None  # columns of a table that may go on overleaf

    @property
    def next_number(self) -> int:
        """Number of the page to be added next, from 1."""
        return len(self.sizes) + 1

    def add(self, marks: PageMarks, source: Source, turned: int = 0) -> None:
        """A page that was read; `turned` is the quarter turns it took to set it upright."""
        if turned:
            self.note("turned_page", f"turned by {90 * turned} degrees", marks.number)
        self.sizes.append((marks.width, marks.height))
        attempts = Attempts(page=marks.number)
        nothing: list[Block] = []
        blocks = attempts.run("the page", nothing, page_blocks, marks, source, self.carried)
        self.carried = attempts.run("its table", None, carried_over, blocks, marks.height)
        self.notes.extend(attempts.notes)
        self.blocks.extend(blocks)
        if any(not glyph.text.isspace() for glyph in marks.glyphs):
            self.counts["scan" if source == "scan" else "text"] += 1

    def add_unread(self, size: tuple[float, float], detail: str) -> None:
        """A page with content that was not read."""
        self.note("image_page", detail, self.next_number)
        self.sizes.append(size)
        self.carried = None
        self.counts["unread"] += 1

    def note(self, code: str, detail: str, page: int | None = None) -> None:
        """Something seen on the way."""
        self.notes.append(Note(code, detail, page))

    def leave_out(self, read: int, total: int) -> None:
        """Notes that only `read` of `total` pages were read."""
        if total > read:
            self.note("pages_left_out", f"only the first {read} of {total} pages were read")

    @property
    def text_layer(self) -> TextLayer:
        """Where the content came from: characters, images, both, or there is none."""
        images = self.counts["scan"] + self.counts["unread"]
        if self.counts["text"]:
            return "mixed" if images else "text"
        return "scan" if images else "none"

    def reading(self, media_type: str, total: int, title: str | None = None) -> Reading:
        """The document. Raises DocumentError `needs_ocr` when all its content is in unread images."""
        if self.counts["unread"] and not (self.counts["text"] or self.counts["scan"]):
            raise DocumentError("needs_ocr", f"All {self.counts['unread']} pages with content are images.")
        return Reading(
            media_type=media_type,
            blocks=tuple(mark_furniture(self.blocks, self.sizes)),
            pages=total,
            page_sizes=tuple(self.sizes),
            text_layer=self.text_layer,
            title=title,
            notes=tuple(self.notes),
        )
