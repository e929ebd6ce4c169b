"""The words of budget texts: the model of `reference/prose_terms.yaml`.

Invariant: subjects are matched as a whole, never by a word they merely contain.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from pydantic import model_validator

from parsers.reference.codes import classification
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.results import Fact
from parsers.values.table_types import TableType
from parsers.values.vocabulary import FundSource

_L = lexicon_of(__name__)
_SPENT = _L.words("spent")
_BUDGET_OR_ACCOUNTS = _L.pattern("budget_or_accounts")
_RESERVED = _L.pattern("reserved")
_OF = _L.text("of")

OF_REGION = _L.pattern("of_region")  # 全县三公经费: of all bodies of the region
SPEAKING = 4  # characters that name a subject by themselves, whatever stands before them


class Selector(Knowledge):
    """Conditions a fact must meet; None or () where anything will do. What is `weak` may agree with the
    text, but does not contradict it. In the file, every key that is not a field here is a dimension of a
    fact and stands in `equal`."""

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

    def fits(self, fact: Fact, table_type: TableType, label: str, path: str) -> bool:
        """Whether `fact` may print the subject's amount; `label` is its folded label without ordinals,
        `path` its folded column path."""
        return (
            (not self.table or table_type in self.table)
            and (self.total is None or fact.is_total == self.total)
            and (self.economic is None or fact.economic_code == self.economic)
            and (self.label is None or bool(self.label.search(label)))
            and (self.path is None or bool(self.path.search(path)))
            and all(getattr(fact, name) == value for name, value in self.equal.items())
        )


class Subject(Knowledge):
    """What a figure can be about; `parts` are the subjects that make it up."""

    terms: tuple[re.Pattern[str], ...]
    select: tuple[Selector, ...]
    parts: tuple[str, ...] = ()
    by_fund: bool = False


class Fund(Knowledge):
    """A fund the words may name, and the funds whose amounts may be the same."""

    words: re.Pattern[str]
    near: frozenset[str]


class ProseTerms(Knowledge):
    """The words of departments' explanations in prose, subjects and funds by their names."""

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

    @cached_property
    def verbs(self) -> re.Pattern[str]:
        """A verb of change at the end."""
        return _L.pattern("verbs", verbs="|".join((*self.increase, *self.decrease)))

    def subject(self, words: str) -> str | None:
        """The subject the words name as a whole, or behind their last 的, 安排, 开支 or 中, unless they name
        a class (城市基础设施配套费安排的支出) or a part (预留给小型企业的政府采购)."""
        phrases = [words]
        if not (_RESERVED.search(words) or classification("functional").names(words)):
            behind = (words.rpartition(mark)[2] for mark in _SPENT)
            phrases += (
                OF_REGION.sub("", words),
                words.rpartition(_OF)[2],
                _BUDGET_OR_ACCOUNTS.sub("", words),
                *(phrase for phrase in behind if len(phrase) >= SPEAKING),
            )
        for phrase in phrases:
            for name, subject in self.subjects.items():
                if any(term.fullmatch(phrase) for term in subject.terms):
                    return name
        return None

    def fund(self, words: str) -> str | None:
        """The fund the words name: 财政拨款 behind a fund of its own is that fund's; two funds are none."""
        named = [name for name, fund in self.funds.items() if fund.words.search(words)]
        if len(named) > 1 and named[-1] == FundSource.APPROPRIATION:
            named.pop()
        return named[0] if len(named) == 1 else None


def terms() -> ProseTerms:
    """The file, read once."""
    return knowledge("parsers.reference", "prose_terms.yaml", ProseTerms)
