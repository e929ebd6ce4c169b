"""The pages of a document, collected while it is read.

Invariant: no page is lost in silence. Every page has a size; one that was turned, recognised, not read or
left out has a note; and what the document's text layer is follows from its pages alone. A limit of time or
memory that is reached between two pages costs the pages behind it, never those before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from parsers.readers.furniture import mark_furniture
from parsers.readers.limits import MIB, Limits
from parsers.readers.page.frames import Carried
from parsers.readers.page.grids import carried_over, page_blocks
from parsers.readers.page.lines.geometry import PageMarks
from parsers.readers.page.page_pairs import fold_of
from parsers.values.attempts import Attempts
from parsers.values.document import LIMIT_OUTCOMES, Block, Note, Reading, Recognition
from parsers.values.errors import DocumentError
from parsers.values.messages import Message, message
from parsers.values.vocabulary import AmountSource, DocumentOutcome, TextLayer


@dataclass(slots=True)
class Pages:
    """Blocks, sizes and notes of the pages read so far, within `limits`. Time counts from its making."""

    limits: Limits
    blocks: list[Block] = field(default_factory=list)
    sizes: list[tuple[float, float]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"text": 0, "scan": 0, "unread": 0})
    carried: Carried | None = None  # of a table that may go on overleaf
    pair: tuple[float, float] | None = None  # the size of a sheet that held two pages side by side
    stopped: Note | None = None  # why no further page is started
    late: Note | None = None  # of the first page image that took too long
    begun: float = field(init=False)  # when reading began
    page_begun: float = field(init=False)  # when the page being read was started
    recognised: int = 0  # page images
    recognising: float = 0.0  # seconds during which page images were worked on, one or several at a time
    recognised_at: float = field(init=False)  # when the last of them was added
    longest: float = 0.0  # seconds that one of them took at most

    def __post_init__(self) -> None:
        self.begun = self.page_begun = self.recognised_at = self.limits.clock()

    @property
    def next_number(self) -> int:
        """Number of the page to be added next, from 1."""
        return len(self.sizes) + 1

    def may_begin(self) -> bool:
        """Whether time and memory are left for the next page: time for one that takes as long as the slowest
        page image. Once they are not, the answer stays no."""
        self.page_begun = self.limits.clock()
        passed, limit = self.page_begun - self.begun, self.limits.page_seconds
        if self.stopped is None and passed >= limit:
            self.stopped = Note("unread_time", message("not_started_in_time", limit=_seconds(limit)))
        if self.stopped is None and passed + self.longest > limit:
            detail = message(
                "not_started_for_pace",
                page_took=f"{self.longest:.1f}",
                left=f"{limit - passed:.1f}",
                limit=_seconds(limit),
            )
            self.stopped = Note("unread_time", detail)
        if self.stopped is None and self.limits.held() >= self.limits.page_memory:
            detail = message("not_started_for_memory", n=f"{self.limits.page_memory / MIB:g}")
            self.stopped = Note("unread_memory", detail)
        return self.stopped is None

    def skip(self, size: tuple[float, float]) -> None:
        """A page that was not started because `may_begin` said no."""
        assert self.stopped is not None
        width, height = size
        self._add_unread((round(width, 2), round(height, 2)), self.stopped.code, self.stopped.detail)

    def add(
        self, marks: PageMarks, source: AmountSource, turned: int = 0, *, begun: float | None = None
    ) -> None:
        """A page that was read; `turned` is the quarter turns it took to set it upright, `begun` when reading
        it began, if other pages were started since."""
        if turned:
            self.note("turned_page", message("turned_by", n=90 * turned), marks.number)
        self.sizes.append((marks.width, marks.height))
        if marks.fold is None and marks.width > marks.height:
            size = (marks.width, marks.height)
            marks = replace(marks, fold=fold_of(marks, paired=self.pair == size))
            self.pair = self.pair if marks.fold is None else size
        attempts = Attempts(page=marks.number)
        nothing: list[Block] = []
        blocks = attempts.run(message("step_page"), nothing, page_blocks, marks, source, self.carried)
        self.carried = attempts.run(message("step_page_table"), None, carried_over, blocks, marks.height)
        self.notes.extend(attempts.notes)
        self.blocks.extend(blocks)
        if any(not glyph.text.isspace() for glyph in marks.glyphs):
            self.counts["scan" if source == AmountSource.SCAN else "text"] += 1
        if source == AmountSource.SCAN:
            self.recognised += 1
            since = self.page_begun if begun is None else begun
            now = self.limits.clock()
            self.recognising += now - max(since, self.recognised_at)
            self.longest = max(self.longest, now - since)
            self.recognised_at = now

    def add_late(self, size: tuple[float, float]) -> None:
        """A page image whose recognition did not end in the time of one page."""
        late = Note("unread_time", message("not_ended_in_time", limit=_seconds(self.limits.image_seconds)))
        self.late = self.late or late
        self._add_unread(size, late.code, late.detail)

    def add_unread(self, size: tuple[float, float], detail: Message) -> None:
        """A page image that was not read."""
        self._add_unread(size, "image_page", detail)

    def _add_unread(self, size: tuple[float, float], code: str, detail: Message | str) -> None:
        self.note(code, detail, self.next_number)
        self.sizes.append(size)
        self.carried = None
        self.counts["unread"] += 1

    def note(self, code: str, detail: Message | str, page: int | None = None) -> None:
        """Something seen on the way."""
        self.notes.append(Note(code, detail, page))

    def leave_out(self, read: int, total: int) -> None:
        """Notes that only `read` of `total` pages were read."""
        if total > read:
            self.note("pages_left_out", message("first_pages_read", read=read, total=total))

    @property
    def text_layer(self) -> TextLayer:
        """Where the content came from: characters, images, both, or there is none."""
        images = self.counts["scan"] + self.counts["unread"]
        if self.counts["text"]:
            return TextLayer.MIXED if images else TextLayer.TEXT
        return TextLayer.SCAN if images else TextLayer.NONE

    def reading(self, media_type: str, total: int, title: str | None = None) -> Reading:
        """The document. Raises DocumentError when none of its content was read: `timeout` or `too_large`
        where a limit was reached, else `needs_ocr`, for all of it is in unread images."""
        if self.counts["unread"] and not (self.counts["text"] or self.counts["scan"]):
            if (limit := self.stopped or self.late) is not None:
                why = message("no_page_read", why=limit.detail)
                raise DocumentError(LIMIT_OUTCOMES[limit.code], why)
            raise DocumentError(
                DocumentOutcome.NEEDS_OCR, message("all_pages_are_images", n=self.counts["unread"])
            )
        return Reading(
            media_type=media_type,
            blocks=tuple(mark_furniture(self.blocks, self.sizes)),
            pages=total,
            page_sizes=tuple(self.sizes),
            text_layer=self.text_layer,
            title=title,
            notes=tuple(self.notes),
            recognition=Recognition(self.recognised, self.recognising),
        )


def _seconds(limit: float) -> str:
    return f"{limit:g}"
