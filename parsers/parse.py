"""One document, from its bytes to its tables, checks and statements.

Invariant: the same bytes, hints and `PARSER_VERSION` always give the same `ParsedDocument`, and a bad
document is an outcome, never an exception.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from parsers import accounting
from parsers.completeness import check_completeness
from parsers.cover.headlines import headline
from parsers.cover.subordinate_units import listed_units
from parsers.findings.claims import as_earned
from parsers.findings.doubt import doubted, meanings_doubted
from parsers.findings.explained import in_words, with_explanations
from parsers.findings.no_tables import silent_tables, why_no_tables
from parsers.findings.unread import Coverage, coverage
from parsers.government import GovernmentDocument, headline_of, recognised
from parsers.performance import indicators
from parsers.performance.checks import check_forms
from parsers.prose import read_prose
from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.scale import doubt_scale
from parsers.tables import budget_tables, drafts_of, headings_of
from parsers.tables.ocr_repair.words import spelled
from parsers.values import media
from parsers.values.attempts import Attempts, where
from parsers.values.copies import seldom_collected
from parsers.values.document import Reading, outcome_of_limit, pages_beyond_limits
from parsers.values.errors import DocumentError
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, Check, Headline, Hints, ParsedDocument
from parsers.values.vocabulary import BodyLevel, DocumentOutcome


def parse_document(data: bytes, hints: Hints | None = None, limits: Limits | None = None) -> ParsedDocument:
    """Read, tabulate and check one document. Never raises for what is wrong with the document."""
    with seldom_collected():
        return _parse(data, hints or Hints(), limits or Limits())


def _parse(data: bytes, hints: Hints, limits: Limits) -> ParsedDocument:
    document_id = hashlib.sha256(data).hexdigest()
    try:
        reading = read(data, limits)
    except DocumentError as error:
        return ParsedDocument(document_id, media.sniff(data), error.outcome, error.detail)
    except MemoryError:
        raise
    except Exception as error:  # a fault of the reader that it did not expect
        return ParsedDocument(
            document_id,
            media.sniff(data),
            DocumentOutcome.CRASHED,
            message("reader_error", error=where(error)),
        )
    return _parsed(document_id, reading, hints)


def _parsed(document_id: str, reading: Reading, hints: Hints) -> ParsedDocument:
    if reading.members and not reading.blocks:
        return ParsedDocument(
            document_id,
            reading.media_type,
            DocumentOutcome.CONTAINER,
            members=reading.members,
            notes=reading.notes,
        )
    reading = spelled(reading.shown)
    attempts = Attempts()
    run = attempts.run
    government = run(message("step_publisher"), None, recognised, reading, hints)
    head, printed = _tabulated(reading, hints, government, attempts)
    targets = run(message("step_targets"), (), indicators, printed)
    level = BodyLevel.GOVERNMENT if government else BodyLevel.DEPARTMENT
    tables, checks = run(
        message("step_identities"), (printed, ()),
        accounting.check, printed, targets, attempts, head.body_name, level,
    )  # fmt: skip
    statements, prose_checks = run(
        message("step_statements"), ((), ()), read_prose, reading, tables, head, attempts
    )
    checks = (*checks, *prose_checks)
    if not government:  # whose forms are others, and whose tables print 亿元 beside 万元
        checks += run(message("step_forms"), (), check_forms, targets, tables, statements)
        checks += run(message("step_completeness"), (), check_completeness, reading, tables, head, attempts)
        formats_known = all(note.code != "plain_values" for note in reading.notes)
        tables, checks = run(
            message("step_scale"), (tables, checks), doubt_scale, tables, checks, formats_known=formats_known
        )
    covered = run(message("step_coverage"), Coverage(), coverage, reading, tables)
    tables = meanings_doubted(tables, covered, reading.blocks)
    tables = tuple(replace(table, unread=covered.of(table)) for table in tables)
    of_tables = (note for table in tables for note in (*table.notes, *table.repairs))
    outcome, detail = _outcome(reading, hints, tables, attempts)

    def worded(some: Sequence[Check]) -> tuple[Check, ...]:
        explained = with_explanations(some, tables, statements)
        doubts = doubted(explained, tables, covered, reading.notes, reading.text_layer, reading.blocks)
        return in_words(as_earned(doubts))

    return ParsedDocument(
        document_id=document_id,
        media_type=reading.media_type,
        outcome=outcome,
        outcome_detail=detail,
        pages=reading.pages,
        text_layer=reading.text_layer,
        headline=head,
        tables=tables,
        checks=attempts.each_of(message("step_wording"), worded, checks),
        members=reading.members,
        indicators=targets,
        statements=statements,
        units=run(message("step_units"), (), listed_units, reading, head),
        unread=covered.count,
        recognition=reading.recognition,
        notes=(*reading.notes, *of_tables, *dict.fromkeys(attempts.notes)),  # last: those of the calls above
    )


def _tabulated(
    reading: Reading, hints: Hints, government: GovernmentDocument | None, attempts: Attempts
) -> tuple[Headline, tuple[BudgetTable, ...]]:
    """The headline and the tables. The headline's year distinguishes prior-year columns from current ones; of
    a department the tables' headings help to find it."""
    run = attempts.run
    tables: tuple[BudgetTable, ...]
    if government:
        head = run(message("step_headline"), Headline(), headline, reading, (), hints)
        head = run(message("step_government_headline"), head, headline_of, government, head, reading, hints)
        from parsers.government.tables import government_tables

        tables = run(message("step_tables"), (), government_tables, reading, head, government.scope, attempts)
    else:
        drafts = run(message("step_tables"), (), drafts_of, reading, attempts)
        head = run(message("step_headline"), Headline(), headline, reading, headings_of(drafts), hints)
        tables = run(message("step_tables"), (), budget_tables, reading, head.fiscal_year, attempts, drafts)
    return head, tables


def _outcome(
    reading: Reading, hints: Hints, tables: Sequence[BudgetTable], attempts: Attempts
) -> tuple[DocumentOutcome, Message | None]:
    """What became of the document, and what is said of it."""
    beyond = pages_beyond_limits(reading.notes)
    if tables:
        silent = attempts.run(message("step_silent_tables"), None, silent_tables, tables)
        return DocumentOutcome.PARSED, _together(beyond, silent)
    why = attempts.run(message("step_why"), None, why_no_tables, reading, hints.file_name)
    return outcome_of_limit(reading.notes) or DocumentOutcome.NO_TABLES, _together(beyond, why)


def _together(*details: Message | None) -> Message | None:
    """What is said of the outcome as one message; None for nothing."""
    parts = tuple(filter(None, details))
    return message("clauses", parts=parts) if len(parts) > 1 else next(iter(parts), None)
