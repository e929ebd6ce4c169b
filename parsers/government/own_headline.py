"""The headline of a government's document: the body is the government, named as its place.

Invariant: body, level and region are the government's whatever the cover prints (人大会议文件, 财政局局长);
year, kind and title stay as the document says.
"""

from __future__ import annotations

from dataclasses import replace

from parsers.government.documents import GovernmentDocument, file_stem, page_titles, pairs
from parsers.government.names.places import place_of, row_labels
from parsers.government.names.years import fiscal_year
from parsers.reference import regions
from parsers.values.document import Reading, TextBlock
from parsers.values.results import Headline, Hints
from parsers.values.text import fold
from parsers.values.vocabulary import BodyLevel


def headline_of(document: GovernmentDocument, head: Headline, reading: Reading, hints: Hints) -> Headline:
    """The headline of `parsers.cover.headlines` with the government as its body."""
    reading = reading.shown
    names = [fold(title) for title in page_titles(reading, hints)]
    text = (fold(block.text) for block in reading.blocks if isinstance(block, TextBlock))
    place = place_of(
        (*names, *document.cover),
        row_labels(reading),
        fold(file_stem(hints) or ""),
        (document.titles, text),
        hints.region_code,
    )
    kind = document.kind or head.document_kind
    year = fiscal_year((*names, *pairs(document.cover)), document.titles, kind) or head.fiscal_year
    name, code = (place.name, place.region_code) if place else (None, None)
    sources = {k: v for k, v in head.sources.items() if k not in ("body_name", "body_level", "region_code")}
    if place:
        source = place.source or "document"
        sources |= {"body_name": source, "region_code": source}
    known = regions.region(hints.region_code) if hints.region_code else None
    return replace(
        head,
        body_name=name,
        body_level=BodyLevel.GOVERNMENT,
        region_code=code or (known.code if known else None),
        fiscal_year=year,
        document_kind=kind,
        sources={**sources, "body_level": "document"},
    )
