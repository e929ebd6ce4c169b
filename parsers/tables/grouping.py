"""Which rows contain which in tables nested by code, body, project or purchase, and what a row is a part of.

Invariant: a row is a part of another only by its code, by the table's outline or because the sums say so; a
body or a category is one the row or a row that contains it prints. A `BodyRow` grows: each stage of `lines`
adds fields and changes none that an earlier one set.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from parsers.reference.codes import FILES
from parsers.tables.layout.blocks import ColumnBlock
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row
from parsers.tables.layout.words import is_total_word
from parsers.tables.meaning import TableContext
from parsers.tables.nesting import containing, subtotals, sum_rows
from parsers.values.copies import changed
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import NESTED_OTHERWISE
from parsers.values.text import fold, one_line
from parsers.values.vocabulary import CodeBasis

Amounts = Sequence[Mapping[int, Decimal]]
_L = lexicon_of(__name__)
_KIND = _L.pattern("kind")
_BODY = _L.pattern("body")
_ITEM_CODE = re.compile(r"^(?P<code>[ABC]\d{2,10}(?=[-—\u4e00-\u9fff])|[ABC](?=[-—])|\d{2,10}(?=[-—]))")
_CODES = ("body_code", "project_code")


@dataclass(frozen=True, slots=True)
class RowWords:
    """What a row label of a summary table says on its side. `part`: 其中, a part of the row above;
    `unknown`: nothing says what part of the spending the row is."""

    said: Mapping[str, str | None]
    part: bool = False
    unknown: bool = False

    @property
    def whole(self) -> bool:
        """Whether the words name a whole (总计 and the like)."""
        return bool(self.said.get("whole"))


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One body row of one block. `above` holds what the rows that contain it say, the nearest first;
    `said`: what its label says in tables whose rows name funds or natures; `item`: the canonical name of the
    item a three_public row is about; `period`: that of a row that says its year in a column; `parent`:
    the position of the nearest row that contains it; `body`, `category` and `item_code`: whose it is, of what
    kind, and the code of a project or purchase."""

    row: Row
    label: str
    codes: dict[str, str]
    basis: CodeBasis | None = None
    is_total: bool = False
    said: RowWords | None = None
    above: tuple[RowWords, ...] = ()
    this_year: bool = False
    item: str | None = None
    period: str | None = None
    parent: int | None = None
    body: str | None = None
    category: str | None = None
    item_code: str | None = None


def with_subtotals(lines: list[BodyRow], block: ColumnBlock, amounts: Amounts) -> list[BodyRow]:
    """Marks the subtotals of tables nested by body, project or purchase, and what contains each row; items
    contain one another by themselves."""
    if any(line.item for line in lines):
        return lines
    if _codes_nest(lines):
        return _inside_codes(lines, amounts)
    filled = Counter(column for row in amounts for column in row)
    if not filled:
        return lines
    column = min(filled, key=lambda column: (-filled[column], column))  # mostly the sum of the others
    printed = {index: row[column] for index, row in enumerate(amounts) if column in row}
    heads, contained = _nested(lines, block, printed)
    return [
        changed(line, is_total=line.is_total or index in heads, parent=contained.get(index, line.parent))
        for index, line in enumerate(lines)
    ]


def _nested(
    lines: Sequence[BodyRow], block: ColumnBlock, printed: Mapping[int, Decimal]
) -> tuple[set[int], dict[int, int]]:
    """The rows that sum others, and the nearest one that contains each. Several rows with a total's word
    (小计, 合计) part the table: each sums the rows up to the next one, or those since the one before."""
    totals = [index for index in printed if lines[index].is_total]
    step = _step(list(printed.values()))
    shapes = {index: _shape(lines[index], block.keys) for index in printed}
    heads: set[int] = set()
    contained: dict[int, int] = {}
    for total, parts in _sections(list(printed), totals, printed):
        amounts = [printed[index] for index in parts]
        whole = printed[total] if total is not None else None
        found = subtotals(amounts, whole, [shapes[index] for index in parts], step)
        heads |= {parts[at] for at in found}
        inner = containing(amounts, found, step)
        contained |= {parts[at]: parts[head] for at, head in inner.items()}
        if total is not None and len(totals) > 1:
            contained |= {index: total for at, index in enumerate(parts) if at not in inner}
    return heads, contained


