"""The rows of a summary table as an outline: 一、 above （一） above 1、; 合计 and 总计 close it.

Invariant: an item's depth comes from its numbering alone. Rows that say 其中 and rows without a number below
a numbered one detail it and are never counted beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from parsers.tables.layout.words import is_total_word
from parsers.tables.stacked import sides_of
from parsers.values.lexicon import lexicon_of
from parsers.values.results import TableRow
from parsers.values.text import fold, unnumbered

_L = lexicon_of(__name__)
_TEN = _L.text("ten")

_CHINESE = _L.source("chinese")
_STYLES = (
    _L.pattern("outer_style"),
    re.compile(rf"^[(](?P<n>[{_CHINESE}]+)[)]"),
    re.compile(r"^(?P<n>\d{1,2})[、.．](?!\d)"),
    re.compile(r"^[(](?P<n>\d{1,2})[)]"),
    re.compile(r"^(?P<n>[①②③④⑤⑥⑦⑧⑨⑩])"),
)
_DETAIL = _L.pattern("detail")
_SIDES = _L.words("sides")
_GROUP = _L.text("group")


@dataclass(slots=True)
class Item:
    """A row of the outline. `partial` marks a detail that need not make up its whole (其中)."""

    row: TableRow
    partial: bool = False
    items: list[Item] = field(default_factory=list)

    def walk(self) -> Iterator[Item]:
        """All items below this one, each before its own."""
        for item in self.items:
            yield item
            yield from item.walk()

    @property
    def parts(self) -> list[Item]:
        """The items that make up this one, without partial details."""
        return [item for item in self.items if not item.partial]


@dataclass(slots=True)
class _Frame:
    style: int
    last: int
    item: Item  # whose items this numbering lists


def outline_of(rows: Sequence[TableRow]) -> Item:
    """The rows (no totals, no blank labels) below a root without meaning of its own."""
    root = Item(TableRow(-1, 0, "", {}, True, False))
    numbered = any(ordinal(row.label) for row in rows)
    frames = [_Frame(-1, 0, root)]
    for row in rows:
        partial = bool(_DETAIL.match(fold(row.label)))
        found = ordinal(_DETAIL.sub("", fold(row.label)).lstrip(":"))
        if found is None:
            _place_unnumbered(frames, Item(row, partial or _under_partial(frames)), numbered)
        else:
            _place(frames, Item(row, partial), *found)
    return root


def sides(rows: Sequence[TableRow]) -> list[Sequence[TableRow]]:
    """The rows of a block; where revenue stands above expenditure, those of each side without the line that
    opens it. None of a side whose totals are several of one name, or of both sides: it is not one list."""
    parts = sides_of([row.label for row in rows], [row.has_amounts for row in rows])
    lists = [rows[part] for part, _ in parts] or [rows]
    heads = [next(row for row in part if row.label) for part in lists] if parts else []
    captions = {row.row_no for row in heads if not row.has_amounts}
    return [[row for row in part if row.row_no not in captions] for part in lists if _is_one(part)]


def _is_one(rows: Sequence[TableRow]) -> bool:
    names = [bare(row.label) for row in rows if is_total(row) and row.has_amounts]
    whole = [name for name in names if not name.endswith(_GROUP)] or names
    named = {tuple(word in name for word in _SIDES) for name in whole}
    return len(set(whole)) == len(whole) and not named >= {(True, False), (False, True)}


def ordinal(label: str) -> tuple[int, int] | None:
    """(style, number) of a label's numbering: 一、 → (0, 1), （二） → (1, 2), 3. → (2, 3)."""
    compact = fold(label)
    for style, pattern in enumerate(_STYLES):
        if match := pattern.match(compact):
            return style, _number(match["n"])
    return None


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if len(text) == 1 and text in "①②③④⑤⑥⑦⑧⑨⑩":
        return "①②③④⑤⑥⑦⑧⑨⑩".index(text) + 1
    tens, _, ones = text.partition(_TEN)
    if _TEN not in text:
        return _CHINESE.index(text) + 1 if len(text) == 1 else 0
    return (10 * (_CHINESE.index(tens) + 1) if tens else 10) + (_CHINESE.index(ones) + 1 if ones else 0)


def _place(frames: list[_Frame], item: Item, style: int, number: int) -> None:
    """Below the innermost numbering that this row goes on with; a new style or a restart opens one."""
    depth = next(
        (i for i in range(len(frames) - 1, 0, -1) if _goes_on(frames[i], style, number, exact=True)), 0
    )
    depth = depth or next((i for i in range(len(frames) - 1, 0, -1) if _goes_on(frames[i], style, number)), 0)
    if depth:
        del frames[depth + 1 :]
        frames[depth].last = number
    else:
        while len(frames) > 1 and frames[-1].style > style:
            frames.pop()
        parent = frames[-1].item.items[-1] if frames[-1].item.items else frames[-1].item
        frames.append(_Frame(style, number, parent))
    frames[-1].item.items.append(item)


def _goes_on(frame: _Frame, style: int, number: int, *, exact: bool = False) -> bool:
    if frame.style != style:
        return False
    return number == frame.last + 1 if exact else number > 1


def _place_unnumbered(frames: list[_Frame], item: Item, numbered: bool) -> None:
    """A detail of the last numbered row, or a row of its own where nothing is numbered yet."""
    owner = frames[-1].item
    if numbered and len(frames) > 1 and owner.items:
        owner = owner.items[-1]
    owner.items.append(item)


def _under_partial(frames: list[_Frame]) -> bool:
    """Rows after 其中 detail the same whole."""
    owner = frames[-1].item
    last = owner.items[-1].items if owner.items and len(frames) > 1 else owner.items
    return bool(last) and last[-1].partial


def is_total(row: TableRow) -> bool:
    """Whether a row closes others by its own word (合计, 总计): rows that sum others without saying so are
    for the sums to find."""
    return closes(row.label)


@cache
def closes(label: str) -> bool:
    """Whether a label is a total's word; cached, because it is asked for every amount of a document."""
    return is_total_word(label)


def bare(label: str) -> str:
    """A label as totals are compared: without numbering, width and white space."""
    return unnumbered(label)
