"""Kinds `items` and `links`: named items, as rows or columns, that make up others (三公 and the like).

Invariant: an item is known by its deepest matching header text or its label; the header texts that name no
item (the year, the fund) are its context, and only items of one context are added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.selection import select
from parsers.accounting.shapes import AmountSelector, Items, Links
from parsers.accounting.wording import cell_name, fact_place
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.text import fold, unnumbered

_L = lexicon_of(__name__)
_THREE_PUBLIC = _L.text("three_public")

_SUBTOTAL = _L.pattern("subtotal")
_BY_CODE = AmountSelector(rows="code", key=("economic_code",))
Found = dict[str, list[Fact]]


def item_sums(rule: Rule, book: Book) -> Iterator[Yield]:
    """`items` maps names to patterns (the first that fits wins), `sums` a whole to its parts."""
    params = rule.shaped(Items)
    for sheet in book.within(rule.scope):
        for found in contexts(sheet, params.items).values():
            yield from _sums(rule, params, sheet, found)


def links(rule: Rule, book: Book) -> Iterator[Yield]:
    """Items against the economic codes they are booked under. A table of basic expenditure alone may print
    less than the item, whose rest is paid by projects, but never more."""
    params = rule.shaped(Links)
    sheets = [*book.within(rule.scope)]
    booked = [s for kind in params.booked for s in book.of_types({kind})]
    if len(sheets) != 1 or not booked:
        return
    found = [c for c in contexts(sheets[0], params.items).values() if _is_current(c)]
    if len(found) == 1:
        for name, code in params.links.items():
            fact = _one(found[0].get(name, []))
            if fact is not None:
                yield from _link(rule, sheets[0], fact, booked[0], code, params.items[name])


def _is_current(found: Found) -> bool:
    """The year's own amounts, of all funds or the general budget."""
    facts = [fact for of_item in found.values() for fact in of_item]
    apart = {"prior_year", "earlier", "change", "budget", "adjusted"}, {"government_fund", "state_capital"}
    return all(f.period not in apart[0] and f.fund not in apart[1] for f in facts)


def _link(
    rule: Rule, sheet: Ledger, fact: Fact, booked: Ledger, code: str, name: re.Pattern[str]
) -> Iterator[Equation]:
    """The item and its code, where the row of the code names the item: lists number codes of their own."""
    terms = select(booked, _BY_CODE).get((code,))
    if not terms or not all(name.search(unnumbered(term.fact.row_label)) for term in terms if term.fact):
        return
    left, right = sheet.fact_term(fact), sum(term.yuan for term in terms)
    whole = booked.table.table_type in rule.shaped(Links).whole
    step = max(sheet.step, booked.step)
    if whole or right > left.yuan + step or right == left.yuan:
        against = cell_name(terms[0], booked.table)
        yield Equation(rule, (left,), terms, fact_place(sheet.table, fact), step, against=against)


def contexts(sheet: Ledger, patterns: Mapping[str, re.Pattern[str]]) -> dict[tuple[object, ...], Found]:
    """The facts of each item in each context."""
    found: defaultdict[tuple[object, ...], defaultdict[str, list[Fact]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for fact in sheet.table.facts:
        path = [fold(text) for text in fact.column_path.split(" / ")]
        name = _item(unnumbered(fact.row_label), patterns)
        if name is not None:
            found["column", fact.col_no][name].append(fact)
        elif (name := _item_of_path(path, patterns)) is not None:
            rest = tuple(text for text in path if _item(text, patterns) is None and not _SUBTOTAL.match(text))
            found["row", fact.row_no, rest][name].append(fact)
    return {context: dict(by_name) for context, by_name in found.items()}


def _item(text: str, patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), None)


def _item_of_path(path: list[str], patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    """The deepest text that names an item; a bare 合计 or 小计 only where nothing above it does."""
    named = [name for text in path if not _SUBTOTAL.match(text) and (name := _item(text, patterns))]
    if named:
        return named[-1]
    return next((name for text in path if (name := _item(text, patterns))), None)


def _sums(rule: Rule, params: Items, sheet: Ledger, found: Found) -> Iterator[Equation]:
    for whole, parts in params.sums.items():
        left = _one(found.get(whole, []))
        if left is None:
            continue
        names = [own for name in parts for own in _split(params, found, name)]
        printed = {name: fact for name in names if (fact := _one(found.get(name, [])))}
        terms = tuple(sheet.fact_term(fact) for fact in printed.values())
        beside = [f for name in params.beside if (f := _one(found.get(name, [])))]
        if beside and _THREE_PUBLIC not in left.column_path + left.row_label:
            wider = (*terms, *(sheet.fact_term(fact) for fact in beside))
            if sum(term.yuan for term in wider) == left.amount_yuan:
                terms = wider  # a grand total that contains 会议费 and 培训费
        if terms:
            place, lacks = fact_place(sheet.table, left), len(printed) < len(names)
            yield Equation(rule, (sheet.fact_term(left),), terms, place, sheet.step, open_ended=lacks)


def _split(params: Items, found: Found, name: str) -> list[str]:
    """The item itself, or where it is not printed the parts it is made of."""
    if name in found or name not in params.sums:
        return [name]
    return list(params.sums[name])


def _one(facts: list[Fact]) -> Fact | None:
    """The fact of an item; if there are two (合计 and 三公小计), the named one."""
    named = [f for f in facts if _THREE_PUBLIC in f.column_path or _THREE_PUBLIC in f.row_label]
    facts = named if len(facts) > 1 and named else facts
    return facts[0] if facts and len({fact.amount_yuan for fact in facts}) == 1 else None
