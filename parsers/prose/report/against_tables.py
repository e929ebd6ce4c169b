"""The amounts of a report against those of the document's own tables (identity G9).

Invariant: whole is compared with whole and own with own, of one measure, year and stage; an amount that any
table of these prints is the same, and where the tables print several others nothing follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from decimal import Decimal

from parsers.prose.report.scope import ReportFigure
from parsers.reference.text_rules import prose_rules
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, CellRef, Check, Fact
from parsers.values.vocabulary import (
    AmountScope,
    CheckStatus,
    FactStatus,
    Fault,
    Measure,
    NamedRule,
    Severity,
    Stage,
)

_L = lexicon_of(__name__)

RULE = NamedRule.G9_TEXT
_STAGES: Mapping[str, str] = {
    Stage.BUDGET: "budget", Stage.NEXT: "budget", Stage.ADJUSTED: "adjusted", Stage.CHANGED: "adjusted",
    Stage.EXECUTION: "outcome", Stage.ESTIMATED: "outcome", Stage.FINAL: "outcome", Stage.PRIOR: "outcome",
}  # fmt: skip
_ROUGH = _L.pattern("rough")
_DIRECT = _L.text("direct")
# What a report calls so may leave out what is carried on, and a table that sums one side may count it in.
_LOOSE = frozenset(
    {
        Measure.TOTAL_REVENUE,
        Measure.TOTAL_EXPENDITURE,
        Measure.STATE_CAPITAL_REVENUE,
        Measure.STATE_CAPITAL_EXPENDITURE,
    }
)
_NEAR = Decimal("0.2")  # share by which two amounts of one thing may differ; beyond it is another thing
_CENT = Decimal("0.01")
Place = tuple[CellRef, Fact]


def check_report(
    figures: Sequence[ReportFigure], tables: Sequence[BudgetTable], publisher: str | None
) -> tuple[Check, ...]:
    """One check for each amount of the text that the tables print the measure of; in yuan."""
    printed: defaultdict[Hashable, list[Place]] = defaultdict(list)
    for table in tables:
        for fact in table.facts:
            if fact.measure and fact.amount_yuan is not None and fact.status != FactStatus.DISPUTED:
                place = fact.row_region_code if fact.scope == AmountScope.REGION else publisher
                key = _key(fact.measure, fact.fund, fact.scope, place, fact.amount_year, fact.stage)
                printed[key].append((CellRef(table.table_no, fact.row_no, fact.col_no), fact))
    return tuple(_checks(figures, printed, publisher))


def _checks(
    figures: Sequence[ReportFigure], printed: dict[Hashable, list[Place]], publisher: str | None
) -> Iterator[Check]:
    for figure in figures:
        scope = figure.scope
        if figure.measure is None or scope is None or figure.year is None:
            continue
        place = scope.code if scope.code or scope.kind == AmountScope.REGION else publisher
        key = _key(figure.measure, figure.fund, scope.kind, place, figure.year, figure.stage)
        if key is not None and (found := printed.get(key)):
            yield _check(figure, found)


def _key(
    measure: str, fund: str | None, scope: str | None, place: str | None, year: int | None, stage: str | None
) -> Hashable:
    """None where something is open: then nothing is compared."""
    if scope is None or place is None or year is None:
        return None
    kind = "limit" if measure.endswith("limit") else _STAGES.get(stage or "")
    return None if kind is None else (measure, fund, scope, place, year, kind)


def _check(figure: ReportFigure, found: Sequence[Place]) -> Check:
    said, place = figure.amount.yuan, figure.amount.place
    ref, fact = min(found, key=lambda one: abs((one[1].amount_yuan or Decimal(0)) - said))
    amount = fact.amount_yuan or Decimal(0)
    tolerance = max(place, (fact.unit_yuan or Decimal(1)) / 100)
    off = abs(amount - said)
    entry = prose_rules()[RULE]
    what = message(
        "text_against_report_table",
        subject=figure.words,
        printed=said,
        amount=amount,
        table=ref.table_no,
    )
    # A report rounds, and calls by one name what tables print as several sums; 市直 may be less than 市级.
    open_ = (
        figure.measure in _LOOSE
        or (figure.scope is not None and (figure.scope.name or "").endswith(_DIRECT))
        or _ROUGH.search(figure.sentence)
        or len({f.amount_yuan for _, f in found}) > 1
    )
    far = off > abs(amount) * _NEAR
    status: CheckStatus = (
        CheckStatus.HOLDS
        if off <= tolerance
        else CheckStatus.UNTESTABLE
        if open_ or far
        else CheckStatus.FAILS
    )
    return Check(
        rule=RULE,
        table_nos=(ref.table_no,),
        statement=message("quoted", text=figure.sentence, page=figure.page),
        status=status,
        severity=entry.severity if status == CheckStatus.FAILS else Severity.INFO,
        message=message("finding_by_rule", rule=RULE, page=figure.page, what=what),
        left_yuan=said.quantize(_CENT),
        right_yuan=amount,
        difference_yuan=(said - amount).quantize(_CENT),
        tolerance_yuan=tolerance.quantize(_CENT),
        facts=(ref,),
        page=figure.page,
        fault=Fault.UNCLEAR if status == CheckStatus.FAILS else None,
    )
