"""The measures of governments: what each takes in, spends and owes, by place, account and year.

Invariant: every amount is one printed amount, with its stage and its basis, and the fact or sentence it is.
Where places of the same stage and basis print different amounts, `reason` says so, `others` lists them, and
the one shown is chosen by ORDER. Whole area, own level and the accounts do not mix. A row of a table by
region belongs to the region that the row names.

The measures are data (`governments.yaml`), checked when they are read. Pages, ranks, comparisons, the map,
the API and the views `government_measures` and `current.government_measures` read the same SQL. Amounts are
in yuan, rates are shares from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from pydantic import model_validator

from archive.dataset.schema.declaration import COUNT, FLAG, MONEY, REAL, TEXT, TEXTS, Column
from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import message
from parsers.values.vocabulary import FundSource, Measure, Stage

Account = Literal["general_budget", "government_fund", "state_capital", "social_insurance", "each", "all"]
GENERAL = "general_budget"
ACCOUNTS = (GENERAL, "government_fund", "state_capital", "social_insurance")
"""四本预算, in their order."""
SCOPES = ("whole", "own")
CONTRADICTORY = str(message("sources_contradict"))
ORDER = ("unproved", "other_year", "document_id", "page", "line")
"""Of contradictory amounts: proved before others, a document of the year itself before those of other years,
then as printed: by document, page and line."""
TOLERANCE = "0.006"
"""Share by which amounts of one stage may differ: prose rounds to 亿元 what tables print in 万元."""

COLUMNS = (
    Column("region_code", TEXT, "Place whose money it is, by its GB/T 2260 code"),
    Column("scope", TEXT, "whole: the place and all below it; own: its own level", values=SCOPES),
    Column(
        "account",
        TEXT,
        "Account of the amount, one of the four; all: of no single one",
        values=tuple(FundSource),
    ),
    Column("measure", TEXT, "What is measured"),
    Column("fiscal_year", COUNT, "Year of the amount"),
    Column("stage", TEXT, "Stage of the amount within its year", values=tuple(Stage)),
    Column("outcome", FLAG, "Whether the stage is an outcome of the year; else it is a plan"),
    Column("amount_yuan", MONEY, "The amount; null for rates. With a `reason` the first of several"),
    Column("rate", REAL, "Part / whole, for rates"),
    Column("basis", TEXT, "Where it stands; of a rate the weaker of the two", values=("table", "prose")),
    Column("document_id", TEXT, "Document that prints it; of a rate the part's"),
    Column("fact_ids", TEXTS, "The fact; of a rate part and whole; none of prose"),
    Column("statement_no", COUNT, "The sentence, where it stands in prose"),
    Column("page", COUNT, "Its page, from 1"),
    Column("sources", COUNT, "Documents that print the measure at this stage"),
    Column("reason", TEXT, "Why it may not be the only one: sources contradict each other"),
    Column(
        "others",
        TEXTS,
        "The contradictory amounts: yuan, page, document, fact or sentence, joined by ' · '",
    ),
)


class Rate(Knowledge):
    """Part of a whole, both of them measures."""

    part: str
    whole: str
    stages: Literal["same", "any"] = "same"


class GovernmentMeasure(Knowledge):
    """`governments.yaml`. Every measure has one account, and everything named is declared."""

    stages: Mapping[Literal["outcome", "plan"], tuple[str, ...]]
    measures: Mapping[Account, tuple[str, ...]]
    rates: Mapping[str, Rate]
    ranked: tuple[str, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> GovernmentMeasure:
        names = [name for group in self.measures.values() for name in group]
        if sorted(names) != sorted(Measure):
            raise ValueError(
                f"each measure has one account: {sorted({*names} ^ {*Measure}) or 'one has two'}"
            )
        if sorted(self.stages["outcome"] + self.stages["plan"]) != sorted(Stage):
            raise ValueError("every stage is an outcome or a plan")
        used = {name for rate in self.rates.values() for name in (rate.part, rate.whole)}
        if unknown := {*used, *self.ranked} - {*names, *self.rates}:
            raise ValueError(f"unknown measures: {', '.join(sorted(unknown))}")
        return self

    @property
    def order(self) -> tuple[str, ...]:
        """All stages, the best first."""
        return self.stages["outcome"] + self.stages["plan"]


def definition() -> GovernmentMeasure:
    """Raises KnowledgeError where the file breaks the model."""
    return knowledge("archive.dataset.query", "governments.yaml", GovernmentMeasure)


@cache
def account_of(measure: str) -> str:
    """The account a measure is looked up in: of what every account has, and of rates, the general one."""
    rate = definition().rates.get(measure)
    if rate:
        return account_of(rate.part)
    account = next(account for account, names in definition().measures.items() if measure in names)
    return GENERAL if account == "each" else account


def figures_sql(
    facts: str = "{facts}",
    statements: str = "{statements}",
    documents: str = "{documents}",
    *,
    where: str = "true",
) -> str:
    """SELECT of the columns of COLUMNS from what those tables print; `where` is a condition on its rows by
    `place`, `scope`, `account`, `measure`, `year` and `stage` before the best of them are chosen."""
    steps = [
        f"printed AS ({_printed(facts, statements, documents)})",
        f"ordered AS (SELECT *, list_position({[*definition().order]}, stage) AS stage_no, "
        f"basis = 'prose' AS in_prose FROM printed WHERE scope IN {_list(SCOPES)} AND stage IN "
        f"{_list(definition().order)} AND year IS NOT NULL AND place IS NOT NULL AND ({where}))",
        "same AS (SELECT place, scope, account, measure, year, stage, basis, stage_no, in_prose, "
        "arg_min({'amount': amount, 'document_id': document_id, 'fact_id': fact_id, 'statement_no': "
        f"statement_no, 'page': page}}, ({', '.join(ORDER)})) AS first, "
        "list({'amount': amount, 'place': concat_ws(' · ', amount, coalesce(page::VARCHAR, '–'), "
        "document_id, coalesce(fact_id, 's' || statement_no))} ORDER BY document_id, page, line) AS places, "
        "min(amount) AS least, max(amount) AS most, count(DISTINCT document_id) AS sources "
        "FROM ordered GROUP BY ALL)",
        "chosen AS (SELECT *, greatest(most - first.amount, first.amount - least) "
        f"<= abs(first.amount) * {TOLERANCE} AS agreed FROM same QUALIFY row_number() OVER "
        "(PARTITION BY place, scope, account, measure, year ORDER BY stage_no, in_prose) = 1)",
        f"amounts AS ({_amounts()})",
    ]
    rates = "".join(f" UNION ALL BY NAME {_rate(name, rate)}" for name, rate in definition().rates.items())
    return f"WITH {', '.join(steps)} FROM amounts{rates}"


def _printed(facts: str, statements: str, documents: str) -> str:
    """Every amount of a measure that documents in force print, of tables and of prose."""

    def of_place(table: str, named: str) -> str:
        by_row = f"{table}.scope = 'region'"
        # The own level of a region below (长春市本级, in the province's table) is that region's.
        of_own = f"{table}.scope = 'own' AND {named} IS NOT NULL"
        return (
            f"CASE WHEN {by_row} OR {of_own} THEN {table}.row_region_code ELSE d.region_code END AS place, "
            f"CASE WHEN {by_row} THEN 'whole' ELSE {table}.scope END AS scope, {_account(table)} AS account, "
            f"{table}.measure"
        )

    in_force = f"(SELECT document_id, region_code, fiscal_year FROM {documents} WHERE superseded_by IS NULL)"
    return (
        f"SELECT {of_place('f', 'coalesce(f.row_region_code, f.row_region_name)')}, "
        "f.amount_year AS year, f.stage, f.amount_yuan AS amount, 'table' AS basis, "
        "f.document_id, f.fact_id, NULL::INTEGER AS statement_no, f.page, "
        "f.status <> 'proved' AS unproved, d.fiscal_year IS DISTINCT FROM f.amount_year AS other_year, "
        "f.fact_id AS line "
        f"FROM {facts} f JOIN {in_force} d USING (document_id) "
        "WHERE f.measure IS NOT NULL AND f.amount_yuan IS NOT NULL AND f.status <> 'disputed' UNION ALL "
        f"SELECT {of_place('s', 's.row_region_code')}, s.fiscal_year, s.stage, s.amount_yuan, 'prose', "
        "s.document_id, NULL, s.statement_no, s.page, true, "
        "d.fiscal_year IS DISTINCT FROM s.fiscal_year, printf('%06d', s.statement_no) "
        f"FROM {statements} s "
        f"JOIN {in_force} d USING (document_id) WHERE s.measure IS NOT NULL AND s.amount_yuan IS NOT NULL"
    )


def _account(table: str) -> str:
    """The account of an amount: its measure's, or the one it is printed in."""
    cases = " ".join(
        f"WHEN {table}.measure IN {_list(names)} THEN '{account}'"
        for account, names in definition().measures.items()
        if account != "each"
    )
    return f"CASE {cases} ELSE coalesce({table}.fund, 'all') END"


