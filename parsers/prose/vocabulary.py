"""The words of budget texts, compiled from `reference/prose_terms.yaml`.

Invariant: subjects are matched as a whole, never by a word they merely contain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import model_validator

from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.results import Fact
from parsers.values.vocabulary import FundSource

_L = lexicon_of(__name__)
_SPENT = _L.words("spent")
_BUDGET_OR_ACCOUNTS = _L.pattern("budget_or_accounts")
_OF = _L.text("of")

OF_REGION = _L.pattern("of_region")  # 全县三公经费: of all bodies of the region
SPEAKING = 4  # characters that name a subject by themselves, whatever stands before them


@dataclass(frozen=True, slots=True)
class Selector:
    """Conditions a fact must meet; None or () where anything will do. What is `weak` may agree with the
    text, but does not contradict it."""

    equal: dict[str, str]
    total: bool | None = None
    tables: tuple[str, ...] = ()
    label: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None
    economic: str | None = None
    weak: bool = False

    def fits(self, fact: Fact, table_type: str, label: str, path: str) -> bool:
        """Whether `fact` may print the subject's amount; `label` is its folded label without ordinals,
        `path` its folded column path."""
        return (
            (not self.tables or table_type in self.tables)
            and (self.total is None or fact.is_total == self.total)
            and (self.economic is None or fact.economic_code == self.economic)
            and (self.label is None or bool(self.label.search(label)))
            and (self.path is None or bool(self.path.search(path)))
            and all(getattr(fact, name) == value for name, value in self.equal.items())
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure can be about; `parts` are the subjects that make it up."""

    name: str
    terms: tuple[re.Pattern[str], ...]
    select: tuple[Selector, ...]
    parts: tuple[str, ...] = ()
    by_fund: bool = False


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund the words may name, and the funds whose amounts may be the same."""

    name: str
    words: re.Pattern[str]
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProseTerms:
    """The words of departments' explanations in prose, compiled; `verbs` finds a verb of change at the
    end."""

    subjects: dict[str, Subject]
    funds: dict[str, Fund]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    skipped_sections: re.Pattern[str]
    threshold_after: re.Pattern[str]
    threshold_before: re.Pattern[str]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    unchanged: re.Pattern[str]
    comparison: re.Pattern[str]
    not_so: re.Pattern[str]
    open_reasons: re.Pattern[str]
    same_amount: tuple[frozenset[str], ...]
    reasons_for_less: tuple[str, ...]
    reasons_for_more: tuple[str, ...]
    verbs: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        verbs = "|".join((*self.increase, *self.decrease))
        object.__setattr__(self, "verbs", _L.pattern("verbs", verbs=verbs))

    def subject(self, words: str) -> str | None:
        """The subject the words name as a whole, or behind their last 的, 安排, 开支 or 中."""
        behind = (words.rpartition(mark)[2] for mark in _SPENT)
        for phrase in (
            words,
            OF_REGION.sub("", words),
            words.rpartition(_OF)[2],
            _BUDGET_OR_ACCOUNTS.sub("", words),
            *(phrase for phrase in behind if len(phrase) >= SPEAKING),
        ):
            for subject in self.subjects.values():
                if any(term.fullmatch(phrase) for term in subject.terms):
                    return subject.name
        return None

    def fund(self, words: str) -> str | None:
        """The fund the words name: 财政拨款 behind a fund of its own is that fund's; two funds are none."""
        named = [fund.name for fund in self.funds.values() if fund.words.search(words)]
        if len(named) > 1 and named[-1] == FundSource.APPROPRIATION:
            named.pop()
        return named[0] if len(named) == 1 else None


class _Select(Knowledge):
    """One set of conditions; every key that is not a field here is a dimension of a fact."""

    equal: dict[str, str]
    total: bool | None = None
    table: tuple[str, ...] = ()
    label: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None
    economic: str | None = None
    weak: bool = False

    @model_validator(mode="before")
    @classmethod
    def _other_keys_are_dimensions(cls, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return entry
        own = cls.model_fields.keys() & entry.keys()
        dimensions = {key: value for key, value in entry.items() if key not in own}
        if unknown := dimensions.keys() - Fact.__dataclass_fields__.keys():
            raise ValueError(f"a fact has no {', '.join(sorted(unknown))}")
        return {key: entry[key] for key in own} | {"equal": dimensions}


class _SubjectEntry(Knowledge):
    terms: tuple[re.Pattern[str], ...]
    select: tuple[_Select, ...]
    parts: tuple[str, ...] = ()
    by_fund: bool = False


class _FundEntry(Knowledge):
    words: re.Pattern[str]
    near: frozenset[str]


class _Patterns(Knowledge):
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    skipped_sections: re.Pattern[str]
    threshold_after: re.Pattern[str]
    threshold_before: re.Pattern[str]
    unchanged: re.Pattern[str]
    comparison: re.Pattern[str]
    not_so: re.Pattern[str]
    open_reasons: re.Pattern[str]


class _File(_Patterns):
    subjects: dict[str, _SubjectEntry]
    funds: dict[str, _FundEntry]
    same_amount: tuple[frozenset[str], ...]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    reasons_for_less: tuple[str, ...]
    reasons_for_more: tuple[str, ...]


@cache
def terms() -> ProseTerms:
    """The file, read once."""
    data = knowledge("parsers.reference", "prose_terms.yaml", _File)
    return ProseTerms(
        subjects={name: _subject(name, entry) for name, entry in data.subjects.items()},
        funds={name: Fund(name, entry.words, entry.near) for name, entry in data.funds.items()},
        same_amount=data.same_amount,
        increase=data.increase,
        decrease=data.decrease,
        reasons_for_less=data.reasons_for_less,
        reasons_for_more=data.reasons_for_more,
        **{name: getattr(data, name) for name in _Patterns.model_fields},
    )


def _subject(name: str, entry: _SubjectEntry) -> Subject:
    return Subject(name, entry.terms, tuple(map(_selector, entry.select)), entry.parts, entry.by_fund)


def _selector(entry: _Select) -> Selector:
    return Selector(
        entry.equal, entry.total, entry.table, entry.label, entry.path, entry.economic, entry.weak
    )
