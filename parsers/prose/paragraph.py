"""Text blocks to paragraphs with their headings.

Invariant: no character of the running text is lost or invented; lines of a page are joined, never reordered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from parsers.values.document import Block, Grid, TextBlock
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_HAS_AMOUNT = _L.pattern("has_amount")

# Ordinals that begin a heading or an item, by depth.
_ORDINALS = (
    _L.pattern("ordinals"),
    _L.pattern("ordinals_2"),
    _L.pattern("ordinals_3"),
    re.compile(r"^\d{1,2}[、.．](?!\d)"),
    re.compile(r"^[(（]\d{1,2}[)）]"),
)
_SENTENCE = _L.pattern("sentence")
_ENDS = tuple("。；！？：")
_DIGIT_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_KEPT = {"，": "，", "。": "。", "；": "；", "：": "：", "、": "、", ",": "，", ";": "；", ":": "："}
MAX_HEADING = 40
RUNNING = 15  # characters of a line that may show where the margin is
MARGIN_SHARE = 0.06  # a line that ends this share of the width before the margin ends its paragraph


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`text` without white space, punctuation in full width, brackets and digits in half width, digits
    without separators of thousands; `headings` from the outermost to the nearest one above."""

    text: str
    page: int | None
    headings: tuple[str, ...] = ()


def paragraphs(blocks: Iterable[Block]) -> tuple[Paragraph, ...]:
    """The running text in reading order, headings taken off and noted."""
    out: list[Paragraph] = []
    path: dict[int, str] = {}
    for lines in _runs(blocks):
        text = plain_text(run_text(lines))
        depth = ordinal_depth(text)
        if depth is not None and _is_heading(text):
            path = {d: heading for d, heading in path.items() if d < depth} | {depth: text}
        elif text:
            if depth is not None:
                path = {d: heading for d, heading in path.items() if d < depth}
            out.append(Paragraph(text, lines[0].page, tuple(path[d] for d in sorted(path))))
    return tuple(out)


@lru_cache(maxsize=4_096)  # prose and what looks for promises in it read the same paragraphs
def plain_text(text: str) -> str:
    """The comparable form of running text; see `Paragraph`."""
    return _DIGIT_COMMA.sub("", "".join(text.split()).translate(_HALF_WIDTH)).translate(_WIDE)


class _HalfWidth(dict[int, str]):
    """Characters with what stands for them in running text, found once for each."""

    def __missing__(self, code: int) -> str:
        found = self[code] = chr(code) if chr(code) in _KEPT else unicodedata.normalize("NFKC", chr(code))
        return found


_HALF_WIDTH, _WIDE = _HalfWidth(), str.maketrans(_KEPT)


def _runs(blocks: Iterable[Block]) -> Iterable[list[TextBlock]]:
    """Blocks that are one paragraph: lines of a page are joined, paragraphs of Word and HTML stand alone."""
    run: list[TextBlock] = []
    margins = _Margins(blocks := list(blocks))
    for block in blocks:
        if isinstance(block, Grid):
            # A table between two lines of text ends the paragraph; a page's furniture does not.
            if run:
                yield run
            run = []
        elif block.style in ("furniture", "sheet") or not block.text.strip():
            continue
        elif run and _continues(run, block, margins):
            run.append(block)
        else:
            if run:
                yield run
            run = [block]
    if run:
        yield run


class _Margins:
    """The right and left margin of the running text, by page."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._right: dict[int, float] = {}
        for block in blocks:
            if not isinstance(block, TextBlock) or len(block.text) < RUNNING or "\t" in block.text:
                continue
            if block.box and block.page is not None:
                self._right[block.page] = max(self._right.get(block.page, 0.0), block.box.x1)

    def is_full(self, line: TextBlock) -> bool:
        """Whether the line runs up to the margin."""
        if line.box is None or line.page is None:
            return False
        return line.box.x1 >= self._right.get(line.page, 0.0) * (1 - MARGIN_SHARE)


def _continues(run: Sequence[TextBlock], line: TextBlock, margins: _Margins) -> bool:
    last = run[-1]
    if last.box is None or line.box is None or last.page is None or line.page is None:
        return False
    if line.page - last.page > 1 or "\t" in line.text:
        return False
    ended = last.text.rstrip().endswith(_ENDS)
    if not margins.is_full(last):  # a long number may not fit: the sentence still goes on
        return (
            not ended
            and ordinal_depth(plain_text(line.text)) is None
            and bool(_SENTENCE.search(run_text(run)))
        )
    begins = ordinal_depth(plain_text(line.text)) is not None or line.box.x0 > last.box.x0 + (last.size or 12)
    return not (begins and (ended or ordinal_depth(plain_text(line.text)) is not None))


def run_text(run: Sequence[TextBlock]) -> str:
    """The lines of a run as one text, as printed."""
    return "".join(line.text for line in run)


def ordinal_depth(text: str) -> int | None:
    """How deep the ordinal a text begins with stands: 0 for 第一部分 to 4 for (1); None without one."""
    return next((depth for depth, ordinal in enumerate(_ORDINALS) if ordinal.match(text)), None)


def _is_heading(text: str) -> bool:
    return len(text) <= MAX_HEADING and not text.endswith(("。", "；", "，")) and not _HAS_AMOUNT.search(text)
