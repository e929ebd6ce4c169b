"""Words of scanned pages that are misread in a way that gives no word, and ordinals that give no number: as
they are printed.

Invariant: only what stands in the list of such words changes, character for character, and an ordinal only
between its two neighbours; it is noted, and pages that were not recognised in an image stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row
from parsers.tables.ocr_repair.amounts import Place, confusions
from parsers.values.document import Block, Grid, Note, Reading
from parsers.values.messages import message
from parsers.values.vocabulary import AmountSource, TextLayer

LONGEST = 3  # characters of an ordinal
_WORD = re.compile(r"[\d\u4e00-\u9fff]")


def spelled(reading: Reading) -> Reading:
    """The reading with such words of its page images spelled as printed, and a note on each."""
    if reading.text_layer not in (TextLayer.SCAN, TextLayer.MIXED):
        return reading
    grids = [block for block in reading.blocks if isinstance(block, Grid)]
    scanned = {grid.page for grid in grids if grid.source == AmountSource.SCAN}
    notes: dict[Note, None] = {}
    blocks = tuple(_mended(block, notes) if block.page in scanned else block for block in reading.blocks)
    return replace(reading, blocks=blocks, notes=(*reading.notes, *notes)) if notes else reading


def _mended(block: Block, notes: dict[Note, None]) -> Block:
    if not isinstance(block, Grid):
        return replace(block, text=_spelled(block.text, block.page, notes))
    cells = (replace(cell, text=_spelled(cell.text, block.page, notes)) for cell in block.cells)
    return replace(block, cells=tuple(cells))


def _spelled(text: str, page: int | None, notes: dict[Note, None]) -> str:
    def printed(match: re.Match[str]) -> str:
        word = match[0].replace("\n", "")
        right = confusions().words[word]
        notes[Note("ocr_repair", message("spelling_repaired", read=word, text=right), page)] = None
        lost = len(right) - len(word)
        characters: Iterator[str] = iter(right[lost:])
        return right[:lost] + "".join(char if char == "\n" else next(characters) for char in match[0])

    return confusions().misread.sub(printed, text)


def ordinal_slips(body: Sequence[Row], columns: Sequence[Column]) -> Iterator[tuple[Place, str]]:
    """Labels whose ordinal is characters of no number and no word, between the labels that are numbered
    before and behind it: with the number that is lacking."""
    known, mark = confusions().ordinals, confusions().ordinal_mark
    for column in (column.index for column in columns if column.role != "money"):
        labels = [(r, *row[column].own_text.partition(mark)) for r, row in enumerate(body)]
        numbered = [(r, begin, rest) for r, begin, found, rest in labels if found and len(begin) <= LONGEST]
        for before, (r, begin, rest), after in zip(numbered, numbered[1:], numbered[2:], strict=False):
            if _WORD.search(begin) or before[1] not in known or after[1] not in known:
                continue
            number = known.index(before[1]) + 1
            if known.index(after[1]) == number + 1:
                yield (r, column), known[number] + mark + rest
