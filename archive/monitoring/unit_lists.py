"""The units that departments list in their own documents (下设预算单位), as bodies that must publish.

Invariant: a unit is listed under the name it publishes with, where that is known; the list that names it is
its source, and the sites of that document are where it should publish.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from archive.monitoring.bodies import Listed, MonitoredDisclosure, MonitoredDocument
from parsers.reference import regions
from parsers.values.vocabulary import BodyLevel

_BRACKETS = re.compile(r"[(（][^)）]{0,200}[)）]")


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
    plain = _BRACKETS.sub("", "".join(unicodedata.normalize("NFKC", name).split()))
    region = regions.region(region_code) if region_code else None
    for place in (region.province, region.city, region.county) if region else ():
        plain = plain.removeprefix(place or "")
    return plain
