"""What an amount means: flow, fund, nature, object and period, from its header path, row and table.

Invariant: a dimension is filled only when every word of the header path is understood; otherwise it stays
None. The words are data: `reference/header_terms.yaml` and `reference/table_defaults.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.reference.load import header_terms, table_defaults
from parsers.text import fold, unnumbered

DIMENSIONS = ("flow", "fund", "nature", "object", "period")
_YEAR = re.compile(r"(20\d{2})年?")
_PAIRED = frozenset({"summary", "appropriation_summary", "gov_fund", "state_capital"})


@dataclass(frozen=True, slots=True)
class Meaning:
    flow: str | None = None
    fund: str | None = None
    nature: str | None = None
    object: str | None = None
    period: str | None = None


def column_meaning(path: Sequence[str], table_type: str, title: str, fiscal_year: int | None) -> Meaning:
    """The meaning of a money column of a table with this type and title."""
    found, understood = _read_path(path, fiscal_year)
    defaults = table_defaults().get(table_type)
    if defaults is None:
        return Meaning()
    if not understood:
        return Meaning(flow=found.get("flow") or defaults.get("flow"))
    fund = defaults.get("fund") or _fund_of(title)
    values = {
        "flow": defaults.get("flow"),
        "fund": fund,
        "nature": defaults.get("nature"),
        "object": defaults.get("object"),
        "period": _default_period(title),
    }
    values.update(found)
    return Meaning(**{name: values.get(name) for name in DIMENSIONS})


def row_meaning(column: Meaning, label: str, table_type: str) -> Meaning:
    """In summary tables the row names fund and period (一般公共预算拨款收入, 上年结转): the row wins."""
    if table_type not in _PAIRED or not label:
        return column
    found = _read_element(unnumbered(label))
    values = {name: getattr(column, name) for name in DIMENSIONS}
    for name in ("fund", "period") if column.flow == "revenue" else ("period",):
        if name in found:
            values[name] = found[name]
    if column.flow == "expenditure" and found.get("flow") == "balance":
        values["flow"] = "balance"
    return Meaning(**values)


def _read_path(path: Sequence[str], fiscal_year: int | None) -> tuple[dict[str, str | None], bool]:
    """Dimensions set by the path's elements, the lowest winning, and whether every element is understood."""
    found: dict[str, str | None] = {}
    understood = True
    for element in reversed(path):
        terms = _read_element(element)
        if fiscal_year and (match := _YEAR.search(fold(element))) and int(match.group(1)) < fiscal_year:
            terms.setdefault("period", "prior_year")
        for name, value in terms.items():
            found.setdefault(name, value)
        understood = understood and (bool(terms) or _is_neutral(element))
    return found, understood


def _read_element(element: str) -> dict[str, str | None]:
    compact = fold(element)
    found: dict[str, str | None] = {}
    for term in header_terms().meaning:
        if term.pattern.search(compact):
            for name, value in term.sets.items():
                found.setdefault(name, value)
    return found


def _is_neutral(element: str) -> bool:
    compact = fold(element)
    return any(pattern.search(compact) for pattern in header_terms().neutral)


def _default_period(title: str) -> str:
    compact = fold(title)
    if "不含上年结转" in compact:
        return "current"
    if "决算" in compact:
        return "final"
    return "total"


def _fund_of(title: str) -> str | None:
    return _read_element(title).get("fund")
