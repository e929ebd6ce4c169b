"""Kind `forms`: the amount on a project's performance form (绩效目标表) is that of its row in the budget.

Invariant: form and row are paired by the project's name; forms that name no budget row prove nothing. A form
whose name stands for a whole kind of expenditure (公用经费项目) is compared with that total.

`what` of a rule chooses: `amount` (the form's 项目资金) or `cost` (its 经济成本指标, which add up to it). An
amount in yuan under a label that says 万元 is rule I13-unit's (`parsers.performance`), and is not reported
twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.accounting.book import Book, Ledger, Term
from parsers.accounting.equation import Equation, Finding, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.selection import select
from parsers.accounting.shapes import FormAmount, FormCost
from parsers.accounting.wording import fact_place, form_place
from parsers.values.amounts import to_yuan
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import CellRef, Fact
from parsers.values.table_types import PROJECT_LISTS
from parsers.values.text import fold, unnumbered
from parsers.values.units import YUAN_PER_UNIT

_L = lexicon_of(__name__)
_YUAN = _L.text("yuan")

FORM_STEP = Decimal(100)  # forms print 0.01万元 also where the budget prints yuan
_CARRIED_OVER = _L.pattern("carried_over")
_THIS_YEAR = _L.pattern("this_year")
_PUNCTUATION = re.compile(r"[\s、,，.。()（）“”\"《》—-]")
_AMOUNT = _L.pattern("amount")
_COUNT = _L.pattern("count")


def form_amounts(rule: Rule, book: Book) -> Iterator[Yield]:
    """One equation per form whose project the budget prints: the row’s total or the part that agrees."""
    by_form: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for index, indicator in enumerate(book.indicators):
        if indicator.project_name:
            by_form[indicator.table_no, indicator.project_name].append(index)
    for (_, name), indexes in by_form.items():
        if isinstance(rule.params, FormCost):
            yield from _cost(rule, rule.params, book, name, indexes)
        elif (amount := book.indicators[indexes[0]].project_amount) is not None:
            yield from _against(rule, book, name, [_term(book, indexes[0], amount)])


def _term(book: Book, index: int, yuan: Decimal) -> Term:
    """An amount of a form: no fact, known by the indicator it stands with."""
    return Term(CellRef(book.indicators[index].table_no, -1 - index, -1), yuan)


def _cost(rule: Rule, params: FormCost, book: Book, name: str, indexes: Sequence[int]) -> Iterator[Yield]:
    """The cost targets of one form, where all of them are amounts; a count among them is a finding."""
    targets = [i for i in indexes if params.level2.search(book.indicators[i].level2 or "")]
    read = {i: target_yuan(book.indicators[i].target) for i in targets}
    amounts = [_term(book, i, yuan) for i, yuan in read.items() if yuan is not None]
    for i in targets:
        if _COUNT.match(fold(book.indicators[i].target or "")):
            yield _no_amount(rule, book, i)
    if amounts and len(amounts) == len(targets):
        yield from _against(rule, book, name, _without_parts(book, amounts))


def _without_parts(book: Book, amounts: Sequence[Term]) -> Sequence[Term]:
    """The targets that make up the project: where one is all of the form's amount and the others are no more
    than it, they are its parts."""
    whole = max(amounts, key=lambda term: term.yuan)
    project = book.indicators[-1 - whole.ref.row_no].project_amount
    rest = sum((term.yuan for term in amounts if term is not whole), Decimal(0))
    return [whole] if whole.yuan == project and rest <= whole.yuan else amounts


def target_yuan(target: str | None) -> Decimal | None:
    """`=12.20万元` → 122000; None where the target is not an amount."""
    match = _AMOUNT.match(fold(target or ""))
    if not match:
        return None
    unit = match["unit"] if match["unit"].endswith(_YUAN) else match["unit"] + _YUAN
    return to_yuan(Decimal(match["number"]), YUAN_PER_UNIT[unit])


def _no_amount(rule: Rule, book: Book, index: int) -> Finding:
    indicator = book.indicators[index]
    place = form_place(book, index)
    says = message("target_not_amount", form=place, target=indicator.level3 or "", value=indicator.target)
    return Finding(rule, (indicator.table_no,), place, says)


def _against(rule: Rule, book: Book, name: str, right: Sequence[Term]) -> Iterator[Equation]:
    """The form's amount against the budget's: of rows with one name the one that agrees, if any."""
    named = list(_rows_named(book, name))
    found = named or list(_totals_meant(rule, book, name))
    if not found:
        return
    wanted = sum((term.yuan for term in right), Decimal(0))
    sheet, fact = min(found, key=lambda pair: _unlike(pair[1].amount_yuan, wanted))
    if named and fact.amount_yuan and fact.amount_yuan < wanted and _may_be_of_several(sheet, fact):
        return  # the form is of a project that several bodies or levels of government pay
    if named and fact.amount_yuan and fact.amount_yuan < wanted and _lacks_carryover(sheet, fact):
        return  # the form may count what is left of last year's money
    if fact.amount_yuan != wanted and len({(pair[0].table.table_no, pair[1].row_no) for pair in named}) > 1:
        return  # several bodies have a project of this name: the form may be of some of them together
    if fact.amount_yuan != wanted and _in_another_form(book, name, fact.amount_yuan):
        return
    if named and isinstance(rule.params, FormAmount) and _unlike(fact.amount_yuan, wanted) == 1:
        return
    against = form_place(book, -1 - right[0].ref.row_no)
    place = fact_place(sheet.table, fact)
    step = sheet.step if wanted % FORM_STEP else max(sheet.step, FORM_STEP)
    yield Equation(rule, (sheet.fact_term(fact),), tuple(right), place, step, against=against)


def _may_be_of_several(sheet: Ledger, fact: Fact) -> bool:
    """Whether a form of this project may be of more than this row: the table is cut into bodies, or has rows
    whose names contain this one's (甲项目, 甲项目（省级）)."""
    name = _key(fact.project_name or fact.row_label)
    bodies = {row.parent_row for row in sheet.table.facts if row.parent_row is not None and row.project_name}
    longer = {key for row in sheet.table.facts if (key := _key(row.project_name or row.row_label)) != name}
    return len(bodies) > 1 or any(name in key for key in longer)


