"""What the recogniser may have misread: the readings of an amount that fit what its table prints.

Invariant: no digit is invented. A reading has the digits that were seen, letters that look like digits
counted as these, less at most one digit that was seen twice. Between readings of one cell the sums choose
that the table's own rows and columns keep; a sum speaks only where every other amount in it is legible, and
only exactly: no tolerance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise

from parsers.tables.codes import CodeReader
from parsers.tables.layout.blocks import ColumnBlock, column_blocks
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row
from parsers.tables.layout.words import is_total_word
from parsers.values.amounts import is_blank, printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.text import fold

LEAST_ROWS = 3  # rows in which columns must add up before they are known to

Place = tuple[int, int]  # row, column
_FIRST_WITH_COMMA = 1000
_L = lexicon_of(__name__)
_BEHIND = _L.text("behind")
LEAST_SEEN = 5  # amounts that must agree before a table has a pattern
_AMOUNT = re.compile(r"^(?P<sign>[-−–—]?)(?P<seen>.+)$")
Runs = tuple[str, ...]  # digits between separators, from left to right


@dataclass(frozen=True, slots=True)
class Sum:
    """The amount at `whole` is the sum of those at `parts`."""

    whole: Place
    parts: tuple[Place, ...]


class Sums:
    """The sums of one table body; `doubtful` places count as illegible when sums are looked for."""

    def __init__(self, body: Sequence[Row], columns: Sequence[Column], doubtful: set[Place]) -> None:
        self._amounts: dict[Place, Decimal | None] = {}
        for r, row in enumerate(body):
            for c in (column.index for column in columns if column.role == "money"):
                text = row[c].own_text
                self._amounts[r, c] = Decimal(0) if is_blank(text) else printed_number(text)
        self._amounts.update(dict.fromkeys(doubtful))
        self._by_place: dict[Place, list[Sum]] = {}
        for block in column_blocks(columns):
            for found in (*self._across(block, len(body)), *_down(block, body)):
                for place in (found.whole, *found.parts):
                    self._by_place.setdefault(place, []).append(found)

    def hold(self, place: Place, value: Decimal) -> bool:
        """Whether a sum this place is part of holds with this value there."""
        return any(self._holds(found, place, value) for found in self._by_place.get(place, []))

    def _holds(self, found: Sum, place: Place, value: Decimal) -> bool:
        whole, *parts = (
            value if at == place else self._amounts.get(at) for at in (found.whole, *found.parts)
        )
        legible = [part for part in parts if part is not None]
        return whole is not None and len(legible) == len(parts) and sum(legible) == whole != 0

    def _across(self, block: ColumnBlock, rows: int) -> Iterator[Sum]:
        """合计 = 基本支出 + 项目支出: a column and those right of it that add up in all other rows."""
        money = [column.index for column in block.money]
        for i, whole in enumerate(money):
            for end in range(i + 3, len(money) + 1):
                parts = money[i + 1 : end]
                if self._add_up(whole, parts, rows):
                    yield from (Sum((r, whole), tuple((r, c) for c in parts)) for r in range(rows))

    def _add_up(self, whole: int, parts: Sequence[int], rows: int) -> bool:
        seen = 0
        filled: set[int] = set()
        for r in range(rows):
            total, *rest = (self._amounts[r, c] for c in (whole, *parts))
            legible = [amount for amount in rest if amount is not None]
            if total is None or len(legible) < len(rest):
                continue
            if sum(legible) != total:
                return False
            seen += total != 0
            filled |= {c for c in parts if self._amounts[r, c]}
        return seen >= LEAST_ROWS and len(filled) == len(parts)


def _down(block: ColumnBlock, body: Sequence[Row]) -> Iterator[Sum]:
    """类 = Σ 款, 款 = Σ 项 by the codes of the rows, and the one 合计 = Σ 类."""
    reader = CodeReader(block.keys)
    codes = ["".join(list(reader.read(row).values())[:1]) for row in body]
    groups = [(r, _below(codes, r)) for r, code in enumerate(codes) if code]
    totals = [r for r, row in enumerate(body) if is_total_word(block.row_label(row))]
    top = min((len(code) for code in codes if code), default=0)
    if len(totals) == 1:
        groups.append((totals[0], [r for r, code in enumerate(codes) if code and len(code) == top]))
    for whole, parts in groups:
        for column in block.money if parts else ():
            yield Sum((whole, column.index), tuple((r, column.index) for r in parts))


def _below(codes: Sequence[str], row: int) -> list[int]:
    """The rows right below `row` whose code is one step deeper within its own."""
    parts = []
    for r in range(row + 1, len(codes)):
        if not codes[r].startswith(codes[row]) or codes[r] == codes[row]:
            break
        if len(codes[r]) == len(codes[row]) + 2:
            parts.append(r)
    return parts


@dataclass(frozen=True, slots=True)
class Confusions:
    """`ocr_confusions.yaml`: the digits characters are read for, the marks read for comma and point, the
    pairs of characters that names use for one another, and the words read for others, which are words of no
    writer; `misread` finds them over the ends of lines."""

    digits: dict[int, str]
    separators: re.Pattern[str]
    spellings: frozenset[frozenset[str]]
    words: dict[str, str]
    misread: re.Pattern[str]
    ordinals: tuple[str, ...]
    ordinal_mark: str

    def digits_of(self, seen: str) -> str:
        """`2O8` → `208`; what looks like no digit stays."""
        return seen.translate(self.digits)


class _File(Knowledge):
    digits: dict[str, str]
    separators: str
    spellings: tuple[str, ...]
    words: dict[str, str]
    before: str
    after: str
    ordinals: tuple[str, ...]
    ordinal_mark: str


@cache
def confusions() -> Confusions:
    """The characters that OCR confuses, from `ocr_confusions.yaml`, loaded once."""
    data = knowledge("parsers.reference", "ocr_confusions.yaml", _File)
    before = f"(?<![{data.before}])(?<![{data.before}]\\n)"
    words = "|".join("\\n?".join(word) for word in sorted(data.words, key=len, reverse=True))
    return Confusions(
        digits={ord(char): digit for char, digit in data.digits.items()},
        separators=re.compile(f"[{re.escape(data.separators)}]+"),
        spellings=frozenset(frozenset(pair) for pair in data.spellings),
        words=data.words,
        ordinals=data.ordinals,
        ordinal_mark=data.ordinal_mark,
        misread=re.compile(f"{before}(?:{words})(?!\\n?[{data.after}])"),
    )


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a table prints amounts: decimal places, and thousands set off by commas (None: no amount shows
    it)."""

    places: int
    grouped: bool | None

    def fits(self, runs: Runs) -> bool:
        """Whether amounts of this table print these runs of digits."""
        whole = runs[:-1] if self.places else runs
        if not whole or (self.places and len(runs[-1]) != self.places):
            return False
        if whole[0].startswith("0") and whole != ("0",):
            return False
        by_threes = len(whole[0]) <= 3 and all(len(run) == 3 for run in whole[1:])
        return (by_threes and self.grouped is not False) or (len(whole) == 1 and not self.grouped)

    @property
    def shape(self) -> str:
        """The pattern as a number format, such as `#,##0.00`."""
        return ("#,##0" if self.grouped else "0") + "." * bool(self.places) + "0" * self.places

    def printed(self, runs: Runs) -> str:
        """Runs of digits as this table would print them."""
        return ",".join(runs[:-1]) + "." + runs[-1] if self.places else ",".join(runs)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a cell. `certain`: the pattern alone leaves no other."""

    text: str
    value: Decimal
    certain: bool


def pattern_of(texts: Sequence[str]) -> Pattern | None:
    """The pattern that amounts follow with at most one exception in ten; None where they follow none."""
    seen = [fold(text) for text in texts if printed_number(text) is not None and fold(text) != "0"]
    places = Counter(len(text.partition(".")[2].rstrip(_BEHIND)) for text in seen)
    if not places:
        return None
    most, count = places.most_common(1)[0]
    if count < LEAST_SEEN or len(seen) - count > max(1, len(seen) // 10):
        return None
    large = ["," in text for text in seen if abs(printed_number(text) or Decimal(0)) >= _FIRST_WITH_COMMA]
    return Pattern(most, large[0] if large and len(set(large)) == 1 else None)


def candidates(text: str, pattern: Pattern | None) -> list[Candidate]:
    """The readings of a cell that is not an amount its table would print; none where the cell is one."""
    match = _AMOUNT.match(fold(text))
    if match is None or is_blank(text) or fold(text) == "0":
        return []
    if len(parts := text.split()) > 1 and all(printed_number(part) is not None for part in parts):
        return []  # amounts of rows that no rule parts
    seen, sign = match["seen"], match["sign"]
    number = printed_number(text)
    digits = confusions().digits_of(seen)
    if sum(char.isdigit() for char in seen) * 2 < sum(char.isdigit() for char in digits):
        return []  # more letters than digits: a word
    if pattern is None:
        value = printed_number(sign + digits) if digits != seen else None
        return [] if value is None else [Candidate(sign + digits, value, False)]
    if number is not None and len(seen.partition(".")[2]) == pattern.places:
        return []
    runs = tuple(confusions().separators.split(digits))
    if not all(run.isascii() and run.isdigit() for run in runs):
        return []
    if pattern.fits(runs):
        text = sign + pattern.printed(runs)
        value = printed_number(text)
        # `1,053` among amounts with three places may be meant; a point where commas stand is not.
        return [] if value is None else [Candidate(text, value, number in (None, value) or "." in seen)]
    return _of_one_slip(runs, sign, pattern, number)


def _of_one_slip(runs: Runs, sign: str, pattern: Pattern, number: Decimal | None) -> list[Candidate]:
    """The readings one slip away. Certain is a single one, and only where it moves no digit that was seen: a
    number that merely looks unlike its column may be meant, and a separator too many may be a digit lost."""
    found: dict[Decimal, Candidate] = {}
    slips = [(r, True) for r in (*_parted(runs), *_seen_once(runs))]
    slips += [(r, False) for joined in _joined(runs) for r in (joined, *_parted(joined)) if r != runs]
    for fitting, sound in slips:
        text = sign + pattern.printed(fitting) if pattern.fits(fitting) else ""
        value = printed_number(text)
        if value is not None:
            found.setdefault(value, Candidate(text, value, sound and number in (None, value)))
    several = len(found) > 1
    return [Candidate(c.text, c.value, c.certain and not several) for c in found.values()]


def _parted(runs: Runs) -> Iterator[Runs]:
    """With a separator that was not seen: `12,84765` → `12 847 65`."""
    for index, run in enumerate(runs):
        for cut in range(1, len(run)):
            yield (*runs[:index], run[:cut], run[cut:], *runs[index + 1 :])


def _seen_once(runs: Runs) -> Iterator[Runs]:
    """Without a digit that was seen twice: `30,208.000` → `30 208 00`."""
    for index, run in enumerate(runs):
        for at, (one, other) in enumerate(pairwise(run)):
            if one == other:
                yield (*runs[:index], run[:at] + run[at + 1 :], *runs[index + 1 :])


def _joined(runs: Runs) -> Iterator[Runs]:
    """Without a separator that is not printed."""
    for index in range(len(runs) - 1):
        yield (*runs[:index], runs[index] + runs[index + 1], *runs[index + 2 :])
