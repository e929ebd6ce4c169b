"""The questions the pages ask of a snapshot.

Invariant: every value from outside is a bound parameter; SQL text is constant. `{facts}` is the part of the
table that a `Version` is narrowed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from archive.dataset.rows.documents import DocumentRow
from archive.dataset.rows.facts import FactRow
from archive.dataset.rows.monitoring import BodyRow
from archive.monitoring.bodies import body_id
from archive.web.data.dataset import Opened
from archive.web.data.results import FailedCheck, OwnDocument, PlacedBody, StoredPayload

DOCUMENT = "SELECT * FROM {documents} WHERE document_id = ?"
MEMBERS = """
    SELECT document_id, name, title, body_name, media_type, outcome, parent_id FROM {documents}
    WHERE parent_id = ? OR list_contains(?, document_id) ORDER BY document_id
"""
CAPTURES = """
    SELECT capture_id, url, warc_path, warc_offset, warc_length,
           strftime(fetched_at AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S') AS fetched,
           payload_path, payload_offset, payload_length
    FROM {captures} WHERE sha256 = ? AND payload_path IS NOT NULL ORDER BY fetched_at, capture_id LIMIT 50
"""
CAPTURE = "SELECT capture_id, warc_path, warc_offset, warc_length FROM {captures} WHERE capture_id = ?"
CARRIERS = """
    SELECT d.disclosure_id, d.title, d.url, d.published_on, d.published_basis, d.state, n.url AS new_url,
           strftime(d.first_seen AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M') AS first_seen
    FROM {disclosures} d LEFT JOIN {disclosures} n ON n.disclosure_id = d.moved_to
    WHERE list_contains(d.document_ids, ?) ORDER BY d.published_on, d.first_seen
"""
MOVES = """
    SELECT d.title, d.url, n.url AS new_url, d.fiscal_year, d.document_kind,
           strftime(n.first_seen AT TIME ZONE 'UTC', '%Y-%m-%d') AS seen
    FROM {disclosures} d JOIN {disclosures} n ON n.disclosure_id = d.moved_to
    WHERE d.state = 'moved' AND list_has_any(d.document_ids, ?) ORDER BY n.first_seen DESC, d.url
"""
"""The announcements of some documents that stand at another address now."""
TABLES = """
    SELECT t.* EXCLUDE (header, grid), count(f.fact_id) AS facts,
           count(*) FILTER (f.status = 'proved') AS proved,
           count(*) FILTER (f.status = 'disputed') AS disputed
    FROM {tables} t LEFT JOIN {facts} f ON f.table_id = t.table_id AND f.document_id = t.document_id
    WHERE t.document_id = ? GROUP BY ALL ORDER BY t.table_no
"""
TABLE = "SELECT * FROM {tables} WHERE document_id = ? AND table_no = ?"
FACTS = "SELECT * FROM {facts} WHERE document_id = ? AND table_id = ? ORDER BY row_no, col_no"
CHECKS = """
    SELECT * FROM {checks} WHERE document_id = ? AND list_contains(table_ids, ?)
    ORDER BY status = 'fails' DESC, rule, check_id
"""
DOCUMENT_CHECKS = """
    SELECT * FROM {checks} WHERE document_id = ? AND (status = 'fails' OR len(coalesce(table_ids, [])) = 0)
        AND NOT list_contains(coalesce(table_ids, []), coalesce(?, ''))
    ORDER BY status = 'fails' DESC, rule, check_id
"""
"""What belongs to no table, and what fails elsewhere than in the table that is open."""
STATEMENTS = """
    SELECT statement_no, page, sentence, measure, scope, stage, fiscal_year, amount_yuan, row_region_name
    FROM {statements} WHERE document_id = ? AND measure IS NOT NULL AND amount_yuan IS NOT NULL
    ORDER BY statement_no LIMIT 400
"""
"""What the prose of a government's report says of its measures."""
STATUS_COUNTS = "SELECT status, count(*) AS n FROM {facts} WHERE document_id = ? GROUP BY ALL"
DISPUTED_COUNTS = """
    SELECT document_id, count(*) AS n FROM {facts}
    WHERE list_contains(?, document_id) AND status = 'disputed' GROUP BY ALL
"""
FILE_NAMES = """
    SELECT sha256 AS document_id, min_by(url, capture_id) AS url FROM {captures}
    WHERE list_contains(?, sha256) GROUP BY ALL
"""
BODY = "SELECT * FROM {bodies} WHERE body_id = ?"
DOCUMENTS_OF_REGION = """
    SELECT document_id, name, superseded_by, title, body_name, region_code, body_level, fiscal_year,
           document_kind, outcome, tables, facts, proved_share
    FROM {documents} WHERE region_code IS NOT DISTINCT FROM ? AND body_name IS NOT NULL
    ORDER BY fiscal_year DESC, document_kind, document_id
"""
BODIES = """
    SELECT * FROM {bodies}
    WHERE (? = '' OR contains(lower(name), lower(?))) AND starts_with(coalesce(region_code, ''), ?)
    ORDER BY region_code, name LIMIT ? OFFSET ?
"""
BODY_CHECKS = """
    SELECT document_id, rule, statement, message, status, left_yuan, right_yuan, difference_yuan,
           tolerance_yuan, table_ids, fact_ids, severity, fault, rule_judged, rule_right
    FROM {checks} WHERE list_contains(?, document_id) AND status = 'fails' AND severity <> 'info'
    ORDER BY severity = 'error' DESC, abs(difference_yuan) DESC NULLS LAST, document_id, rule, check_id
    LIMIT 200
"""
LATEST = """
    SELECT d.title, d.url, d.published_on, d.document_ids FROM {disclosures} d
    WHERE starts_with(coalesce(d.region_code, ''), ?) AND d.state <> 'moved'
    ORDER BY d.first_seen DESC, d.disclosure_id LIMIT ?
"""
GAPS = """
    WITH visited AS (
        SELECT run_id, unnest(complete_sites) AS site_id FROM {runs}
        UNION SELECT run_id, site_id FROM {gaps}),
    newest AS (SELECT site_id, max(run_id) AS run_id FROM visited GROUP BY site_id)
    SELECT s.site_id, s.name, g.kind, g.url, g.evidence, g.title
    FROM {gaps} g JOIN newest USING (site_id, run_id) JOIN {sites} s USING (site_id)
    WHERE starts_with(coalesce(s.region_code, ''), ?)
    ORDER BY s.region_code, s.site_id, g.gap_id LIMIT ?
"""
"""What the last visits to the sites of a region did not follow."""
FACT = "SELECT * FROM {facts} WHERE fact_id = ?"
ID_START = 16
"""So many digits of a document's id begin the ids of its facts."""

__all__ = ["bodies_named", "body_id", "document", "documents_of", "fact", "file_names", "payload_capture"]


def document(version: Opened, document_id: str) -> DocumentRow | None:
    """One document as a row; None if the snapshot does not have it."""
    return version.of_documents([document_id]).first(DocumentRow, DOCUMENT, document_id)


def fact(version: Opened, fact_id: str) -> FactRow | None:
    """One fact as a row; None if the snapshot does not have it."""
    return version.near(version.homes.of_start(fact_id[:ID_START])).first(FactRow, FACT, fact_id)


def file_names(version: Opened, rows: Sequence[DocumentRow | OwnDocument]) -> dict[str, str]:
    """What the file of each document is called, by document_id: as published, else as in the address that
    it was fetched from (old snapshots have no names)."""
    names = {row.document_id: row.name for row in rows if row.name}
    nameless = [row.document_id for row in rows if not row.name]
    for identity, url in version.pairs(FILE_NAMES, nameless).items() if nameless else ():
        if name := unquote(urlsplit(url).path).rpartition("/")[2]:
            names[identity] = name
    return names


def bodies_named(version: Opened, name: str, prefix: str, limit: int, offset: int) -> list[PlacedBody]:
    """Bodies with a part of a name, in a region."""
    return version.ask(PlacedBody, BODIES, name, name, prefix, limit, offset)


def payload_capture(version: Opened, document_id: str) -> StoredPayload | None:
    """The first capture that holds the document's bytes."""
    return version.first(StoredPayload, CAPTURES, document_id)


def failed_checks(version: Opened, document_ids: Sequence[str]) -> list[FailedCheck]:
    """What fails in documents, once where a file of the same document was published again."""
    near = version.of_documents(document_ids)
    rows = near.ask(FailedCheck, BODY_CHECKS, list(document_ids)) if document_ids else []
    return list({(row.rule, row.statement, row.message): row for row in rows}.values())


def documents_of(version: Opened, body: BodyRow) -> list[OwnDocument]:
    """The documents of one body, whichever way its name is spelled, the newest year first."""
    near = version.of_region(body.region_code or "00")
    rows = near.ask(OwnDocument, DOCUMENTS_OF_REGION, body.region_code)
    return [row for row in rows if body_id(row.region_code, row.body_name or "") == body.body_id]


def starting(column: str, prefixes: Sequence[str]) -> str:
    """The SQL condition that a column begins with one of some values, which go with it."""
    return "(" + " OR ".join([f"starts_with({column}, ?)"] * len(prefixes)) + ")"
