"""The unit (单位) a table prints its amounts in.

Invariant: a unit is read, never assumed; a table that states none has none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold, ideographs, visible

_L = lexicon_of(__name__)
_FIRST_OF_UNIT = _L.text("first_of_unit")

# Yuan per printed unit.
YUAN_PER_UNIT = {name: Decimal(yuan) for name, yuan in _L.names("yuan_per_unit").items()}
_BLANKS = re.compile(r"\s+")
_GAP = r"\s*"


def _spaced(words: str) -> str:
    """A pattern for words that are set with blanks between their characters (单 位：万 元)."""
    return _GAP.join(re.escape(ch) for ch in words)


_LONGEST_FIRST = sorted(YUAN_PER_UNIT, key=len, reverse=True)
_NAMES = "|".join(map(_spaced, _LONGEST_FIRST))
_WORD = "|".join(map(_spaced, _L.words("word")))
_MONEY = _spaced(_L.text("money"))
_STATED = _L.pattern("stated", word=_WORD, gap=_GAP, money=_MONEY, names=_NAMES)
# 以万元为单位, 金额以“万元”为计量单位
_IN_UNITS = _L.pattern("in_units", gap=_GAP, names=_NAMES)
# 金额：万元, alone in its line
_IN_AMOUNTS = re.compile(rf"^{_GAP}(?:{_WORD}){_GAP}[:：]{_GAP}(?:{_MONEY}{_GAP})?(?P<name>{_NAMES}){_GAP}$")
_CLOSE = "|".join(_LONGEST_FIRST)
_BRACKETED = re.compile(rf"[(]({_CLOSE})[)]")
_BARE = _L.pattern("bare", names=_CLOSE)
_COUNTING = _L.pattern("counting", names=_CLOSE)
# The beginning of a statement that a line, a cell or a wide gap cuts off; what follows must complete it.
_BEGUN = _L.pattern("begun")
_REST = _L.pattern("rest")
MAX_PARTS = 4
MAX_STATEMENT = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """`text` as printed (单位：万元), `yuan` per unit."""

    text: str
    yuan: Decimal


# What a cell may print behind its own number: 1,200.50万元, 1.2亿.
CELL_UNITS: dict[str, Unit] = {name: Unit(name, yuan) for name, yuan in YUAN_PER_UNIT.items()} | {
    short: Unit(short, YUAN_PER_UNIT[name])
    for name in _L.words("shortened")
    for short in [name.removesuffix(_L.text("yuan"))]
}


@lru_cache(maxsize=4096)
def stated_unit(text: str) -> Unit | None:
    """`部门：X  单位：万元` → 单位:万元, 10000. None where the text states no unit."""
    # One blank says what a thousand do, and gaps of one blank cannot be divided in many ways.
    shown = _BLANKS.sub(" ", unicodedata.normalize("NFKC", ideographs(visible(text))))
    if _FIRST_OF_UNIT in shown and (match := _STATED.search(shown) or _IN_UNITS.search(shown)):
        printed = fold(match[0])
        closed = printed + ")" * (printed.count("(") - printed.count(")"))
        return Unit(closed, YUAN_PER_UNIT[fold(match["name"])])
    if match := _IN_AMOUNTS.match(shown):
        return Unit(fold(match[0]), YUAN_PER_UNIT[fold(match["name"])])
    return None


@lru_cache(maxsize=4096)
def bracketed_unit(text: str) -> Unit | None:
    """`金额（万元）` in a title or header cell, or a cell that holds the unit's name alone."""
    compact = fold(text)
    if match := _BRACKETED.search(compact) or _BARE.match(compact):
        return Unit(match.group(1), YUAN_PER_UNIT[match.group(1)])
    return None


@lru_cache(maxsize=4096)
def counting_unit(text: str) -> bool:
    """Whether a cell holds a unit of counts or rates and nothing else: `个`, `辆`, `人次`, `元/人`."""
    return bool(_COUNTING.match(fold(text)))


def whole_statements(parts: Sequence[str]) -> list[str]:
    """The parts in reading order, a unit broken over some of them put together.

    `单位：万`, `元` and `单位`, `：`, `万元` are one statement each; one other part may stand between.
    """
    out: list[str] = []
    used: set[int] = set()
    for at, part in enumerate(parts):
        if at in used:
            continue
        compact = fold(part)[-MAX_STATEMENT:]
        if _BEGUN.search(compact) and stated_unit(part) is None:
            out.append(_completed(compact, parts, at, used) or part)
        else:
            out.append(part)
    return out


def _completed(begun: str, parts: Sequence[str], at: int, used: set[int]) -> str | None:
    """The statement that a cut-off beginning makes with the parts behind it; those become `used`."""
    taken: list[int] = []
    skipped = 0
    for below in range(at + 1, min(at + 1 + MAX_PARTS, len(parts))):
        rest = fold(parts[below])
        if not rest:
            continue
        if not _REST.match(rest):
            skipped += 1
            if skipped > 1:
                return None
            continue
        begun, taken = begun + rest, [*taken, below]
        if stated_unit(begun) is not None:
            used.update(taken)
            return begun
    return None


def first_unit(texts: Iterable[str]) -> Unit | None:
    """The first unit stated as 单位：…, else the first in brackets.

    A unit's name that stands alone beside a cut-off statement (`单位：万` and, elsewhere, `元`) may be its
    rest, and is not read.
    """
    lines = list(texts)
    cut_off = any(_BEGUN.search(fold(line)[-MAX_STATEMENT:]) for line in lines)
    for read in (stated_unit, bracketed_unit):
        for line in lines:
            if unit := read(line):
                if read is bracketed_unit and cut_off and _BARE.match(fold(line)):
                    continue
                return unit
    return None
