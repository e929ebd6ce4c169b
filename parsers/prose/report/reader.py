"""Sentences of a government's report to figures: each amount with measure, account, scope, year, stage.

Invariant: an amount has a measure only if the words in front of it are that measure and nothing else; what
several years, a part of a year or a threshold are said of has none. A change belongs to the figure before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from parsers.prose.paragraph import Paragraph
from parsers.prose.report import naming
from parsers.prose.report.context import YEAR, Context, of_headings, scope_in
from parsers.prose.report.cutting import CLOSED, OPENED, below_captions, is_caption, opened, sentences
from parsers.prose.report.itemised import without_itemised_transfers
from parsers.prose.report.rates import is_of_another, is_of_other_base, named_change, with_change, with_rate
from parsers.prose.report.scope import AmountName, ReportFigure, Scope, Territory
from parsers.prose.report.stages import stage_of_heading, stage_of_part, stage_of_words, stage_of_year
from parsers.prose.report.vocabulary import report_terms
from parsers.prose.words import Printed, amounts_in, printed_amount
from parsers.values.attempts import STRICT, Attempts
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.vocabulary import FundSource, Measure, Stage

_L = lexicon_of(__name__)
_BARE_BUDGET = _L.pattern("bare_budget")
_EXPECTED_BELOW = _L.pattern("expected_below")
_CALLED_BUDGET = _L.pattern("called_budget")
_OF_WHICH = _L.text("of_which")
_AND = _L.words("and")
_PLUS = _L.text("plus")
_NEW, _ADJUSTED, _DEBT = _L.text("new"), _L.text("adjusted"), _L.text("debt")

_OF_PERCENT = _L.pattern("of_percent")
_OF_BUDGET = _L.pattern("of_budget")
_COMPARED_AMOUNT = _L.pattern("compared_amount")
_CHANGE_NEXT = _L.pattern("change_next")
_CHANGED_FROM = _L.pattern("changed_from")
_ADJUSTED_NEXT = _L.pattern("adjusted_next")  # 由362亿元调整为416亿元: the budget before it
_SUMMED = _L.pattern("summed")
_ADDS = _L.pattern("adds")
_GOES_ON = _L.pattern("goes_on")
_CARRIED_OUT = _L.pattern("carried_out")
_LONG = _L.pattern("long")
_ANOTHER_PERIOD = _L.pattern("another_period")
_BY_KIND = _L.pattern("by_kind")
_WITHIN = _L.pattern("within")
_BY_PLACE = _L.pattern("by_place")
_FISCAL = _L.pattern("fiscal")  # of all accounts: 财政总支出9亿元，其中：一般公共预算支出7亿元
MAX_WORDS = 60
_TAXES = (Measure.TAX_REVENUE, Measure.NONTAX_REVENUE)


class ReportReader:
    """Reads the paragraphs of one report. `years` maps stages to the years the title gives them."""

    def __init__(self, territory: Territory, years: Mapping[str, int], attempts: Attempts = STRICT) -> None:
        self._territory, self._years, self._attempts = territory, years, attempts
        self._terms = report_terms()
        self.found: list[ReportFigure] = []
        self._context = Context()
        self._start = 0  # the first figure of the sentence
        self._total = 0  # the first figure whose parts may still follow
        self._whole: ReportFigure | None = None  # whose parts are being listed
        self._before: ReportFigure | None = None  # what the sentence goes on with
        self._previous: ReportFigure | None = None  # the last figure with a measure that it goes on from
        self._listing: ReportFigure | None = None  # the last amount of the paragraph, changes apart
        self._of_whole: Scope | None = None  # the scope of that
        self._outside: Scope | None = None  # the scope before the bracket that is being read
        self._of_year_before = True  # what the last change was against
        self._expected = self._adjusted = False  # (预计数，下同); 调整预算(以下简称“预算”)
        self._said: str | None = None  # the stage of the last amount of the paragraph that has one
        self._expecting: set[int | None] = set()  # years of which an account was expected
        self._group = 0  # see ReportFigure
        self._added = False  # the sentence before added transfers to an account
        self._second: tuple[AmountName, str, str] | None = None  # A和B分别为1亿元和2亿元: B

    def read(self, paragraphs: Iterable[Paragraph]) -> tuple[ReportFigure, ...]:
        """The figures in reading order."""
        above: tuple[str, ...] | None = None
        for paragraph, headings in below_captions(paragraphs):
            self._listing, self._said, self._total = None, None, len(self.found)
            self._added = False
            divides = naming.BY_LEVEL.match(paragraph.text) or naming.BY_STRUCTURE.match(paragraph.text)
            first = self._context.first if divides else len(self.found)
            last, self._context = self._context, of_headings(headings, self._territory, self._years, first)
            if headings == above:
                self._context.go_on(last, self.found)
            above = headings
            for sentence, further in sentences(paragraph.text):
                self._attempts.run(
                    message("step_sentence"), None, self._read_sentence, sentence, paragraph.page, further
                )
        return without_itemised_transfers(naming.as_elsewhere(self.found))

    def _read_sentence(self, sentence: str, page: int | None, goes_on: bool) -> None:
        """Figures of one sentence; behind a semicolon (市本级完成21亿元) it may go on with the one before."""
        text = opened(sentence)
        self._expected |= bool(_EXPECTED_BELOW.search(sentence))
        self._adjusted |= bool(_CALLED_BUDGET.search(sentence))
        self._group += not goes_on
        begun, said = self._start, {figure.measure for figure in self.found[self._start :]}
        further = (goes_on or _CARRIED_OUT.match(text)) and len(said) == 1 and None not in said
        self._before = self.found[-1] if further else None
        if _BY_PLACE.match(text):
            self._before = naming.last_account(self.found[self._context.first :])
        measured = [one for one in self.found[begun:] if one.measure]
        self._previous = measured[-1] if measured and (goes_on or _GOES_ON.match(text)) else None
        by_kind = self.found and _BY_KIND.match(text) and self.found[-1].measure in self._terms.parts
        if self._context.narrowed and not goes_on:
            self._context.scope = None  # 其中：市级11亿元。支出172亿元: of the part, or of the whole again
        above = self._context.scope
        self._of_whole = None
        self._start, self._whole, end = len(self.found), self.found[-1] if by_kind else None, 0
        self._context.listing, self._context.adding = False, False
        if _ANOTHER_PERIOD.search(self._terms.comparison.sub("", text)):
            self._context.part_of_year = False
        self._context.one_year = not self._context.part_of_year
        # An amount is named by the words since the amount before it; rates between them belong to that one.
        for match in amounts_in(text):
            before = text[end : match.start()]
            base = ReportFigure(sentence, page, "", printed_amount(match), group=self._group)
            self._read_rates(before)
            self._note_brackets(before)
            self._read_amount(base, before, text[match.end() :], text[: match.start()])
            end = match.end()
        self._read_rates(text[end:])
        self._note_totals(text)
        self._note_brackets(text[end:])
        self._note_rest(text[end:], alone=not end)
        whole = above if text.startswith(_OF_WHICH) else self._of_whole
        self._context.narrowed = _OF_WHICH in text and self._context.scope != whole

    def _read_amount(self, base: ReportFigure, before: str, after: str, so_far: str) -> None:
        clause = naming.CLAUSE_END.split(before)[-1]
        if self._is_about_last(clause, base.amount, before, after):
            return
        shifted, scope = self._is_shift(before, clause), self._context.scope
        if not shifted:
            self._note(before)
        self._note_list(before)
        name, clause = self._shared_name(before, clause) or (self._name(before), clause)
        if item := self._is_listed_item(name):
            front = _ADDS.split(before)[0] if _ADDS.search(before) else ""
            self._context.scope = scope_in(front, self._territory) or scope  # 加上下级上解收入: its list's
        words = name.words if name.clear else clause or name.words
        figure = replace(base, words=words[-MAX_WORDS:], scope=self._context.scope)
        if not shifted and self._is_usable(name, before, after, so_far):
            figure = replace(
                figure, measure=name.measure, fund=name.fund or self._fund(name),
                year=self._context.year_of(before), stage=self._stage(name, clause, before, after),
            )  # fmt: skip
        if name.measure and not name.clear and not item:
            self._context.scope = None  # of a place or a purpose that is not known, and so is what follows
        if _OF_WHICH in before and (last := self._last()):
            self._whole, self._of_whole = last, last.scope
        self.found[self._context.first :] = naming.of_all_levels(self.found[self._context.first :], before)
        self.found.append(figure)
        self._of_year_before = True
        self._note_account(name)
        self._listing = self._listing if shifted else figure
        if figure.measure in self._terms.parts:
            self._whole = figure

    def _is_about_last(self, clause: str, amount: Printed, before: str, after: str) -> bool:
        """Take an amount that says by how much the last one changed, or what its budget was."""
        if change := named_change(clause):
            if not is_of_another(clause, change):  # 债务还本支出10亿元，调出资金增加1亿元
                self._of_year_before = not is_of_other_base(clause, before)
                if (last := self._last()) and self._of_year_before:
                    self.found[-1] = with_change(last, change, amount)
            return True
        planned = _OF_BUDGET.search(clause) or (_OF_PERCENT.match(after) and _BARE_BUDGET.search(clause))
        if planned and self._last():
            self._add_budget_of_last(clause, amount)
            return True
        return False

    def _is_listed_item(self, name: AmountName) -> bool:
        """Whether a list that makes up a grand total names the item: 县级上解收入, 补助县级支出 too."""
        named = name.fund is None or (name.bare and not name.clear)
        return self._context.adding and named and name.measure not in self._terms.totals

    def _note_account(self, name: AmountName) -> None:
        """What follows an account of whom or what is not known, or of all levels, is not the account's."""
        if name.measure == Measure.TOTAL_FISCAL_REVENUE:
            self._context.of_unknown = True
        elif name.measure in self._terms.accounts and (name.clear or not name.bare):
            self._context.of_unknown = not name.clear

    def _note_brackets(self, words: str) -> None:
        """A scope that is named in a bracket holds in it only."""
        if CLOSED in words:
            self._context.scope = self._outside
        if OPENED in words.rpartition(CLOSED)[2]:
            self._outside = self._context.scope

    def _note_totals(self, text: str) -> None:
        """Which 一般公共预算总收入 is the account's grand total."""
        added, before, self._added = bool(_ADDS.search(text)), self._added, bool(_ADDS.search(text))
        since = self._start if before else naming.totals_since(text, self._start, self._total, added=added)
        if since is not None:
            self.found[since:] = map(naming.with_transfers, self.found[since:])
        self.found[self._start :] = naming.of_lists(self.found[self._start :], text)
        if added:
            self._total = len(self.found)

    def _note_rest(self, words: str, *, alone: bool) -> None:
        """Take up what the words behind the last amount name; a place only where no amount stands before
        them (居全市七个县区第一) and no part (其中：市本级不变)."""
        scope = self._context.scope
        if alone and is_caption(words):
            self._context.note_heading(words, self._territory)
        else:
            self._note(words)
        if not alone or words.startswith(_OF_WHICH):
            self._context.scope = scope

    def _note(self, words: str) -> None:
        """Take up what the words name."""
        outer, bracket, inner = words.rpartition(CLOSED)[2].partition(OPENED)
        self._context.note(outer, self._territory, self._years)
        if bracket:
            self._outside = self._context.scope
            self._context.note(inner, self._territory, self._years)

    def _name(self, before: str) -> AmountName:
        sentence = self.found[self._start :] or ([self._before] if self._before else [])
        return naming.name_of(before, sentence, self._whole, self._context.fund, self._territory)

    def _note_list(self, before: str) -> None:
        """加上… and 其中 of a grand total begin its parts, whatever one of them is called."""
        last = self._last()
        if OPENED in before.rpartition(CLOSED)[2]:
            return  # 债务转贷收入5亿元(其中新增债券3亿元)、调入资金: the list goes on behind the bracket
        if _ADDS.search(before) or _OF_WHICH in before:
            self._context.adding = _OF_WHICH not in before or bool(
                last and last.measure in self._terms.totals
            )

    def _shared_name(self, before: str, clause: str) -> tuple[AmountName, str] | None:
        """A与B分别为1亿元和2亿元: the first amount is A's, the one behind 和 B's, each with its
        place; both are of the stage that the clause says."""
        second, self._second = self._second, None
        if second is not None and before in _AND:
            name, words, clause = second
        elif names := naming.shared_names(clause, self._last(), self._context.fund, self._territory):
            (name, words), self._second = names[0], (*names[1], clause)
        else:
            return None
        self._context.scope = scope_in(words, self._territory) or self._context.scope
        return name, clause

    def _fund(self, name: AmountName) -> str | None:
        """The account of an item; of a sum, that of its first amount, whatever account 调入 names."""
        opened = next((figure.fund for figure in self.found[self._start :] if figure.fund), None)
        summed = self._context.adding or name.measure in self._terms.totals
        return opened if opened and summed else self._context.fund

    def _is_usable(self, name: AmountName, before: str, after: str, so_far: str) -> bool:
        """Whether the amount is the measure's of one year, and no part of something else."""
        clause = naming.CLAUSE_END.split(before)[-1]
        in_bracket = so_far.count(OPENED) > so_far.count(CLOSED)
        compared = _COMPARED_AMOUNT.search(clause) and _CHANGE_NEXT.match(after)
        changed = _CHANGED_FROM.search(clause) and not _ADJUSTED_NEXT.match(after)
        # 加上…，收入合计: the revenue and what is added to it, and 支出合计 behind it
        total = _PLUS in so_far or (self.found and self.found[-1].measure in self._terms.totals)
        summed = total and _SUMMED.search(clause) and name.measure in self._terms.accounts
        return (
            name.clear
            and self._context.one_year
            and not self._context.part
            and not (changed or compared or summed)
            and not (name.measure in self._terms.accounts and _WITHIN.match(after))
            and not (in_bracket and not name.part)
            and not self._is_item(name, before)
            and (name.measure != Measure.SOCIAL_INSURANCE_BALANCE or self._context.fund == name.fund)
        )

    def _is_item(self, name: AmountName, before: str) -> bool:
        """Whether the amount is a part of something that is not the account: of one insurance, of 三保."""
        if self._context.insurance and (name.bare or name.fund in (None, FundSource.SOCIAL_INSURANCE)):
            return True
        last = self.found[-1] if self.found else None
        if name.measure in _TAXES and not self._context.adding:
            above = self.found[self._context.first :]
            if (unknown := naming.taxes_of_all_levels(before, self._listing, above)) is not None:
                self._context.of_unknown = unknown
        if self._context.of_unknown and name.measure not in self._terms.accounts | self._terms.kinds_of_debt:
            return True
        if name.measure in _TAXES and not self._context.adding:
            return False
        if name.measure in self._terms.kinds_of_debt:
            self._context.listing |= naming.is_part_of_unknown(before, last)
            return self._context.listing
        if name.measure not in self._terms.accounts and not self._context.adding:
            listed = name.fund is None and name.measure not in self._terms.totals
            return listed and len(self.found) > self._context.first and last is not None and not last.measure
        if _OF_WHICH in before and last is not None:
            same = last.measure == name.measure
            if same and last.scope == self._context.scope and last.words != name.words:
                # 一般公共预算收入80亿元，其中：地方一般公共预算收入40亿元: the first is with transfers
                self.found[self._start :] = naming.unmeasured(self.found[self._start :], last.words)
            of_all = last.measure in self._terms.totals or _FISCAL.search(last.words)
            self._context.listing = not (same or of_all)
        return self._context.listing

    def _is_shift(self, before: str, clause: str) -> bool:
        """Whether the clause speaks of a threshold, of several years, or of what was added or found."""
        shift = self._terms.shift.search(clause)
        named_new = shift is not None and shift[0] == _NEW and self._terms.measure(clause) is not None
        several = self._context.several and (_LONG.search(clause) or not YEAR.search(before))
        return bool(self._terms.threshold.search(clause) or several or (shift and not named_new))

    def _stage(self, name: AmountName, clause: str, before: str, after: str) -> str | None:
        of_year = stage_of_year(self._context.year_of(before), self._years)
        listed = self._whole if name.part else self._listed(before)
        listed_stage = listed.stage if listed else None
        other = self._context.is_of_other_year(before)
        heading = stage_of_heading(self._context.stage, of_year, other_year=other)
        found = stage_of_words(name, clause, before, after, heading)
        stage = stage_of_part(found, listed_stage, clause) or listed_stage
        unsaid, of_debt = heading or of_year, _DEBT in name.words
        if stage is None and (of_debt or self._said in (None, unsaid)):
            stage = unsaid  # behind 批准的年初预算为收入3亿元 the heading says no more what 支出2亿元 is
            expected = not of_debt and self._context.year_of(before) in self._expecting
            stage = None if expected and stage == Stage.EXECUTION else stage  # 预计完成, of another account
        elif stage == Stage.ESTIMATED and not of_debt:
            self._expecting.add(self._context.year_of(before))
        self._said = self._said if of_debt else stage or self._said
        return Stage.ESTIMATED if self._expected and stage == Stage.EXECUTION else stage

    def _listed(self, before: str) -> ReportFigure | None:
        """The figure that a list goes on from: in the sentence, or in the one it goes on with."""
        last = self._last()
        if last is None or (self._context.adding and not last.measure):
            return self._previous
        return last if before.startswith("、") or _OF_WHICH in before or self._context.adding else None

    def _last(self) -> ReportFigure | None:
        return self.found[-1] if len(self.found) > self._start else None

    def _add_budget_of_last(self, clause: str, amount: Printed) -> None:
        """为年初预算100亿元的95%: the budget of the measure before it, which the rates that follow are of."""
        stage = "adjusted" if self._adjusted or _ADJUSTED in clause else "budget"
        self.found.insert(-1, replace(self.found[-1], amount=amount, stage=stage, percent=None, change=None))

    def _read_rates(self, text: str) -> None:
        """A rate belongs to the last figure; to none behind a change against a budget."""
        if (last := self._last()) and self._of_year_before:
            self.found[-1] = with_rate(last, text)
