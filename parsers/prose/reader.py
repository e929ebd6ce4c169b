"""Sentences to figures: every amount and every change, each with what it is about.

Invariant: every figure quotes its sentence; a change without a subject of its own belongs to the figure
before it in the same paragraph, and the words behind 原因 are a reason, never figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from parsers.prose.figure import Figure, another_change, at_finest_step, rate_of_another, reasoned, with_rates
from parsers.prose.naming import (
    ASIDE,
    Name,
    NumberedList,
    Surroundings,
    is_year_before,
    name_of,
    names_again,
    respectively,
    silent_name,
    stage_of,
)
from parsers.prose.paragraph import Paragraph
from parsers.prose.vocabulary import terms
from parsers.prose.words import (
    OF_BUDGET,
    UNDECIDED,
    Printed,
    against_budget,
    amounts_in,
    class_chain,
    is_planned,
    is_prior,
    plain_words,
    printed_amount,
    sentences,
    split_reason,
    subject_words,
    topic,
    without_nested,
    year_in,
)
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Headline

_L = lexicon_of(__name__)
_CLAUSES = _L.pattern("clauses")
_NOT_OF_WHICH = _L.pattern("not_of_which")
_EACH = _L.text("each")
_OF_WHICH = _L.text("of_which")
_PARTS = _L.pattern("parts")  # behind which the parts of an amount are listed
_ANNOUNCES = _L.pattern("announces")
_LAST_YEAR = _L.pattern("last_year")
_FIRST_BUDGET = _L.text("first_budget")
_YEAR_BEFORE = _L.text("year_before")

_NEW_WHOLE = _L.pattern("new_whole")
_FOLLOWS = _L.pattern("follows")
_BEHIND_LIST = _L.pattern("behind_list")
_AND = _L.words("and")
_SEVERAL_RATES = _L.pattern("several_rates")  # of several amounts: 分别占 40%、60%
_MONEY = _L.pattern("money")


def figures(paragraphs: Iterable[Paragraph], headline: Headline) -> tuple[Figure, ...]:
    """The figures of the running text in reading order."""
    reader = _Reader(headline)
    for number, paragraph in enumerate(paragraphs):
        if any(terms().skipped_sections.search(heading) for heading in paragraph.headings):
            continue
        if _MONEY.search(paragraph.text):
            reader.read(number, paragraph)
    return at_finest_step(reader.found)


class _Reader:
    """Figures found so far, and the whole whose parts are being listed."""

    def __init__(self, headline: Headline) -> None:
        self.found: list[Figure] = []
        self._body = headline.body_name or ""
        self._year = headline.fiscal_year
        self._whole: int | None = None
        self._current: int | None = None
        self._changed: int | None = None  # the figure whose change was read last, behind the last amount
        self._joined = False  # 、 stands before the clause being read
        self._enumerated = False  # the current figure was joined to the one before by 、
        self._start = 0  # the first figure of the sentence being read
        self._headings: tuple[str, ...] = ()
        self._topic = ""  # what the paragraph says it is about
        self._silent = ""  # the clauses of the sentence since its last amount
        self._shared_change = False  # several changes follow one verb
        self._respectively: list[str] = []  # A与B分别为1万元和2万元: the names whose amounts follow
        self._against_budget = False  # the change being read is one to this year's budget
        self._compared = False  # the clauses since the last amount compare
        self._items = NumberedList()
        self._paragraph = 0  # the first figure of the paragraph being read

    def read(self, number: int, paragraph: Paragraph) -> None:
        text, nested = without_nested(paragraph.text)
        goes_on, self._whole = self._items.go_on(text, paragraph.headings, self._whole)
        if not goes_on and (paragraph.headings != self._headings or _NEW_WHOLE.match(text)):
            self._whole = None  # a list goes on over paragraphs until another heading or whole
        self._headings = paragraph.headings
        self._topic = topic(text)
        self._current = None
        self._paragraph = len(self.found)
        for sentence in sentences(text):
            self._read_sentence(sentence, number, paragraph)
        for inside in nested:
            whole, self._whole, self._current = self._whole, None, None
            self._read_sentence(inside, number, paragraph)
            self._whole = whole

    def _read_sentence(self, sentence: str, number: int, paragraph: Paragraph) -> None:
        body, reason, lead = split_reason(_SEVERAL_RATES.sub("", plain_words(sentence)))
        if not _FOLLOWS.match(body or sentence):
            self._current = None
        start = len(self.found)
        said = {f.words for f in self.found[self._start :] if f.amount and not ASIDE.search(f.words)}
        if self._current is not None and len(said) > 1 and not body.startswith(_OF_WHICH):
            if self._whole is None and _OF_WHICH not in body:
                self._current = None  # behind a list nothing says which of its items changed
            elif _BEHIND_LIST.match(body) and self._whole is not None:
                # behind 其中 and its parts: the whole, unless all of the paragraph is one of its parts, or
                # what stands in between is not
                inside = self._items.depth is None or self._whole >= self._paragraph
                of_whole = self.found[self._current].part_of == self._whole
                self._current = self._whole if inside and of_whole else None
        self._joined = self._against_budget = self._compared = False
        self._silent = ""
        self._respectively, self._shared_change = [], False
        self._start = start
        for clause, mark in _CLAUSES.findall(body):
            self._read_clause(clause, mark, sentence, number, paragraph)
            self._joined = mark == "、"
        if reason and (last := reasoned(self.found, start, self._current, lead)) is not None:
            self.found[last] = replace(self.found[last], reason=self.found[last].reason or reason)

    def _read_clause(self, clause: str, mark: str, sentence: str, number: int, paragraph: Paragraph) -> None:
        end = 0
        for match in amounts_in(clause):
            before, after = clause[end : match.start()], clause[match.end() :]
            end = match.end()
            if terms().threshold_after.match(after) or terms().threshold_before.search(before):
                continue
            base = Figure(sentence, paragraph.page, number, paragraph.headings, "")
            self._note_comparison(before)
            self._read_amount(base, before, after or mark, printed_amount(match), bool(_PARTS.search(before)))
            self._silent, self._compared = "", False
        self._note_comparison(clause[end:])
        self._read_rates(clause)
        if not end:
            self._silent += f"{clause}，"
        listed = mark == "：" and end == len(clause)  # 总额 9 万元：货物 4 万元、…
        if (listed or _ANNOUNCES.search(clause)) and _NOT_OF_WHICH.match(clause):
            self._whole = self._current  # what follows are parts of the last figure that has an amount

    def _note_comparison(self, text: str) -> None:
        """What the changes that follow are compared with."""
        if found := terms().comparison.search(text):
            self._compared = True
            self._against_budget = against_budget(found[0], self._year)

    def _read_amount(self, base: Figure, before: str, after: str, amount: Printed, parts: bool) -> None:
        if parts:
            self._whole = self._current if self._current is not None else self._whole
        # 增加(减少)1万元 is undecided; 分别减少1万元、2万元: of which items, the sentences before say
        if UNDECIDED.search(before) or (not before and self._shared_change):
            return
        if verb := terms().verbs.search(before):
            self._shared_change = _EACH in before
            self._read_change(base, before[: verb.start()], verb["verb"], amount)
            return
        compared = terms().comparison.search(before)
        around = self._surroundings(base)
        behind = bool(compared and names_again(before[compared.end() :], around))
        if (behind and is_prior(before, after)) or is_year_before(before, around):
            self._read_beside(base, before, amount, is_budget=False)
        elif self._current is not None and not behind and OF_BUDGET.search(before):
            self._read_beside(base, before, amount, is_budget=True)
        elif not behind:  # 比上年1.43万元: a change without a verb says nothing sure
            self._read_named(base, before, after, amount, around)

    def _read_named(
        self, base: Figure, before: str, after: str, amount: Printed, around: Surroundings
    ) -> None:
        name = name_of(before, around)
        if before in _AND and self._respectively:
            name = Name(self._respectively[0], self._respectively.pop(0))
        elif shared := respectively(before, name.words):
            name, self._respectively = Name(shared[0], shared[0]), shared[1:]
        words = name.words
        subject = terms().subject(words)
        if subject and self._whole is not None and subject == self.found[self._whole].subject:
            self._whole = None  # the same again, of another year: no part of itself
        year = year_in(before)
        if stage := stage_of(before, after, base.sentence):
            words, subject = f"{words}{stage}", None
        elif year is None and self._year and _LAST_YEAR.search(before):
            year = self._year - 1
        self.found.append(
            replace(
                base, words=words, subject=subject, code=name.code, amount=amount, part_of=self._whole,
                year=year, classes=class_chain(name.source), fund=self._fund(name.source),
                planned=is_planned(before),
            )
        )  # fmt: skip
        self._current, self._enumerated = len(self.found) - 1, self._joined
        self._against_budget, self._changed = False, None

    def _surroundings(self, base: Figure) -> Surroundings:
        last = self.found[-1] if len(self.found) > self._start and self._current is not None else None
        return Surroundings(self._silent, self._topic, "".join(base.headings[-1:]), last, self._body)

    def _fund(self, words: str) -> str | None:
        fund = terms().fund(words)
        return self.found[self._whole].fund if fund is None and self._whole is not None else fund

    def _read_beside(self, base: Figure, before: str, amount: Printed, *, is_budget: bool) -> None:
        """What the current figure is compared with: noted on it, and a figure of its own."""
        if self._current is None:
            return
        now = self.found[self._current]
        year = None if is_budget else year_in(before) or (self._year - 1 if self._year else None)
        words = f"{now.words}{_FIRST_BUDGET if is_budget else _YEAR_BEFORE}"
        noted = replace(now, budget=amount) if is_budget else replace(now, prior=amount)
        self.found[self._current] = noted
        self.found.append(replace(base, words=words, amount=amount, year=year, planned=is_budget))

    def _read_change(self, base: Figure, before: str, verb: str, change: Printed) -> None:
        bare = terms().comparison.sub("", before)
        words, code = subject_words(bare, self._body)
        current = self._changed_figure(verb, change)
        if not words and (name := silent_name(self._silent, self._body)):
            words, code = name.words, name.code
        if words:
            self.found.append(
                replace(
                    base, words=words, subject=terms().subject(words), code=code, change=change,
                    change_verb=verb, part_of=self._whole, against_budget=self._against_budget,
                )
            )  # fmt: skip
            self._current, self._changed = len(self.found) - 1, None
        elif current is not None:
            now = self.found[current]
            if now.change is not None or (self._against_budget and not now.against_budget):
                if not self._compared:
                    return  # a second change of the same amount, and nothing says against what
                current = self._another_change(base, current)
            self.found[current] = replace(self.found[current], change=change, change_verb=verb)
            self._changed = current

    def _another_change(self, base: Figure, current: int) -> int:
        self.found.append(another_change(base, self.found[current], self._against_budget))
        self._current = len(self.found) - 1
        return self._current

    def _changed_figure(self, verb: str, change: Printed) -> int | None:
        """The figure a change without a subject belongs to: the current one; behind A，其中B、C the whole;
        where the current one is too small to have grown so much, the first of the sentence."""
        if self._enumerated and self._whole is not None:
            return self._whole
        current = self._current
        if current is None or current <= self._start or verb not in terms().increase:
            return current
        amount, first = self.found[current].amount, self.found[self._start]
        if amount and first.amount and amount.yuan < change.yuan <= first.amount.yuan:
            return self._start if first.change is None else None
        return current

    def _read_rates(self, clause: str) -> None:
        """Percentages and 持平 belong to the figure read last, or to the one whose change stands before."""
        at = self._current if self._changed is None else self._changed
        if at is None:
            return
        now = self.found[at]
        if (words := rate_of_another(now, clause, self._body)) is not None:
            now = Figure(
                now.sentence, now.page, now.paragraph, now.headings, words, terms().subject(words),
                part_of=self._whole, against_budget=self._against_budget,
            )  # fmt: skip
            self.found.append(now)
            at, self._changed = len(self.found) - 1, None
            self._current = at
        read = with_rates(now, clause, self._body)
        if self._compared and self._against_budget != now.against_budget and (
            (read.percent, read.unchanged) != (now.percent, now.unchanged)
        ):  # fmt: skip
            if read.percent is None:
                return
            base = Figure(now.sentence, now.page, now.paragraph, now.headings, "")
            at = self._another_change(base, at)
            read = with_rates(self.found[-1], clause, self._body)
        self.found[at] = read
