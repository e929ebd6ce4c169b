"""What a document is without tables, or with tables of which no amount was read, in a message to act on.

Invariant: the first follows from the reading and the file's name alone. Of the second, each table of money
whose pages print amounts is named, with its page; an empty form is not, nor a table of no known kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.values import media
from parsers.values.document import Grid, Reading
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable
from parsers.values.table_types import WITHOUT_FACTS, TableType
from parsers.values.vocabulary import TextLayer

FORMATS: dict[str, Message] = {
    media.PDF: message("format_pdf"),
    media.OFD: message("format_ofd"),
    media.DOC: message("format_word"),
    media.DOCX: message("format_word"),
    media.RTF: message("format_rtf"),
    media.ODT: message("format_odt"),
    media.XLS: message("format_excel"),
    media.XLSX: message("format_excel"),
    media.XLSB: message("format_excel"),
    media.ODS: message("format_ods"),
    media.HTML: message("format_html"),
    media.MHTML: message("format_html"),
    media.TEXT: message("format_text"),
}
"""Media types as people call them; an image goes by the name of its type."""

ONE_FORMAT = {"pdf": media.PDF, "ofd": media.OFD, "docx": media.DOCX, "xlsx": media.XLSX}
"""Endings that promise one format. Files named .doc and .xls may hold any format, and no reader is misled."""

MOST_NAMED = 3  # silent tables


def why_no_tables(reading: Reading, file_name: str | None) -> Message:
    """A message: the format, whether the file's name says another, its extent, and what there is in the
    place of tables."""
    kind = FORMATS.get(reading.media_type, message("of_type", type=reading.media_type))
    ending = (file_name or "").rpartition(".")[2].lower()
    if ONE_FORMAT.get(ending, reading.media_type) != reading.media_type:
        kind = message("named_otherwise", format=kind, ending=ending)
    if reading.text_layer in (TextLayer.SCAN, TextLayer.MIXED):
        kind = message("scanned", format=kind)
    characters, grids = _characters(reading), sum(isinstance(block, Grid) for block in reading.blocks)
    printed = message("characters", n=characters)
    extent = (message("pages", n=reading.pages), printed) if reading.pages else (printed,)
    left = message("text_only" if characters else "no_text") if not grids else message("grids_only", n=grids)
    return message("without_tables", format=kind, extent=extent, left=left)


def _characters(reading: Reading) -> int:
    """Printed characters, apart from blanks, page furniture and names of sheets."""
    texts = []
    for block in reading.blocks:
        if isinstance(block, Grid):
            texts += [cell.text for cell in block.cells]
        elif block.style not in ("furniture", "sheet"):
            texts.append(block.text)
    return sum(len("".join(text.split())) for text in texts)


def silent_tables(tables: Sequence[BudgetTable]) -> Message | None:
    """A message that names the tables without any amount; None where there is none."""
    silent = [table for table in tables if _is_silent(table)]
    if not silent:
        return None
    named = tuple(
        message(
            "titled",
            title=table.title or message("table", number=table.table_no),
            page=table.pages[0] if table.pages else None,
        )
        for table in silent[:MOST_NAMED]
    )
    if more := len(silent) - len(named):
        return message("silent_tables_and_more", tables=named, more=more, n=len(silent))
    return message("silent_tables", tables=named)


def _is_silent(table: BudgetTable) -> bool:
    typed = table.table_type != TableType.OTHER and table.table_type not in WITHOUT_FACTS
    return typed and not table.facts and bool(table.unread) and table.empty_reason is None
