"""How one printed amount may have become another: the slips of keyboards, units and readers.

Invariant: judged by the digits alone. `weight` is how far-fetched a slip is (0 is common); it decides only
between explanations that the sums support equally.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of mistake, in words."""

    name: str
    weight: float
    zh: str
    en: str


UNIT = Slip("unit", 0.0, "差一万倍，疑为元与万元混用", "off by 10,000: yuan and 万元 mixed up")
TEN = Slip("ten", 0.0, "小数点错位（差10的整数次方）", "decimal point misplaced (off by a power of ten)")
SIGN = Slip("sign", 0.5, "正负号相反", "the sign is reversed")
SWAPPED_DIGITS = Slip("transposed", 0.0, "两位数字颠倒", "two digits transposed")
DIGIT = Slip("digit", 0.0, "一位数字有误", "one digit wrong")
LENGTH = Slip("length", 0.1, "多一位或少一位数字", "a digit too many or too few")
MISSING = Slip("missing", 0.2, "漏填金额", "the amount is missing")
SURPLUS = Slip("surplus", 0.3, "此处不应有金额", "no amount belongs here")
REVERSED = Slip("reversed", 1.1, "金额有误", "the amount is wrong")
OTHER = Slip("other", 0.6, "金额有误", "the amount is wrong")
SWAP = Slip("swap", 0.3, "两处金额互换", "two amounts are swapped")
SHIFT = Slip("shift", 0.3, "金额错列", "amounts stand in the wrong column")
ROW = Slip("row", 0.5, "缺一行", "a row is missing")
DOUBLED = Slip("doubled", 0.2, "整行重复", "the row is printed twice")
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
        return UNIT if abs(power) == 4 else TEN
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
    """k where |a| = |b|·10^k, 0 if there is none (k = 0 never reaches here)."""
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
