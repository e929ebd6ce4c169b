"""Rows cut by a page break: the rest of a label on the next page is not a row of its own.

Invariant: two rows become one only where one of them cannot stand alone: the second has words but no amount,
code or ordinal, only under cells that have words too (or the last digits of an amount that breaks off behind
its point), and either its words complete a class's name or every other row of the table has amounts; or it
completes a class's code and name and prints nothing else; or it has digits that give the amounts above them
as many decimals as all others have; or the first has amounts and alone of all rows no label, and the second a
label and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.reference.codes import class_names, name_behind_code
from parsers.tables.layout.rows import Row, Slot, texts
from parsers.tables.layout.words import broken_total, is_total_word
from parsers.values.amounts import is_blank, printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold, one_line, unnumbered

_L = lexicon_of(__name__)

_BEGINS_A_ROW = _L.pattern("begins_a_row")

_WITH_POINT = re.compile(r"^-?\d{1,3}(?:,?\d{3})*\.\d*$")
_BROKEN_OFF = re.compile(r"^-?\d{1,3}(?:,?\d{3})*\.\d?$")


def is_rest(row: Row, body: Sequence[Row]) -> bool:
    """Whether `row`, first on its page, is the rest of the last row of `body`."""
    if body and (_is_label_of(row, body) or _ends_code(row, body[-1])):
        return True
    if not body or not _could_be_rest(row, body[-1]):
        return False
    return _completes_a_name(row, body[-1]) or not any(_is_label_alone(other) for other in body)


def _is_label_of(row: Row, body: Sequence[Row]) -> bool:
    """Whether the last row has amounts and lacks the label that all others have, which this row prints."""
    *others, last = body
    labels = [at for at, slot in enumerate(row) if slot.own_text.strip()]
    amounts = [at for at, slot in enumerate(last) if slot.own_text.strip()]
    if not labels or len(amounts) < 2 or labels[-1] >= amounts[0] or not others:
        return False
    return all(printed_number(fold(last[at].own_text)) is not None for at in amounts) and all(
        any(other[at].text.strip() for at in labels) for other in others
    )


def _ends_code(row: Row, above: Row) -> bool:
    """Whether the row prints one text, the rest of a class whose code broke in the row above (229609 | 9用于
    其他社会公益事业的彩票公益金支出)."""
    pairs = _pairs(above, row)
    if len(pairs) != 1:
        return False
    begun = fold(pairs[0][0].own_text)
    return begun.isdigit() and name_behind_code(begun + pairs[0][1].own_text) is not None


def with_whole_amounts(body: Sequence[Row]) -> list[Row]:
    """The rows, those that only end the amounts above them in one row with these."""
    ends = {at for at in range(1, len(body)) if _may_be_last_digits(body[at], body[at - 1])}
    if not ends:
        return list(body)
    whole = (
        fold(slot.own_text)
        for at, row in enumerate(body)
        for col, slot in enumerate(row)
        if at + 1 not in ends or not body[at + 1][col].own_text.strip()
    )
    places = {_decimals(text) for text in whole if _WITH_POINT.match(text) and not text.endswith(".")}
    out: list[Row] = []
    for at, row in enumerate(body):
        if at in ends and places == _decimals_with(row, out[-1]):
            out[-1] = joined(out[-1], row)
        else:
            out.append(row)
    return out


def with_whole_totals(body: Sequence[Row]) -> list[Row]:
    """The rows, a total's word that is broken over two of them (小 above 计) and its amounts in one row."""
    out: list[Row] = []
    for row in body:
        if out and _ends_total(out[-1], row):
            out[-1] = tuple(_filled(upper, lower) for upper, lower in zip(out[-1], row, strict=True))
        else:
            out.append(row)
    return out


def _ends_total(above: Row, row: Row) -> bool:
    """Whether `row` holds the 计 of a word started above it, and no other column is filled in both rows."""
    both: tuple[str, str] | None = None
    for upper, lower in zip(above, row, strict=True):
        if (one := upper.own_text).strip() and (other := lower.own_text).strip():
            if both is not None:
                return False
            both = one, other
    return both is not None and broken_total(both) is not None


