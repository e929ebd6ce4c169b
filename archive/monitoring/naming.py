"""What bodies are called, and which of them something else than their own documents names.

Invariant: names are compared without those of their regions. A unit that a department lists (下设预算单位) is
listed under the name it publishes with, where that is known; the list that names it is its source, and the
sites of that document are where it should publish. A body that only announcements name is none that anything
else names, perhaps in short.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from archive.dataset.rows.monitoring import BodyRow
from archive.monitoring.bodies import (
    ANNOUNCED,
    MONITORED,
    Listed,
    MonitoredDisclosure,
    MonitoredDocument,
    Owed,
    body_id,
)
from archive.vocabulary import DueKind
from parsers.reference import regions
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import BodyLevel, DocumentOutcome

_L = lexicon_of(__name__)
_COMMON = frozenset(_L.text("common"))
_OF_MANY = _L.pattern("of_many")
_BRACKETS = re.compile(r"[(（][^)）]{0,200}[)）]")
GOVERNMENTS = _L.words("governments")
"""Who discloses a government's own budget, without the region, and perhaps that of others."""
SHORTEST = 3
"""Characters of a body's name without its region, below which it says nothing (县残联)."""
_READ = (DocumentOutcome.PARSED, DocumentOutcome.NO_TABLES, DocumentOutcome.CONTAINER)


class Named(Protocol):
    """What says whose it is: a document, an announcement."""

    @property
    def body_name(self) -> str | None:
        """The body as named."""

    @property
    def region_code(self) -> str | None:
        """Its region."""


def listed_units(
    documents: Iterable[MonitoredDocument], disclosures: Iterable[MonitoredDisclosure]
) -> list[Listed]:
    """What documents list, once for each site of each document."""
    documents = list(documents)
    sites: dict[str, set[str | None]] = defaultdict(set)
    for disclosure in disclosures:
        for identity in disclosure.document_ids or ():
            sites[identity].add(disclosure.site_id)
    printed = _names(documents)
    return [
        entry
        for document in documents
        if document.units and document.body_name and document.fiscal_year
        for entry in _of_document(document, sites[document.document_id], printed)
    ]


def announced_bodies(
    bodies: Iterable[BodyRow],
    documents: Mapping[str, MonitoredDocument],
    disclosures: Iterable[MonitoredDisclosure],
) -> dict[Owed, Listed]:
    """Bodies that nothing but announcements without a document of theirs names, for what these announce."""
    known: dict[str | None, set[str]] = defaultdict(set)
    for body in bodies:
        known[body.region_code].add(bare_name(body.name, body.region_code))
    found, names = dict[Owed, Listed](), dict[tuple[str | None, str], str]()
    for row in disclosures:
        name, year = row.body_name, row.fiscal_year
        kind = DueKind(row.document_kind) if row.document_kind else None
        if not name or not year or kind not in MONITORED or is_settled(row, documents):
            continue
        bare, mine = bare_name(name, row.region_code), telling(bare_name(name, row.region_code))
        named = any(same_name(bare, one) or mine <= telling(one) for one in known[row.region_code])
        if not mine or named or bare in GOVERNMENTS or _OF_MANY.search(plain(row.title)):
            continue
        name = names.setdefault((row.region_code, bare), name)
        owed = (body_id(row.region_code, name), year, kind)
        found[owed] = Listed(row.region_code, name, ANNOUNCED, site_id=row.site_id, year=year)
    return found


def is_settled(row: MonitoredDisclosure, documents: Mapping[str, MonitoredDocument]) -> bool:
    """Is a document of an announcement read and a body's, of a year and a kind, and not another body's?"""
    found = (documents[one] for one in row.document_ids or () if one in documents)
    read = (one for one in found if one.outcome in _READ)
    whole = (one for one in read if one.body_name and one.fiscal_year and one.document_kind)
    return any(not is_of_another(row, one) for one in whole)


def is_of_another(row: Named, document: Named) -> bool:
    """Is a document of another body than the one that its announcement names: of none of its characters that
    distinguish bodies, or of another region, where both say theirs? A finance office may publish for all."""
    mine = bare_name(row.body_name or "", row.region_code)
    its = bare_name(document.body_name or "", document.region_code)
    if not telling(mine) or not telling(its) or mine in GOVERNMENTS:
        return False
    said = mine != plain(row.body_name) and its != plain(document.body_name)
    return telling(mine).isdisjoint(telling(its)) or (said and row.region_code != document.region_code)


def same_name(one: str, other: str) -> bool:
    """Are two names of bodies, without their regions, one: 教育局 and 某区教育局?"""
    short, long = sorted((one, other), key=len)
    return one == other != "" or (len(short) >= SHORTEST and long.endswith(short))


def telling(name: str) -> frozenset[str]:
    """The characters of a body's name that other bodies' names do not have, too."""
    return frozenset(name) - _COMMON


def plain(text: str | None) -> str:
    """A title without blanks, full-width characters narrowed."""
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def _of_document(
    document: MonitoredDocument, sites: set[str | None], printed: Mapping[tuple[str | None, str], str]
) -> Iterator[Listed]:
    """A unit is listed once for each site that shows the document, and once without one where none does."""
    region_code = document.region_code
    for unit in document.units or ():
        name = printed.get((region_code, bare_name(unit, region_code)), unit)
        for site in sorted(filter(None, sites)) or (None,):
            yield Listed(
                region_code=region_code,
                name=name,
                source=f"document {document.document_id[:16]}",
                level=BodyLevel.UNIT,
                parent=document.body_name,
                site_id=site,
                year=document.fiscal_year,
            )


def _names(documents: Iterable[MonitoredDocument]) -> dict[tuple[str | None, str], str]:
    """Names of bodies that published, by region and bare name: of two that are alike the first in order."""
    named = {(row.region_code, row.body_name) for row in documents if row.body_name}
    return {
        (region, bare_name(name, region)): name
        for region, name in sorted(named, key=lambda one: (one[0] or "", one[1]), reverse=True)
    }


def bare_name(name: str, region_code: str | None) -> str:
    """Without brackets and the names of its region: 勉县第一中学（本部） and 第一中学 are the same school."""
    bare = _BRACKETS.sub("", plain(name))
    region = regions.region(region_code) if region_code else None
    for place in (region.province, region.city, region.county) if region else ():
        bare = bare.removeprefix(place or "")
    return bare
