"""The unit of tables that print none: from the document's own words, or from all other tables.

Invariant: a unit is taken over only where nothing in the document speaks against it: one statement for all
tables, or siblings that all print the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parsers.values.amounts import read_amount
from parsers.values.document import Block, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.results import BudgetTable, Fact
from parsers.values.text import fold
from parsers.values.units import YUAN_PER_UNIT, Unit
from parsers.values.vocabulary import UnitBasis

_L = lexicon_of(__name__)

_NAMES = "|".join(sorted(YUAN_PER_UNIT, key=len, reverse=True))
_FOR_ALL = _L.pattern("for_all", names=_NAMES)


def shared_unit(blocks: Iterable[Block], tables: Sequence[BudgetTable]) -> tuple[Unit, UnitBasis] | None:
    """The unit that tables without one may take, and where it is known from; None where that is open."""
    if all(table.unit_yuan is not None for table in tables if table.facts):
        return None
    said = {name for block in blocks if isinstance(block, TextBlock) for name in _stated_for_all(block.text)}
    if len(said) == 1:
        name = said.pop()
        return Unit(name, YUAN_PER_UNIT[name]), UnitBasis.DOCUMENT
    printed = [table for table in tables if table.facts and table.unit_yuan is not None]
    units = {fact.unit_yuan for table in printed for fact in table.facts}
    if said or len(units) != 1:
        return None
    table = printed[0]
    assert table.unit_text is not None and table.unit_yuan is not None
    return Unit(table.unit_text, table.unit_yuan), UnitBasis.SIBLINGS


def unit_of_cells(facts: Sequence[Fact]) -> Unit | None:
    """The unit that all cells of a table print for themselves, where the table prints none."""
    units = {(fact.unit_text, fact.unit_yuan) for fact in facts if read_amount(fact.amount_text)}
    text, yuan = units.pop() if len(units) == 1 else (None, None)
    return Unit(text, yuan) if text is not None and yuan is not None else None


def _stated_for_all(text: str) -> list[str]:
    return [match["stated"] or match["counted"] for match in _FOR_ALL.finditer(fold(text))]