def _filled(upper: Slot, lower: Slot) -> Slot:
    return _joined(upper, lower) if upper.own_text.strip() else lower if lower.own_text.strip() else upper


def joined(above: Row, rest: Row) -> Row:
    """The row above with the words of its rest."""
    return tuple(_filled(upper, lower) for upper, lower in zip(above, rest, strict=True))


def _could_be_rest(row: Row, above: Row) -> bool:
    rest = _without_last_digits(row, above)
    words = [fold(text) for text in texts(rest)]
    if not words or any(any(ch.isdigit() for ch in word) for word in words):
        return False
    if any(_BEGINS_A_ROW.match(word) or is_total_word(word) for word in words):
        return False
    if any(is_total_word(text) for text in texts(above)):
        return False  # 本年收入合计 lacks nothing
    if any(_WITH_POINT.match(fold(upper.own_text)) for upper, lower in _pairs(above, row) if lower in rest):
        return False  # words below an amount begin something else
    return all(upper.own_text.strip() for upper, _ in _pairs(above, row))


def _pairs(above: Row, row: Row) -> list[tuple[Slot, Slot]]:
    """The cells of a row that print something, each behind the cell above it."""
    return [(upper, lower) for upper, lower in zip(above, row, strict=True) if lower.own_text.strip()]


def _may_be_last_digits(row: Row, above: Row) -> bool:
    """Whether a row may complete the amounts of the one above with its digits: 7259 below 110,289.99. Words
    below words go on with them only where an amount breaks off at its point, or the page after it."""
    lower = [fold(slot.own_text) for slot in row]
    if not any(map(str.isdigit, lower)):
        return False
    pairs = [(fold(slot.own_text), end) for slot, end in zip(above, lower, strict=True)]
    ends = [(begun, end) for begun, end in pairs if end and _WITH_POINT.match(begun)]
    if not ends or not all(end.isdigit() for _, end in ends) or not all(begun for begun, end in pairs if end):
        return False
    alone = sum(bool(end) for _, end in pairs) == len(ends)
    overleaf = row[0].page != above[0].page
    return alone or overleaf or any(begun.endswith(".") for begun, _ in ends)


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _decimals_with(row: Row, above: Row) -> set[int]:
    """How many decimals the amounts above have with the digits of `row` (weights of 12.5 and 6 are two)."""
    pairs = [(fold(upper.own_text), fold(lower.own_text)) for upper, lower in zip(above, row, strict=True)]
    return {_decimals(begun) + len(end) for begun, end in pairs if end and _WITH_POINT.match(begun)}


def _without_last_digits(row: Row, above: Row) -> Row:
    """The row without digits that make up the two decimals of the amount above them: 12,437.3 over 6."""
    return tuple(slot for slot, upper in zip(row, above, strict=True) if not _ends_amount(upper, slot))


def _ends_amount(upper: Slot, lower: Slot) -> bool:
    begun, end = fold(upper.own_text), fold(lower.own_text)
    decimals = len(begun.partition(".")[2]) + len(end)
    return end.isdigit() and decimals == 2 and bool(_BROKEN_OFF.match(begun))


def _completes_a_name(row: Row, above: Row) -> bool:
    pairs = [pair for pair in _pairs(above, row) if not _ends_amount(*pair)]
    return all(unnumbered(_text(upper, lower)) in class_names() for upper, lower in pairs)


def _is_label_alone(row: Row) -> bool:
    """A row with words and no number: where such rows are usual, one at the top of a page proves nothing."""
    return bool(texts(row)) and not any(any(ch.isdigit() for ch in fold(text)) for text in texts(row))


def _text(upper: Slot, lower: Slot) -> str:
    return one_line(f"{upper.text}\n{lower.text}")


def _joined(upper: Slot, lower: Slot) -> Slot:
    if upper.cell is None or not lower.anchor or is_blank(lower.text):
        return upper
    return upper._replace(cell=replace(upper.cell, text=f"{upper.cell.text}\n{lower.text}"))
