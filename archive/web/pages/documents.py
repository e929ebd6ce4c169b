"""The document page: what was printed beside what was read, and how one was proved from the other.

Invariant: every number on the page leads to its place on the archived page and to the identities it is in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive import ObjectNotFound
from archive.dataset.rows.documents import DocumentRow, TableRow
from archive.dataset.rows.facts import CheckRow, FactRow
from archive.monitoring.bodies import body_id
from archive.web.data import images, queries
from archive.web.data.images import Images, Original, members_in, original
from archive.web.data.results import (
    Carrier,
    ListedTable,
    MemberDocument,
    ReportedFigure,
    StoredPayload,
    StoredRecord,
)
from archive.web.data.sandbox import SandboxError
from archive.web.pages.tableview import details, grid_of, place
from archive.web.view.addresses import ABSENT
from archive.web.view.security import ARCHIVED_POLICY, PICTURE_POLICY
from archive.web.view.templating import page
from archive.web.view.visit import Visit
from parsers.values.media import UNKNOWN
from parsers.values.vocabulary import DocumentOutcome

SUFFIXES = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/msword": "doc",
    "application/ofd": "ofd",
    "application/zip": "zip",
    "application/rtf": "rtf",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "text/html": "html",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/tiff": "tif",
}
"""The ending of a saved original's name; `bin` for anything else."""
FOREVER = "public, max-age=31536000, immutable"


