"""What a rule of each kind must say (`params` in the rule files), as models.

Invariant: a rule of an unknown kind, without what its kind needs or with more than it knows, fails at load.
Patterns are regular expressions and are compiled here.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any, Literal

from pydantic import Field, field_validator

from parsers.values.load import Knowledge
from parsers.values.results import BudgetTable, Fact
from parsers.values.table_types import TableType

Pattern = re.Pattern[str]
_FACT = frozenset(field.name for field in fields(Fact))
_KEYS = _FACT | {"code", "name", "gov_class"}


class RuleScope(Knowledge):
    """Which tables a rule, or one side of it, looks at: by type (`tables`, all if empty; not `not_tables`)
    and by title."""

    tables: frozenset[TableType] = frozenset()
    not_tables: frozenset[TableType] = frozenset()
    title: Pattern | None = None
    not_title: Pattern | None = None

    def holds(self, table: BudgetTable) -> bool:
        """Whether the rule looks at this table."""
        title = table.title or ""
        return (
            (not self.tables or table.table_type in self.tables)
            and table.table_type not in self.not_tables
            and (self.title is None or bool(self.title.search(title)))
            and (self.not_title is None or not self.not_title.search(title))
        )


class AmountSelector(RuleScope):
    """The amounts of a table that a rule speaks of, by key; `parsers.accounting.selection` reads it.

    `rows`: rows that are totals, classes, coded, coded to the lowest level, no totals (`item`), no sums of
    other rows either (`part`), any. `label`: pattern of row labels. `prefer`: patterns of labels, the first
    that finds rows wins. `where`: fields of a fact and the values they may have. `column`: pattern of header
    texts. `key`: fields of a fact that pair the amounts of both sides; `code`, `name` and `gov_class` read
    the row; none: one amount. `sum`: rows of one key are added. `without_total`: only tables that print none.
    """

    rows: Literal["any", "total", "class", "code", "leaf", "item", "part"] = "any"
    label: Pattern | None = None
    prefer: tuple[Pattern, ...] = ()
    where: dict[str, tuple[str | None, ...]] = Field(default_factory=dict)
    column: Pattern | None = None
    key: tuple[str, ...] = ()
    sum: bool = False
    without_total: bool = False

    @field_validator("where", "key")
    @classmethod
    def _are_fields(cls, names: Any) -> Any:
        if unknown := set(names) - _KEYS:
            raise ValueError(f"a fact has no {', '.join(sorted(unknown))}")
        return names


class Nothing(Knowledge):
    """A kind that needs no parameters."""


class Summary(Knowledge):
    """Kind `summary`; `rows` are the patterns of the rows that `what` needs."""

    what: Literal["items", "grand", "blank", "sides"]
    rows: dict[str, Pattern]


class Tree(Knowledge):
    """Kind `tree`: the code systems judged. Table types in `printed_only` are judged only where they list
    codes; `blank` and `deep` choose other tests of the same tree."""

    systems: frozenset[Literal["functional", "economic", "gov_economic"]]
    printed_only: frozenset[TableType] = frozenset()
    blank: bool = False
    deep: bool = False


class ColumnMeaning(Knowledge):
    """Nature and object of a column; the object `*` stands for every named one."""

    nature: str
    object: str


class Part(Knowledge):
    """Alternatives for one part of a whole; the first whose columns a table has is taken."""

    any: tuple[tuple[ColumnMeaning, ...], ...]
    needed: bool = False


class Parts(Knowledge):
    """Kind `parts`: a whole and its parts, of which a table must have `at_least` so many as columns."""

    whole: ColumnMeaning
    parts: tuple[Part, ...]
    at_least: int = 2


Condition = Literal["only_general_budget", "only_appropriation", "administrative"]


class Between(Knowledge):
    """The first of several selectors of the left side that finds anything counts (with `either`, the one that
    agrees); the further ones of the right side are added."""

    left: tuple[AmountSelector, ...]
    right: tuple[AmountSelector, ...]
    when: tuple[Condition, ...] = ()
    either: bool = False
    same_total: tuple[Pattern, ...] | None = None
    blanks: bool = False
    presumed: bool = False
    missing_is_zero: bool = False
    current_only: bool = False

    @field_validator("left", "right", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value


class Items(Knowledge):
    """Kind `items`: patterns by name (the first that fits wins), a whole to its parts, and items that may
    stand `beside` the parts."""

    items: dict[str, Pattern]
    sums: dict[str, tuple[str, ...]]
    beside: tuple[str, ...] = ()


class Links(Knowledge):
    """Kind `links`: items to the economic codes they are booked under, in tables of the types `booked`; those
    of the types in `whole` print all of an item."""

    items: dict[str, Pattern]
    booked: tuple[TableType, ...]
    whole: frozenset[TableType]
    links: dict[str, str]


class Echo(Knowledge):
    """Kind `echo`: how many rows must agree, and how many times as many as differ."""

    least: int
    most: int


class Lacking(Echo):
    """Kind `lacking`: as `echo`; at most `few` rows of one list may be missing from the other."""

    few: int


class CountedColumn(Knowledge):
    """A column found by its header, and how many witnesses or steps are enough."""

    column: Pattern
    least: int


class Changes(Knowledge):
    """Kind `changes`: the headers or labels of the change, of last year's amount and of this year's."""

    change: Pattern
    prior: Pattern
    current: Pattern


class Header(Knowledge):
    """Kind `header`: texts of a column that sums others, and of columns that are never parts."""

    whole: Pattern
    not_part: Pattern


class Nesting(Knowledge):
    """Kind `nesting`: table types that print codes only as a remark, and the row at which a list ends."""

    by_other_keys: frozenset[TableType]
    until: Pattern | None = None


class Ranks(Knowledge):
    """Kind `ranks`: table types that print codes only as a remark."""

    by_other_keys: frozenset[TableType]


class Meant(AmountSelector):
    """A total that forms of this name speak of."""

    name: Pattern


class FormAmount(Knowledge):
    """Kind `forms`: the form's 项目资金; `totals` are what forms of a general name are compared with."""

    what: Literal["amount"]
    totals: tuple[Meant, ...] = ()


