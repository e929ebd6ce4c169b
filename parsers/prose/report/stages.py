"""What an amount of a report is of its year: budgeted, adjusted, expected, carried out, final.

Invariant: the nearest words decide; a year whose stage the title does not say has none.
"""

from __future__ import annotations

from collections.abc import Mapping

from parsers.prose.report.scope import AmountName
from parsers.prose.report.vocabulary import report_terms
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import Stage

_L = lexicon_of(__name__)
_BUDGET = _L.text("budget")
_EXECUTION = _L.text("execution")
_CHANGED_FROM = _L.pattern("changed_from")
_NO_STAGE = _L.pattern("no_stage")
_THEN_CHANGED = _L.pattern("then_changed")


def stage_of_words(name: AmountName, clause: str, before: str, after: str, heading: str | None) -> str | None:
    """The stage by the words around a name, the nearest first: 收入预算 is a budget, but 一般公共预算收入 is
    the name of an account. `clause` is the end of `before`, `heading` the stage that the heading names."""
    terms = report_terms()
    if _CHANGED_FROM.search(clause):
        return "budget"
    if _THEN_CHANGED.match(after) and not terms.stages["execution"].search(clause):
        return "budget"
    if terms.completed.match(after) and not terms.stages["estimated"].search(clause):
        return heading if heading in (Stage.FINAL, Stage.ESTIMATED) else "execution"
    if name.words.endswith(_BUDGET):
        return "budget"
    for text in (clause, before):
        compared = terms.comparison.sub("", text.replace(name.words, "，") if name.words else text)
        around = _NO_STAGE.sub("", compared)
        for stage, words in terms.stages.items():
            if words.search(around):
                return _under(heading, stage, around)
    return None


def stage_of_heading(stage: str | None, of_year: str | None, *, other_year: bool) -> str | None:
    """The stage that a heading names; 支出执行情况 in a report on the final accounts of the year is final;
    2025年末债务余额 under 2026年预算草案, of an `other_year` than the heading's, is not budgeted."""
    if other_year and {stage, of_year} in ({Stage.BUDGET, Stage.EXECUTION}, {Stage.BUDGET, Stage.FINAL}):
        return of_year
    return of_year if of_year == Stage.FINAL and stage in (None, Stage.EXECUTION) else stage


def stage_of_part(stage: str | None, whole: str | None, clause: str) -> str | None:
    """The stage of a part of `whole`: 收入预计完成9亿元，其中：税收4亿元，为预算的84% is expected as well."""
    said = report_terms().stages["execution"].search(clause)
    return whole if (stage, whole) == (Stage.EXECUTION, Stage.ESTIMATED) and not said else stage


def _under(heading: str | None, stage: str, words: str) -> str:
    """The stage that `words` name under a heading: what a draft or a scheme expects is its budget, and 完成
    under 决算 is final."""
    if (stage, heading) == (Stage.EXECUTION, Stage.FINAL) and _EXECUTION not in words:
        return "final"
    if (stage, heading) == (Stage.EXECUTION, Stage.ESTIMATED):
        return "estimated"
    if stage == Stage.ESTIMATED and heading in (Stage.BUDGET, Stage.ADJUSTED):
        return heading
    return stage


def stage_of_year(year: int | None, years: Mapping[str, int]) -> Stage | None:
    """What the title says of a year that no words and no heading say more of. A title that names
    one year alone (2018年预算) may stand above its execution."""
    if year is None or Stage.EXECUTION not in years:
        return None
    carried_out = Stage.EXECUTION if Stage.BUDGET in years else Stage.FINAL
    named = [stage for stage in (Stage.BUDGET, carried_out) if years.get(stage) == year]
    return named[0] if len(named) == 1 else None
