"""Whether one number of a text is another one mistyped.

Invariant: a number of fewer than four digits resembles too many others to be called mistyped.
"""

from __future__ import annotations

from decimal import Decimal

from parsers.accounting.slips import DIGIT, LENGTH, SIGN, SWAPPED_DIGITS, TEN, UNIT, slip

ENOUGH_DIGITS = 4
_TYPED = (DIGIT, LENGTH, SIGN, SWAPPED_DIGITS, TEN, UNIT)


def is_slip(printed: Decimal, right: Decimal, step: Decimal) -> bool:
    """A digit wrong, lost, doubled or swapped, the point or the unit misplaced; `step` is the value of the
    last place of `printed`."""
    if not printed or printed == right or abs(right) < step * 10 ** (ENOUGH_DIGITS - 1):
        return False
    return slip(printed, right, step) in _TYPED