def _lacks_carryover(sheet: Ledger, fact: Fact) -> bool:
    """Whether the row's amount is of this year's money only, as the table's title or the column says."""
    return any(_THIS_YEAR.search(fold(text or "")) for text in (sheet.table.title, fact.column_path))


def _in_another_form(book: Book, name: str, amount: Decimal | None) -> bool:
    """Whether another form of a project of this name says this amount: then that is the row's form."""
    return any(
        indicator.project_amount == amount and _key(indicator.project_name or "") == _key(name)
        for indicator in book.indicators
    )


def _unlike(amount: Decimal | None, wanted: Decimal) -> int:
    """0 for the same amount, 1 for the same digits in another unit, else 2."""
    if amount == wanted:
        return 0
    return 1 if amount and amount * 10_000 in (wanted, wanted * 100_000_000) else 2


def _rows_named(book: Book, name: str) -> Iterator[tuple[Ledger, Fact]]:
    wanted = _key(name)
    for sheet in book.of_types(PROJECT_LISTS):
        for facts in sheet.by_row.values():
            if wanted in (_key(facts[0].row_label), _key(facts[0].project_name or "")):
                yield from ((sheet, fact) for fact in facts)


def _totals_meant(rule: Rule, book: Book, name: str) -> Iterator[tuple[Ledger, Fact]]:
    for entry in rule.params.totals if isinstance(rule.params, FormAmount) else ():
        if not entry.name.search(name):
            continue
        for sheet in book.of_types(entry.tables):
            for terms in select(sheet, entry).values():
                if len(terms) == 1 and terms[0].fact is not None:
                    yield sheet, terms[0].fact


def _key(name: str) -> str:
    """A project's name; what is carried over of it (结转) goes by the same."""
    return _CARRIED_OVER.sub("", _PUNCTUATION.sub("", unnumbered(name)))
