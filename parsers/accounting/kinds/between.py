"""Kind `between`: the same amount printed in two tables, or as a sum of others.

Invariant: two tables are compared only where each side has one table to offer (or both the same number, in
step), and only keys that both sides print are compared. `when` names conditions the document must meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from parsers.accounting.book import Book, Ledger, Term
from parsers.accounting.equation import Equation, Gap, Yield
from parsers.accounting.outlines import closes, is_total
from parsers.accounting.rulebook import Rule
from parsers.accounting.selection import Key, plain_name, select
from parsers.accounting.shapes import AmountSelector, Between, Condition, Pattern
from parsers.accounting.wording import cell_name, table_name
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import Fact
from parsers.values.vocabulary import Flow, Period

_L = lexicon_of(__name__)
_ADMINISTRATIVE = frozenset(_L.words("administrative"))
_RUNNING = _L.words("running")

Amounts = dict[Key, tuple[Term, ...]]
_APART = _L.pattern("apart")
_OTHER_FUNDS = frozenset(
    {
        "government_fund",
        "state_capital",
        "special_account",
        "unit_funds",
        "institution_revenue",
        "operating_revenue",
        "superior_subsidy",
        "subordinate_payment",
        "other_revenue",
        "nonfiscal_balance",
    }
)


def between_tables(rule: Rule, book: Book) -> Iterator[Yield]:
    """All equations of one rule, or why it cannot be tested."""
    params = rule.shaped(Between)
    lefts = [*book.within(params.left[0])]
    rights = [*book.within(params.right[0])]
    if not lefts or not rights:
        return
    unmet = next((name for name in params.when if not _CONDITIONS[name](book)), None)
    if unmet is not None or len(lefts) != len(rights):
        why = _WHY[unmet] if unmet else message("several_tables")
        yield Gap(rule, lefts[0].table.table_no, table_name(lefts[0].table), why)
        return
    for left, right in zip(lefts, rights, strict=True):
        if left is not right:
            yield from _pair(rule, book, left, right, params)


def _pair(rule: Rule, book: Book, left: Ledger, right: Ledger, params: Between) -> Iterator[Equation]:
    """The keys both tables print. Of several selectors of the left side the first that finds anything (with
    `either`: the one that agrees) counts; the further selectors of the right side are added."""
    added = _added(book, params.right[1:])
    rights = {key: (*terms, *added.get(key, ())) for key, terms in select(right, params.right[0]).items()}
    options = [found for spec in params.left if (found := select(left, spec))]
    if not options or not rights:
        return
    chosen = options[0]
    if params.either:
        chosen = next((amounts for amounts in options if _agrees(amounts, rights)), chosen)
    if not _same_total(params.same_total, left, right):
        return
    if params.blanks:
        chosen, rights = _with_blanks(left, chosen, rights), _with_blanks(right, rights, chosen)
    family = (rule.id, left.table.table_no, right.table.table_no) if params.presumed else None
    step = max(left.step, right.step)
    explaining = _explaining(book)
    wider = _totals_differ_by(explaining, left, right, step)
    if params.missing_is_zero:
        rights = {**dict.fromkeys(chosen, ()), **rights}
    for key in (key for key in chosen if key in rights):  # in the order printed
        here, there = chosen[key], rights[key]
        against = cell_name(there[0], right.table) if len(there) == 1 else None
        place, listed = cell_name(here[0], left.table), params.right[0].sum
        gap = abs(sum((t.yuan for t in here), Decimal(0)) - sum((t.yuan for t in there), Decimal(0)))
        doubtful = (wider or explains(explaining, gap, step)) and not params.current_only
        yield Equation(
            rule, here, there, place, step, family, open_ended=listed, against=against, doubtful=doubtful
        )


def _explaining(book: Book) -> frozenset[Decimal]:
    """The amounts that one table of a document may contain while another does not: carry-over, reserves."""
    return frozenset(
        fact.amount_yuan
        for fact in _facts(book)
        if fact.amount_yuan
        and (
            fact.period == Period.CARRYOVER
            or _APART.search(fact.row_label)
            or _APART.search(fact.column_path)
        )
    )


def explains(amounts: frozenset[Decimal], gap: Decimal, step: Decimal) -> bool:
    """Whether a difference is one of the amounts, within the rounding of the three."""
    return bool(gap) and any(abs(amount - gap) <= 3 * step / 2 for amount in amounts)


def _totals_differ_by(explaining: frozenset[Decimal], left: Ledger, right: Ledger, step: Decimal) -> bool:
    """Whether two tables speak of different money: neither prints the other's total, and the totals differ by
    exactly such an amount."""
    ours, theirs = _total_amounts(left), _total_amounts(right)
    if not ours or not theirs or max(ours) in theirs or max(theirs) in ours:
        return False
    return explains(explaining, abs(max(ours) - max(theirs)), step)


def _total_amounts(sheet: Ledger) -> frozenset[Decimal]:
    amounts = (f.amount_yuan for f in sheet.table.facts if closes(f.row_label) and f.flow != Flow.REVENUE)
    return frozenset(amount for amount in amounts if amount)


def _same_total(prefer: tuple[Pattern, ...] | None, left: Ledger, right: Ledger) -> bool:
    """With `same_total` (patterns of total rows): both tables print the same total, so they report the same
    money; where they do not, one has funds the other lacks."""
    if prefer is None:
        return True
    spec = AmountSelector(rows="total", prefer=prefer, where={"nature": ("all",)}, key=("flow",))
    return _agrees(select(left, spec), select(right, spec))


def _added(book: Book, specs: Sequence[AmountSelector]) -> Amounts:
    """The amounts of further tables, each of which must be the only one of its kind."""
    added: Amounts = {}
    for spec in specs:
        sheets = [*book.within(spec)]
        if len(sheets) == 1:
            for key, terms in select(sheets[0], spec).items():
                added[key] = (*added.get(key, ()), *terms)
    return added


def _with_blanks(sheet: Ledger, own: Amounts, other: Amounts) -> Amounts:
    """The amounts with those keys (flow, name, period) added that only the other table prints and whose row
    stands here with a blank in the column of its neighbours."""
    columns = {(key[0], key[2]): (terms[0].ref.col_no, terms[0].fact) for key, terms in own.items()}
    filled = dict(own)
    for key in (key for key in other if key not in own):
        column, fact = columns.get((key[0], key[2]), (None, None))
        if column is None or fact is None:
            continue
        rows = [r for r in sheet.blocks[fact.block] if not is_total(r) and plain_name(r.label) == key[1]]
        if len(rows) == 1 and (rows[0].row_no, column) not in sheet.cells:
            filled[key] = (sheet.term(rows[0].row_no, column),)
    return filled


def _agrees(left: Amounts, right: Amounts) -> bool:
    common = left.keys() & right.keys()
    return bool(common) and all(
        sum(t.yuan for t in left[key]) == sum(t.yuan for t in right[key]) for key in common
    )


def _facts(book: Book) -> Iterator[Fact]:
    return (fact for sheet in book.sheets.values() for fact in sheet.table.facts)


def _only_general_budget(book: Book) -> bool:
    """No amount of any other fund is printed anywhere in the document."""
    return not any(fact.amount_yuan and fact.fund in _OTHER_FUNDS for fact in _facts(book))


def _only_appropriation(book: Book) -> bool:
    """No amount from outside the budgets of the finance department."""
    inside = {"government_fund", "state_capital"}
    return not any(fact.amount_yuan and fact.fund in _OTHER_FUNDS - inside for fact in _facts(book))


def _administrative(book: Book) -> bool:
    """The body runs on 行政运行 and on no 事业运行: an administrative body by its own figures."""
    running = {
        word for fact in _facts(book) for word in _RUNNING if fact.amount_yuan and word in fact.row_label
    }
    return running == _ADMINISTRATIVE


_CONDITIONS: dict[Condition, Callable[[Book], bool]] = {
    "only_general_budget": _only_general_budget,
    "only_appropriation": _only_appropriation,
    "administrative": _administrative,
}
_WHY = {
    "only_general_budget": message("other_funds"),
    "only_appropriation": message("funds_outside"),
    "administrative": message("not_administrative"),
}