def _sections(
    rows: Sequence[int], totals: Sequence[int], printed: Mapping[int, Decimal]
) -> list[tuple[int | None, list[int]]]:
    """Each total with the rows it sums; the grand total has none where others part the table."""
    if len(totals) < 2:
        return [(totals[0] if totals else None, [index for index in rows if index not in totals])]
    grand = max(totals, key=lambda index: printed[index])
    inner = [index for index in totals if index != grand]
    others = [index for index in rows if index != grand]
    found: list[tuple[int | None, list[int]]] = []
    leads = others[0] in inner
    for start, end in pairwise([*inner, None]) if leads else pairwise([None, *inner]):
        low = start if start is not None else -1
        high = end if end is not None else rows[-1] + 1
        found.append((start if leads else end, [index for index in others if low < index < high]))
    return [(total, parts) for total, parts in found if parts and not set(parts) & set(totals)]


def _shape(line: BodyRow, keys: Sequence[Column]) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """How many characters the codes of bodies and projects have in a row, and which columns it fills."""
    texts = [(key, fold(line.row[key.index].own_text).strip("-—")) for key in keys]
    codes = tuple(len(text) for key, text in texts if key.role in _CODES)
    return codes, tuple(bool(text) for _, text in texts)


def _step(amounts: Sequence[Decimal]) -> Decimal:
    """One unit of the last place that the amounts print."""
    exponents = [exponent for amount in amounts if isinstance(exponent := amount.as_tuple().exponent, int)]
    return Decimal(1).scaleb(min(exponents, default=0))


def _inside_codes(lines: Sequence[BodyRow], amounts: Amounts) -> list[BodyRow]:
    """The rows nested by code, those that contain others marked as sums. Rows without a code that add up to
    the coded row above them (projects below the item that pays for them) are its parts."""
    by_code = _above_by_code(lines)
    last: int | None = None
    above: list[int | None] = []
    for index, line in enumerate(lines):
        last = index if line.codes else None if line.is_total else last
        above.append(by_code[index] if line.codes else last)
    sums = sum_rows(above, [line.label for line in lines], amounts)
    above = [of if of in sums else code for of, code in zip(above, by_code, strict=True)]
    heads = {of for of in above if of is not None}  # a code contains its parts, all printed or not
    return [
        changed(line, is_total=line.is_total or index in heads, parent=above[index])
        for index, line in enumerate(lines)
    ]


def _bodies(lines: Sequence[BodyRow], above: Sequence[int | None], amounts: Amounts) -> set[int]:
    """The rows without a code and a total's word that are bodies, each the sum of the rows below it that no
    code contains; all such rows are, or none is, and no row with a code stands above the first."""
    rows = [index for index, line in enumerate(lines) if not line.is_total]
    heads = [index for index in rows if not lines[index].codes]
    if not heads or heads[0] != rows[0]:
        return set()
    for head, end in pairwise([*heads, len(lines)]):
        parts = [amounts[index] for index in rows if head < index < end and above[index] is None]
        slack = _step(list(amounts[head].values())) * (len(parts) + 1) / 2
        for column, amount in amounts[head].items():
            if abs(sum((row.get(column, Decimal(0)) for row in parts), -amount)) > slack:
                return set()
    return {head for head in heads if any(amounts[head].values())}


def inside_codes(lines: Sequence[BodyRow], amounts: Amounts) -> list[BodyRow]:
    """The rows with the row whose code contains theirs; the bodies whose rows follow are totals."""
    above = _above_by_code(lines)
    bodies = _bodies(lines, above, amounts)
    return [
        changed(line, is_total=line.is_total or index in bodies, parent=above[index])
        for index, line in enumerate(lines)
    ]


