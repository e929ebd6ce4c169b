"""What the sentences of a report leave to what was said before: place, account, year and stage.

Invariant: the nearest mention wins: the sentence's, the paragraph's, the heading's; a heading that names two
of a kind (全市和市本级) names none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.prose.report.scope import ReportFigure, Scope, Territory
from parsers.prose.report.vocabulary import report_terms
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import AmountScope, Stage

_L = lexicon_of(__name__)
_INSURANCE = _L.text("insurance")

YEAR = _L.pattern("year")
_END_OF_LAST_YEAR = _L.pattern("end_of_last_year")
_WITHOUT = _L.pattern("without")


_MONTHS = _L.pattern("months")
_WHOLE = _L.pattern("whole")  # 2023年决算和2024年上半年预算执行情况 is of both
_REASON = _L.pattern("reason")


def years_of(said: str) -> list[int]:
    """The years that clauses name, except those that give a reason: 主要原因是2024年…拉低基数."""
    clauses = (part for part in re.split(r"[，：〔〕]", said) if not _REASON.search(part))
    return [int(year) for part in clauses for year in YEAR.findall(part)]


@dataclass(slots=True)
class Context:
    """What was named last. `first` is the number of the first figure of the paragraph."""

    first: int = 0
    scope: Scope | None = None
    fund: str | None = None
    year: int | None = None
    stage: str | None = None
    one_year: bool = True  # False where the sentence speaks of several years, or of a part of one
    insurance: bool = False  # one of the insurances was named after the account of all
    part_of_year: bool = False  # a sentence of the paragraph was of 1-6月, and none named a year since
    several: bool = False  # the paragraph spoke of several years before
    of_unknown: bool = False  # the amounts are parts of one that has no measure, or is of all levels
    listing: bool = False  # the sentence lists parts of an amount that has no measure
    adding: bool = False  # it lists what a grand total is made of: an unknown item leaves the others theirs
    narrowed: bool = False  # the sentence before began with 其中 and named the scope of a part
    part: bool = False  # the heading is of a part of a year: 2024年上半年预算执行情况
    heading: Scope | None = None  # the one that the headings name
    heading_year: int | None = None
    widened: bool = False  # a paragraph of the section was of more than its heading says

    def year_of(self, before: str) -> int | None:
        """The year that the words before an amount name, else the one named last."""
        years = years_of(report_terms().comparison.sub("", before))
        return years[-1] if years else self.year

    def is_of_other_year(self, before: str) -> bool:
        """Whether the words before an amount name another year than the headings do."""
        year = self.year_of(before)
        return None not in (year, self.heading_year) and year != self.heading_year

    def go_on(self, before: Context, figures: Sequence[ReportFigure]) -> None:
        """Take up what the paragraph before in the section said: that it is of a part of the year, and that
        it is of the whole area where the heading names the own level, as a county's does (县级预算执行情况:
        全县完成5亿元): then the heading does not say whose money the rest is."""
        self.part_of_year = before.part_of_year
        whole = any(f.scope and f.scope.kind == AmountScope.WHOLE for f in figures[before.first :])
        own = before.heading is not None and before.heading.kind == AmountScope.OWN
        self.widened = before.widened or (own and whole)
        if self.widened:
            self.scope = None

    def note(self, text: str, territory: Territory, years: Mapping[str, int]) -> None:
        """Take up what a sentence's `text` names."""
        terms = report_terms()
        said = terms.comparison.sub("", text)
        self._note_place_and_account(said, territory, heading=False)
        if found := years_of(said):
            self.year = found[-1]
        elif _END_OF_LAST_YEAR.search(said):
            self.year = _year_before(self.year, years)
        several = bool(terms.several_years.search(said))
        self.several |= several
        self.part_of_year |= bool(terms.part_year.search(said))
        if several or self.part_of_year:
            self.one_year = False

    def _note_place_and_account(self, said: str, territory: Territory, *, heading: bool) -> None:
        terms = report_terms()
        mentions = territory.mentions(_WITHOUT.sub("", said))
        if mentions and not (heading and len({scope.kind for _, _, scope in mentions}) > 1):
            scope = mentions[-1][2]
            # 安康市债务余额 below 市本级债务情况 may be of either
            own = self.heading is not None and self.heading.kind == AmountScope.OWN
            self.scope = None if scope.by_name and own else scope
        funds = [(m.end(), name) for name, words in terms.funds.items() for m in words.finditer(said)]
        if funds and not (heading and len({name for _, name in funds}) > 1):
            self.fund = max(funds)[1]
        if mention := terms.insurance.search(said):
            self.insurance = mention.start() > said.rfind(_INSURANCE)
        elif _INSURANCE in said:
            self.insurance = False

    def note_heading(self, heading: str, territory: Territory) -> None:
        """Take up what a heading names, if it names one of a kind."""
        terms = report_terms()
        said = terms.comparison.sub("", heading)
        self._note_place_and_account(said, territory, heading=True)
        if len(years := set(YEAR.findall(said))) == 1:
            self.year = int(years.pop())
        self.part |= bool((terms.part_year.search(said) or _MONTHS.search(said)) and not _WHOLE.search(said))
        for stage, words in terms.heading_stages.items():
            if words.search(heading):
                # 收入完成情况 below 决算情况 is of the final accounts
                self.stage = self.stage if (self.stage, stage) == (Stage.FINAL, Stage.EXECUTION) else stage
                break


def scope_in(said: str, territory: Territory) -> Scope | None:
    """The scope that `said` names last."""
    mentions = territory.mentions(_WITHOUT.sub("", report_terms().comparison.sub("", said)))
    return mentions[-1][2] if mentions else None


def of_headings(
    headings: Iterable[str], territory: Territory, years: Mapping[str, int], first: int
) -> Context:
    """The context in which a paragraph begins; `years` maps stages to the years of the title."""
    context = Context(first=first, scope=territory.unsaid)
    for heading in headings:
        context.note_heading(heading, territory)
    context.heading = context.scope
    if context.year is None and context.stage:
        context.year = years.get(Stage.EXECUTION if context.stage == Stage.ESTIMATED else context.stage)
    if context.year is None and Stage.ADJUSTED in years:
        context.year = years[Stage.ADJUSTED]  # a scheme of adjustment speaks of one year
    if context.year is None and Stage.BUDGET not in years:
        context.year = years.get(Stage.FINAL)  # and so do final accounts, apart from what is said of others
    context.heading_year = context.year
    return context


def _year_before(year: int | None, years: Mapping[str, int]) -> int | None:
    """The year that 上年末 means where it follows `year`: of a section on the year that was carried out, in a
    report of the next, it may be either."""
    executed, budget = years.get(Stage.EXECUTION), years.get(Stage.BUDGET)
    if Stage.ADJUSTED in years:
        return years[Stage.ADJUSTED] - 1
    return executed if budget and year in (None, budget) else None
