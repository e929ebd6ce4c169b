"""Days of a list that prints them without their year (03-06): the year follows from the lines around.

Invariant: never a wrong year. A day gets one only between two lines whose whole dates are known, in a list
that is sorted, where as many years turn between them as the months say; any other day stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from crawler.pages.dates import url_date
from crawler.pages.page import Page
from crawler.platforms import lines
from crawler.platforms.protocol import Entry

_FEWEST = 3  # lines: fewer have no day between two others


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list: its day where it is known, and its month and day where they are printed."""

    url: str
    day: date | None
    printed: tuple[int, int] | None


def with_days(page: Page, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries, in the page's order or not, with the days that follow from their neighbours."""
    if len(entries) < _FEWEST or all(entry.published_on for entry in entries):
        return tuple(entries)
    days = {line.url: line.day for line in _with_days(_lines(page, entries))}
    return tuple(
        entry if entry.published_on else replace(entry, published_on=days.get(entry.url)) for entry in entries
    )


def _lines(page: Page, entries: Sequence[Entry]) -> list[_Line]:
    known = {entry.url: entry.published_on for entry in entries}
    found: dict[str, _Line] = {}
    for node, url in page.anchors:
        if url in known and url not in found:
            printed, day = lines.month_and_day(node), known[url]
            stated = url_date(url)
            # The day in an address is that of the line if the line prints it, too.
            if day is None and stated and printed == (stated.month, stated.day):
                day = stated
            found[url] = _Line(url, day, printed)
    return [line for line in found.values() if line.day or line.printed]


def _with_days(found: list[_Line]) -> Iterator[_Line]:
    """The lines with the days that follow from those around them."""
    known = [place for place, line in enumerate(found) if line.day]
    for first, last in pairwise(known):
        part = found[first : last + 1]
        yield from _between(part) or reversed(_between(part[::-1]) or part[::-1])
    yield from (found[place] for place in known)


def _between(part: list[_Line]) -> list[_Line] | None:
    """A part of a list that is sorted with the newest first, its days filled in; None if it is not, or if
    more years lie between its ends than its months show."""
    start, end = part[0].day, part[-1].day
    if start is None or end is None or start < end:
        return None
    filled, before = [part[0]], start
    for line in part[1:]:
        month, day = (line.day.month, line.day.day) if line.day else line.printed or (0, 0)
        try:
            made = date(before.year, month, day)
            made = made if made <= before else date(before.year - 1, month, day)
        except ValueError:
            return None
        filled.append(replace(line, day=made))
        before = made
    return filled if before == end else None