def _above_by_code(lines: Sequence[BodyRow]) -> list[int | None]:
    above: list[int | None] = []
    path: list[tuple[str, int]] = []
    for index, line in enumerate(lines):
        code = next((line.codes[system] for system in FILES if system in line.codes), "")
        while code and path and not (code.startswith(path[-1][0]) and code != path[-1][0]):
            path.pop()
        above.append(path[-1][1] if code and path else None)
        if code:
            path.append((code, index))
    return above


def _codes_nest(lines: Sequence[BodyRow]) -> bool:
    """Whether some row's code contains the code of the next row that prints one."""
    return any(
        below != above and below.startswith(above)
        for system in FILES
        for above, below in pairwise(line.codes[system] for line in lines if system in line.codes)
    )


def named(lines: Sequence[BodyRow], block: ColumnBlock, table: TableContext) -> list[BodyRow]:
    """The rows with the body and the kind that their own columns, or the rows that contain them, print, and
    the code of a project or purchase."""
    nested = table.table_type in NESTED_OTHERWISE
    bodies = _printed(
        lines, [c for c in block.keys if c.role == "body_name"], goes_on=nested, names_bodies=True
    )
    kind_columns = [c for c in block.keys if nested and _is_kind(c)]
    kinds = _printed(lines, kind_columns, goes_on=True, names_bodies=False)
    out = []
    for index, line in enumerate(lines):
        body, kind = bodies[index], kinds[index]
        if nested:
            above = _containing_labels(lines, index)
            body = body or next((name for name, is_body in above if is_body), None)
            kind = kind or next((name for name, is_body in above if not is_body), None)
        code = _item_code(line, block.keys) if nested else None
        out.append(changed(line, body=body, category=kind, item_code=code))
    return out


def _is_kind(column: Column) -> bool:
    named = column.role == "text" and bool(column.path and _KIND.search(fold(column.path[-1])))
    return named or column.role == "type"


def _printed(
    lines: Sequence[BodyRow], columns: Sequence[Column], *, goes_on: bool, names_bodies: bool
) -> list[str | None]:
    """What the columns print in each row, the rightmost filled; with `goes_on` a name printed once stands for
    the rows below it, up to a total."""
    found: list[str | None] = []
    last: str | None = None
    for line in lines:
        texts = [one_line(line.row[column.index].text) for column in columns]
        own = next((text for text in reversed(texts) if text and not is_total_word(text)), None)
        if own and line.is_total and own == line.label and _BODY.search(fold(own)) and not names_bodies:
            own, last = None, None  # a body's row, which begins where the kinds of purchases are printed
        if own is None and (not goes_on or is_total_word(line.label)):
            last = None if is_total_word(line.label) else last
            found.append(None)
            continue
        last = own or last
        found.append(last)
    return found


def _containing_labels(lines: Sequence[BodyRow], index: int) -> list[tuple[str, bool]]:
    """The labels of the rows that contain a row, the nearest first, and whether each is a body's; of a body's
    own row, itself."""
    found: list[tuple[str, bool]] = []
    line = lines[index]
    parent = index if line.is_total else line.parent
    seen = 0
    while parent is not None and seen <= len(lines):
        label = one_line(lines[parent].label)
        if label and not is_total_word(label):
            found.append((label, bool(_BODY.search(fold(label)))))
        parent, seen = lines[parent].parent, seen + 1
    return found


def _item_code(line: BodyRow, keys: Sequence[Column]) -> str | None:
    """The code of what is bought or done: before its name (C0901技术测试, A-货物), or in its own column."""
    if match := _ITEM_CODE.match(fold(line.label)):
        return match["code"]
    texts = (fold(line.row[key.index].own_text) for key in keys if key.role == "project_code")
    return next((text for text in texts if text.strip("-—")), None)
