"""Measures: the amounts that a body's documents are compared by, and the SQL that finds them.

Invariant: every amount is a printed fact, or the sum of the facts it names, says on what basis it is known,
and equals the sum of its parts; an amount that does not is left out, with the reason.

The measures are data (`measures.yaml`), checked when they are read. Pages, ranks, charts and the views
`measures` and `current.measures` all read the same SQL. Amounts are in yuan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

from pydantic import Field, RootModel, model_validator

from parsers.values.load import Knowledge, knowledge

Basis = Literal["column", "row", "summary", "parts"]

OWN_YEAR = (
    "(CASE WHEN document_kind = 'accounts' THEN period = 'final' ELSE period IN ('total', 'current') END)"
)
"""The facts about the document's own year: not the year before, a change, or a part of it."""
SLACK_YUAN = 150
"""How far rounding may take the sum of up to five amounts from their printed sum: tables are in 万元 with two
decimals at the coarsest."""


class Way(Knowledge):
    """A place where documents print a measure: `where` picks its facts."""

    basis: Basis
    where: str = Field(min_length=1)


class Measure(Knowledge):
    """One line of `measures.yaml`."""

    id: str = Field(pattern=r"^[a-z_]+$")
    english: str
    chinese: str
    item: str = ""
    in_row: str = ""
    ways: tuple[Way, ...]
    sum: tuple[str, ...] = ()
    blanks: Literal["zero", "unknown"] = "unknown"
    parts: tuple[str, ...] = ()
    doubt: Literal["whole", "parts"] = "whole"

    def name(self, language: str) -> str:
        """The name of the measure in a language: Chinese for `zh`, else English."""
        return self.chinese if language == "zh" else self.english

    def conditions(self) -> Iterator[str]:
        """The condition of each way, the best first."""
        of_item = f"table_type = 'three_public' AND subject = '{self.item}'"
        for way in self.ways:
            yield way.where.replace("{of_item}", of_item).replace("{in_row}", self.in_row)


class Definition(RootModel[tuple[Measure, ...]]):
    """All measures. A measure that is added from others stands anywhere; no two are added from each other."""

    @model_validator(mode="after")
    def _names_are_known(self) -> Definition:
        names = [one.id for one in self.root]
        if len(names) != len(set(names)):
            raise ValueError("two measures have one id")
        for one in self.root:
            if unknown := {*one.sum, *one.parts} - set(names):
                raise ValueError(f"{one.id} is made of unknown measures: {', '.join(sorted(unknown))}")
        _in_order(self.root)
        return self


def _in_order(listed: Sequence[Measure]) -> list[Measure]:
    """The measures with a `sum`, each after those it is added from; ValueError where there is no order."""
    waiting = [one for one in listed if one.sum]
    ordered: list[Measure] = []
    while waiting:
        left = {one.id for one in waiting}
        ready = [one for one in waiting if not left & set(one.sum)]
        if not ready:
            raise ValueError(f"measures are added from each other: {', '.join(sorted(left))}")
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered


@cache
def body_measures() -> dict[str, Measure]:
    """All measures by id, in the order to show them in; KnowledgeError where the file breaks the model."""
    found = knowledge("archive.dataset.query", "measures.yaml", Definition)
    return {one.id: one for one in found.root}


@cache
def measures_sql(facts: str, documents: str = "") -> str:
    """SELECT of one row per document and measure from the facts of `facts`, a table or a subquery.

    Columns: document_id, measure, amount (yuan; null where it is left out), basis, fact_ids (what was added
    or found), reason (null, or why there is no amount: `whole differs from its parts`). `documents` is a
    condition on the facts that are read."""
    tests = [
        (one.id, number, test)
        for one in body_measures().values()
        for number, test in enumerate(one.conditions())
    ]
    marks = ", ".join(
        f"CASE WHEN {test} THEN {{'measure': '{name}', 'way': {way}}} END" for name, way, test in tests
    )
    any_of = " OR ".join(f"({test})" for _, _, test in tests)
    bases = ", ".join(
        f"('{one.id}', {number}, '{way.basis}')"
        for one in body_measures().values()
        for number, way in enumerate(one.ways)
    )
    steps = [
        "marked AS (SELECT document_id, fact_id, table_id, row_no, col_no, amount_yuan, "
        f"unnest([{marks}]) AS hit FROM {facts} WHERE {OWN_YEAR} AND amount_yuan IS NOT NULL "
        f"AND ({any_of}) {documents and 'AND ' + documents})",
        f"bases(measure, way, basis) AS (VALUES {bases})",
        "best AS (SELECT document_id, hit.measure AS measure, hit.way AS way, max(amount_yuan) AS amount, "
        "arg_min(fact_id, (-amount_yuan, table_id, row_no, col_no)) AS fact_id "
        "FROM marked WHERE hit IS NOT NULL GROUP BY ALL)",
        "known0 AS MATERIALIZED (SELECT document_id, measure, amount, basis, [fact_id] AS fact_ids FROM best "
        "JOIN bases USING (measure, way) "
        "QUALIFY row_number() OVER (PARTITION BY document_id, measure ORDER BY way) = 1)",
    ]
    for number, one in enumerate(_in_order(tuple(body_measures().values()))):
        added = _added(one, f"known{number}")
        steps.append(f"known{number + 1} AS MATERIALIZED (FROM known{number} UNION ALL BY NAME {added})")
    known = f"known{len(steps) - 4}"
    wholes = [one for one in body_measures().values() if one.parts]
    steps.append(f"doubts AS ({' UNION ALL '.join(_doubt(one, known) for one in wholes)})")
    return (
        f"WITH {', '.join(steps)} SELECT k.document_id, k.measure, "
        "CASE WHEN d.measure IS NULL THEN k.amount END AS amount, k.basis, k.fact_ids, d.reason "
        f"FROM {known} k LEFT JOIN doubts d ON d.document_id = k.document_id AND d.measure = k.measure"
    )


def _added(one: Measure, known: str) -> str:
    """The measure as the sum of others, in documents that do not print it."""
    names = ", ".join(f"'{name}'" for name in one.sum)
    needed = "" if one.blanks == "zero" else f" HAVING count(*) = {len(one.sum)}"
    return (
        f"SELECT document_id, '{one.id}' AS measure, sum(amount)::DECIMAL(20, 2) AS amount, "
        f"'parts' AS basis, flatten(list(fact_ids ORDER BY measure)) AS fact_ids FROM {known} "
        f"WHERE measure IN ({names}) AND document_id NOT IN "
        f"(SELECT document_id FROM {known} WHERE measure = '{one.id}') GROUP BY document_id{needed}"
    )


def _doubt(one: Measure, known: str) -> str:
    """What is left out where the whole is not the sum of its parts; a whole without any part and not zero,
    is as doubtful where the whole is what is left out."""
    names = ", ".join(f"'{name}'" for name in one.parts)
    parts = f"coalesce(sum(amount) FILTER (measure IN ({names})), 0)"
    whole = f"max(amount) FILTER (measure = '{one.id}')"
    some = "" if one.doubt == "whole" else f" AND count(*) FILTER (measure IN ({names})) > 1"
    left_out = f"'{one.id}'" if one.doubt == "whole" else f"unnest([{names}])"
    return (
        f"SELECT document_id, {left_out} AS measure, 'whole differs from its parts' AS reason FROM {known} "
        f"GROUP BY document_id HAVING abs({whole} - {parts}) > {SLACK_YUAN}{some}"
    )
