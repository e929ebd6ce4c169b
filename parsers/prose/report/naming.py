"""Which measure the words in front of an amount name.

Invariant: a name is clear only if nothing but a year, a place and words without meaning stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.prose.report.context import YEAR
from parsers.prose.report.scope import AmountName, ReportFigure, Territory
from parsers.prose.report.vocabulary import report_terms
from parsers.prose.words import RATE
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import Measure

_L = lexicon_of(__name__)
_REVENUE = _L.text("revenue")
_OF_ACCOUNT = _L.text("of_account")

CLAUSE_END = re.compile(r"[，：、〔〕]")
REACH = 4  # clauses within which a bare verb goes on with the figure before it
_NAMELESS = _L.pattern("nameless")
_FRAME = _L.pattern("frame")
_BARE = _L.pattern("bare")
_RESPECTIVELY = _L.pattern("respectively")
BY_STRUCTURE = _L.pattern("by_structure")
_OF_WHICH = _L.text("of_which")
_REMITTED = _L.text("remitted")  # 上划中央收入: a part of what all levels collect
BY_LEVEL = _L.pattern("by_level")
_HANDED_DOWN = _L.pattern("handed_down")  # 转贷区级支出: not the expenditure of those below
_ELSE = _L.pattern("else")
_GENERAL_REVENUE = _L.pattern("general_revenue")
_DEBT = _L.pattern("debt")
_RECEIPTS = _L.pattern("receipts")
_WITH_TRANSFERS = _L.pattern("with_transfers")


def is_frame(words: str) -> bool:
    """2026年全市: a year and a place without a name."""
    return bool(_FRAME.fullmatch(words))


def name_of(
    before: str, sentence: Sequence[ReportFigure], whole: ReportFigure | None, fund: str | None,
    territory: Territory,
) -> AmountName:  # fmt: skip
    """The measure that the nearest clause of `before` names; a bare verb goes on with the figure before it.
    `sentence` holds the figures of the sentence so far, `whole` the one whose parts are listed."""
    clauses = [part for part in CLAUSE_END.split(before) if part]
    last = sentence[-1] if sentence else None
    for nearest, words in enumerate(reversed(clauses)):
        if found := measure_of(words, last, whole, fund, territory):
            return found
        bare = _without_places(words, territory)
        nameless = _NAMELESS.match(bare)
        if nearest and not nameless and not RATE.search(words):
            break
        if not nearest and not nameless and not is_frame(bare):
            return AmountName(None, None, words, False)
    if last and last.measure and len(clauses) <= REACH and not _ELSE.search(before):
        return AmountName(last.measure, last.fund, last.words, True)
    return AmountName(None, None, clauses[-1] if clauses else "", False)


def measure_of(
    words: str, last: ReportFigure | None, whole: ReportFigure | None, fund: str | None, territory: Territory
) -> AmountName | None:
    """The measure that one clause ends with: as a part of `whole`, by its name, or as 收入 and 支出 of the
    account `fund`; None where it names none."""
    terms = report_terms()
    said = terms.comparison.sub("", words)
    for pattern, part in terms.named_parts.get(whole.measure, ()) if whole and whole.measure else ():
        if (match := pattern.search(said)) and is_explained(said[: match.start()], territory):
            return AmountName(part, terms.fund_of(part), match["name"], True, part=True)
    if found := terms.measure(said):
        return AmountName(found[0].name, found[0].fund, found[2], is_explained(found[1], territory))
    match = _BARE.search(said)
    side = None if match is None else "revenue" if match["name"] == _REVENUE else "expenditure"
    if match is None or side is None or fund is None or fund not in terms.bare[side]:
        return None
    goes_on = last is None or last.measure is not None  # behind an amount of something else it may be of that
    front = said[: said.rfind(match["name"])]
    clear = goes_on and not _HANDED_DOWN.search(front) and is_explained(front, territory)
    return AmountName(terms.bare[side][fund], fund, match["name"], clear, bare=True)


def shared_names(
    clause: str, last: ReportFigure | None, fund: str | None, territory: Territory
) -> tuple[tuple[AmountName, str], tuple[AmountName, str]] | None:
    """The names of the two amounts that `A与B分别为` announces, each with its words."""
    if (match := _RESPECTIVELY.match(clause)) is None:
        return None

    def named(words: str) -> tuple[AmountName, str]:
        return measure_of(words, last, None, fund, territory) or AmountName(None, None, words, False), words

    return named(match["first"]), named(match["second"])


def is_explained(front: str, territory: Territory) -> bool:
    """Whether nothing stands in front of a name but a year, a place, and words without meaning."""
    return bool(report_terms().filler.match(_without_places(YEAR.sub("", front), territory)))


def _without_places(words: str, territory: Territory) -> str:
    for start, end, _ in reversed(territory.mentions(words)):
        words = words[:start] + words[end:]
    return words


def with_transfers(figure: ReportFigure) -> ReportFigure:
    """一般公共预算总收入 beside transfers is the account's grand total, not what all levels collect."""
    of_account = figure.measure == Measure.TOTAL_FISCAL_REVENUE and figure.words.endswith(_OF_ACCOUNT)
    return replace(figure, measure=Measure.TOTAL_REVENUE) if of_account else figure


