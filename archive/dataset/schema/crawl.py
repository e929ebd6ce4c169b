"""Tables of the crawl: sites, runs, captures, gaps, disclosures.

Invariant: a row says what was seen, when, and which capture shows it.
"""

from __future__ import annotations

from archive.dataset.schema.common import PLACE, YEAR_AND_KIND
from archive.dataset.schema.declaration import (
    COUNT,
    DAY,
    INSTANT,
    SIZE,
    TEXT,
    TEXTS,
    Column,
    ForeignKey,
    TableSchema,
)
from archive.dataset.schema.words import COMPUTED, GB2260, HTTP, PRINTED, READ
from archive.vocabulary import State
from archive.warc.gaps import gap_kinds
from parsers.values.vocabulary import Act

SITES = TableSchema(
    "sites",
    "One row per registered starting point of a crawl.",
    (
        Column("site_id", TEXT, "ASCII slug of the site", source="site registry", nullable=False),
        *PLACE,
        Column("name", TEXT, "Name of the site", source="site registry"),
        Column("url", TEXT, "Where the crawl starts", source="site registry", nullable=False),
        Column("platform", TEXT, "Content management system the site runs on", source="site registry"),
        Column("last_outcome", TEXT, "Outcome of the last visit; see captures.outcome", source=COMPUTED),
    ),
    primary_key=("site_id",),
    replace_key="site_id",
)

RUNS = TableSchema(
    "runs",
    "One row per run of a command that may change the dataset.",
    (
        Column("run_id", TEXT, "UTC start time and six hex digits", source=COMPUTED, nullable=False),
        Column("started_at", INSTANT, "Start of the run", unit="UTC", nullable=False),
        Column("finished_at", INSTANT, "End of the run; null if it was killed", unit="UTC"),
        Column("command", TEXT, "Command line as given", source="command line"),
        Column("version", TEXT, "Version of gongkai", source="command line"),
        Column("outcomes", TEXT, "JSON object: captures by outcome", source=COMPUTED),
        Column("errors", TEXTS, "A message per error to look at", source=COMPUTED, message=True),
        Column(
            "complete_sites",
            TEXTS,
            "Sites visited to the end: only there can a thing be missing",
            source=COMPUTED,
        ),
        Column(
            "stated", TEXT, "JSON object: what the operator says of its local files", source="command line"
        ),
    ),
    primary_key=("run_id",),
    replace_key="run_id",
)

CAPTURES = TableSchema(
    "captures",
    "One row per HTTP exchange, as archived.",
    (
        Column("capture_id", TEXT, "Run id and number within the run", source=COMPUTED, nullable=False),
        Column("run_id", TEXT, "Run that made the exchange", source=COMPUTED, nullable=False),
        Column("site_id", TEXT, "Site the run was visiting", source="site registry"),
        Column("url", TEXT, "Address asked for", source=HTTP, nullable=False),
        Column("fetched_at", INSTANT, "When the answer arrived", unit="UTC", source=HTTP, nullable=False),
        Column("status", COUNT, "HTTP status code; null if no answer came", source=HTTP),
        Column(
            "outcome", TEXT, "What the answer was: content, unchanged, blocked, missing …", source=COMPUTED
        ),
        Column("media_type", TEXT, "Media type by content, not by name or header", source=COMPUTED),
        Column("bytes", SIZE, "Size of the body after content decoding", unit="byte", source=HTTP),
        Column("sha256", TEXT, "SHA-256 of the body after content decoding, in hex", source=COMPUTED),
        Column("warc_path", TEXT, "Key of the WARC file in the store", source="WARC"),
        Column("warc_offset", SIZE, "Start of the record in the file", unit="byte", source="WARC"),
        Column("warc_length", SIZE, "Length of the compressed record", unit="byte", source="WARC"),
        Column("digest", TEXT, "WARC-Payload-Digest: of the body as received", source="WARC"),
        Column("payload_path", TEXT, "Key of the WARC file that holds the body of a revisit", source="WARC"),
        Column("payload_offset", SIZE, "Start of that record", unit="byte", source="WARC"),
        Column("payload_length", SIZE, "Length of that record", unit="byte", source="WARC"),
        Column("etag", TEXT, "ETag header as received", source=HTTP),
        Column("last_modified", TEXT, "Last-Modified header as received", source=HTTP),
        Column("referrer", TEXT, "Page the address was found on", source=HTTP),
    ),
    primary_key=("capture_id",),
    replace_key="capture_id",
    foreign_keys=(ForeignKey("run_id", "runs", "run_id"), ForeignKey("site_id", "sites", "site_id")),
)

