"""Classification codes of a row (科目编码: 类, 款, 项), from the columns that print them, or from its name.

Invariant: a code is composed only of digits that are printed, in this row or, where 类/款/项 stand only
where they change, in the rows above it. Four real forms: one concatenated column; one column that prints
the 款 by its own two digits among whole codes; 类/款/项 filled in every row; 类/款/项 filled only where they
change. A part printed as a number lost its leading zero (5 for 05), which is given back; a class of other
than three digits is a slip, and its row has no code.

Where the code cell is blank or the table prints no codes (收支总表), a name gives a code only when it is the
name of exactly one code below the code that stands above it; after a row that could not be placed, only the
names of classes, of groups (款) of the class that is open, and of items of the group before that no other
group of the class has, are read until a code is certain again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from parsers.reference.codes import classification, name_key
from parsers.tables.layout.columns import PARTS, Column
from parsers.tables.layout.rows import Row
from parsers.tables.layout.words import is_total_word
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold
from parsers.values.vocabulary import CodeBasis

_FULL = re.compile(r"^[\[(]?(\d{3}(?:\d{2}){0,2})[\])]?$")
_WITH_NAME = re.compile(r"^[\[(]?(?P<code>\d{3}(?:\d{2}){0,2})[\])]?[-—_:]?(?P<name>[\u4e00-\u9fff].*)$")
_BEHIND_NAME = re.compile(r"^(?P<name>[\u4e00-\u9fff][^\[(]*)[\[(](?P<code>[1-5]\d{2}(?:\d{2}){0,2})[\])]$")
_SHORT = re.compile(r"^\d{2}$")
_CLASS = 3  # digits of a class (类)
_BROKEN = re.compile(r"^(\d{3})[-.](\d{2})(?:[-.](\d{2}))?$")
_SYSTEMS_BY_DIGIT = {"2": "functional", "3": "economic", "5": "gov_economic", "1": "functional"}
_ECONOMIC = ("economic", "gov_economic")
_L = lexicon_of(__name__)
CLASS = 3  # digits of a class
_NUMBERED = _L.patterns("numbered")
_NAMES = (
    "item",
    "functional_name",
    "economic_name",
    "gov_economic_name",
)  # columns that may print codes, too
# Digits of the lowest level of each classification.
LOWEST = {"functional": 7, "economic": 5, "gov_economic": 5, "revenue": 7}
# Class names so general that they also stand in lists of other things (229 其他支出, 230 转移性支出).
_WEAK = frozenset(map(name_key, _L.words("weak")))


@dataclass(slots=True)
class _Parts:
    """类, 款, 项 as last printed, for one group of part columns."""

    columns: dict[str, int] = field(default_factory=dict)
    system: str | None = None
    current: list[str] = field(default_factory=lambda: ["", "", ""])

    def read(self, row: Row) -> str | None:
        """The full code of this row, or None where the row prints no part."""
        printed = [fold(row[self.columns[p]].text) if p in self.columns else "" for p in PARTS]
        if not any(part.isdigit() for part in printed):
            return None
        deepest = max(i for i, part in enumerate(printed) if part.isdigit())
        if len(printed[deepest]) in (3, 5, 7) and (deepest or len(printed[deepest]) > 3):
            full = printed[deepest]  # 款 or 项 columns that print the code from its class on
            self.current = [full[:3], full[3:5], full[5:7]]
            return full
        highest = min(i for i, part in enumerate(printed) if part.isdigit())
        printed[1:] = [part.zfill(2) if part.isdigit() else part for part in printed[1:]]
        if highest == 0 and len(printed[0]) != _CLASS:
            return None
        if not all(part.isdigit() for part in printed[highest : deepest + 1]):
            return None  # 类 and 项 without the 款 between
        kept = self.current[:highest]
        self.current = [*kept, *printed[highest : deepest + 1]]
        self.current += [""] * (3 - len(self.current))
        code = "".join(self.current[: deepest + 1])
        return code if _FULL.match(code) else None


class CodeReader:
    """Reads the codes of successive rows; it remembers 类 and 款 where they are printed once."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._whole = [c for c in columns if c.role == "code"]
        self._labels = [c for c in columns if c.role in _NAMES]
        self._above: dict[int, str] = {}  # the whole code printed last, by column
        self._groups: list[_Parts] = []
        for column in columns:
            if column.role == "class_part" or (column.role in PARTS and not self._groups):
                self._groups.append(_Parts({column.role: column.index}, column.system))
            elif column.role in PARTS:
                self._groups[-1].columns[column.role] = column.index

    def read(self, row: Row) -> dict[str, str]:
        """The codes that this row prints, by system (functional, economic, gov_economic)."""
        codes: dict[str, str] = {}
        for group in self._groups:
            if code := group.read(row):
                codes.setdefault(_system_of(code, group.system), code)
        for column in self._whole:
            if code := self._whole_code(row, column.index):
                codes.setdefault(_system_of(code, column.system), code)
        for column in self._labels:
            if match := _WITH_NAME.match(fold(row[column.index].text)):
                code = match["code"]
                codes.setdefault(_system_of(code, column.system), code)
        codes.pop("", None)
        return codes

    def _whole_code(self, row: Row, column: int) -> str | None:
        """The code a column prints whole, or a group (款) by its own digits: `03` below 205 or 2050202 is
        20503. Two digits below a whole group, or below two digits, may be those of an item."""
        text, above = fold(row[column].text), self._above.get(column, "")
        code = whole_code(text)
        if code is None and len(above) in (3, 7) and _SHORT.match(text):
            self._above[column] = ""
            return above[:3] + text
        if code:
            self._above[column] = code
        return code


