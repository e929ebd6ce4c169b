"""The words that closed columns allow, by the names that `tables.yaml` has for them.

Invariant: a column with allowed values takes them from here or from a vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from archive.vocabulary import ChangeKind, DeadlineStatus, DueKind, GapKind, State, TriggerBasis
from parsers.values.load import knowledge
from parsers.values.vocabulary import (
    Act,
    AmountScope,
    AmountSource,
    BodyLevel,
    CheckStatus,
    CodeBasis,
    DebtBond,
    DebtKind,
    DebtMeasure,
    Direction,
    DocumentKind,
    DocumentOutcome,
    FactStatus,
    Fault,
    Flow,
    FundSource,
    Nature,
    Period,
    Severity,
    Stage,
    TextLayer,
    UnitBasis,
)

Words = tuple[str, ...] | type[StrEnum]
_LISTS = knowledge("archive.dataset.schema", "words.yaml", dict[str, tuple[str, ...]])
TABLE_TYPES = _LISTS["table_types"]
MEASURES = _LISTS["measures"]
"""What a fact of a government, or a statement of its report, measures."""
_VOCABULARIES: tuple[type[StrEnum], ...] = (
    Act,
    AmountScope,
    AmountSource,
    BodyLevel,
    ChangeKind,
    CheckStatus,
    CodeBasis,
    DeadlineStatus,
    DebtBond,
    DebtKind,
    DebtMeasure,
    Direction,
    DocumentKind,
    DocumentOutcome,
    DueKind,
    FactStatus,
    Fault,
    Flow,
    FundSource,
    GapKind,
    Nature,
    Period,
    Severity,
    Stage,
    State,
    TextLayer,
    TriggerBasis,
    UnitBasis,
)
WORDS: Mapping[str, Words] = {
    **{vocabulary.__name__: vocabulary for vocabulary in _VOCABULARIES},
    "table types": TABLE_TYPES,
    "measures": MEASURES,
}
