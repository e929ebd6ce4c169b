"""What each column of a table holds: label, code, amount, or something that is not money.

Invariant: a column's role comes from its header words (`reference/header_terms.yaml`); only a column whose
header says nothing is judged by its cells. Two stretches of rows fit only if no column holds words in one and
numbers in the other, and at least one amount column and one other are filled in both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from parsers.reference.headers import header_terms
from parsers.tables.layout.rows import Row, texts
from parsers.tables.layout.words import is_numbering, is_total_word
from parsers.values.amounts import is_blank, printed_number
from parsers.values.text import fold, one_line, unnumbered
from parsers.values.units import bracketed_unit, counting_unit

# Label columns by how well they name a row; a money column takes its row label from the best one filled.
LABEL_RANK = (
    "project_name",
    "functional_name",
    "economic_name",
    "item",
    "body_name",
    "gov_economic_name",
    "type",
)
PARTS = ("class_part", "group_part", "item_part")
CODE_ROLES = ("code", *PARTS)
_SYSTEM_BY_DIGIT = {"2": "functional", "3": "economic", "5": "gov_economic"}
_CODE = re.compile(r"^\d{3}(\d{2}){0,2}$")
_BODY_CODE, _BODY_STEPS = 3, (2, 3)  # digits of a department's code, and how many those of its units add
Kind = Literal["words", "code", "amount"]
_DIGITS_OF_CODE = re.compile(r"\d{3,7}")
MAJORITY = 0.7  # share of a column's filled cells that are of its kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header texts from top to bottom (each once), its role, and its classification."""

    index: int
    path: tuple[str, ...]
    role: str
    system: str | None = None

    @property
    def printed_path(self) -> str:
        """The header texts from top to bottom, joined by " / "."""
        return " / ".join(self.path)


def read_columns(header: Sequence[Row], body: Sequence[Row], title: str) -> tuple[Column, ...]:
    """The columns of a table from its header rows; `title` helps to distinguish the code systems."""
    width = len((header or body)[0]) if header or body else 0
    columns = []
    for index in range(width):
        path = _path(header, index)
        values = [row[index].own_text for row in body]
        role = _role(path, values)
        system = None
        if role in CODE_ROLES:
            system = _system(path, values, title)
        elif role in LABEL_RANK:
            system = _system_in(path)
        columns.append(Column(index, path, role, system))
    columns = _parts_under_one_header(_with_names(columns, body), header)
    return tuple(_names_follow_their_code(_parts_follow_their_class(columns)))


def _with_names(columns: list[Column], body: Sequence[Row]) -> list[Column]:
    """Columns whose header says money and whose cells are words name rows: all that print numbered items
    (a header that runs into the next one says little), and the first where no other does: 收入来源 | 金额.
    So do words under a header left blank, where no amount stands left of them: they say more than the label
    on their left (一般公共预算资金 | 专项收入)."""
    found: list[Column] = []
    named = any(column.role in LABEL_RANK for column in columns)
    first = next((column.index for column in columns if column.role == "money"), 0)
    for column in columns:
        values = [value for row in body if not is_blank(value := row[column.index].own_text)]
        words = values and not any(map(_is_number, values))
        if words and column.role == "text" and not column.path and column.index < first:
            left = found[-1].role if found else ""
            column = replace(column, role=left if left in LABEL_RANK else "item")
        if words and column.role == "money" and len(values) > 1:
            numbered = sum(unnumbered(value) != fold(value) for value in values)
            if not named or numbered >= MAJORITY * len(values):
                column, named = replace(column, role="item", system=_system_in(column.path)), True
        found.append(column)
    return found


def _is_number(value: str) -> bool:
    return printed_number(value) is not None


def _path(header: Sequence[Row], index: int) -> tuple[str, ...]:
    """Header texts above a column, each cell once; numbering rows (1, 2, 3 …) are not part of it. Single
    characters below each other are one text (序 / 号)."""
    path: list[str] = []
    last = None
    for row in header:
        slot = row[index]
        text = one_line(slot.text)
        if slot.cell is not last and text and not is_numbering([fold(t) for t in texts(row)]):
            path.append(text)
        last = slot.cell
    if len(path) > 1 and all(len(fold(text)) == 1 for text in path):
        return ("".join(path),)
    return tuple(path)


def _role(path: tuple[str, ...], values: Sequence[str]) -> str:
    for text in reversed(path):
        compact = fold(text)
        for line in header_terms().roles:
            if line.pattern.search(compact):
                return "count" if line.role == "body_name" and are_units(values) else line.role
    return _role_by_values(values)


def are_units(values: Sequence[str]) -> bool:
    """Whether the cells below 单位 are the units of their rows (万元, 个, 辆), not bodies."""
    filled = [value for value in values if not is_blank(value)]
    return bool(filled) and all(counting_unit(value) or bracketed_unit(value) for value in filled)