def whole_code(text: str) -> str | None:
    """`2080505`, `[208]`, `208-05-05`, `2101101 行政单位医疗`, `行政单位医疗（2101101）` → the digits."""
    compact = fold(text)
    if match := _FULL.match(compact):
        return match.group(1)
    if match := _BROKEN.match(compact):
        return "".join(part or "" for part in match.groups())
    match = _WITH_NAME.match(compact) or _BEHIND_NAME.match(compact)
    return match["code"] if match else None


def name_without_code(label: str) -> str:
    """`2080505 机关养老`, `机关养老（2080505）` → `机关养老`."""
    match = _WITH_NAME.match(fold(label)) or _BEHIND_NAME.match(fold(label))
    return match["name"] if match else label


def basis_of(codes: dict[str, str], by_name: bool, fiscal_year: int | None) -> CodeBasis | None:
    """How far a row's codes can be trusted: the least certain of them decides."""
    if not codes:
        return None
    lines = (classification(system).find(code, fiscal_year) for system, code in codes.items())
    if not all(line is not None and line.holds_in(fiscal_year) for line in lines):
        return CodeBasis.UNVERIFIED
    return CodeBasis.NAME if by_name else CodeBasis.PRINTED


def _system_of(code: str, system: str | None) -> str:
    """The header's word for the classification, unless the code's first digit contradicts it."""
    by_digit = _SYSTEMS_BY_DIGIT.get(code[0], "")
    if by_digit in _ECONOMIC or (system in _ECONOMIC and code[0] == "2"):
        return by_digit
    return system or by_digit


def level_of(codes: dict[str, str]) -> int:
    """1 类, 2 款, 3 项; 0 where the row prints no code."""
    code = codes.get("functional") or codes.get("economic") or codes.get("gov_economic") or ""
    return {3: 1, 5: 2, 7: 3}.get(len(code), 0)


def codes_by_name(
    labels: Sequence[str], printed: Sequence[str | None], system: str, year: int | None
) -> list[str | None]:
    """For successive rows the code their label stands for, None where one is printed or none is certain."""
    found: list[str | None] = []
    above, group, classes = "", "", None
    for label, code in zip(labels, printed, strict=True):
        by_name = None
        if code:
            above, group = code, code[: CLASS + 2]
        elif is_total_word(label):
            above = group = ""
        elif label:
            numbered = _style(label)
            by_name = _sibling(label, system, year) if numbered is not None and numbered == classes else None
            listed = classes is None or numbered == classes
            by_name = by_name or _below(above, label, system, year, listed=listed)
            by_name = by_name or _item_of(group, label, system)
            group = (by_name or group)[: CLASS + 2]
            above = by_name or above[:3]
            classes = numbered if by_name and len(by_name) == CLASS else classes
        found.append(by_name)
    strong = any(printed) or any(
        code and name_key(label) not in _WEAK for label, code in zip(labels, found, strict=True)
    )
    return found if strong else [None] * len(found)


def _style(label: str) -> int | None:
    """Which numbering a label has: 一、, (一), 1、."""
    compact = fold(label)
    return next((style for style, pattern in enumerate(_NUMBERED) if pattern.match(compact)), None)


def _sibling(label: str, system: str, year: int | None) -> str | None:
    """The class of this name, for a label numbered as the classes above it are: in a list of classes
    20、住房保障 is 221, and not a part of 219 above it."""
    line = classification(system).child_named("", label, year)
    return line.code if line is not None else None


def _below(above: str, label: str, system: str, year: int | None, *, listed: bool) -> str | None:
    """The code of this name among the parts of the row above, else among its siblings, and so on up; of a
    class that shares its name with a part, the class where the row may be `listed` among the classes.

    A 款 is not meant right below itself, where its part has the same name (其他公共安全支出: 20499, 2049999);
    a 类 may be listed under its old and its new name, and the lowest level more than once."""
    book = classification(system)
    for parent in _path(above):
        if line := book.child_named(parent, label, year):
            contains = 3 < len(line.code) < LOWEST[system] and above.startswith(line.code)
            of_that_name = _class_of_that_name(line.code, label, system, year) if listed else None
            return None if contains else of_that_name or line.code
    return None


def _item_of(group: str, label: str, system: str) -> str | None:
    """The item of the group that was open before a row that could not be placed, if its name is in no other
    group of the class: 其他司法支出 is 2040699 wherever it stands below 204, 行政运行 is in every group."""
    if len(group) != CLASS + 2:
        return None
    line = classification(system).only_named(group[:CLASS], label)
    return line.code if line is not None and line.code.startswith(group) and line.code != group else None


def _class_of_that_name(code: str, label: str, system: str, year: int | None) -> str | None:
    """The class that shares its name with this 款 of another class (221 and 21908 住房保障)."""
    line = classification(system).child_named("", label, year) if len(code) == CLASS + 2 else None
    shares = line is not None and name_key(line.name) == name_key(label) and code[:CLASS] != line.code
    return line.code if line is not None and shares else None


def _path(code: str) -> list[str]:
    """The code and all codes above it, the nearest first, down to "" for the classes."""
    return [code[:length] for length in (7, 5, 3) if 0 < length <= len(code)] + [""]
