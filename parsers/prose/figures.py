"""Sentences to figures: an amount, what it is about, how it changed, which share it is, and why.

Invariant: every figure quotes its sentence; a change without a subject of its own belongs to the figure
before it in the same paragraph, and the words behind 原因 are a reason, never figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from parsers.prose.paragraphs import Paragraph, ordinal_depth
from parsers.prose.terms import terms
from parsers.prose.words import (
    AMOUNT,
    COMPLETION,
    RATE,
    SHARE,
    Printed,
    class_chain,
    printed_amount,
    printed_percent,
    sentences,
    split_reason,
    subject_words,
    topic,
    unnumbered_heading,
    without_nested,
    year_in,
)
from parsers.results import Headline

_NEW_WHOLE = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]+[)）、.．]|(?:[(（]?\d+[)）、.．])?(?:20\d\d年|本|我))"
)
_FOLLOWS = re.compile(r"^(?:与|比|较|同比|主要|其中|增加|减少|原因|20\d\d年(?:当年)?预算数?[和与])")
USUAL = 0.3  # share of a unit's numbers that shows the precision a document keeps

Direction = Literal["increase", "decrease", "unchanged"]


@dataclass(frozen=True, slots=True)
class Figure:
    """`paragraph` numbers the paragraph; `words` stand in front of the amount, `classes` are the names of
    classes among them with the digits of their codes; `part_of` is the position (in the document's figures)
    of the whole it is listed under, `share_of` what its share is said to be of, `completion` the share of the
    budget that was spent; `year` and `fund` are named by its words, the
    fund of a part by those of its whole, too."""

    sentence: str
    page: int | None
    paragraph: int
    headings: tuple[str, ...]
    words: str
    subject: str | None = None
    code: str | None = None
    amount: Printed | None = None
    change: Printed | None = None
    change_verb: str | None = None
    percent: Printed | None = None
    percent_verb: str | None = None
    share: Printed | None = None
    share_of: str | None = None
    completion: Printed | None = None
    classes: tuple[tuple[int, str], ...] = ()
    unchanged: bool = False
    reason: str | None = None
    compared: bool = False
    part_of: int | None = None
    year: int | None = None
    fund: str | None = None

    @property
    def direction(self) -> Direction | None:
        for verb in (self.change_verb, self.percent_verb):
            if verb:
                return "increase" if verb in terms().increase or verb == "增幅" else "decrease"
        return "unchanged" if self.unchanged else None

    @property
    def signed_change(self) -> Decimal | None:
        if self.change is None:
            return Decimal("0.00") if self.unchanged and self.amount else None
        return -self.change.yuan if self.direction == "decrease" else self.change.yuan

    @property
    def signed_percent(self) -> Decimal | None:
        if self.percent is None:
            return None
        return -self.percent.yuan if self.direction == "decrease" else self.percent.yuan


def figures(paragraphs: Iterable[Paragraph], headline: Headline) -> tuple[Figure, ...]:
    """The figures of the running text in reading order."""
    reader = _Reader(headline)
    for number, paragraph in enumerate(paragraphs):
        if any(terms().skipped_sections.search(heading) for heading in paragraph.headings):
            continue
        if "元" in paragraph.text:
            reader.read(number, paragraph)
    return _at_finest_step(reader.found)


def _at_finest_step(found: Sequence[Figure]) -> tuple[Figure, ...]:
    """Every amount at the precision its document keeps: texts drop trailing zeros (1万元 beside 0.79万元), so
    the finest place that a good part of the numbers of a unit print holds for all of them."""
    numbers = [
        number for figure in found for number in (figure.amount, figure.change) if number and number.yuan
    ]
    finest: dict[Decimal, Decimal] = {}
    for unit in {number.unit for number in numbers}:
        steps = [number.step for number in numbers if number.unit == unit]
        usual = [step for step in set(steps) if steps.count(step) >= USUAL * len(steps)]
        finest[unit] = min(usual, default=max(steps))

    def finer(number: Printed | None) -> Printed | None:
        return number and replace(number, step=min(number.step, finest.get(number.unit, number.step)))

    return tuple(
        replace(figure, amount=finer(figure.amount), change=finer(figure.change)) for figure in found
    )


class _Reader:
    """Figures found so far, and the whole whose parts are being listed."""

    def __init__(self, headline: Headline) -> None:
        self.found: list[Figure] = []
        self._body = headline.body_name or ""
        self._whole: int | None = None
        self._current: int | None = None
        self._joined = False  # 、 stands before the clause being read
        self._enumerated = False  # the current figure was joined to the one before by 、
        self._start = 0  # the first figure of the sentence being read
        self._headings: tuple[str, ...] = ()
        self._topic = ""  # what the paragraph says it is about
        self._announced = False  # the paragraph before ended in a colon
        # How the items of the list being read are numbered, and the headings they stand under.
        self._items: tuple[int | None, tuple[str, ...]] = (None, ())

    def read(self, number: int, paragraph: Paragraph) -> None:
        text, nested = without_nested(paragraph.text)
        if not self._goes_on(text, paragraph.headings) and (
            paragraph.headings != self._headings or _NEW_WHOLE.match(text)
        ):
            self._whole = None  # a list goes on over paragraphs until another heading or whole
        self._headings = paragraph.headings
        self._topic = topic(text)
        self._current = None
        for sentence in sentences(text):
            self._read_sentence(sentence, number, paragraph)
        for inside in nested:
            whole, self._whole, self._current = self._whole, None, None
            self._read_sentence(inside, number, paragraph)
            self._whole = whole

    def _goes_on(self, text: str, headings: tuple[str, ...]) -> bool:
        """Whether a paragraph is an item of the list that the one before announced (其中：) or began."""
        item = (ordinal_depth(text), headings)
        if not self._announced and item != self._items:
            item = (None, headings)
        self._items, self._announced = item, text.endswith("：")
        return item[0] is not None

    def _read_sentence(self, sentence: str, number: int, paragraph: Paragraph) -> None:
        body, reason = split_reason(sentence)
        if not _FOLLOWS.match(body):
            self._current = None
        start = len(self.found)
        if (
            self._current is not None
            and start - self._start > 1
            and self._whole is None
            and "其中" not in body
        ):
            self._current = None  # behind a list nothing says which of its items changed
        self._joined = False
        self._start = start
        for clause, mark in re.findall(r"(.+?)([，：；]|(?<=元)、|(?<=%)、|$)", body):
            self._read_clause(clause, mark, sentence, number, paragraph)
            self._joined = mark == "、"
        if reason and (last := self._last_changed(start)) is not None:
            self.found[last] = replace(self.found[last], reason=self.found[last].reason or reason)

    def _last_changed(self, start: int) -> int | None:
        """The figure a reason explains: the last one of its sentence that changed, or the one before."""
        changed = [i for i in range(start, len(self.found)) if self.found[i].direction]
        if changed:
            return changed[-1]
        return (
            self._current
            if self._current is not None
            else (len(self.found) - 1 if start < len(self.found) else None)
        )

    def _read_clause(self, clause: str, mark: str, sentence: str, number: int, paragraph: Paragraph) -> None:
        end = 0
        for match in AMOUNT.finditer(clause):
            before, after = clause[end : match.start()], clause[match.end() :]
            end = match.end()
            if terms().threshold_after.match(after) or terms().threshold_before.search(before):
                continue
            base = Figure(sentence, paragraph.page, number, paragraph.headings, "")
            self._read_amount(base, before, printed_amount(match), "其中" in before)
        self._read_rates(clause)
        listed = mark == "：" and end == len(clause)  # 总额 9 万元：货物 4 万元、…
        if listed or re.search(r"其中$|包括$", clause) or clause.startswith("其中"):
            self._list_parts(clause)

    def _list_parts(self, clause: str) -> None:
        """其中：what follows are parts of the last figure that has an amount."""
        if clause.startswith("其中") and clause != "其中":
            return
        self._whole = self._current

    def _read_amount(self, base: Figure, before: str, amount: Printed, parts: bool) -> None:
        if parts:
            self._whole = self._current if self._current is not None else self._whole
        verb = terms().verbs.search(before)
        compared = terms().comparison.search(before)
        if verb:
            self._read_change(base, before[: verb.start()], verb["verb"], amount)
            return
        words, code = subject_words(before, self._body)
        if compared and compared.group(0)[0] in "与比较同" and before.endswith(compared.group(0)):
            return  # 比上年1.43万元: a change without a verb says nothing sure
        if re.search(r"年初预算|预算数|年初数", before) and re.search(r"决算", base.sentence):
            words = (
                f"{words}年初预算"  # final accounts compare with the budget: not what the tables close with
            )
        named = before
        if not words:
            named = self._topic or (unnumbered_heading(base.headings[-1]) if base.headings else "")
            words, code = subject_words(named, self._body)
        subject = terms().subject(words)
        self.found.append(
            replace(
                base, words=words, subject=subject, code=code, amount=amount, part_of=self._whole,
                year=year_in(before), classes=class_chain(named), fund=self._fund(named),
            )
        )  # fmt: skip
        self._current, self._enumerated = len(self.found) - 1, self._joined

    def _fund(self, words: str) -> str | None:
        fund = terms().fund(words)
        return self.found[self._whole].fund if fund is None and self._whole is not None else fund

    def _read_change(self, base: Figure, before: str, verb: str, change: Printed) -> None:
        # 2024年当年预算比2023年预算增加: the year compared with is no part of the subject
        bare = terms().comparison.sub(lambda match: match[0] if match[0][0] == "2" else "", before)
        words, code = subject_words(bare, self._body)
        current = self._changed_figure(verb, change)
        if not words and current is not None and self.found[current].change is None:
            self.found[current] = replace(self.found[current], change=change, change_verb=verb, compared=True)
        elif words:
            subject = terms().subject(words)
            self.found.append(
                replace(
                    base, words=words, subject=subject, code=code, change=change, change_verb=verb,
                    compared=True, part_of=self._whole,
                )
            )  # fmt: skip
            self._current = len(self.found) - 1

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
        """Percentages and 持平 belong to the figure read last."""
        if self._current is None:
            return
        figure = self.found[self._current]
        if completion := COMPLETION.search(clause):
            figure = replace(figure, completion=printed_percent(completion))
        elif share := SHARE.search(clause):
            if figure.share is None:
                of = terms().subject(subject_words(share["of"].removesuffix("的"), self._body)[0])
                figure = replace(figure, share=printed_percent(share), share_of=of)
        elif rate := RATE.search(clause):
            if figure.percent is None:
                figure = replace(
                    figure, percent=printed_percent(rate), percent_verb=rate["verb"], compared=True
                )
        elif (rate := re.search(r"\((?P<number>\d+(?:\.\d+)?)%\)", clause)) and (
            figure.change_verb or "减少" in clause or "增加" in clause
        ):
            verb = figure.change_verb or ("减少" if "减少" in clause else "增加")
            figure = replace(figure, percent=printed_percent(rate), percent_verb=verb, compared=True)
        elif terms().unchanged.search(clause) and not figure.change:
            figure = replace(figure, unchanged=True)
        self.found[self._current] = figure
