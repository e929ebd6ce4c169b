"""A body row of a table as its description grows: label, codes, what contains it, what it is about.

Invariant: plain values; each stage of `lines` adds fields and changes none that an earlier one set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parsers.tables.layout.rows import Row
from parsers.tables.meaning import RowWords
from parsers.values.vocabulary import CodeBasis


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


Amounts = Sequence[Mapping[int, Decimal]]
