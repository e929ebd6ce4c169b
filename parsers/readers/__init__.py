"""From bytes to a `Reading`: one reader per format, chosen by content.

Invariant: whatever is wrong with a document ends as a `DocumentError` with one of the known outcomes;
readers with optional dependencies are imported only when a document needs them, so that a missing one
concerns that document alone.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace

from parsers.readers.limits import Limits
from parsers.values import media
from parsers.values.document import Block, Note, Reading, TextBlock
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.text import ideographs
from parsers.values.vocabulary import DocumentOutcome

Reader = Callable[[bytes, Limits], Reading]

_READERS: dict[str, tuple[str, str]] = {
    media.PDF: ("parsers.readers.pdf.reader", "read_pdf"),
    media.OFD: ("parsers.readers.ofd.reader", "read_ofd"),
    "image/png": ("parsers.readers.scan.reader", "read_image"),
    "image/jpeg": ("parsers.readers.scan.reader", "read_image"),
    "image/gif": ("parsers.readers.scan.reader", "read_image"),
    "image/tiff": ("parsers.readers.scan.reader", "read_image"),
    media.XLSX: ("parsers.readers.sheet.reader", "read_spreadsheet"),
    media.XLS: ("parsers.readers.sheet.reader", "read_spreadsheet"),
    media.XLSB: ("parsers.readers.sheet.reader", "read_spreadsheet"),
    media.XML_WORKBOOK: ("parsers.readers.sheet.reader", "read_spreadsheet"),
    media.ODS: ("parsers.readers.sheet.reader", "read_spreadsheet"),
    media.DOCX: ("parsers.readers.word.reader", "read_docx"),
    media.DOC: ("parsers.readers.word.legacy", "read_legacy"),
    media.RTF: ("parsers.readers.word.legacy", "read_legacy"),
    media.WORD_XML: ("parsers.readers.word.legacy", "read_legacy"),
    media.ODT: ("parsers.readers.word.legacy", "read_legacy"),
    media.HTML: ("parsers.readers.html.reader", "read_html"),
    media.MHTML: ("parsers.readers.html.reader", "read_html"),
    media.TEXT: ("parsers.readers.plain", "read_text"),
    media.ZIP: ("parsers.readers.containers", "read_container"),
    media.RAR: ("parsers.readers.containers", "read_container"),
    media.SEVEN_ZIP: ("parsers.readers.containers", "read_container"),
}
"""Module and function by media type: named, not imported (see the invariant)."""


def read(data: bytes, limits: Limits) -> Reading:
    """Read one document.

    A container's `Reading` has `members` and no blocks. Raises DocumentError for every document that
    cannot be read, with an outcome of `parsers.values.vocabulary.DocumentOutcome`.
    """
    media_type = media.sniff(data)
    if media_type == media.EMPTY:
        raise DocumentError(DocumentOutcome.EMPTY, message("only_blanks" if data else "no_bytes"))
    if media_type == media.OLE and media.ole_has_stream(data, "EncryptedPackage"):
        return _read_decrypted(data, limits)
    if media_type == media.OLE and media.ole_is_truncated(data):
        raise DocumentError(DocumentOutcome.DAMAGED, message("document_breaks_off"))
    entry = _READERS.get(media_type)
    if entry is None:
        raise DocumentError(DocumentOutcome.UNSUPPORTED, message("no_reader", format=media_type))
    try:
        return _with_ideographs(_load(*entry)(data, limits))
    except (MemoryError, RecursionError) as error:
        why = message("error_while_reading", format=media_type, error=type(error).__name__)
        raise DocumentError(DocumentOutcome.TOO_LARGE, why) from error


def _read_decrypted(data: bytes, limits: Limits) -> Reading:
    """A package that Excel opens with a password of its own. Raises DocumentError: encrypted."""
    decrypted = importlib.import_module("parsers.readers.sheet.xls").decrypted
    plain: bytes = decrypted(data, limits)
    if media.sniff(plain) not in (media.XLSX, media.XLSB, media.DOCX):
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_document"))
    reading = read(plain, limits)
    note = Note("default_password", message("password_of_excel"))
    return replace(reading, notes=(*reading.notes, note))


def _with_ideographs(reading: Reading) -> Reading:
    """The reading with radicals written as the characters they stand for; see
    `parsers.values.text.ideographs`."""
    return replace(reading, blocks=tuple(_block_with_ideographs(block) for block in reading.blocks))


def _block_with_ideographs(block: Block) -> Block:
    if isinstance(block, TextBlock):
        text = ideographs(block.text)
        return block if text == block.text else replace(block, text=text)
    whole = "\n".join([cell.text for cell in block.cells])
    if ideographs(whole) == whole:
        return block
    return replace(block, cells=tuple(replace(cell, text=ideographs(cell.text)) for cell in block.cells))


def _load(module: str, function: str) -> Reader:
    try:
        reader: Reader = getattr(importlib.import_module(module), function)
    except ModuleNotFoundError as error:
        why = message("package_missing", module=module, name=error.name)
        raise DocumentError(DocumentOutcome.UNSUPPORTED, why) from error
    return reader
