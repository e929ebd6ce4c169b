"""How one printed amount may have become another: the slips of keyboards, units and readers.

Invariant: judged by the digits alone. `weight` is how far-fetched a slip is (0 is common); it decides only
between explanations that the sums support equally.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parsers.values.messages import Message, message
from parsers.values.results import CellRef

_WAN = 4  # the power of ten between yuan and 万元


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of mistake."""

    name: str
    weight: float
    said: Message


UNIT = Slip("unit", 0.0, message("slip_unit"))
TEN = Slip("ten", 0.0, message("slip_ten"))
SIGN = Slip("sign", 0.5, message("slip_sign"))
SWAPPED_DIGITS = Slip("transposed", 0.0, message("slip_transposed"))
DIGIT = Slip("digit", 0.0, message("slip_digit"))
LENGTH = Slip("length", 0.1, message("slip_length"))
MISSING = Slip("missing", 0.2, message("slip_missing"))
SURPLUS = Slip("surplus", 0.3, message("slip_surplus"))
REVERSED = Slip("reversed", 1.1, message("slip_wrong"))
OTHER = Slip("other", 0.6, message("slip_wrong"))
SWAP = Slip("swap", 0.3, message("slip_swap"))
SHIFT = Slip("shift", 0.3, message("slip_shift"))
ROW = Slip("row", 0.5, message("slip_row"))
DOUBLED = Slip("doubled", 0.2, message("slip_doubled"))
_TYPED = (DIGIT, LENGTH, SIGN, SWAPPED_DIGITS, TEN, UNIT)
_ENOUGH_DIGITS = 4
_REACH = 9  # steps of rounding that are looked through


def slip(printed: Decimal, right: Decimal, step: Decimal, *, blank: bool = True) -> Slip:
    """How `right` became `printed`; both in yuan, `step` the smallest amount the table prints. A zero is
    `blank` or printed: a publisher who forgets an amount does not print 0.00."""
    if printed == 0 and (blank or right < 0):
        return MISSING if right > 0 else REVERSED
    if right == 0:
        return SURPLUS
    if printed == -right:
        return SIGN
    if printed and (power := _power_of_ten(printed, right)):
        return UNIT if abs(power) == _WAN else TEN
    if (printed < 0) != (right < 0):
        return REVERSED
    return _by_digits(_digits(printed, step), _digits(right, step))


def likeliest(
    printed: Decimal, asked: Decimal, step: Decimal, slack: Decimal, *, blank: bool = True
) -> Decimal:
    """The amount that the commonest slip explains, among those that a sum allows within rounding (`slack`):
    a digit of a cell in a long sum is off by what rounding left, not by what the sum lacks."""
    reach = min(int(slack / step), _REACH)
    steps = sorted(range(-reach, reach + 1), key=abs)
    amounts = [asked + step * k for k in steps if asked + step * k != printed]
    return min(amounts, key=lambda right: slip(printed, right, step, blank=blank).weight, default=asked)


def _power_of_ten(a: Decimal, b: Decimal) -> int:
    """The k of |a| = |b|·10^k, 0 if there is none (k = 0 never reaches here)."""
    if a.normalize().as_tuple().digits != b.normalize().as_tuple().digits or (a < 0) != (b < 0):
        return 0
    return a.adjusted() - b.adjusted()


def _digits(amount: Decimal, step: Decimal) -> str:
    return str(int((abs(amount) / step).to_integral_value()))


def _by_digits(printed: str, right: str) -> Slip:
    if len(printed) == len(right):
        differing = [i for i, pair in enumerate(zip(printed, right, strict=True)) if pair[0] != pair[1]]
        if len(differing) <= 1:
            return DIGIT
        i, j = differing[0], differing[-1]
        crossed = printed[i] == right[j] and printed[j] == right[i]
        return SWAPPED_DIGITS if len(differing) == 2 and crossed else OTHER
    longer, shorter = sorted((printed, right), key=len, reverse=True)
    dropped = (longer[:i] + longer[i + 1 :] for i in range(len(longer)))
    return LENGTH if len(longer) == len(shorter) + 1 and shorter in dropped else OTHER


def is_mistyped(printed: Decimal, right: Decimal, step: Decimal) -> bool:
    """A digit wrong, lost, doubled or swapped, the point or the unit misplaced; `step` is the value of the
    last place of `printed`. A number of few digits resembles too many others to be called mistyped."""
    if not printed or printed == right or abs(right) < step * 10 ** (_ENOUGH_DIGITS - 1):
        return False
    return slip(printed, right, step) in _TYPED


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: what is printed and what the sums ask for, in yuan. `right` is None for a missing row,
    whose `printed` is what it lacks in this column."""

    cell: CellRef
    printed: Decimal
    right: Decimal | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would mend the equations it settles (by position): certain, or one of several suspects."""

    slip: Slip
    changes: tuple[Change, ...]
    mends: frozenset[int]
    score: float

    @property
    def cells(self) -> frozenset[CellRef]:
        """The cells that it would change."""
        return frozenset(change.cell for change in self.changes)
