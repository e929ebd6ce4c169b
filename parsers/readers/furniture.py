"""Page numbers and running heads, distinguished from content.

Invariant: only a line in the outer margin of its page can be furniture, and nothing is removed: the block
keeps its place and text and changes its style.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from parsers.values.document import Block, Box, TextBlock
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

# Of the page's height, at the top and at the bottom; for page numbers of its longer side: sheets turned
# between upright ones print them as far from their edge.
MARGIN = 0.09
REPEATED_PAGES = 3
REPEATED_SHARE = 0.3

_LONGEST_NUMBER = 60  # characters of a page number with all that is set around it
_PAGE_NUMBER = _L.pattern("page_number", re.IGNORECASE)
# What introduces a table is not a running head, however many pages repeat it.
_INTRODUCTION = _L.pattern("introduction")


def mark_furniture(blocks: Sequence[Block], page_sizes: Sequence[tuple[float, float]]) -> list[Block]:
    """`blocks` with page numbers and repeated margin lines restyled as furniture."""
    pages_with: dict[str, set[int]] = defaultdict(set)
    for block in blocks:
        if isinstance(block, TextBlock) and in_margin(block, page_sizes):
            pages_with[_key(block.text)].add(block.page or 0)
    often = max(REPEATED_PAGES, REPEATED_SHARE * len(page_sizes))
    return [
        replace(block, style="furniture")
        if isinstance(block, TextBlock)
        and (
            _is_page_number(block, page_sizes)
            or (
                in_margin(block, page_sizes)
                and len(pages_with[_key(block.text)]) >= often
                and not _INTRODUCTION.search(block.text)
            )
        )
        else block
        for block in blocks
    ]


def in_margin(block: TextBlock, page_sizes: Sequence[tuple[float, float]]) -> bool:
    """Whether the line stands in the outer margin of its page."""
    if block.box is None or not block.page:
        return False
    height = page_sizes[block.page - 1][1]
    return _from_edge(block.box, height) < MARGIN * height


def _is_page_number(block: TextBlock, page_sizes: Sequence[tuple[float, float]]) -> bool:
    if block.box is None or not block.page or not reads_as_number(block):
        return False
    size = page_sizes[block.page - 1]
    return _from_edge(block.box, size[1]) < MARGIN * max(size)


def reads_as_number(block: TextBlock) -> bool:
    """Whether the line is the number of a page (12, — 3 —, 第 4 页) by its words."""
    text = block.text.strip()
    return len(text) <= _LONGEST_NUMBER and bool(_PAGE_NUMBER.fullmatch(text))


def _from_edge(box: Box, height: float) -> float:
    """How far into the page, from its top or its foot, a line reaches."""
    return min(box.y1, height - box.y0)


def _key(text: str) -> str:
    """The text without white space, any number alike: running heads count pages and print dates."""
    return re.sub(r"\d+", "#", re.sub(r"\s", "", text))