def of_lists(figures: Sequence[ReportFigure], text: str) -> list[ReportFigure]:
    """The figures of a sentence; 财政总收入 with transfers as its parts is not what all levels collect."""
    listed = text.rpartition(_OF_WHICH)[2] if _OF_WHICH in text else ""
    if not _RECEIPTS.search(listed):
        return list(figures)
    return [
        replace(one, measure=None) if one.measure == Measure.TOTAL_FISCAL_REVENUE else one for one in figures
    ]


def as_elsewhere(figures: Sequence[ReportFigure]) -> list[ReportFigure]:
    """The figures; a line alone (全市一般公共预算总收入637亿元) has the meaning that a sentence with its
    parts gives the same amount."""
    totals = {figure.amount.yuan for figure in figures if figure.measure == Measure.TOTAL_REVENUE}
    return [with_transfers(figure) if figure.amount.yuan in totals else figure for figure in figures]


def totals_since(text: str, start: int, total: int, *, added: bool) -> int | None:
    """The first figure from which 一般公共预算总收入 is the account's grand total: beside transfers in its
    sentence (from `start`), or where it lists them as its parts (from `total`); None where none is: what
    transfers are `added` to is without them."""
    if _RECEIPTS.search(text) and not added:
        return total
    return start if _WITH_TRANSFERS.search(text) else None


def of_all_levels(figures: Sequence[ReportFigure], before: str) -> list[ReportFigure]:
    """The figures of a paragraph: 一般公共预算收入完成11亿元。其中，上划中央收入4亿元 is of all levels."""
    by_level = [bool(BY_LEVEL.match(figure.sentence)) for figure in figures]
    if not (_OF_WHICH in before or any(by_level)) or _REMITTED not in CLAUSE_END.split(before)[-1]:
        return list(figures)
    return [
        replace(figure, measure=Measure.TOTAL_FISCAL_REVENUE, fund=None)
        if figure.measure == Measure.GENERAL_REVENUE and not part
        else figure
        for figure, part in zip(figures, by_level, strict=True)
    ]


def is_part_of_unknown(before: str, last: ReportFigure | None) -> bool:
    """转贷资金10亿元，其中：一般债务限额4亿元: a part of what has no measure."""
    named = last is not None and bool(_DEBT.search(last.words))  # 政府债务余额累计10亿元
    return _OF_WHICH in before and last is not None and not last.measure and not named


def unmeasured(figures: Sequence[ReportFigure], words: str) -> list[ReportFigure]:
    """The figures, those with these words without measure: an amount and its budget."""
    return [replace(figure, measure=None) if figure.words == words else figure for figure in figures]


def last_account(figures: Sequence[ReportFigure]) -> ReportFigure | None:
    """The last amount of a paragraph that is not a part: what 分县区看 divides."""
    wholes = report_terms().accounts | report_terms().parts.keys()
    return next((figure for figure in reversed(figures) if figure.measure in wholes), None)


def taxes_of_all_levels(
    before: str, listing: ReportFigure | None, above: Sequence[ReportFigure]
) -> bool | None:
    """Whether taxes named behind `before` may be others than those of the general budget: behind 其中, of the
    amount `listing`; by structure (分结构看), of what the paragraph `above` begins with. None where these do
    not say."""
    if BY_STRUCTURE.match(before) and any(_REMITTED in figure.words for figure in above):
        return True
    if _OF_WHICH not in before:
        return None
    if listing is None or listing.measure:
        return listing is not None and listing.measure == Measure.TOTAL_FISCAL_REVENUE
    return None if _GENERAL_REVENUE.search(listing.sentence) else True
