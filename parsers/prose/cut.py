"""Text whose lines the page's edge cuts off (a sheet printed wider than its paper) accuses no one.

Invariant: a finding about a page whose text is cut, or a page beside it, is a doubt about the reading: what
stands there may be half of a number, or two sentences run together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.prose.paragraph import RUNNING
from parsers.values.document import Reading, TextBlock
from parsers.values.messages import message, sentences
from parsers.values.results import Check
from parsers.values.vocabulary import CheckStatus, Fault, Severity

_SIZE = 12  # points, of a line whose size is not known
_CUT = message("text_cut_at_edge")


def doubted_where_cut(checks: Sequence[Check], reading: Reading) -> tuple[Check, ...]:
    """The checks, those that fail on a page whose text is cut, or beside one, turned into reading doubts."""
    cut = {page + step for page in _cut_pages(reading) for step in (-1, 0, 1)}
    return tuple(
        replace(
            check, fault=Fault.READING, severity=Severity.INFO, message=sentences(check.message, _CUT)
        )
        if check.status == CheckStatus.FAILS and check.page in cut
        else check
        for check in checks
    )  # fmt: skip


def _cut_pages(reading: Reading) -> set[int]:
    """The pages of which a line of running text ends so near the edge that no character would fit behind it,
    as no one sets a page: a character that the edge cuts is not read."""
    found = set()
    for block in reading.blocks:
        if not isinstance(block, TextBlock) or block.style != "paragraph" or len(block.text) < RUNNING:
            continue
        if block.box and block.page and block.page <= len(reading.page_sizes) and "\t" not in block.text:
            width, _ = reading.page_sizes[block.page - 1]
            if block.box.x1 > width - (block.size or _SIZE):
                found.add(block.page)
    return found