def _amounts() -> str:
    outcomes = _list(definition().stages["outcome"])
    return (
        "SELECT place AS region_code, scope, account, measure, year AS fiscal_year, stage, "
        f"stage IN {outcomes} AS outcome, first.amount AS amount_yuan, "
        "NULL::DOUBLE AS rate, basis, first.document_id AS document_id, "
        "CASE WHEN first.fact_id IS NULL THEN []::VARCHAR[] ELSE "
        "[first.fact_id] END AS fact_ids, first.statement_no AS statement_no, first.page AS page, "
        f"sources::INTEGER AS sources, CASE WHEN NOT agreed THEN '{CONTRADICTORY}' END AS reason, "
        "CASE WHEN agreed THEN []::VARCHAR[] ELSE list_transform(list_filter(places, lambda one: "
        f"abs(one.amount - first.amount) > abs(first.amount) * {TOLERANCE}), lambda one: one.place) END "
        "AS others FROM chosen"
    )


def _rate(name: str, rate: Rate) -> str:
    columns = ["region_code", "scope", "account", "fiscal_year"]
    if rate.stages == "same":
        columns.append("outcome")
    same = " AND ".join(f"w.{column} = p.{column}" for column in columns)
    return (
        f"SELECT p.* REPLACE ('{name}' AS measure, NULL::DECIMAL(20, 2) AS amount_yuan, "
        "round((p.amount_yuan / w.amount_yuan)::DOUBLE, 6) AS rate, least(p.basis, w.basis) AS basis, "
        "p.fact_ids || w.fact_ids AS fact_ids, least(p.sources, w.sources) AS sources) "
        f"FROM amounts p JOIN amounts w ON {same} WHERE p.measure = '{rate.part}' AND w.measure = "
        f"'{rate.whole}' AND p.reason IS NULL AND w.reason IS NULL AND w.amount_yuan > 0"
    )


def _list(names: Sequence[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"
