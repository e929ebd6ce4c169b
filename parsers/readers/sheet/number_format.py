"""What a spreadsheet shows for a stored value: the number format language of Excel (ECMA-376 18.8.31).

By hand: the kept libraries give stored values, or round in binary; wanted is what a reader was shown.

Invariant: rounding is decimal, half away from zero, on the 15 significant digits a spreadsheet keeps;
binary floating point never reaches the shown text.
"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from parsers.values.lexicon import lexicon_of

_NOON = 12
_L = lexicon_of(__name__)
_WEEKDAY = _L.text("weekday")

CHINESE_DATE_FORMATS: dict[int, str] = {
    int(number): text for number, text in _L.names("chinese_date_formats").items()
}
"""Built-in format numbers whose meaning depends on the language, as zh-CN shows them (18.8.30)."""

_TOKEN = _L.pattern("token", re.S)
_CONDITION = re.compile(r"^(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)$")
_CURRENCY = re.compile(r"^\$([^-\]]*)")
_WEEKDAYS = _L.text("weekdays")
GENERAL_DIGITS = 11
"""General shows at most this many characters of a number with a fraction."""


class Token(NamedTuple):
    """One element of a format section: `kind` names the group of `_TOKEN` that matched."""

    kind: str
    text: str


class Section(NamedTuple):
    """One of the up to four `;`-separated parts of a number format."""

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None


def exact(value: float | int) -> Decimal:
    """The decimal a spreadsheet means by a stored double: its 15 significant digits.

    A typed 12847.65 stays 12847.65, and so does a cached sum stored as 12847.650000000001.
    """
    if isinstance(value, int):
        return Decimal(value)
    return plain_number(Decimal(f"{value:.15g}"))


def plain_number(value: Decimal) -> Decimal:
    """`value` without exponent and without trailing zeros of the fraction: 1E+3 is 1000, 2.50 is 2.5."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1)) if abs(value) < Decimal("1e27") else value
    return value.normalize()


def display(value: Decimal, code: str) -> str:
    """`value` as the number format `code` shows it, blanks for alignment left out.

    A format that cannot be applied (fractions, broken codes) shows the value as General does.
    """
    sections = _sections(code)
    section, shown = _choose(sections, value)
    if section is None:
        return general(value)
    kinds = {token.kind for token in section.tokens}
    if "general" in kinds:
        return "".join(
            general(shown) if token.kind == "general" else _literal(token) for token in section.tokens
        ).strip()
    if "text" in kinds and "digit" not in kinds:
        return general(value)
    if "date" in kinds or any(token == ("literal", "/") for token in section.tokens):
        return general(value)
    try:
        return _render(section.tokens, shown).strip()
    except (InvalidOperation, ValueError, OverflowError):
        return general(value)


def general(value: Decimal) -> str:
    """`value` as the General format shows it in a cell that is wide enough."""
    if value == value.to_integral_value():
        return format(plain_number(value), "f")
    whole = len(str(abs(int(value))))
    places = max(GENERAL_DIGITS - 1 - whole, 0)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return format(plain_number(rounded), "f") if rounded else format(value, "f")


def is_date_format(code: str) -> bool:
    """Whether `code` shows a number as a date or a time."""
    return any(token.kind in ("date", "ampm") for token in _sections(code)[0].tokens)


def display_moment(moment: datetime.datetime | datetime.date | datetime.time, code: str) -> str:
    """A date or time as the format `code` shows it; ISO where the code is not a date format."""
    tokens = _sections(code)[0].tokens
    if not is_date_format(code):
        return moment.isoformat(" ") if isinstance(moment, datetime.datetime) else moment.isoformat()
    twelve = any(token.kind == "ampm" for token in tokens)
    parts: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind == "date":
            parts.append(_date_part(moment, token.text.lower(), _is_minute(tokens, index), twelve))
        elif token.kind == "ampm":
            morning, afternoon = token.text.split("/")
            parts.append(afternoon if getattr(moment, "hour", 0) >= _NOON else morning)
        else:
            parts.append(_literal(token))
    return "".join(parts).strip()


