"""Printed amounts to exact numbers, or a reason.

Invariant: a number comes out only when the whole cell is one printed amount, notes and unit aside; anything
else (a range, a percentage, a date, a mask, a slip of the pen) is `None`, never a best effort.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold, is_withdrawn, visible, withdrawn
from parsers.values.units import CELL_UNITS, Unit

_L = lexicon_of(__name__)

CENT = Decimal("0.01")
LARGEST_YUAN = Decimal("1e15")
"""Beyond all budgets of China together; a larger number in a cell is not an amount."""

# Printed zero is "0" or "0.00". A dash stands for "nothing here" and is as good as blank.
_DASH = "-−–—‐‑‒﹣"
_CELL_UNIT = "|".join(sorted(CELL_UNITS, key=len, reverse=True))
_NUMBER = _L.pattern("number", dash=_DASH, cell_unit=_CELL_UNIT)
_BRACKETED = re.compile(rf"^(?P<before>[¥￥]?)\((?P<inner>[^()]+)\)(?P<unit>{_CELL_UNIT})?$")
_BLANK = frozenset(_L.words("blank"))
_MASK = _L.pattern("mask")

# Marks of a footnote, read before widths are folded: ① would become a digit of the amount, and so would ².
_CIRCLED = r"\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289"
_RAISED = r"⁰¹²³⁴-⁹⁽⁾"
_NOTE_BEHIND = _L.pattern("note_behind", re.S, circled=_CIRCLED, raised=_RAISED)
_NOTE_BEFORE = re.compile(rf"^\s*(?P<marks>(?:[{_CIRCLED}※†‡☆★*＊]\s*)+)(?P<amount>.*\d.*)$", re.S)
_NOTE_WITHIN = re.compile(rf"[{_CIRCLED}{_RAISED}]")
_ONE_DECIMAL = re.compile(r"\.\d$")
_PLAIN = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})*|[1-9][0-9]*|0)\.[0-9]+")  # as most amounts are printed
_WHOLE_NUMBERS = re.compile(r"\d{3,}(?:\n\d{3,})+")
MAX_LENGTH = 60
_WORDS = re.compile(r"\w|[×?]")
_FEW_WORDS = 15  # longer ones are a remark
_MIXED = re.compile(r"\d\.\d{2}$")  # … unless they end as an amount does
_MARKS = _L.pattern("marks")
_REMARKED = _L.pattern("remarked")  # an amount with words about it

# Spaces inside digits that a reader of the page would not take for two amounts.
_SPACED = re.compile(r"(?<=\d)[^\S\n]+(?=\d)")
_GROUPS = re.compile(r"\d{1,3}(?:[^\S\n]+\d{3})+(?!\d)")

_ERROR = re.compile(
    r"^#{2,}$|^#(?:DIV/0!|REF!|N/A|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|DATA)|^Err:\d{3}$|^="
)
_NO_GLYPH = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff□■]")
_SPOILED = _L.pattern("spoiled", dash=_DASH)
_NO_MONEY = re.compile(
    rf"[%‰]|^(?:19|20)\d\d[-./]\d{{1,2}}(?:[-./]\d{{1,2}})?$|^0\d*$|^\d{{1,2}}:\d\d(?::\d\d)?$|^\d{{1,3}}[、.)]$|^[(]\d{{1,2}}[)]$|^\d+[{_DASH}~]\d+$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed number; `unit` is what the cell itself prints behind it, which wins over the table's, `text`
    the amount as printed without `marks`, the marks of footnotes beside it."""

    number: Decimal
    unit: Unit | None = None
    text: str = ""
    marks: str = ""


def is_blank(text: str) -> bool:
    """Blank, or one of the marks that stand for "no amount" (`—`, `/`, 无)."""
    return fold(text) in _BLANK


def is_masked(text: str) -> bool:
    """Stars, or words such as 涉密, in place of an amount that is withheld."""
    return bool(_MASK.match(fold(text)))


def printed_number(text: str) -> Decimal | None:
    """The number a cell prints, in its own unit: `1，234.50` → 1234.50, `(12.3)` and `－12` negative.

    None for everything that `read_amount` does not read.
    """
    amount = read_amount(text)
    return amount.number if amount is not None else None


