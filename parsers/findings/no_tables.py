"""What a document without tables is, in a sentence a person can act on.

Invariant: the sentence follows from the reading and the file's name alone, and stands in both languages,
`中文 | English`, as the messages of checks do.
"""

from __future__ import annotations

from parsers.values import media
from parsers.values.document import Grid, Reading

FORMATS: dict[str, tuple[str, str]] = {
    media.PDF: ("PDF", "PDF"),
    media.OFD: ("OFD", "OFD"),
    media.DOC: ("Word 文件", "Word document"),
    media.DOCX: ("Word 文件", "Word document"),
    media.RTF: ("RTF 文件", "RTF document"),
    media.ODT: ("ODT 文件", "OpenDocument text"),
    media.XLS: ("Excel 文件", "Excel workbook"),
    media.XLSX: ("Excel 文件", "Excel workbook"),
    media.XLSB: ("Excel 文件", "Excel workbook"),
    media.ODS: ("ODS 表格", "OpenDocument spreadsheet"),
    media.HTML: ("网页", "web page"),
    media.MHTML: ("网页", "web page"),
    media.TEXT: ("纯文本", "plain text"),
}
"""Media types as people call them; an image goes by the name of its type."""

ONE_FORMAT = {"pdf": media.PDF, "ofd": media.OFD, "docx": media.DOCX, "xlsx": media.XLSX}
"""Endings that promise one format. Files named .doc and .xls may hold any format, and no reader is misled."""


def why_no_tables(reading: Reading, file_name: str | None) -> str:
    """One sentence: the format, whether the file's name says another, its extent, and what there is in the
    place of tables."""
    chinese, english = FORMATS.get(reading.media_type, (reading.media_type, reading.media_type))
    ending = (file_name or "").rpartition(".")[2].lower()
    if ONE_FORMAT.get(ending, reading.media_type) != reading.media_type:
        chinese, english = f"{chinese}（文件名却以 .{ending} 结尾）", f"{english}, although named .{ending}"
    if reading.text_layer in ("scan", "mixed"):
        chinese, english = f"扫描的{chinese}", f"scanned {english}"
    characters, grids = _characters(reading), sum(isinstance(block, Grid) for block in reading.blocks)
    extent = [f"{characters} 字"], [_counted(characters, "character")]
    if reading.pages:
        extent[0].insert(0, f"{reading.pages} 页")
        extent[1].insert(0, _counted(reading.pages, "page"))
    if grids:
        left = f"{grids} 处表格线或版式，都不是预决算表", f"{_counted(grids, 'grid')}, no table of a budget"
    elif characters:
        left = "只有文字叙述，没有表格", "running text only, no table"
    else:
        left = "没有可读的文字", "no text that could be read"
    return (
        f"{chinese}，{'、'.join(extent[0])}：{left[0]} | "
        f"{english[:1].upper()}{english[1:]}, {', '.join(extent[1])}: {left[1]}"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _characters(reading: Reading) -> int:
    """Printed characters, blanks and page furniture apart."""
    texts = []
    for block in reading.blocks:
        if isinstance(block, Grid):
            texts += [cell.text for cell in block.cells]
        elif block.style != "furniture":
            texts.append(block.text)
    return sum(len("".join(text.split())) for text in texts)
