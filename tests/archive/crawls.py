"""Crawls in miniature: runs with WARC files and journals, and documents that say in JSON what they hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from archive.dataset.snapshots import latest
from archive.history.archived import Known
from archive.history.runs import Past
from archive.stores import Store
from archive.warc.captures import Article, Run, VisitedSite
from archive.warc.journal import RunJournal
from archive.warc.writer import Exchange, WarcWriter
from parsers.values.document import Box, Member
from parsers.values.media import sniff
from parsers.values.messages import message
from parsers.values.results import (
    BudgetTable,
    CellRef,
    Check,
    Fact,
    Headline,
    Hints,
    ParsedDocument,
    Statement,
)
from parsers.values.table_types import TableType
from parsers.values.vocabulary import (
    AmountSource,
    BodyLevel,
    CheckStatus,
    DocumentKind,
    DocumentOutcome,
    FactStatus,
    Severity,
    TextLayer,
)

NOW = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
SITE = "http://www.mianxian.gov.cn"
SITES: tuple[dict[str, Any], ...] = ({
    "site_id": "610725", "region_code": "610725", "province": "陕西省", "city": "汉中市", "county": "勉县",
    "name": "勉县", "url": SITE, "platform": "trs", "last_outcome": "content",
},)  # fmt: skip


def known_captures(store: Store) -> Known:
    """Everything the store holds."""
    past = Past(store, latest(store))
    return Known(capture for run_id in past.ids() for capture in past.captures_of(run_id))


def parse(data: bytes, hints: Hints, limits: object) -> ParsedDocument:
    """A reader of JSON documents: fast, and it does what the document says."""
    identity, media_type = hashlib.sha256(data).hexdigest(), sniff(data)
    start = data.find(b"{")
    if start < 0:
        outcome = DocumentOutcome.NO_TABLES if data else DocumentOutcome.EMPTY
        return ParsedDocument(identity, media_type, outcome)
    said = json.loads(data[start : data.rindex(b"}") + 1])
    if "members" in said:
        members = tuple(
            Member(name, json.dumps(content).encode()) for name, content in said["members"].items()
        )
        return ParsedDocument(identity, media_type, DocumentOutcome.CONTAINER, members=members)
    if "sentences" in said:
        spoken = tuple(Statement(text, "三公经费", Decimal("1.00")) for text in said["sentences"])
        return ParsedDocument(identity, media_type, DocumentOutcome.NO_TABLES, statements=spoken)
    amounts = [Decimal(text) for text in said.get("amounts", ["1.00"])]
    facts = tuple(
        Fact(
            number, 1, "合计", "预算数", amount, str(amount), "元", Decimal(1), AmountSource.TEXT, page=1,
            box=Box(0, 1, 2, 3), status=FactStatus.PROVED if number else FactStatus.SINGLE,
        )
        for number, amount in enumerate(amounts)
    )  # fmt: skip
    table = BudgetTable(1, "表1", "收支总表", TableType.SUMMARY, "元", Decimal(1), (1,),
                        (("项目", "预算数"),), tuple(("合计", str(a)) for a in amounts),
                        False, None, 1.0, facts)  # fmt: skip
    says = message("finding_at", place="表1", says="收入总计 = 支出总计")
    check = Check("I1", (1,), says, CheckStatus.FAILS, Severity.ERROR, says, facts=(CellRef(1, 0, 1),))
    body, region = said.get("body", hints.body_name), hints.region_code
    head = Headline(said.get("title"), body, None, BodyLevel.DEPARTMENT, region, said.get("year", 2026),
                    DocumentKind.BUDGET, {"title": "document"})  # fmt: skip
    return ParsedDocument(
        identity, media_type, DocumentOutcome.PARSED, None, 1, TextLayer.TEXT, head, (table,), (check, check)
    )


def budget(**said: Any) -> bytes:
    return json.dumps({"body": "勉县教育局", **said}, ensure_ascii=False).encode()


def page(text: str) -> bytes:
    return f"<html><body><p>{text}</p></body></html>".encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer without content. `via` is the path of the page that led to it."""

    outcome: str
    status: int = 200
    body: bytes = page("")
    via: str = ""


def answer_of(said: bytes | int | Answer) -> Answer:
    if isinstance(said, int):
        return Answer("missing", said, page("404"))
    return Answer("content", body=said) if isinstance(said, bytes) else said


def crawl(
    store: Store,
    spool: Path,
    answers: dict[str, Any],
    articles: list[Article],
    day: int = 0,
    sites: Sequence[Mapping[str, Any]] = SITES,
    site_of: Callable[[str], str] = lambda path: "610725",
) -> str:
    """A run that got `answers` (body, status, or Answer) and found `articles` (their capture ids are filled
    in); `site_of` says which site a path is of."""
    start = NOW + timedelta(days=day)
    run = Run(f"{start:%Y%m%dT%H%M%SZ}-abc12{day % 10}", start, "gongkai run", "0.1.0",
              sites=tuple(VisitedSite(**site) for site in sites),
              complete_sites=tuple(site["site_id"] for site in sites))  # fmt: skip
    known = known_captures(store)
    ids = {}
    with (
        RunJournal(store, run, spool) as journal,
        WarcWriter(store, run.run_id, spool, known=known.by_digest, version=known.version) as writer,
    ):
        for number, (path, said) in enumerate(answers.items()):
            answer = answer_of(said)
            exchange = Exchange(
                SITE + path, start + timedelta(seconds=number), answer.status, "", (), answer.body,
                via=SITE + answer.via,
            )  # fmt: skip
            capture = journal.capture(
                exchange, writer.write(exchange), outcome=answer.outcome, media_type=sniff(answer.body),
                site_id=site_of(path),
            )  # fmt: skip
            ids[capture.url] = capture.capture_id
        for article in articles:
            site = site_of(article.url.removeprefix(SITE))
            journal.article(replace(article, capture_id=ids.get(article.url), site_id=site))
        journal.finish(run.finished(start + timedelta(hours=1)))
    return run.run_id


def article(path: str, *attachments: str, title: str = "勉县教育局2026年部门预算") -> Article:
    return Article("610725", SITE + path, title, None, date(2026, 2, 5), "metadata",
                   tuple((SITE + found, f"附件{found}") for found in attachments))  # fmt: skip
