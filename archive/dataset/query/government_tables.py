"""Which tables of the catalogue a government's budget and accounts have, table by table.

Invariant: a table is *not_found* only among documents that have the main tables (revenue or expenditure of
the general account), all of which were read, of announcements of which nothing was left aside, and only if no
table whose kind was not recognised can be it by its title; anything else that was not found is *unknown*,
with the reason. All documents of a government for one year and kind are one disclosure.

The catalogue is data (`government_tables.yaml`), checked when it is read.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from archive.dataset.query.governments import ACCOUNTS
from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import message
from parsers.values.table_types import TableType

READ = ("parsed", "no_tables", "container")
"""Outcomes that leave nothing of a document unread."""


class CatalogueTable(Knowledge):
    """One table of the catalogue."""

    id: str = Field(pattern=r"^[a-z_]+$")
    account: str
    chinese: str
    english: str
    types: tuple[TableType, ...]
    words: str
    own: bool = False
    debt: Literal["general", "special"] | None = None
    counted: bool = True

    def name(self, language: str) -> str:
        """The name of the table in a language: Chinese for `zh`, else English."""
        return self.chinese if language == "zh" else self.english

    @model_validator(mode="after")
    def _is_known(self) -> CatalogueTable:
        if self.account not in ACCOUNTS:
            raise ValueError(f"{self.id} has an unknown account")
        re.compile(self.words)
        return self


class Catalogue(Knowledge):
    """`government_tables.yaml`."""

    own_words: str
    general_words: str
    special_words: str
    tables: tuple[CatalogueTable, ...]


def catalogue() -> Catalogue:
    """Raises KnowledgeError where the file breaks the model."""
    return knowledge("archive.dataset.query", "government_tables.yaml", Catalogue)


@cache
def wanted_tables() -> dict[str, CatalogueTable]:
    """The tables of the catalogue by id."""
    return {one.id: one for one in catalogue().tables}


def completeness_sql(
    facts: str, tables: str, documents: str, disclosures: str, gaps: str, where: str = "true"
) -> str:
    """SELECT of one row per government, year, kind and table of the catalogue: region_code, body_name,
    fiscal_year, document_kind, item, counted, state, document_id and table_id of a table that is it, reason
    (a message). `where` is a condition on the documents."""
    wanted = ", ".join(_row(one) for one in catalogue().tables)
    read = ", ".join(f"'{outcome}'" for outcome in READ)
    return f"""
    WITH read AS (
        SELECT document_id, region_code, body_name, fiscal_year, document_kind, outcome, tables
        FROM {documents}
        WHERE superseded_by IS NULL AND body_level = 'government' AND fiscal_year IS NOT NULL
              AND document_kind IN ('budget', 'accounts') AND region_code IS NOT NULL AND ({where})),
    wanted(item, counted, types, own, debt, words) AS (VALUES {wanted}),
    marks AS (
        SELECT document_id, table_id, bool_or(scope = 'own') AS own,
               bool_or(debt_kind = 'general') AS general, bool_or(debt_kind = 'special') AS special
        FROM {facts} SEMI JOIN read USING (document_id) GROUP BY ALL),
    had AS (
        SELECT r.region_code, r.body_name, r.fiscal_year, r.document_kind, t.document_id, t.table_id,
               t.table_type, coalesce(t.title, '') AS title, coalesce(m.own, false)
               OR regexp_matches(coalesce(t.title, ''), '{catalogue().own_words}') AS own,
               coalesce(m.general, false)
               OR contains(coalesce(t.title, ''), '{catalogue().general_words}') AS general,
               coalesce(m.special, false)
               OR contains(coalesce(t.title, ''), '{catalogue().special_words}') AS special
        FROM {tables} t JOIN read r USING (document_id) LEFT JOIN marks m USING (document_id, table_id)),
    owed AS (
        SELECT region_code, body_name, fiscal_year, document_kind, sum(tables) AS tables,
               arg_min(document_id, document_id) FILTER (outcome NOT IN ({read})) AS unread
        FROM read GROUP BY ALL),
    aside AS (
        SELECT DISTINCT r.region_code, r.body_name, r.fiscal_year, r.document_kind
        FROM (SELECT url, unnest(document_ids) AS document_id FROM {disclosures}) d
             JOIN read r USING (document_id) SEMI JOIN {gaps} g ON g.via = d.url),
    announced AS (
        SELECT DISTINCT r.region_code, r.body_name, r.fiscal_year, r.document_kind
        FROM (SELECT unnest(document_ids) AS document_id FROM {disclosures}) JOIN read r USING (document_id)),
    hits AS (
        SELECT h.region_code, h.body_name, h.fiscal_year, h.document_kind, w.item,
               arg_min({{'document_id': h.document_id, 'table_id': h.table_id}}, (h.document_id, h.table_id))
               FILTER (list_contains(w.types, h.table_type) AND (NOT w.own OR h.own)
                       AND (w.debt IS NULL OR CASE w.debt WHEN 'general' THEN h.general ELSE h.special END))
               AS is_it,
               arg_min(h.title, h.table_id)
               FILTER (h.table_type = 'other' AND (h.title = '' OR regexp_matches(h.title, w.words)))
               AS may_be
        FROM had h CROSS JOIN wanted w GROUP BY ALL),
    main AS (
        SELECT DISTINCT region_code, body_name, fiscal_year, document_kind FROM hits
        WHERE is_it IS NOT NULL AND item IN ('general_revenue', 'general_expenditure')),
    judged AS (
        SELECT o.region_code, o.body_name, o.fiscal_year, o.document_kind, w.item, w.counted, h.is_it,
               CASE WHEN h.is_it IS NOT NULL THEN NULL
                    WHEN o.unread IS NOT NULL THEN '{message("table_in_unread_document")}'
                    WHEN coalesce(o.tables, 0) = 0 THEN '{message("only_text_found")}'
                    WHEN m.region_code IS NULL THEN '{message("main_tables_elsewhere")}'
                    WHEN n.region_code IS NULL THEN '{message("given_as_files")}'
                    WHEN a.region_code IS NOT NULL THEN '{message("announcement_not_followed")}'
                    WHEN h.may_be IS NOT NULL THEN '{message("unrecognised_table")}' END AS reason
        FROM owed o CROSS JOIN wanted w
        LEFT JOIN hits h ON {_same("h")} AND h.item = w.item
        LEFT JOIN main m ON {_same("m")} LEFT JOIN aside a ON {_same("a")}
        LEFT JOIN announced n ON {_same("n")})
    SELECT region_code, body_name, fiscal_year, document_kind, item, counted,
           CASE WHEN is_it IS NOT NULL THEN 'found' WHEN reason IS NULL THEN 'not_found' ELSE 'unknown' END
           AS state,
           is_it.document_id AS document_id, is_it.table_id AS table_id, reason
    FROM judged
    """


def _same(alias: str) -> str:
    return (
        f"{alias}.region_code = o.region_code AND {alias}.body_name IS NOT DISTINCT FROM o.body_name "
        f"AND {alias}.fiscal_year = o.fiscal_year AND {alias}.document_kind = o.document_kind"
    )


def _row(one: CatalogueTable) -> str:
    types = ", ".join(f"'{name}'" for name in one.types)
    debt = f"'{one.debt}'" if one.debt else "NULL"
    return f"('{one.id}', {one.counted}, [{types}], {one.own}, {debt}, '{one.words}')"