GAPS = TableSchema(
    "gaps",
    "One row per thing that a run saw on a site and did not follow, or could not have.",
    (
        Column("gap_id", TEXT, "Run id and number within the run", source=COMPUTED, nullable=False),
        Column("run_id", TEXT, "Run that saw it", source=COMPUTED, nullable=False),
        Column("site_id", TEXT, "Site it was seen on", source="site registry", nullable=False),
        Column(
            "kind",
            TEXT,
            "What it is; a page of the manual says what each may hide",
            values=tuple(gap_kinds()),
            source=COMPUTED,
            nullable=False,
        ),
        Column("url", TEXT, "Address that was not followed, or of the page itself", nullable=False),
        Column("via", TEXT, "Page it was seen on", source=COMPUTED),
        Column(
            "evidence",
            TEXT,
            "What was seen: a message, or words as they stood",
            source=COMPUTED,
            message=True,
        ),
        Column("outcome", TEXT, "Outcome of the request for it; null if none was made", source="captures"),
        Column("title", TEXT, "What its link says", source="article"),
        Column("body_name", TEXT, "Body that the title names", source=COMPUTED),
        *YEAR_AND_KIND,
        Column("asked_on", DAY, "Day of the earlier look that the visit rests on", source=COMPUTED),
    ),
    primary_key=("gap_id",),
    replace_key="run_id",
    foreign_keys=(ForeignKey("run_id", "runs", "run_id"), ForeignKey("site_id", "sites", "site_id")),
)

DISCLOSURES = TableSchema(
    "disclosures",
    "One row per announced publication: the article that carries or links the documents.",
    (
        Column(
            "disclosure_id", TEXT, "16 hex digits of the SHA-256 of the normalised address", nullable=False
        ),
        Column("site_id", TEXT, "Site that announced it", source="site registry"),
        Column("region_code", TEXT, "Administrative division of the body", source=GB2260),
        Column("url", TEXT, "Address of the article", source=HTTP, nullable=False),
        Column("title", TEXT, "Title of the article", source="article"),
        Column("published_on", DAY, "Date of publication the site claims", source="article"),
        Column(
            "published_basis",
            TEXT,
            "Where that date was read: list, metadata, text, address",
            source=COMPUTED,
        ),
        Column("first_seen", INSTANT, "First capture that showed it", unit="UTC", source="captures"),
        Column("last_seen", INSTANT, "Last capture that showed it", unit="UTC", source="captures"),
        Column(
            "state",
            TEXT,
            "What the last visits found; gone, stub, moved: not there, something else, elsewhere",
            values=State,
        ),
        Column("body_name", TEXT, "Body that publishes", source=READ),
        *YEAR_AND_KIND,
        Column("document_ids", TEXTS, "Documents of the disclosure, in the article's order", source=COMPUTED),
        Column(
            "approved_act",
            TEXT,
            "What its page decides, if it is a decision that names its day",
            values=Act,
            source=PRINTED,
        ),
        Column("approved_year", COUNT, "Budget year of the decision", unit="year", source=PRINTED),
        Column("approved_on", DAY, "Day of the decision", source=PRINTED),
        Column("evidence", TEXTS, "Captures that show why it is not live, the first ones", source=COMPUTED),
        Column("moved_to", TEXT, "Announcement that shows the same now", source=COMPUTED),
        Column("list_heading", TEXT, "What the list is about that links the article", source="article"),
    ),
    primary_key=("disclosure_id",),
    replace_key="disclosure_id",
    foreign_keys=(
        ForeignKey("site_id", "sites", "site_id"),
        ForeignKey("document_ids", "documents", "document_id"),
        ForeignKey("evidence", "captures", "capture_id"),
        ForeignKey("moved_to", "disclosures", "disclosure_id"),
    ),
    grouped=True,
)
