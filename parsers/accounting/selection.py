"""Selectors: the amounts of a table that a rule speaks of, by key.

Invariant: a key is given only where one row (or, with `sum`, any number of rows) has it and its amount is
plain: the widest fund and period the row prints. Where two columns claim the same meaning with different
amounts nothing is selected. An amount is corroborated only by another table that prints it again under the
same name; one that a row prints twice proves nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal

from parsers.accounting.book import Book, Ledger, Term
from parsers.accounting.outlines import bare, closes, is_total
from parsers.accounting.shapes import AmountSelector
from parsers.reference.codes import classification
from parsers.values.lexicon import lexicon_of
from parsers.values.results import CellRef, Fact

_L = lexicon_of(__name__)
_BEHIND_NAME = _L.pattern("behind_name")

Key = tuple[Hashable, ...]

_INCLUSIVE: dict[str, tuple[str, ...]] = {
    "fund": ("all", "appropriation"),
    "period": ("total", "final"),
    "nature": ("all",),
    "object": ("all",),
}
# Amounts of these values, side by side, make up the whole where no inclusive column is printed.
_ADDABLE: dict[str, tuple[frozenset[str], ...]] = {
    "fund": (frozenset({"general_budget", "government_fund", "state_capital"}),),
    "period": (frozenset({"current", "carryover"}),),
}
_ROWS: dict[str, Callable[[Fact], bool]] = {
    "any": lambda fact: True,
    "total": lambda fact: closes(fact.row_label),
    "class": lambda fact: fact.level == 1,
    "code": lambda fact: fact.level > 0,
    "leaf": lambda fact: len(fact.economic_code or fact.functional_code or "") in (5, 7),
    "item": lambda fact: not closes(fact.row_label),
    "part": lambda fact: not (fact.is_total or closes(fact.row_label)),
}
TOTAL = _L.text("total")


def select(sheet: Ledger, spec: AmountSelector) -> dict[Key, tuple[Term, ...]]:
    """The amounts of one table by key."""
    if spec.without_total and any(is_total(r) or not r.label for r in sheet.table.rows if r.has_amounts):
        return {}
    single = len(sheet.by_row) == 1  # a table of one row is its own total
    facts = [f for f in sheet.table.facts if (single or _row_fits(f, spec)) and _column_fits(f, spec)]
    for pattern in () if single else spec.prefer:
        if chosen := [fact for fact in facts if pattern.search(bare(fact.row_label))]:
            facts = chosen
            break
    else:
        facts = [] if spec.prefer and not single else facts
    readers = [_reader(name) for name in spec.key]
    found: defaultdict[Key, defaultdict[int, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        key = tuple(read(fact) for read in readers)
        if None not in key:
            found[key][fact.row_no].append(fact)
    amounts = {}
    for key, by_row in found.items():
        if terms := _terms(sheet, list(by_row.values()), spec.sum, spec.key):
            amounts[key] = terms
    return amounts


def _row_fits(fact: Fact, spec: AmountSelector) -> bool:
    fits = _ROWS[spec.rows](fact)
    return fits and (spec.label is None or bool(spec.label.search(bare(fact.row_label))))


def _column_fits(fact: Fact, spec: AmountSelector) -> bool:
    if spec.column is not None and not spec.column.search(fact.column_path):
        return False
    return all(getattr(fact, name) in values for name, values in spec.where.items())


def _reader(name: str) -> Callable[[Fact], Hashable]:
    if name == "code":
        return lambda fact: fact.functional_code or fact.economic_code or fact.gov_economic_code
    if name == "name":
        return lambda fact: None if _may_be_either(fact) else plain_name(fact.row_label)
    if name == "gov_class":
        return gov_class
    return lambda fact: getattr(fact, name)


def _may_be_either(fact: Fact) -> bool:
    """Whether a name without a code is that of a functional and of an economic class: 其他支出."""
    return fact.functional_code is None and all(
        classification(system).child_named("", fact.row_label) for system in ("functional", "economic")
    )


def gov_class(fact: Fact) -> str | None:
    """The government economic class of an amount, by its code or by the class its row names."""
    if fact.gov_economic_code:
        return fact.gov_economic_code[:3]
    if fact.functional_code or fact.economic_code:
        return None
    line = classification("gov_economic").child_named("", fact.row_label)
    return line.code if line is not None else None


def plain_name(label: str) -> str | None:
    """A class's or item's name as tables share it: no numbering, no code, no 支出 or （类） at its end."""
    name = re.sub(r"^\[?\d{3,7}\]?[-—]?", "", bare(label))
    return _BEHIND_NAME.sub("", name) or None


def _terms(sheet: Ledger, rows: Sequence[list[Fact]], add: bool, key: Iterable[str]) -> tuple[Term, ...]:
    if len(rows) > 1 and not add:
        return ()
    terms: list[Term] = []
    for facts in rows:
        whole = _whole(facts, [name for name in _INCLUSIVE if name not in key])
        if whole is None:
            return ()
        terms.extend(sheet.fact_term(fact) for fact in whole)
    return tuple(terms)


def _whole(facts: list[Fact], dimensions: Sequence[str]) -> list[Fact] | None:
    """The fewest facts of a row that make up its whole over these dimensions, or None if that is unclear."""
    for name in dimensions:
        values = {getattr(fact, name) for fact in facts}
        if len(values) == 1:
            continue
        widest = next((value for value in _INCLUSIVE[name] if value in values), None)
        if widest is not None:
            facts = [fact for fact in facts if getattr(fact, name) == widest]
        elif not any(values <= addable for addable in _ADDABLE.get(name, ())):
            return None
    meanings: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        meaning = tuple(getattr(fact, name) for name in _INCLUSIVE)
        if meanings.setdefault(meaning, fact).amount_yuan != fact.amount_yuan:
            return None
    return list(meanings.values())


def row_key(fact: Fact) -> Hashable | None:
    """合计 for any total's word, else the code, else the name without numbering; None for a row without."""
    if closes(fact.row_label):
        return TOTAL
    code = fact.functional_code or fact.economic_code or fact.gov_economic_code
    return code or plain_name(fact.row_label)


def corroborated(book: Book) -> frozenset[CellRef]:
    """The cells whose amount some other table prints under the same code or name."""
    found: defaultdict[tuple[Hashable, Decimal], list[CellRef]] = defaultdict(list)
    for sheet in book.sheets.values():
        for fact in sheet.table.facts:
            if fact.amount_yuan:
                key = row_key(fact)
                for name in {key, plain_name(fact.row_label) if key != TOTAL else None} - {None}:
                    ref = CellRef(sheet.table.table_no, fact.row_no, fact.col_no)
                    found[name, fact.amount_yuan].append(ref)
    return frozenset(ref for refs in found.values() if len({r.table_no for r in refs}) > 1 for ref in refs)
