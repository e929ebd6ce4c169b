"""The rules of `reference/identities.yaml` and `reference/government_identities.yaml`, typed.

Invariant: a malformed rule fails at load. What a rule says in words, where it applies and how strict it is
stands in the file; only the shape of the sum (`kind`) is code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import Field

from parsers.accounting.shapes import SHAPES, RuleScope, Shape
from parsers.values.errors import KnowledgeError
from parsers.values.load import checked, knowledge
from parsers.values.vocabulary import BodyLevel, Severity

Of = TypeVar("Of", bound=Shape)
_FILES: dict[BodyLevel, str] = {
    BodyLevel.DEPARTMENT: "identities.yaml",
    BodyLevel.GOVERNMENT: "government_identities.yaml",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the file. `zh`, `en` state the identity; `sum_zh`, `sum_en` name its right-hand side;
    `untestable` says in words what keeps it from being tested; `exact` allows no rounding; a `derived` sum
    follows from other rules and says something only where rounding tails add up; `arithmetic` is pure
    arithmetic inside one table, on parts that its codes, headers or printed names show."""

    id: str
    kind: str
    severity: Severity
    zh: str
    en: str
    sum_zh: str
    sum_en: str
    untestable: str
    source: str
    exact: bool
    derived: bool
    arithmetic: bool
    publisher: BodyLevel
    scope: RuleScope
    params: Shape

    def shaped(self, shape: type[Of]) -> Of:
        """The parameters as the kind of the rule knows them."""
        if not isinstance(self.params, shape):
            raise TypeError(
                f"rule {self.id}: a kind reads {shape.__name__}, it has {type(self.params).__name__}"
            )
        return self.params


class _Entry(RuleScope):
    """One entry as it stands in the file; what `params` must be depends on the kind."""

    kind: str
    severity: Severity
    zh: str
    en: str
    sum_zh: str = ""
    sum_en: str = ""
    untestable: str = ""
    source: str = ""
    exact: bool = False
    derived: bool = False
    arithmetic: bool = False
    params: dict[str, Any] = Field(default_factory=dict)


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order of the files: those of departments, then those of governments.

    Raises KnowledgeError for a rule of an unknown kind, or without its parameters."""
    return {
        name: rule_of(name, entry, publisher)
        for publisher, file in _FILES.items()
        for name, entry in knowledge("parsers.reference", file, dict[str, object]).items()
    }


def rule_of(name: str, written: object, publisher: BodyLevel) -> Rule:
    """The rule that an entry of a publisher's file writes; KnowledgeError where it breaks the model."""
    file = _FILES[publisher]
    entry = checked(_Entry, written, file, name)
    if entry.kind not in SHAPES:
        raise KnowledgeError(file, f"{name} / kind", f"there is no kind {entry.kind}")
    plain = entry.model_dump(exclude={"params", *RuleScope.model_fields})
    scope = RuleScope(**{field: getattr(entry, field) for field in RuleScope.model_fields})
    params: Shape = checked(SHAPES[entry.kind], entry.params, file, name, "params")
    return Rule(id=name, publisher=publisher, scope=scope, params=params, **plain)
