"""What an amount is about, where the words in front of it do not say it all; items that are paragraphs.

Invariant: the nearest words that name something win: those before the amount, the clauses before those, the
figure before it in its sentence, the paragraph's topic, the heading. Of a list whose items are paragraphs of
their own (其中： and below it （1）…, （2）…) what an item lists ends with the item.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers.prose.figure import Figure
from parsers.prose.paragraph import ordinal_depth
from parsers.prose.vocabulary import terms
from parsers.prose.words import EXECUTED, class_chain, subject_words, unnumbered_heading, year_in
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_UNADJUSTED = _L.text("unadjusted")
_FIRST_BUDGET = _L.text("first_budget")
_EXECUTED_AMOUNT = _L.text("executed_amount")
_FROM = _L.text("from")
_ADJUSTED = _L.text("adjusted")
_IS_BUDGET = _L.pattern("is_budget")
_IS_FINAL = _L.pattern("is_final")
_BETWEEN = _L.pattern("between")
_FIRST_ITEM = _L.pattern("first_item")

_BARE = _L.words("bare")
_OF_A_YEAR = _L.words("of_a_year")
_WHOLES = _L.words("wholes")
_ABOUT = _L.pattern("about")
_RESPECTIVELY = _L.pattern("respectively")


ASIDE = _L.pattern("aside")  # names of amounts that another one is compared with


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`silent` are the clauses of the sentence since its last amount, `topic` and `heading` what paragraph
    and section are about, `last` is the figure before in the sentence, `body` whose document it is."""

    silent: str
    topic: str
    heading: str
    last: Figure | None
    body: str


@dataclass(frozen=True, slots=True)
class Name:
    """`words` name the amount, `code` is the one printed among them, `source` the text they are from."""

    words: str
    source: str
    code: str | None = None


def name_of(before: str, around: Surroundings) -> Name:
    """The name of the amount behind `before`."""
    words, code = subject_words(before, around.body)
    if words in _BARE and (narrower := _narrower(around)):
        return Name(narrower, narrower)
    if words and words not in _OF_A_YEAR:
        return Name(words, before, code)
    if spoken := silent_name(around.silent, around.body):
        return spoken
    last = around.last
    if last and (last.subject or not around.topic) and year_in(before) in (None, last.year):
        return Name(last.words.removesuffix(_FIRST_BUDGET).removesuffix(_UNADJUSTED), last.words, last.code)
    named = around.topic or unnumbered_heading(around.heading)
    words, code = subject_words(named, around.body)
    return Name(words, named, code)


def is_year_before(before: str, around: Surroundings) -> bool:
    """接待费2016年预算8万元，2015年预算12.5万元: whether the second is the first, a year before."""
    last, year = around.last, year_in(before)
    if last is None or last.amount is None or year is None or last.year != year + 1:
        return False
    words = subject_words(before, around.body)[0]
    return words in ("", *_OF_A_YEAR) or (last.subject is not None and terms().subject(words) == last.subject)


def names_again(words: str, around: Surroundings) -> bool:
    """Whether the words name nothing, or what the figure before in the sentence is: “三公”经费9万元，比2023年
    “三公”经费8万元增加."""
    subject = terms().subject(subject_words(words, around.body)[0]) if words and around.last else None
    return not words or (subject is not None and around.last is not None and subject == around.last.subject)


def silent_name(silent: str, body: str) -> Name | None:
    """The subject that clauses without an amount name, the last one first: 接待费比预算无变化，比上年增加."""
    for clause in reversed(silent.split("，")):
        said = terms().unchanged.sub("", terms().comparison.sub("", clause))
        words, code = subject_words(said, body)
        if words and (terms().subject(words) or class_chain(said)):
            return Name(words, said, code)
    return None


def _narrower(around: Surroundings) -> str | None:
    """What 支出 alone is the expenditure of: what the sentence, the topic or the heading names."""
    about = (*reversed(around.silent.split("，")), around.topic, around.heading)
    for text in map(unnumbered_heading, about):
        words = subject_words(_ABOUT.sub("", text), around.body)[0]
        if (subject := terms().subject(words)) and subject not in _WHOLES:
            return words
    return None


def stage_of(before: str, after: str, sentence: str) -> str | None:
    """What an amount is that the tables do not close with: the first budget beside final accounts, what was
    executed, what stood before an adjustment."""
    if before.endswith(_FROM) and after.startswith(_ADJUSTED):
        return _UNADJUSTED
    if _IS_BUDGET.search(before) and _IS_FINAL.search(sentence):
        return _FIRST_BUDGET
    return _EXECUTED_AMOUNT if EXECUTED.search(before) else None


def respectively(before: str, words: str) -> list[str]:
    """A与B分别为1万元和2万元: the names whose amounts follow, in order; [] where nothing is shared out."""
    return _BETWEEN.split(words) if _RESPECTIVELY.search(before) else []


@dataclass(slots=True)
class NumberedList:
    """The list being read: how its items are numbered (`depth`, None outside a list), the headings they stand
    under, and the number of the figure whose parts they are."""

    depth: int | None = None
    headings: tuple[str, ...] = ()
    whole: int | None = None
    announced: bool = False  # the paragraph before ended in a colon

    def go_on(self, text: str, headings: tuple[str, ...], whole: int | None) -> tuple[bool, int | None]:
        """Whether a paragraph is an item of the list that was announced or started above it, and the figure
        whose parts it lists, which is `whole` outside a list. A remark between items ends no list."""
        depth = ordinal_depth(text)
        if self.announced:
            self.whole = whole
        elif depth is None and headings == self.headings and not text.endswith("："):
            return False, whole
        elif (depth, headings) != (self.depth, self.headings) or _FIRST_ITEM.match(text):
            depth = None
        elif depth is not None:
            whole = self.whole
        self.depth, self.headings, self.announced = depth, headings, text.endswith("：")
        return depth is not None, whole