@lru_cache(maxsize=32_768)  # a cell is looked at by several steps
def read_amount(text: str) -> Amount | None:
    r"""The one amount a cell prints: `1,200.50万元` → 1200.50 in 万元, `1000①` → 1000, `△100.00` → -100.00.

    Accepts thousands separators in threes, all of them or only the last (125360,898), full-width digits,
    brackets, △ and a minus on either side for negatives, a leading ¥, a unit, marks of footnotes, and a line
    break inside the digits (a narrow column breaks `12,847.\n65`). None for everything else.
    """
    if len(text) > MAX_LENGTH:
        return None
    if _PLAIN.fullmatch(text):
        return Amount(Decimal(text.replace(",", "")), None, text)
    shown, marks = _without_notes(visible(text).strip())
    if _NOTE_WITHIN.search(shown) or _WHOLE_NUMBERS.fullmatch(shown):
        return None  # 10²3; two whole numbers on two lines
    compact = fold(_without_spaces(shown))
    negative = False
    outer = None
    if bracketed := _BRACKETED.match(compact):
        compact, negative, outer = bracketed["before"] + bracketed["inner"], True, bracketed["unit"]
    match = _NUMBER.match(compact)
    if not match or not (match["whole"] or match["cents"]) or (outer and match["unit"]):
        return None
    if match["whole"] and len(match["whole"]) > 1 and match["whole"].isdigit() and match["whole"][0] == "0":
        return None  # 01, 0501: a code, not an amount
    if "*" in fold(marks) and _ONE_DECIMAL.search(compact):
        return None  # 1,000.0*: the star may stand for a digit
    signs = [mark for mark in (match["sign"], match["minus"], match["behind"]) if mark]
    if len(signs) > 1 or (negative and signs == ["+"]):
        return None
    value = Decimal((match["whole"] or "0").replace(",", "") + (match["cents"] or ""))
    unit = CELL_UNITS.get(outer or match["unit"] or "")
    return Amount(-value if negative or signs not in ([], ["+"]) else value, unit, shown, marks)


def is_amount(text: str) -> bool:
    """Whether a cell prints one amount and nothing else."""
    return read_amount(text) is not None


def withdrawn_amount(text: str) -> str:
    """What is left of a cell whose whole text is struck out or hidden: its amount with a stroke through it,
    nothing of words."""
    return withdrawn(text) if is_amount(text) else ""


def is_unreadable(text: str) -> bool:
    """Whether a money cell holds an amount that cannot be read: an error of the workbook (`####`, `#REF!`),
    a glyph without meaning, digits with a slip among them (`1,0OO.00`, `1,000。00`), stars in its place, an
    amount that is withdrawn.

    Words, dates, codes, percentages and ranges are not amounts that could have been read.
    """
    if is_withdrawn(text):
        return True
    if len(text) > MAX_LENGTH:
        return False
    compact = fold(text)
    if read_amount(text) is not None or (compact in _BLANK and not _MASK.match(compact)):
        return False
    if _MASK.match(compact) or _ERROR.search(compact) or _NO_GLYPH.search(compact):
        return True
    digits = sum(ch.isdigit() for ch in compact)
    return bool(digits and _SPOILED.match(compact) and not _NO_MONEY.search(compact))


def is_instead_of_amount(text: str) -> bool:
    """Whether words, or a number that is none of money, stand where an amount was to stand: 约100.00, 见附表,
    N/A, 100.00(含结转), ……, words of a seal among its digits; not what names itself (电话：…). Only for a
    money cell beside amounts."""
    compact = fold(text)
    if _MARKS.match(compact):
        return True
    few = 0 if ":" in compact else MAX_LENGTH if _MIXED.search(compact) else _FEW_WORDS
    words = _WORDS.search(compact) and len(text) <= (MAX_LENGTH if _REMARKED.match(compact) else few)
    return bool(words) and compact not in _BLANK and read_amount(text) is None


def may_be_nothing(text: str) -> bool:
    """Whether a cell that cannot be read may hold no amount at all: one that is withdrawn, a mark (……, √)."""
    return is_withdrawn(text) or bool(_MARKS.match(fold(text)))


def to_yuan(number: Decimal, unit_yuan: Decimal) -> Decimal | None:
    """Exact yuan at two places; more places than a cent (六位小数 in 万元 never has) round half up. None for
    what is beyond all budgets (a cell of 1E30)."""
    if number.adjusted() > LARGEST_YUAN.adjusted() or abs(number * unit_yuan) >= LARGEST_YUAN:
        return None
    return (number * unit_yuan).quantize(CENT, rounding=ROUND_HALF_UP)


@lru_cache(maxsize=65_536)
def amount_in_yuan(text: str, unit_yuan: Decimal) -> Decimal | None:
    """What a printed amount is in yuan: the number shown times the unit. None where the text is not an amount
    or one beyond all budgets."""
    amount = read_amount(text)
    return None if amount is None else to_yuan(amount.number, unit_yuan)


def _without_notes(text: str) -> tuple[str, str]:
    """The text without the marks of footnotes at its ends, and the marks."""
    marks = ""
    if match := _NOTE_BEHIND.match(text):
        text, marks = match["amount"].rstrip(), match["marks"]
    if match := _NOTE_BEFORE.match(text):
        text, marks = match["amount"].lstrip(), match["marks"] + marks
    return text, "".join(marks.split())


def _without_spaces(text: str) -> str:
    """The text without spaces inside its digits where they part single digits or groups of three; two amounts
    beside each other stay apart (`12 34.50`), as the mark between them shows."""
    if not _SPACED.search(text):
        return text
    one_by_one = all(len(run) == 1 for run in re.findall(r"\d+", text))
    whole = _GROUPS.search(text)
    if one_by_one or (whole and not _SPACED.search(text.replace(whole[0], "0"))):
        return text
    return _SPACED.sub("|", text)
