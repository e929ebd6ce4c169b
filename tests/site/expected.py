"""The scripted truth: what a complete crawl of the replica finds, table by table.

Invariant: derived from the same data the pages and documents are made of, never from what a parser read.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from .disclosure import load
from .sections import Article, Attachment, Section, article_path, attachment_path, redirect_target
from .website import Site

# Presumed due dates (month, day) where no approval date is known: `reference/rules.md` §1.
PRESUMED_DUE = {
    ("budget", "government"): (4, 20),
    ("accounts", "government"): (10, 20),
    ("budget", "department"): (5, 10),
    ("budget", "unit"): (5, 25),
    ("accounts", "department"): (11, 9),
    ("accounts", "unit"): (11, 24),
}
OUTCOMES = {"dead": "missing", "soft_404": "missing", "error_page": "wrong_type", "forbidden": "forbidden"}


def expected(site: Site | None = None) -> dict[str, Any]:
    """Sites, their disclosures and documents, and totals over distinct documents (by content).

    `documents` of a disclosure: path, name, outcome (content, missing, wrong_type, forbidden), and for
    content also sha256, disclosure_id, body_name, body_level, fiscal_year, document_kind, due, status,
    amounts (non-blank money cells) and tables [title, type, unit, unit_yuan, amounts, empty].
    """
    site = site or Site()
    sites = [_section(site, section) for section in site.sections.values()]
    distinct = {
        document["sha256"]: document
        for entry in sites
        for disclosure in entry["disclosures"]
        for document in disclosure["documents"]
        if document["outcome"] == "content"
    }
    return {
        "sites": sites,
        "disclosures": sum(len(entry["disclosures"]) for entry in sites),
        "documents": len(distinct),
        "tables": sum(len(document["tables"]) for document in distinct.values()),
        "amounts": sum(document["amounts"] for document in distinct.values()),
    }


def _section(site: Site, section: Section) -> dict[str, Any]:
    return {
        "site_id": section.region_code,
        "region_code": section.region_code,
        "start": section.folder,
        "list_pages": section.list_pages,
        "entries": len(section.articles),
        "disclosures": [_disclosure(site, section, entry) for entry in section.articles if entry.disclosure],
    }


def _disclosure(site: Site, section: Section, article: Article) -> dict[str, Any]:
    path = article_path(section, article)
    documents = [_attached(site, section, article, attachment) for attachment in article.attachments]
    if article.body:
        documents.insert(0, {"path": path, "name": article.title, **_content(site, path, article.body)})
    on = article.published.date()
    for document in documents:
        if document["outcome"] == "content":
            due = date(*_due(document))
            document |= {"due": due.isoformat(), "status": "late" if on > due else "on_time"}
    return {
        "path": path,
        "title": article.title,
        "published_on": on.isoformat(),
        "outcome": OUTCOMES[article.fault] if article.fault else "content",
        "documents": documents if article.fault is None else [],
    }


def _attached(site: Site, section: Section, article: Article, attachment: Attachment) -> dict[str, Any]:
    path = attachment_path(section, article, attachment)
    found = {"path": path, "name": attachment.name}
    if attachment.fault in OUTCOMES or attachment.disclosure_id is None:
        return {**found, "outcome": OUTCOMES[attachment.fault or "dead"]}
    stands_at = redirect_target(section, path) if attachment.fault == "redirect" else path
    return {**found, **_content(site, stands_at, attachment.disclosure_id)}


def _content(site: Site, path: str, disclosure_id: str) -> dict[str, Any]:
    disclosure = load(disclosure_id)
    return {
        "outcome": "content",
        "sha256": hashlib.sha256(site.resources[path].body).hexdigest(),
        "disclosure_id": disclosure_id,
        "body_name": disclosure.body_name,
        "body_level": disclosure.body_level,
        "fiscal_year": disclosure.fiscal_year,
        "document_kind": disclosure.document_kind,
        "amounts": sum(table.amounts for table in disclosure.tables),
        "tables": [
            {
                "title": table.title,
                "type": table.type,
                "unit": table.unit,
                "unit_yuan": table.unit_yuan,
                "amounts": table.amounts,
                "empty": table.empty,
            }
            for table in disclosure.tables
        ],
    }


def _due(document: dict[str, Any]) -> tuple[int, int, int]:
    accounts = document["document_kind"] == "accounts"
    month, day = PRESUMED_DUE[document["document_kind"], document["body_level"]]
    return document["fiscal_year"] + accounts, month, day
