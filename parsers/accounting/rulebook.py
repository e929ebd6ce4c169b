"""The rules of `reference/identities.yaml` and `reference/government_identities.yaml`, typed.

Invariant: a malformed rule fails at load. What a rule says in words, where it applies and how strict it is
stands in the file; only the shape of the sum (`kind`) is code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from parsers.reference.load import load_yaml
from parsers.values.results import BudgetTable, Severity


@dataclass(frozen=True, slots=True)
class RuleScope:
    """Which tables a rule looks at: by type (`tables`, all if empty), not by type, and by title."""

    tables: frozenset[str] = frozenset()
    not_tables: frozenset[str] = frozenset()
    title: re.Pattern[str] | None = None
    not_title: re.Pattern[str] | None = None

    def holds(self, table: BudgetTable) -> bool:
        title = table.title or ""
        return (
            (not self.tables or table.table_type in self.tables)
            and table.table_type not in self.not_tables
            and (self.title is None or bool(self.title.search(title)))
            and (self.not_title is None or not self.not_title.search(title))
        )


Publisher = Literal["department", "government"]
_FILES: dict[Publisher, str] = {
    "department": "identities.yaml",
    "government": "government_identities.yaml",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the file. `zh`, `en` state the identity; `sum_zh`, `sum_en` name its right-hand side;
    `untestable` says in words what keeps it from being tested; `exact` allows no rounding; a `derived` sum
    follows from other rules and says something only where rounding tails add up; `arithmetic` is pure
    arithmetic inside one table, on parts that its codes, headers or printed names tell."""

    id: str
    kind: str
    severity: Severity
    zh: str
    en: str
    sum_zh: str = ""
    sum_en: str = ""
    untestable: str = ""
    source: str = ""
    exact: bool = False
    derived: bool = False
    arithmetic: bool = False
    publisher: Publisher = "department"
    scope: RuleScope = field(default_factory=RuleScope)
    params: Mapping[str, Any] = field(default_factory=dict)


_PLAIN = (
    "kind", "severity", "zh", "en", "sum_zh", "sum_en", "untestable", "source",
    "exact", "derived", "arithmetic",
)  # fmt: skip


def scope_of(entry: Mapping[str, Any]) -> RuleScope:
    """`tables`, `not_tables`, `title`, `not_title` of a rule or of one side of it."""
    patterns = {name: re.compile(entry[name]) if name in entry else None for name in ("title", "not_title")}
    return RuleScope(frozenset(entry.get("tables", ())), frozenset(entry.get("not_tables", ())), **patterns)


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order of the files: those of departments, then those of governments."""
    return {
        name: _rule(name, entry, publisher)
        for publisher, file in _FILES.items()
        for name, entry in load_yaml(file).items()
    }


def _rule(name: str, entry: Mapping[str, Any], publisher: Publisher) -> Rule:
    plain = {key: entry[key] for key in _PLAIN if key in entry}
    return Rule(id=name, publisher=publisher, scope=scope_of(entry), params=entry.get("params", {}), **plain)