def _role_by_values(values: Sequence[str]) -> str:
    filled = [v for v in values if not is_blank(v)]
    named = [fold(v) for v in filled if not is_total_word(v)]
    codes = bool(named) and all(map(_CODE.match, named))
    if codes or (filled and all(printed_number(v) is not None for v in filled)):
        if _are_nested(named):
            return "text"
        return "code" if codes else "money"
    return "text" if filled else "blank"


def _are_nested(values: Sequence[str]) -> bool:
    """Codes of bodies: 234, 234001, 234002. Each of the longer ones begins with one of the shortest."""
    shortest = min(map(len, values))
    heads = {value for value in values if len(value) == shortest}
    longer = [value for value in values if len(value) > shortest]
    return (
        bool(longer)
        and shortest >= _BODY_CODE
        and all(map(str.isdecimal, values))
        and all(value[:shortest] in heads and len(value) - shortest in _BODY_STEPS for value in longer)
    )


def _system(path: tuple[str, ...], values: Sequence[str], title: str) -> str | None:
    """Which classification a code column prints: by its header, else by its codes, else by the title."""
    return _system_in(path) or _system_by_values(values) or _system_in((title,))


def _system_in(texts: Sequence[str]) -> str | None:
    """The classification that words name: 功能分类科目, 部门预算支出经济分类, 政府预算支出经济分类."""
    compact = fold("".join(texts))
    return next((line.system for line in header_terms().systems if line.pattern.search(compact)), None)


def _system_by_values(values: Sequence[str]) -> str | None:
    digits = [fold(v)[0] for v in values if _CODE.match(fold(v)) and len(fold(v)) >= 3]
    systems = {_SYSTEM_BY_DIGIT.get(d) for d in digits}
    return systems.pop() if len(systems) == 1 else None


def _parts_under_one_header(columns: list[Column], header: Sequence[Row]) -> list[Column]:
    """Code columns under one header cell print 类, 款 and 项, whether or not the form says so below it."""
    out = list(columns)
    cells = [header[-1][column.index].cell if header else None for column in columns]
    start = 0
    while start < len(out):
        end = start + 1
        while end < len(out) and cells[start] is not None and cells[end] is cells[start]:
            end += 1
        if 1 < end - start <= len(PARTS) and all(column.role == "code" for column in out[start:end]):
            system = next((column.system for column in out[start:end] if column.system), None)
            for column, role in zip(out[start:end], PARTS, strict=False):
                out[column.index] = Column(column.index, column.path, role, system)
        start = end
    return out


def _parts_follow_their_class(columns: list[Column]) -> list[Column]:
    """款 and 项 columns belong to the 类 column on their left, whose codes give the system."""
    out: list[Column] = []
    system: str | None = None
    for column in columns:
        if column.role == "class_part":
            system = column.system
        elif column.role in PARTS:
            column = Column(column.index, column.path, column.role, system)
        out.append(column)
    return out


def _names_follow_their_code(columns: list[Column]) -> list[Column]:
    """科目名称 right of a code column names that code: two classifications side by side stay apart."""
    out: list[Column] = []
    for column in columns:
        left = out[-1] if out else None
        if column.role == "item" and left is not None and left.role in CODE_ROLES and left.system:
            column = Column(column.index, column.path, f"{left.system}_name", left.system)
        out.append(column)
    return out


def columns_fit(above: Sequence[Row], below: Sequence[Row]) -> bool:
    """Whether the rows `below` may go on with the rows `above`, judged by what their columns hold. Whole
    amounts look like codes: between those two nothing is decided."""
    if not above or not below or len(above[0]) != len(below[0]):
        return False
    pairs = [
        (one, other)
        for one, other in zip(kinds_of_columns(above), kinds_of_columns(below), strict=True)
        if one is not None and other is not None
    ]
    if any((one == "words") != (other == "words") for one, other in pairs):
        return False
    kinds = {one for one, other in pairs if one == other}
    return "amount" in kinds and len(kinds) >= 2


def kinds_of_columns(rows: Sequence[Row]) -> list[Kind | None]:
    """The kind of each column; None where it is blank or mixed."""
    return [_kind([row[col].own_text for row in rows]) for col in range(len(rows[0]) if rows else 0)]


def _kind(column: Sequence[str]) -> Kind | None:
    counts = Counter(_kind_of(text) for text in map(fold, column) if text)
    if not counts:
        return None
    kind, count = counts.most_common(1)[0]
    return kind if count >= MAJORITY * counts.total() else None


def _kind_of(text: str) -> Kind:
    if _DIGITS_OF_CODE.fullmatch(text):
        return "code"
    return "amount" if printed_number(text) is not None else "words"
