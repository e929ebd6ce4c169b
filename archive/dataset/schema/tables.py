"""Every table and every column of the dataset, described once.

Invariant: nothing about a column is written anywhere else. Parquet metadata, the field dictionary of the data
package and the documentation are derived from here; column names are English, values stay as published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from archive.dataset.schema.declaration import (
    COUNT,
    COUNTS,
    DAY,
    FLAG,
    GRID,
    INSTANT,
    MONEY,
    REAL,
    SIZE,
    TEXT,
    TEXTS,
    TOLERANCE,
    Column,
    ForeignKey,
    TableSchema,
    require_fit,
    rows_to_table,
)
from archive.vocabulary import State
from archive.warc.gaps import gap_kinds
from parsers.values.document import OUTCOMES

__all__ = [
    "TABLES",
    "Column",
    "ForeignKey",
    "TableSchema",
    "arrow_schema",
    "build_table",
    "empty_table",
    "require_fit",
]

GB2260 = "GB/T 2260"
PRINTED = "as printed in the document"
READ = "document first, then article, then site"
COMPUTED = "computed by gongkai"
HTTP = "HTTP exchange"

KINDS = ("budget", "accounts", "adjustment", "other")
DEBT_KINDS = {"debt_budget": "budget", "debt_accounts": "accounts"}
"""What a government discloses of its debt, and the kind of document it goes with."""
DUE_KINDS = ("budget", "accounts", "adjustment", *DEBT_KINDS)
LEVELS = ("government", "department", "unit")
TABLE_TYPES = (
    "summary",
    "revenue",
    "expenditure",
    "appropriation_summary",
    "appropriation_expenditure",
    "appropriation_basic",
    "appropriation_basic_economic",
    "general_expenditure",
    "general_expenditure_economic",
    "general_basic",
    "general_basic_economic",
    "basic_economic",
    "economic_summary",
    "three_public",
    "gov_fund",
    "gov_fund_revenue",
    "gov_fund_expenditure",
    "state_capital",
    "projects",
    "carryover_projects",
    "project_summary",
    "procurement",
    "outsourced_services",
    "operating_costs",
    "project_performance",
    "unit_performance",
    "earmarked_performance",
    # of governments (政府预决算)
    "gov_general_revenue",
    "gov_general_expenditure",
    "gov_general_economic",
    "gov_general_basic_economic",
    "gov_general_transfers",
    "gov_fund_transfers",
    "state_capital_revenue",
    "state_capital_expenditure",
    "state_capital_transfers",
    "social_insurance_revenue",
    "social_insurance_expenditure",
    "social_insurance_balance",
    "gov_balance",
    "debt_limit_balance",
    "debt_movement",
    "debt_service",
    "debt_repayment_plan",
    "bond_use",
    "bond_projects",
    "investment_plan",
    "medium_term",
    "contents",
    "other",
)
FUNDS = (
    "all",
    "appropriation",
    "general_budget",
    "government_fund",
    "state_capital",
    "special_account",
    "unit_funds",
    "institution_revenue",
    "operating_revenue",
    "superior_subsidy",
    "subordinate_payment",
    "other_revenue",
    "nonfiscal_balance",
    "carryover",
    "social_insurance",
)
NATURES = (
    "all",
    "basic",
    "project",
    "operating",
    "payment_to_superior",
    "subsidy_to_subordinate",
    "special_business",
)
# What a statement of a government's report measures (`parsers/reference/report_terms.yaml`).
MEASURES = (
    "general_revenue", "total_fiscal_revenue", "tax_revenue", "nontax_revenue", "general_expenditure",
    "fund_revenue", "fund_expenditure", "land_revenue", "state_capital_revenue", "state_capital_expenditure",
    "social_insurance_revenue", "social_insurance_expenditure", "social_insurance_balance",
    "transfers_received", "transfers_paid", "remitted_up", "debt_received", "debt_repaid", "carried_in",
    "carried_out", "moved_in", "moved_out", "stabilisation_used", "stabilisation_added", "total_revenue",
    "total_expenditure", "debt_limit", "general_debt_limit", "special_debt_limit", "debt_balance",
    "general_debt_balance", "special_debt_balance", "new_debt_limit", "new_general_debt_limit",
    "new_special_debt_limit", "debt_issued", "general_debt_issued", "special_debt_issued",
    "general_debt_repaid", "special_debt_repaid",
)  # fmt: skip
SCOPES = ("whole", "own", "region")
STAGES = ("budget", "adjusted", "changed", "execution", "estimated", "final", "prior", "next")
FLOWS = (
    "revenue",
    "expenditure",
    "balance",
    "transfers_received",
    "transfers_paid",
    "debt_received",
    "debt_repaid",
    "carried_in",
    "carried_out",
    "moved_in",
    "moved_out",
)
PERIODS = (
    "current",
    "carryover",
    "prior_year",
    "change",
    "total",
    "opening",
    "budget",
    "adjusted",
    "final",
    "closing",
)

PLACE = (
    Column("region_code", TEXT, "Administrative division, 6 digits", "行政区划代码", source=GB2260),
    Column("province", TEXT, "Province, autonomous region or municipality", "省", source=GB2260),
    Column("city", TEXT, "Prefecture-level division", "市", source=GB2260),
    Column("county", TEXT, "County-level division", "县", source=GB2260),
)
BODY = (
    Column("body_name", TEXT, "Body whose money this is", "单位名称", source=READ),
    Column("body_code", TEXT, "Budget code of the body", "单位编码", source=PRINTED),
    Column("body_level", TEXT, "Level of the body", "编制主体层级", values=LEVELS, source=READ),
)
YEAR_AND_KIND = (
    Column("fiscal_year", COUNT, "Budget year", "年度", unit="year", source=READ),
    Column(
        "document_kind",
        TEXT,
        "Budget, final accounts, adjustment or other",
        "文件类别",
        values=KINDS,
        source=READ,
    ),
)
DOCUMENT_ID = Column(
    "document_id", TEXT, "SHA-256 of the file's bytes, in hex", "文件哈希", source=COMPUTED, nullable=False
)
TABLE_ID = Column("table_id", TEXT, "Table the row was read from", "表标识", source=COMPUTED, nullable=False)
UNIT = (
    Column("unit_text", TEXT, "Unit of amount as printed, e.g. 万元", "金额单位", source=PRINTED),
    Column(
        "unit_yuan", MONEY, "Yuan in one printed unit: 1, 1000, 10000, 100000000", unit="CNY", source=COMPUTED
    ),
    Column(
        "unit_basis",
        TEXT,
        "Where the unit is known from: printed with the table or amount, all other tables that print one "
        "(siblings), a statement for all tables (document); none: not known",
        values=("printed", "siblings", "document", "none"),
        source=COMPUTED,
    ),
)

SITES = TableSchema(
    "sites",
    "One row per registered starting point of a crawl.",
    (
        Column("site_id", TEXT, "ASCII slug of the site", source="site registry", nullable=False),
        *PLACE,
        Column("name", TEXT, "Name of the site", "网站名称", source="site registry"),
        Column("url", TEXT, "Where the crawl starts", "网址", source="site registry", nullable=False),
        Column(
            "platform", TEXT, "Content management system the site runs on", "网站平台", source="site registry"
        ),
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
        Column("errors", TEXTS, "One sentence per error a person should see", source=COMPUTED),
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
        Column("url", TEXT, "Address asked for", "网址", source=HTTP, nullable=False),
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
        Column("url", TEXT, "Address that was not followed, or of the page itself", "网址", nullable=False),
        Column("via", TEXT, "Page it was seen on", source=COMPUTED),
        Column("evidence", TEXT, "What was seen there, in a few words", source=COMPUTED),
        Column("outcome", TEXT, "Outcome of the request for it; null if none was made", source="captures"),
        Column("title", TEXT, "What its link says", "标题", source="article"),
        Column("body_name", TEXT, "Body that the title names", "单位名称", source=COMPUTED),
        *YEAR_AND_KIND,
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
        Column("region_code", TEXT, "Administrative division of the body", "行政区划代码", source=GB2260),
        Column("url", TEXT, "Address of the article", "网址", source=HTTP, nullable=False),
        Column("title", TEXT, "Title of the article", "标题", source="article"),
        Column("published_on", DAY, "Date of publication the site claims", "发布日期", source="article"),
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
            "What the last visits found; gone, stub, moved: not there, something else, elsewhere on the site",
            values=tuple(State),
        ),
        Column("body_name", TEXT, "Body that publishes", "单位名称", source=READ),
        *YEAR_AND_KIND,
        Column("document_ids", TEXTS, "Documents of the disclosure, in the article's order", source=COMPUTED),
        Column(
            "approved_act",
            TEXT,
            "What its page decides, if it is a decision (决议) that names its day",
            values=("congress", "standing_committee", "adjustment"),
            source=PRINTED,
        ),
        Column("approved_year", COUNT, "Budget year of the decision", unit="year", source=PRINTED),
        Column("approved_on", DAY, "Day of the decision", "批准日期", source=PRINTED),
        Column("evidence", TEXTS, "Captures that show why it is not live, the first ones", source=COMPUTED),
        Column("moved_to", TEXT, "Announcement of the site that shows the same now", source=COMPUTED),
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

DOCUMENTS = TableSchema(
    "documents",
    "One row per distinct file content.",
    (
        DOCUMENT_ID,
        Column(
            "name",
            TEXT,
            "File name as published, where the bytes were seen first; of a member its path in the container",
            "文件名",
            source="article, then Content-Disposition, then address; local file; container",
        ),
        Column("parent_id", TEXT, "Document of the container that holds this file", source=COMPUTED),
        Column("media_type", TEXT, "Media type by content, not by name", source=COMPUTED),
        Column("pages", COUNT, "Pages or sheets; null where the format has none", "页数", source=COMPUTED),
        Column("text_layer", TEXT, "Where the text comes from", values=("text", "scan", "mixed", "none")),
        Column("title", TEXT, "Title of the document", "标题", source=READ),
        *BODY,
        *PLACE,
        *YEAR_AND_KIND,
        Column("headline_sources", TEXT, "JSON object: headline field to where it was read", source=COMPUTED),
        Column(
            "outcome", TEXT, "What reading came to", values=tuple(OUTCOMES), source=COMPUTED, nullable=False
        ),
        Column(
            "outcome_detail",
            TEXT,
            "One sentence on the outcome; where it stands in both languages: Chinese | English",
            "读取说明",
            source=COMPUTED,
        ),
        Column("notes", TEXTS, "What the reader saw and did not want to keep silent about", source=COMPUTED),
        Column("units", TEXTS, "Units it lists as being within its budget", "下设预算单位", source=PRINTED),
        Column("parser_version", TEXT, "Version of the parsers", source=COMPUTED, nullable=False),
        Column(
            "content",
            TEXT,
            "SHA-256 over the tables as printed, of a web page without any over its sentences with figures: "
            "the same for re-exports; null if there are none",
            source=COMPUTED,
        ),
        Column(
            "superseded_by",
            TEXT,
            "Document now in its place; null while it is in force. Sums take documents in force only",
            source=COMPUTED,
        ),
        Column("tables", COUNT, "Number of rows in tables", source=COMPUTED),
        Column("facts", COUNT, "Number of rows in facts", source=COMPUTED),
        Column(
            "measures",
            TEXTS,
            "Measures of governments that it prints, in tables or prose; null for other documents",
            source=COMPUTED,
        ),
        Column("proved_share", REAL, "Share of non-zero facts that are proved, 0 to 1", source=COMPUTED),
        Column("unread", COUNT, "Amounts on pages with tables that no row holds", source=COMPUTED),
    ),
    primary_key=("document_id",),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("parent_id", "documents", "document_id"),
        ForeignKey("superseded_by", "documents", "document_id"),
    ),
    grouped=True,
)

VERSIONS = TableSchema(
    "versions",
    "One row per document that an address of an announcement led to, now or before.",
    (
        Column("disclosure_id", TEXT, "Announcement", source=COMPUTED, nullable=False),
        Column("url", TEXT, "Normalised address of the page or file", "网址", source=HTTP, nullable=False),
        DOCUMENT_ID,
        Column("first_seen", INSTANT, "First visit that showed it", unit="UTC", source="captures"),
        Column("last_seen", INSTANT, "Last visit that showed it", unit="UTC", source="captures"),
    ),
    primary_key=("disclosure_id", "url", "document_id"),
    replace_key="disclosure_id",
    foreign_keys=(
        ForeignKey("disclosure_id", "disclosures", "disclosure_id"),
        ForeignKey("document_id", "documents", "document_id"),
    ),
)

CHANGES = TableSchema(
    "changes",
    "One row per amount that a later version of a document prints otherwise, or per version without such.",
    (
        Column("change_id", TEXT, "Announcement, both versions, number", source=COMPUTED, nullable=False),
        Column("disclosure_id", TEXT, "Announcement", source=COMPUTED, nullable=False),
        Column("url", TEXT, "Normalised address of the later version", "网址", source=HTTP, nullable=False),
        Column(
            "seen_at", INSTANT, "First visit that showed the later version", unit="UTC", source="captures"
        ),
        Column(
            "kind",
            TEXT,
            "What happened to an amount; cosmetic: the tables are the same, text: only other words",
            values=("altered", "added", "removed", "text", "cosmetic"),
            source=COMPUTED,
            nullable=False,
        ),
        Column("old_document_id", TEXT, "Earlier version", source=COMPUTED, nullable=False),
        Column("new_document_id", TEXT, "Later version", source=COMPUTED, nullable=False),
        Column("table_type", TEXT, "Kind of table", "表类型", values=TABLE_TYPES, source=COMPUTED),
        Column("row_label", TEXT, "Label of the row", "项目", source=PRINTED),
        Column("column_path", TEXT, "Header texts, joined by ' / '", "栏目", source=PRINTED),
        Column("old_fact_id", TEXT, "Amount of the earlier version", source=COMPUTED),
        Column("new_fact_id", TEXT, "Amount of the later version", source=COMPUTED),
        Column("old_page", COUNT, "Its page, from 1", "页码", source=PRINTED),
        Column("new_page", COUNT, "Its page, from 1", "页码", source=PRINTED),
        Column("old_text", TEXT, "As printed before", "金额", source=PRINTED),
        Column("new_text", TEXT, "As printed now", "金额", source=PRINTED),
        Column("old_yuan", MONEY, "Amount before", "金额", unit="CNY", source=COMPUTED),
        Column("new_yuan", MONEY, "Amount now", "金额", unit="CNY", source=COMPUTED),
        Column("difference_yuan", MONEY, "Now minus before", unit="CNY", source=COMPUTED),
    ),
    primary_key=("change_id",),
    replace_key="disclosure_id",
    foreign_keys=(
        ForeignKey("disclosure_id", "disclosures", "disclosure_id"),
        ForeignKey("old_document_id", "documents", "document_id"),
        ForeignKey("new_document_id", "documents", "document_id"),
        ForeignKey("old_fact_id", "facts", "fact_id"),
        ForeignKey("new_fact_id", "facts", "fact_id"),
    ),
)

TABLES_OF_DOCUMENTS = TableSchema(
    "tables",
    "One row per logical table; the pieces on successive pages are one table.",
    (
        TABLE_ID,
        DOCUMENT_ID,
        Column("table_no", COUNT, "Number within the document, in reading order", nullable=False),
        Column("printed_no", TEXT, "Number the document prints", "表号", source=PRINTED),
        Column("title", TEXT, "Title of the table", "表名", source=PRINTED),
        Column(
            "table_type", TEXT, "Kind of table", "表类型", values=TABLE_TYPES, source=COMPUTED, nullable=False
        ),
        *UNIT,
        Column("pages", COUNTS, "Pages the table stands on, from 1", "页码", source=PRINTED),
        Column("header", GRID, "Header rows as printed, spans repeated", "表头", source=PRINTED),
        Column("grid", GRID, "Body rows as printed, spanning text at its top left", "表体", source=PRINTED),
        Column("empty", FLAG, "No amount is printed", "空表", source=COMPUTED, nullable=False),
        Column("empty_reason", TEXT, "The note that explains an empty table", "空表说明", source=PRINTED),
        Column("confidence", REAL, "Confidence of the table type, 0 to 1", source=COMPUTED),
        Column(
            "unread", TEXTS, "Amounts printed in the table or beside it that no row holds", source=PRINTED
        ),
        Column(
            "repeats",
            TEXT,
            "The same table in another format of the same disclosure: its facts stand there alone",
            source=COMPUTED,
        ),
    ),
    primary_key=("table_id",),
    replace_key="document_id",
    foreign_keys=(ForeignKey("document_id", "documents", "document_id"),),
    grouped=True,
)

CLASSIFICATION = (
    Column(
        "functional_code", TEXT, "Functional class, 3, 5 or 7 digits", "支出功能分类科目编码", source=PRINTED
    ),
    Column("functional_name", TEXT, "Name of the functional class", "支出功能分类科目名称", source=PRINTED),
    Column(
        "economic_code",
        TEXT,
        "Department economic class, 3 or 5 digits",
        "部门预算支出经济分类科目编码",
        source=PRINTED,
    ),
    Column("economic_name", TEXT, "Name of that class", "部门预算支出经济分类科目名称", source=PRINTED),
    Column(
        "gov_economic_code",
        TEXT,
        "Government economic class, 3 or 5 digits",
        "政府预算支出经济分类科目编码",
        source=PRINTED,
    ),
    Column("gov_economic_name", TEXT, "Name of that class", "政府预算支出经济分类科目名称", source=PRINTED),
    Column(
        "code_basis",
        TEXT,
        "How the codes are known: printed and listed, printed but unlisted, or by the name alone",
        values=("printed", "unverified", "name"),
        source=COMPUTED,
    ),
)

FACTS = TableSchema(
    "facts",
    "One row per printed amount of a budget table: a printed zero is a fact, a blank is not.",
    (
        Column("fact_id", TEXT, "Table, row and column", source=COMPUTED, nullable=False),
        DOCUMENT_ID,
        TABLE_ID,
        Column("row_no", COUNT, "Row in the table's body, from 0", nullable=False),
        Column("col_no", COUNT, "Column in the table's body, from 0", nullable=False),
        Column("page", COUNT, "Page the amount stands on, from 1; null where the format has none", "页码"),
        Column("x0", REAL, "Left edge of the cell; null where the format has no geometry", unit="pt"),
        Column("y0", REAL, "Top edge of the cell, from the top of the page", unit="pt"),
        Column("x1", REAL, "Right edge of the cell", unit="pt"),
        Column("y1", REAL, "Bottom edge of the cell", unit="pt"),
        *PLACE,
        *BODY,
        *YEAR_AND_KIND,
        Column("table_type", TEXT, "Kind of table", "表类型", values=TABLE_TYPES, source=COMPUTED),
        Column("row_label", TEXT, "Label of the row", "项目", source=PRINTED),
        Column(
            "column_path", TEXT, "Header texts from top to bottom, joined by ' / '", "栏目", source=PRINTED
        ),
        Column("flow", TEXT, "Direction of the money", "收支", values=FLOWS),
        Column("fund", TEXT, "Where the money comes from", "资金来源", values=FUNDS, source=COMPUTED),
        Column("nature", TEXT, "What kind of spending", "支出性质", values=NATURES, source=COMPUTED),
        Column(
            "object",
            TEXT,
            "all, personnel (人员经费), public (公用经费), or the economic class the column names",
            "支出用途",
        ),
        Column(
            "period",
            TEXT,
            "Which year's money, or which stage of it; a change (增减) is no amount of the year",
            "期间",
            values=PERIODS,
            source=COMPUTED,
        ),
        *CLASSIFICATION,
        Column(
            "level",
            COUNT,
            "1 class (类), 2 section (款), 3 item (项), 0 otherwise",
            "科目级次",
            source=COMPUTED,
        ),
        Column(
            "is_total", FLAG, "The amount sums others of the table", "合计", source=COMPUTED, nullable=False
        ),
        Column("project_name", TEXT, "Project the row is about", "项目名称", source=PRINTED),
        Column(
            "subject",
            TEXT,
            "Named item, e.g. 因公出国（境）费; 三公经费 is exactly 出国 + 车 + 接待",
            "科目",
            source=PRINTED,
        ),
        Column(
            "scope",
            TEXT,
            "Of governments: all of the area, its own level, or the region that the row names",
            "口径",
            values=SCOPES,
            source=PRINTED,
        ),
        Column(
            "row_region_code",
            TEXT,
            "Of governments: region the amount belongs to, 6 digits; null where its name has no code",
            "地区代码",
            source=GB2260,
        ),
        Column("row_region_name", TEXT, "Region the row or column names", "地区", source=PRINTED),
        Column(
            "stage",
            TEXT,
            "Of governments: stage of the amount, seen from the table's year; prior: an outcome of an earlier"
            " year, next: a budget of a later one",
            "阶段",
            values=STAGES,
            source=PRINTED,
        ),
        Column(
            "amount_year", COUNT, "Of governments: year of the amount", "年度", unit="year", source=PRINTED
        ),
        Column(
            "measure",
            TEXT,
            "Of governments: what the amount measures as a whole; null for parts",
            values=MEASURES,
            source=COMPUTED,
        ),
        Column(
            "revenue_code",
            TEXT,
            "Class of revenue: 101, 103, 105, 110 and below",
            "收入分类科目编码",
            source=PRINTED,
        ),
        Column("revenue_name", TEXT, "Name of that class", "收入分类科目名称", source=PRINTED),
        Column(
            "debt_measure",
            TEXT,
            "What of a debt is told",
            "债务指标",
            values=("limit", "balance", "issued", "repaid", "interest"),
            source=PRINTED,
        ),
        Column(
            "debt_kind", TEXT, "Which debt", "债务类型", values=("all", "general", "special"), source=PRINTED
        ),
        Column(
            "debt_bond",
            TEXT,
            "Which bonds",
            "债券类型",
            values=("all", "new", "refinancing", "swap"),
            source=PRINTED,
        ),
        Column(
            "amount_yuan",
            MONEY,
            "The number shown times its unit; null where no unit is known or the cell cannot be read",
            "金额",
            unit="CNY",
            source=COMPUTED,
        ),
        Column("amount_text", TEXT, "The amount as printed", "金额", source=PRINTED, nullable=False),
        *UNIT,
        Column("source", TEXT, "What the amount was read from", values=("text", "scan", "sheet", "html")),
        Column("proofs", TEXTS, "Identities that hold with this amount", "勾稽关系", source=COMPUTED),
        Column("disputes", TEXTS, "Identities that fail with this amount", "勾稽关系", source=COMPUTED),
        Column("status", TEXT, "What the identities say together", values=("proved", "single", "disputed")),
    ),
    primary_key=("fact_id",),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("document_id", "documents", "document_id"),
        ForeignKey("table_id", "tables", "table_id"),
    ),
    grouped=True,
)

INDICATORS = TableSchema(
    "indicators",
    "One row per performance target.",
    (
        DOCUMENT_ID,
        TABLE_ID,
        Column("indicator_no", COUNT, "Number within the document, from 0", nullable=False),
        Column("project_name", TEXT, "Project the target belongs to", "项目名称", source=PRINTED),
        Column("project_code", TEXT, "Code of the project", "项目编码", source=PRINTED),
        Column("project_amount", MONEY, "Amount on the form", "项目资金", unit="CNY", source=COMPUTED),
        Column("level1", TEXT, "First-level indicator", "一级指标", source=PRINTED),
        Column("level2", TEXT, "Second-level indicator", "二级指标", source=PRINTED),
        Column("level3", TEXT, "Third-level indicator", "三级指标", source=PRINTED),
        Column("target", TEXT, "Target value", "指标值", source=PRINTED),
        Column("weight", pa.decimal128(12, 4), "Weight", "权重", unit="point", source=PRINTED),
        Column("page", COUNT, "Page, from 1", "页码", source=PRINTED),
    ),
    primary_key=("document_id", "indicator_no"),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("document_id", "documents", "document_id"),
        ForeignKey("table_id", "tables", "table_id"),
    ),
    grouped=True,
)

STATEMENTS = TableSchema(
    "statements",
    "One row per figure in a sentence.",
    (
        DOCUMENT_ID,
        Column("statement_no", COUNT, "Number within the document, from 0", nullable=False),
        Column("page", COUNT, "Page, from 1", "页码", source=PRINTED),
        Column("sentence", TEXT, "The sentence", source=PRINTED, nullable=False),
        Column("subject", TEXT, "What the figure is about", source=PRINTED),
        Column("amount_yuan", MONEY, "Exact amount", "金额", unit="CNY", source=COMPUTED),
        Column(
            "change_yuan", MONEY, "Change against the year before", "比上年增减", unit="CNY", source=COMPUTED
        ),
        Column(
            "change_percent", TOLERANCE, "Change against the year before", "增减率", unit="%", source=PRINTED
        ),
        Column(
            "direction",
            TEXT,
            "The word of change",
            values=("increase", "decrease", "unchanged"),
            source=PRINTED,
        ),
        Column("reason", TEXT, "The reason the sentence gives", "原因", source=PRINTED),
        Column(
            "measure",
            TEXT,
            "What a government's report measures; null where the words before the amount say more, or less",
            values=MEASURES,
            source=COMPUTED,
        ),
        Column("fund", TEXT, "Account (四本预算) the measure belongs to", values=FUNDS, source=COMPUTED),
        Column(
            "scope",
            TEXT,
            "Whose money: the whole area, the government's own level, or the region that the row names",
            "口径",
            values=SCOPES,
            source=PRINTED,
        ),
        Column("stage", TEXT, "Stage of the amount within its year", values=STAGES, source=PRINTED),
        Column("fiscal_year", COUNT, "Year of the amount", "年度", unit="year", source=PRINTED),
        Column("row_region_code", TEXT, "Region named by the sentence, 6 digits", source=GB2260),
        Column("row_region_name", TEXT, "Region or level as the sentence names it", source=PRINTED),
    ),
    primary_key=("document_id", "statement_no"),
    replace_key="document_id",
    foreign_keys=(ForeignKey("document_id", "documents", "document_id"),),
    grouped=True,
)

CHECKS = TableSchema(
    "checks",
    "One row per identity (勾稽关系) or rule tested.",
    (
        Column(
            "check_id", TEXT, "Document, rule and a hash of the statement", source=COMPUTED, nullable=False
        ),
        DOCUMENT_ID,
        Column("rule", TEXT, "Identity or rule, e.g. I3", source="docs/checks.md", nullable=False),
        Column("table_ids", TEXTS, "Tables the check looks at", source=COMPUTED),
        Column("statement", TEXT, "The identity in words", source=COMPUTED),
        Column("left_yuan", MONEY, "Left side", unit="CNY", source=COMPUTED),
        Column("right_yuan", MONEY, "Right side", unit="CNY", source=COMPUTED),
        Column("difference_yuan", MONEY, "Left minus right", unit="CNY", source=COMPUTED),
        Column(
            "tolerance_yuan", TOLERANCE, "Largest difference rounding explains", unit="CNY", source=COMPUTED
        ),
        Column("status", TEXT, "Result", values=("holds", "rounding", "fails", "untestable"), nullable=False),
        Column("severity", TEXT, "How much it matters", values=("info", "warning", "error"), nullable=False),
        Column(
            "fault",
            TEXT,
            "Whose a failure is: the publisher's, where one printed amount explains it; the reading's, where "
            "the page may have been misread (it accuses nobody); unclear; null unless the check fails",
            values=("publisher", "reading", "unclear"),
            source=COMPUTED,
        ),
        Column(
            "rule_judged",
            COUNT,
            "Findings of this rule, on real documents, that were compared with the printed page; null unless "
            "the check fails",
            source="docs/claims.md",
        ),
        Column("rule_right", COUNT, "Those of rule_judged that were right", source="docs/claims.md"),
        Column("message", TEXT, "The result in words", source=COMPUTED),
        Column("fact_ids", TEXTS, "Amounts that take part", source=COMPUTED),
        Column(
            "page", COUNT, "Where to look, from 1: its first amount or its words", "页码", source=COMPUTED
        ),
    ),
    primary_key=("check_id",),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("document_id", "documents", "document_id"),
        ForeignKey("table_ids", "tables", "table_id"),
        ForeignKey("fact_ids", "facts", "fact_id"),
    ),
    grouped=True,
)

BODIES = TableSchema(
    "bodies",
    "One row per body that must publish.",
    (
        Column("body_id", TEXT, "Stable id of the body", source=COMPUTED, nullable=False),
        Column("region_code", TEXT, "Administrative division, 6 digits", "行政区划代码", source=GB2260),
        Column("name", TEXT, "Name of the body", "单位名称", source=READ, nullable=False),
        Column("code", TEXT, "Budget code", "单位编码", source=PRINTED),
        Column("level", TEXT, "Level of the body", "编制主体层级", values=LEVELS, source=READ),
        Column("parent", TEXT, "body_id of the body it belongs to", "主管部门", source=READ),
        Column("first_year", COUNT, "First budget year it is known for", unit="year", source=COMPUTED),
        Column("last_year", COUNT, "Last budget year it is known for", unit="year", source=COMPUTED),
        Column(
            "source", TEXT, "How it became known: registry, documents, a department's list", source=COMPUTED
        ),
    ),
    primary_key=("body_id",),
    replace_key="body_id",
)

DEADLINES = TableSchema(
    "deadlines",
    "One row per body, year and kind of document, as of the snapshot's date.",
    (
        Column("body_id", TEXT, "Body that must publish", source=COMPUTED, nullable=False),
        Column("fiscal_year", COUNT, "Budget year", "年度", unit="year", nullable=False),
        Column(
            "document_kind",
            TEXT,
            "What must be published; debt_budget, debt_accounts: debt beside its limit, with either of them",
            "文件类别",
            values=(*KINDS, *DEBT_KINDS),
            nullable=False,
        ),
        Column(
            "trigger",
            DAY,
            "Day the period starts from: approval (批准) or reply (批复)",
            source="预算法 art. 14",
        ),
        Column("trigger_basis", TEXT, "How that day is known", values=("stated", "derived", "presumed")),
        Column("due_strict", DAY, "Last calendar day", "公开期限", source="预算法 art. 14"),
        Column(
            "due_rolled", DAY, "Last day moved to the next working day", source="民法典 art. 203, by analogy"
        ),
        Column("published_on", DAY, "Date of publication the site claims", "发布日期", source="disclosures"),
        Column("first_seen", INSTANT, "First capture that showed it", unit="UTC", source="captures"),
        Column(
            "backdated",
            FLAG,
            "A later complete crawl did not have it: the claimed date is contradicted; null without a claim",
            "倒签日期",
            source=COMPUTED,
        ),
        Column(
            "status",
            TEXT,
            "Where the body stands",
            source=COMPUTED,
            nullable=False,
            values=("on_time", "grey", "late", "announced", "missing", "pending", "unknown"),
        ),
        Column("days_late", COUNT, "Days after due_rolled", unit="day", source=COMPUTED),
        Column("disclosure_id", TEXT, "Publication that meets the deadline", source=COMPUTED),
        Column("note", TEXT, "What limits the verdict: what is missing to know", source=COMPUTED),
    ),
    primary_key=("body_id", "fiscal_year", "document_kind"),
    replace_key="body_id",
    foreign_keys=(
        ForeignKey("body_id", "bodies", "body_id"),
        ForeignKey("disclosure_id", "disclosures", "disclosure_id"),
    ),
)

TABLES: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        SITES,
        RUNS,
        CAPTURES,
        GAPS,
        DISCLOSURES,
        DOCUMENTS,
        TABLES_OF_DOCUMENTS,
        FACTS,
        INDICATORS,
        STATEMENTS,
        CHECKS,
        VERSIONS,
        CHANGES,
        BODIES,
        DEADLINES,
    )
}


def arrow_schema(name: str) -> pa.Schema:
    """The Arrow schema of a table, descriptions in the field metadata."""
    return TABLES[name].arrow


def build_table(name: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows of one table as Arrow; raises SchemaError on whatever the declaration does not allow."""
    return rows_to_table(TABLES[name], rows)


def empty_table(name: str) -> pa.Table:
    """No rows, all columns."""
    return arrow_schema(name).empty_table()