class FormCost(Knowledge):
    """Kind `forms`: the 经济成本指标, found by their second level (二级指标)."""

    what: Literal["cost"]
    level2: Pattern


class WrongSide(Knowledge):
    """An economic class and the object that its amounts never have."""

    class_: str = Field(alias="class")
    object: str


class CodesOf(Knowledge):
    """Kind `codes`: findings that need no parameters but `what`."""

    what: Literal["start", "blank", "name", "old", "levels", "names"]


class CodeSides(Knowledge):
    """Kind `codes`: economic classes in the wrong object; codes in `except` are never judged."""

    what: Literal["side"]
    except_: frozenset[str] = Field(alias="except")
    wrong: tuple[WrongSide, ...]


class CodePairs(Knowledge):
    """Kind `codes`: the verdicts on a pair of economic codes that make it a finding."""

    what: Literal["pair"]
    verdicts: frozenset[str]


class Totals(Knowledge):
    """The types of summary tables, and the rows of carry-over (结转, 结余 …) that may end one."""

    summaries: frozenset[TableType]
    carry: Pattern


class Moved(Knowledge):
    """The account that takes (`into`), and each that pays with its name in the rows of the taker."""

    into: str
    out: dict[str, str]


class Bonds(Knowledge):
    """The header of the column of sizes, and those of the columns that distinguish one bond from another."""

    header: Pattern
    issue: Pattern


Shape = Knowledge
SHAPES: dict[str, Any] = {
    "tree": Tree,
    "header": Header,
    "parts": Parts,
    "summary": Summary,
    "between": Between,
    "changes": Changes, "years": Changes,
    "echo": Echo,
    "lacking": Lacking,
    "roster": CountedColumn, "serials": CountedColumn, "twice": CountedColumn,
    "items": Items,
    "links": Links,
    "nesting": Nesting,
    "ranks": Ranks,
    "codes": CodesOf | CodeSides | CodePairs,
    "totals": Totals,
    "forms": FormAmount | FormCost,
    "gov_moved": Moved,
    "gov_bonds": Bonds,
    **dict.fromkeys(
        (
            "units", "unclosed", "numbering", "gov_sums", "gov_columns", "gov_sides", "gov_movement",
            "gov_same", "gov_codes", "gov_regions", "gov_details", "gov_changes", "gov_levels", "gov_limit",
            "gov_insurance",
        ),
        Nothing,
    ),
}  # fmt: skip