def document_page(visit: Visit) -> Response:
    """A document at one of its tables: the one asked for, else the first with amounts."""
    document = _document(visit)
    identity = document.document_id
    version = visit.version.of_documents([identity])
    tables = version.ask(ListedTable, queries.TABLES, identity)
    table = _chosen(visit, tables)
    counts = version.pairs(queries.STATUS_COUNTS, identity)
    announced = visit.version.near(visit.version.homes.of_carriers(identity))
    return page(
        visit,
        "document.html",
        document=document,
        original=original_address(visit, identity),
        body_id=document.body_name and body_id(document.region_code, document.body_name),
        counts=counts,
        tables=tables,
        table=table,
        file=queries.file_names(visit.version, [document]).get(identity),
        parent=queries.document(visit.version, document.parent_id) if document.parent_id else None,
        members=_members(visit, document) if document.outcome is DocumentOutcome.CONTAINER else [],
        statements=version.ask(ReportedFigure, queries.STATEMENTS, identity),
        captures=version.ask(StoredPayload, queries.CAPTURES, identity),
        carriers=announced.ask(Carrier, queries.CARRIERS, identity),
        document_checks=version.ask(CheckRow, queries.DOCUMENT_CHECKS, identity, table and table.table_id),
        **(_shown(visit, document, table) if table else {}),
    )


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file in a container: its name there, and its document, if the snapshot has it. One that was archived
    before has another parent or none."""

    file: str | None
    document: MemberDocument | None


def _members(visit: Visit, document: DocumentRow) -> list[HeldFile]:
    """The files in a container."""
    identity = document.document_id
    try:
        held = dict(members_in(original(visit.dataset.store, visit.version, identity)))
    except (SandboxError, ObjectNotFound):
        held = {}
    found = visit.version.ask(MemberDocument, queries.MEMBERS, identity, list(held))
    rows = {row.document_id: row for row in found}
    return [HeldFile(held.get(one) or rows[one].name, rows.get(one)) for one in dict.fromkeys([*held, *rows])]


def original_address(visit: Visit, identity: str) -> str | None:
    """Where the original is; None if this copy of the pages does not have it."""
    address = visit.link(f"/documents/{identity}/original")
    return address if visit.live or not address.endswith(ABSENT) else None


def _shown(visit: Visit, document: DocumentRow, table: ListedTable) -> dict[str, object]:
    """What the template needs for the one table that is open."""
    identity = document.document_id
    version = visit.version.of_documents([identity])
    full = version.first(TableRow, queries.TABLE, identity, table.table_no)
    facts = version.ask(FactRow, queries.FACTS, identity, table.table_id)
    checks = version.ask(CheckRow, queries.CHECKS, identity, table.table_id)
    assert full is not None
    places = {fact.fact_id: place(fact) for fact in facts}
    return {
        "grid": grid_of(full, facts),
        "checks": checks,
        "cells_of": [[places[one] for one in check.fact_ids or () if one in places] for check in checks],
        "details": details(facts, checks, visit.t),
        **_pages(visit, document, table),
        "boxes": [fact for fact in facts if fact.x0 is not None],
        "place": place,
    }


def _pages(visit: Visit, document: DocumentRow, table: ListedTable) -> dict[str, object]:
    """`pages`: the sheets the table stands on, by number; `no_pages`: why there are none; `picture`: the form
    their pictures have."""
    form = images.SUFFIXES.get(document.media_type or "")
    if form is None:
        reason = visit.t(
            "This format has no pages: the amounts are read from cells, not from places on paper."
        )
        return {"pages": [], "no_pages": reason, "picture": None}
    try:
        sheets = _images(visit).sheets(_original(visit, document))
    except (SandboxError, ObjectNotFound) as error:
        reason = visit.t("The pages cannot be shown: {reason}", reason=visit.said(error))
        return {"pages": [], "no_pages": reason, "picture": None}
    numbers = [number for number in table.pages or () if 0 < number <= len(sheets)]
    pages = [(number, sheets[number - 1]) for number in numbers if sheets[number - 1].width]
    reason = visit.t("The pages of this table cannot be shown; the original file has them.")
    return {"pages": pages, "no_pages": reason, "picture": form}


def page_image(visit: Visit) -> Response:
    """One page as a picture."""
    document = _document(visit)
    number, form = int(visit.request.path_params["page"]), visit.request.path_params["form"]
    if images.SUFFIXES.get(document.media_type or "") != form or not 0 < number <= (document.pages or 0):
        raise HTTPException(404)
    try:
        picture = _images(visit).image(_original(visit, document), number)
    except SandboxError as error:
        raise HTTPException(422, str(error)) from error
    headers = {"Cache-Control": FOREVER, "Content-Security-Policy": PICTURE_POLICY}
    return Response(picture, media_type=images.MEDIA_TYPES[form], headers=headers)


def original_file(visit: Visit) -> Response:
    """The bytes as published. They are offered for saving, never shown."""
    document = _document(visit)
    data = original(visit.dataset.store, visit.version, document.document_id)
    media_type = document.media_type or UNKNOWN
    suffix = SUFFIXES.get(media_type, "bin")
    return _attachment(data, media_type, f"{document.document_id[:16]}.{suffix}")


def capture_record(visit: Visit) -> Response:
    """The WARC record of one capture, as archived: a gzip member that WARC tools read."""
    asked = visit.request.path_params["capture_id"]
    capture = visit.version.first(StoredRecord, queries.CAPTURE, asked)
    if capture is None or capture.warc_path is None or capture.warc_offset is None:
        raise HTTPException(404)
    data = visit.dataset.store.read(capture.warc_path, capture.warc_offset, capture.warc_length)
    return _attachment(data, "application/gzip", f"{capture.capture_id}.warc.gz")


def fact_page(visit: Visit) -> Response:
    """From a fact's id to its place on its document's page."""
    fact = queries.fact(visit.version, visit.request.path_params["fact_id"])
    if fact is None:
        raise HTTPException(404)
    number = int(fact.table_id.rpartition("-t")[2])
    lang = visit.request.query_params.get("lang")
    address = visit.link(f"/documents/{fact.document_id}/tables/{number}", lang=lang)
    return RedirectResponse(f"{address}#{place(fact)}")


def _attachment(data: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": ARCHIVED_POLICY,
        "Cache-Control": FOREVER,
    }
    return Response(data, media_type=media_type, headers=headers)


def _document(visit: Visit) -> DocumentRow:
    document = queries.document(visit.version, visit.request.path_params["document_id"])
    if document is None:
        raise HTTPException(404, visit.t("No such document in this snapshot."))
    return document


def _chosen(visit: Visit, tables: list[ListedTable]) -> ListedTable | None:
    asked = visit.request.path_params.get("table_no")
    if asked is not None:
        for table in tables:
            if table.table_no == int(asked):
                return table
        raise HTTPException(404, visit.t("No such table in this document."))
    with_facts = [table for table in tables if table.facts]
    return next(iter(with_facts or tables), None)


def _images(visit: Visit) -> Images:
    images: Images = visit.request.app.state.images
    return images


def _original(visit: Visit, document: DocumentRow) -> Original:
    identity = document.document_id
    load = partial(original, visit.dataset.store, visit.version, identity)
    return Original(identity, document.media_type or UNKNOWN, load)