def _is_minute(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether the `m` at `index` follows hours or precedes seconds, and so means minutes."""
    before = [token.text[0].lower() for token in tokens[:index] if token.kind == "date"]
    after = [token.text[0].lower() for token in tokens[index + 1 :] if token.kind == "date"]
    return before[-1:] == ["h"] or after[:1] == ["s"]


def _date_part(
    moment: datetime.datetime | datetime.date | datetime.time, text: str, minute: bool, twelve: bool
) -> str:
    width = min(len(text), 2)
    year, month, day = getattr(moment, "year", 1900), getattr(moment, "month", 1), getattr(moment, "day", 0)
    hour = getattr(moment, "hour", 0)
    match text[0]:
        case "y":
            # As Excel does: yyy is a year of four digits.
            return f"{year % 100:02d}" if len(text) <= 2 else f"{year:04d}"
        case "e":
            return str(year)
        case "m" if minute:
            return f"{getattr(moment, 'minute', 0):0{width}d}"
        case "m":
            return f"{month:0{width}d}"
        case "d":
            return f"{day:0{width}d}"
        case "a":
            weekday = _WEEKDAYS[moment.weekday()] if isinstance(moment, datetime.date) else ""
            return (_WEEKDAY if len(text) > 3 else "") + weekday
        case "h":
            return f"{(hour % 12 or 12) if twelve else hour:0{width}d}"
        case _:
            return f"{getattr(moment, 'second', 0):0{width}d}"


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[Section, ...]:
    if "[$-F800]" in code:  # the long date of the system, which is Chinese
        code = CHINESE_DATE_FORMATS[31]
    sections: list[Section] = []
    tokens: list[Token] = []
    condition: tuple[str, Decimal] | None = None
    for match in _TOKEN.finditer(code[:1000]):
        kind = match.lastgroup
        if kind is None:
            continue
        text = match[kind]
        if kind == "literal" and text == ";":
            sections.append(Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "bracket":
            if (test := _CONDITION.match(text)) is not None:
                condition = (test[1], Decimal(test[2]))
            elif (currency := _CURRENCY.match(text)) is not None and currency[1]:
                tokens.append(Token("quoted", currency[1]))
            elif re.fullmatch(r"[hHmMsS]+", text):
                tokens.append(Token("date", text))
        else:
            tokens.append(Token(kind, text))
    sections.append(Section(tuple(tokens), condition))
    return tuple(sections)


def _choose(sections: tuple[Section, ...], value: Decimal) -> tuple[Section | None, Decimal]:
    """The section that shows `value`, and the number it shows (a section of its own drops the minus)."""
    if any(section.condition for section in sections):
        for section in sections[:3]:
            if section.condition is None or _holds(value, *section.condition):
                return section, value
        return None, value
    if not sections[0].tokens and len(sections) == 1:
        return None, value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _holds(value: Decimal, operator: str, bound: Decimal) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[operator]


def _literal(token: Token) -> str:
    return token.text if token.kind in ("quoted", "escaped", "literal", "point", "comma") else ""


def _render(tokens: tuple[Token, ...], value: Decimal) -> str:
    """Digits poured into the placeholders of one section, literals kept where they stand."""
    digits = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    if not digits:
        return "".join("%" if token.kind == "percent" else _literal(token) for token in tokens)
    exponent_at = next((index for index, token in enumerate(tokens) if token.kind == "exponent"), None)
    if exponent_at is not None:
        places = _places(tokens[:exponent_at])
        return f"{value:.{places}E}"
    point_at = next((index for index, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    whole_at = [index for index in digits if index < point_at]
    grouping = bool(whole_at) and any(token.kind == "comma" for token in tokens[whole_at[0] : whole_at[-1]])
    value = value.scaleb(2 * sum(token.kind == "percent" for token in tokens))
    value = value.scaleb(-3 * _scaling_commas(tokens, digits[-1]))
    fraction_at = [index for index in digits if index > point_at]
    rounded = value.quantize(Decimal(1).scaleb(-len(fraction_at)), ROUND_HALF_UP)
    negative = rounded < 0
    whole, _, fraction = format(abs(rounded), "f").partition(".")
    shown = _pour_whole(tokens, whole_at, "" if whole == "0" else whole, grouping)
    shown.update(_pour_fraction(tokens, fraction_at, fraction))
    text: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind == "digit":
            text.append(shown.get(index, ""))
        elif token.kind == "point":
            text.append("" if whole_at or whole == "0" else whole)
            text.append("." if any(map(shown.get, fraction_at)) else "")  # `#.##` shows 100 as 100.
        elif token.kind == "percent":
            text.append("%")
        elif token.kind != "comma":
            text.append(_literal(token))
    return ("-" if negative else "") + "".join(text)


def _places(tokens: tuple[Token, ...]) -> int:
    point_at = next((index for index, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    return sum(token.kind == "digit" for token in tokens[point_at:])


def _scaling_commas(tokens: tuple[Token, ...], last_digit: int) -> int:
    """Commas right after the last placeholder: each divides by a thousand."""
    count = 0
    for token in tokens[last_digit + 1 :]:
        if token.kind != "comma":
            break
        count += 1
    return count


def _pour_whole(tokens: tuple[Token, ...], places: list[int], digits: str, grouping: bool) -> dict[int, str]:
    """Digits of the integer part by placeholder, from the right; the first placeholder takes the rest."""
    shown: dict[int, str] = {}
    rest = digits
    position = 0
    for number, index in enumerate(reversed(places)):
        first = number == len(places) - 1
        if first and len(rest) > 1:
            chunk, rest = rest, ""
        else:
            chunk, rest = rest[-1:], rest[:-1]
        if not chunk:
            chunk = "0" if tokens[index].text == "0" else ""
        shown[index] = _grouped(chunk, position) if grouping else chunk
        position += len(chunk)
    return shown


def _grouped(chunk: str, position: int) -> str:
    """`chunk` with separators, where `position` digits already stand to the right of it."""
    text = ""
    for offset, digit in enumerate(reversed(chunk)):
        separator = "," if position + offset and (position + offset) % 3 == 0 else ""
        text = digit + separator + text
    return text


def _pour_fraction(tokens: tuple[Token, ...], places: list[int], fraction: str) -> dict[int, str]:
    """Digits of the fraction by placeholder; `#` and `?` drop trailing zeros."""
    needed = len(fraction.rstrip("0"))
    for number, index in enumerate(places):
        if tokens[index].text == "0":
            needed = max(needed, number + 1)
    return {index: fraction[number] if number < needed else "" for number, index in enumerate(places)}
