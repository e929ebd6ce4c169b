"""Personal data of officials, taken out of what is read before it becomes part of the dataset.

Invariant: no text of the dataset shows a telephone number or the number of an identity card (居民身份证);
amounts, codes and ids are never touched. The archived bytes keep everything: that is why they lie under
prefixes of their own (`docs/personal-data.md`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, Parameter

_L = lexicon_of(__name__)

PHONE = "[phone]"
IDENTITY = "[id]"

_MANY_DIGITS = re.compile(r"(?:\d[ \-—－]?){7}")
# Eighteen digits, the last one perhaps an X: division, day of birth, serial number, check digit.
_CARD = re.compile(
    r"(?<![0-9A-Za-z.])[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    r"(?![0-9A-Za-z])"
)
# Fifteen digits until 1999, without check digit: only where the word stands before it.
_OLD_CARD = _L.pattern("old_card")
_NO_AMOUNT = _L.source("no_amount")
_MOBILE = re.compile(r"(?<![\d.,，\-])(?:(?:\+|00)?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}" + _NO_AMOUNT)
_LANDLINE = _L.pattern("landline")
_NAMED = _L.pattern("named", re.IGNORECASE)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def redacted(text: str) -> str:
    """The text without telephone and identity numbers."""
    if not _MANY_DIGITS.search(text):
        return text
    text = _CARD.sub(lambda found: IDENTITY if _is_card(found[0]) else found[0], text)
    text = _OLD_CARD.sub(rf"\1{IDENTITY}", text)
    for phone in (_MOBILE, _LANDLINE):
        text = phone.sub(PHONE, text)
    return _NAMED.sub(rf"\1{PHONE}", text)


def redacted_row(row: Mapping[str, Any], columns: frozenset[str]) -> dict[str, Any]:
    """A row with these columns redacted: texts, the printed texts in messages, and lists of these to any
    depth. A message is written as the dataset keeps it."""
    return {name: _deep(value) if name in columns else value for name, value in row.items()}


def _deep(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Message):
        return str(_without_personal_data(value))
    if isinstance(value, list | tuple):
        return [_deep(part) for part in value]
    return value


def _without_personal_data(parameter: Parameter) -> Parameter:
    """Numbers stay, texts are redacted: an amount, however long, is not taken for a telephone number."""
    match parameter:
        case Message():
            values = ((name, _without_personal_data(one)) for name, one in parameter.parameters)
            return Message(parameter.code, tuple(values))
        case tuple():
            return tuple(map(_without_personal_data, parameter))
        case str():
            return redacted(parameter)
        case _:
            return parameter


def _is_card(number: str) -> bool:
    """Does the check digit (ISO 7064, MOD 11-2) hold?"""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()
