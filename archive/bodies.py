"""Which bodies must publish, judged by what they published before, and what each is expected to publish.

Invariant: a body is known by its region and its name as printed; the same two always give the same id, and a
body is never invented: each one leads to the documents it was read from.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from archive.deadlines import Expectation, Publication

Row = Mapping[str, Any]
Approvals = Mapping[tuple[str | None, int], Mapping[str, date]]
"""Acts and their days by (region_code, fiscal_year); for the acts see `statutes.yaml`."""

MONITORED = ("budget", "accounts")
FIRST_MONTH_FOR_NEXT_YEAR = 11
"""Congresses that meet in November or December approve the budget of the coming year."""


def body_id(region_code: str | None, name: str) -> str:
    """The id of a body: 16 hex digits over region code and name, whatever the width of its characters."""
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    return hashlib.sha256(f"{region_code or ''}|{plain}".encode()).hexdigest()[:16]


def bodies_seen(documents: Iterable[Row]) -> list[dict[str, object]]:
    """Rows of `bodies`: every body that a row of `documents` names, with the years it is known for."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for document in documents:
        if document["body_name"]:
            groups[body_id(document["region_code"], document["body_name"])].append(document)
    return [_body(identity, rows) for identity, rows in sorted(groups.items())]


def expectations(
    bodies: Iterable[Row], as_of: date, approvals: Approvals | None = None
) -> Iterator[Expectation]:
    """What each body owes: a budget for every year from the first it is known for to that of `as_of`, and the
    accounts of each of these years that has ended."""
    for body in bodies:
        if body["first_year"] is None:
            continue
        last = max(as_of.year, body["last_year"])
        for year in range(body["first_year"], last + 1):
            for kind in MONITORED:
                if kind == "accounts" and year >= as_of.year:
                    continue
                yield Expectation(
                    body_id=body["body_id"],
                    body_level=body["level"],
                    region_code=body["region_code"],
                    fiscal_year=year,
                    document_kind=kind,
                    approvals=(approvals or {}).get((body["region_code"], year), {}),
                )


def approvals_by_year(
    registered: Iterable[tuple[str | None, Iterable[date], Iterable[date]]],
) -> dict[tuple[str | None, int], dict[str, date]]:
    """Approvals from the registry's lines: (region_code, days a budget was approved, days accounts were).

    The accounts of a year are approved in the next. A budget is approved in its own year, or late in the year
    before.
    """
    known: dict[tuple[str | None, int], dict[str, date]] = defaultdict(dict)
    for region_code, budgets, accounts in registered:
        for day in budgets:
            year = day.year + (day.month >= FIRST_MONTH_FOR_NEXT_YEAR)
            known[region_code, year]["congress"] = day
        for day in accounts:
            known[region_code, day.year - 1]["standing_committee"] = day
    return dict(known)


def publications(documents: Iterable[Row], disclosures: Iterable[Row]) -> Iterator[Publication]:
    """Every finding of a document of a known body, year and kind: one for each disclosure that carries it; a
    document that no disclosure carries was given as a local file and has no dates."""
    carriers: dict[str, list[Row]] = defaultdict(list)
    for disclosure in disclosures:
        for identity in disclosure["document_ids"] or ():
            carriers[identity].append(disclosure)
    for document in documents:
        if not document["body_name"] or not document["fiscal_year"] or not document["document_kind"]:
            continue
        body = body_id(document["region_code"], document["body_name"])
        year, kind = document["fiscal_year"], document["document_kind"]
        for carrier in carriers[document["document_id"]]:
            yield Publication(
                body, year, kind, carrier["published_on"], carrier["first_seen"], carrier["disclosure_id"]
            )
        if not carriers[document["document_id"]]:
            yield Publication(body, year, kind)


def complete_crawls(
    documents: Iterable[Row], disclosures: Iterable[Row], sites: Mapping[str, date]
) -> dict[str, date]:
    """The day by which every site that carried a body's documents was crawled completely, by body_id.

    `sites` maps a site_id to the day of its last complete crawl; a body with a site that is not in it, or
    with none at all, is left out.
    """
    sites_of: dict[str, set[str]] = defaultdict(set)
    for disclosure in disclosures:
        for identity in disclosure["document_ids"] or ():
            sites_of[identity].add(disclosure["site_id"])
    places: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        if document["body_name"]:
            places[body_id(document["region_code"], document["body_name"])] |= sites_of[
                document["document_id"]
            ]
    return {
        body: min(sites[site] for site in where)
        for body, where in places.items()
        if where and all(site in sites for site in where)
    }


def _body(identity: str, rows: list[Row]) -> dict[str, object]:
    years = [row["fiscal_year"] for row in rows if row["fiscal_year"]]
    return {
        "body_id": identity,
        "region_code": rows[0]["region_code"],
        "name": _commonest(row["body_name"] for row in rows),
        "code": _commonest(row["body_code"] for row in rows),
        "level": _commonest(row["body_level"] for row in rows),
        "parent": None,
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "source": "documents",
    }


def _commonest(values: Iterable[str | None]) -> str | None:
    """The value printed most often, the smaller one first among equals."""
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda value: (-counts[value], value), default=None)
