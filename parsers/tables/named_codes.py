"""Codes found by name, where the code cell is blank or the table prints no codes (收支总表).

Invariant: a name gives a code only when it is the name of exactly one code below the code that stands above
it; after a row that could not be placed, only the names of classes, of groups (款) of the class that is
open, and of items of the group before that no other group of the class has, are read until a code is certain
again.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.reference.codes import classification, name_key
from parsers.tables.layout.words import is_total_word
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

CLASS = 3  # digits of a class
_NUMBERED = _L.patterns("numbered")
# Digits of the lowest level of each classification.
LOWEST = {"functional": 7, "economic": 5, "gov_economic": 5, "revenue": 7}
# Class names so general that they also stand in lists of other things (229 其他支出, 230 转移性支出).
_WEAK = frozenset(map(name_key, _L.words("weak")))


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
