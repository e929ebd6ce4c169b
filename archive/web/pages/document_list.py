"""All documents, found by what they are about, by the outcome of reading, and by how their amounts stand.

Invariant: page, CSV and API of one address hold the same documents; a document is in the list whether or not
its body is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from starlette.responses import Response

from archive.dataset.rows.documents import DocumentRow
from archive.monitoring.bodies import body_id
from archive.monitoring.verdicts import region_prefixes
from archive.web.data import queries
from archive.web.data.dataset import Opened
from archive.web.pages.documents import original_address
from archive.web.pages.standings import csv_of
from archive.web.view.templating import page
from archive.web.view.visit import Visit
from parsers.values.vocabulary import DocumentKind, DocumentOutcome, FactStatus

ROWS = 50
PROOFS = (FactStatus.PROVED, FactStatus.SINGLE, FactStatus.DISPUTED)
NO_BODY = "none"
"""The value of `body` that asks for documents whose body is not known."""
DISPUTED = "document_id IN (SELECT document_id FROM {facts} WHERE status = 'disputed')"
CONDITIONS = {
    FactStatus.DISPUTED: DISPUTED,
    FactStatus.PROVED: f"proved_share = 1 AND NOT {DISPUTED}",
    FactStatus.SINGLE: f"facts > 0 AND coalesce(proved_share, 0) < 1 AND NOT {DISPUTED}",
}
"""A document stands as its worst amount does; zeros need no proof."""
ORDER = "fiscal_year DESC NULLS LAST, region_code, body_name, document_kind, document_id"


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What of the documents is asked for; empty means all. `body` is a part of its name, or NO_BODY."""

    region: str = ""
    body: str = ""
    year: int = 0
    kind: str = ""
    outcome: str = ""
    status: str = ""

    @classmethod
    def of(cls, visit: Visit) -> DocumentFilter:
        """The filter of a request; values outside the vocabulary count as all."""
        return cls(
            region=visit.parameter("region"),
            body=visit.parameter("body"),
            year=visit.number("year", 0, 9999),
            kind=visit.choice("kind", tuple(DocumentKind)),
            outcome=visit.choice("outcome", tuple(DocumentOutcome)),
            status=visit.choice("status", PROOFS),
        )

    def where(self) -> tuple[str, list[Any]]:
        """The SQL condition on rows of `documents`, and its values; raises UnknownRegion."""
        parts: list[str] = ["true"]
        values: list[Any] = []
        if self.region:
            prefixes = region_prefixes(self.region)
            parts.append(queries.starting("region_code", prefixes))
            values += prefixes
        if self.body == NO_BODY:
            parts.append("body_name IS NULL")
        elif self.body:
            parts.append("contains(lower(body_name), lower(?))")
            values.append(self.body)
        if self.status:
            parts.append(f"({CONDITIONS[FactStatus(self.status)]})")
        equal = {"fiscal_year": self.year, "document_kind": self.kind, "outcome": self.outcome}
        wanted = {column: value for column, value in equal.items() if value}
        return " AND ".join([*parts, *(f"{column} = ?" for column in wanted)]), [*values, *wanted.values()]

    def asked(self) -> dict[str, Any]:
        """The parameters of an address that asks for the same."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in the list: what its file is called, whose it is, and how many of its amounts are
    disputed."""

    document: DocumentRow
    file: str | None
    disputed: int
    body_id: str | None


def documents_page(visit: Visit) -> Response:
    """One page of the documents there are."""
    wish = DocumentFilter.of(visit)
    where, values = wish.where()
    return page(
        visit,
        "documents.html",
        wish=wish,
        rows=_listed(visit.version, where, values, visit.start),
        total=counted(visit.version, wish),
        nameless=counted(visit.version, replace(wish, body=NO_BODY)),
        start=visit.start,
        step=ROWS,
        kinds=tuple(DocumentKind),
        outcomes=_outcomes(visit.version),
        proofs=PROOFS,
        years=visit.version.homes.years(),
        no_body=NO_BODY,
        original_address=original_address,
    )


def counted(version: Opened, wish: DocumentFilter) -> int:
    """How many documents there are of those asked for."""
    where, values = wish.where()
    found = version.table(f"SELECT count(*) FROM {{documents}} WHERE {where}", *values)
    return int(found.column(0)[0].as_py())


def documents_csv(visit: Visit) -> Response:
    """The chosen documents as CSV with a byte order mark, for Excel."""
    where, values = DocumentFilter.of(visit).where()
    table = visit.version.table(f"SELECT * FROM {{documents}} WHERE {where} ORDER BY {ORDER}", *values)
    return csv_of(table, "documents.csv")


def _listed(version: Opened, where: str, values: Sequence[Any], start: int) -> list[ListedDocument]:
    sql = f"SELECT * FROM {{documents}} WHERE {where} ORDER BY {ORDER} LIMIT ? OFFSET ?"
    rows = version.ask(DocumentRow, sql, *values, ROWS, start)
    identities = [row.document_id for row in rows]
    # Asked for the documents of one page only: counting all would read every fact.
    disputed = version.of_documents(identities).pairs(queries.DISPUTED_COUNTS, identities)
    names = queries.file_names(version, rows)
    return [
        ListedDocument(
            document=row,
            file=names.get(row.document_id),
            disputed=disputed.get(row.document_id, 0),
            body_id=row.body_name and body_id(row.region_code, row.body_name),
        )
        for row in rows
    ]


def _outcomes(version: Opened) -> list[str]:
    """The outcomes that there are documents of."""
    found = version.table("SELECT DISTINCT outcome FROM {documents}").column("outcome").to_pylist()
    return [outcome for outcome in DocumentOutcome if outcome in found]
