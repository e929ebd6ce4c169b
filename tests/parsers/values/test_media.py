"""`sniff` recognises a file by its content alone."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from parsers.values import media


def package(*names: str, mimetype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def compound_file(*streams: str) -> bytes:
    """The header and one directory sector of an OLE compound file."""
    directory = b""
    for name in streams:
        encoded = name.encode("utf-16-le") + b"\x00\x00"
        directory += encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded), 2, 1) + b"\x00" * 60
    return (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").ljust(512, b"\x00") + directory.ljust(512, b"\x00")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", media.EMPTY),
        (b"\x00\x00 \r\n", media.EMPTY),
        (b"%PDF-1.7\n", media.PDF),
        (b"junk from a gateway\r\n%PDF-1.4\n", media.PDF),
        (b"{\\rtf1\\ansi", media.RTF),
        (b"\xef\xbb\xbf {\\rtf1", media.RTF),
        (b"Rar!\x1a\x07\x01\x00", media.RAR),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", media.SEVEN_ZIP),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"II*\x00\x08\x00", "image/tiff"),
        (package("xl/workbook.xml", "[Content_Types].xml"), media.XLSX),
        (package("xl\\workbook.xml"), media.XLSX),
        (package("xl/workbook.bin", "[Content_Types].xml"), media.XLSB),
        (package("word/document.xml"), media.DOCX),
        (package("word/document2.xml", "[Content_Types].xml"), media.DOCX),
        (package("ppt/presentation.xml"), media.PPTX),
        (package("OFD.xml", "Doc_0/Document.xml"), media.OFD),
        (package("content.xml", mimetype=media.ODS), media.ODS),
        (package("content.xml", mimetype=media.ODT), media.ODT),
        (package("部门预算.xls", "readme.txt"), media.ZIP),
        (package("word/document.xml")[:-30], media.DOCX),
        (compound_file("Root Entry", "Workbook"), media.XLS),
        (compound_file("Root Entry", "Book"), media.XLS),
        (compound_file("Root Entry", "WordDocument", "1Table"), media.DOC),
        (compound_file("EncryptionInfo", "EncryptedPackage"), media.OLE),
        (compound_file("PowerPoint Document"), media.OLE),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", media.HTML),
        (b"\r\n\r\n<!-- saved from -->\n<HTML>", media.HTML),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>', media.HTML),
        ("\ufeff<html><body>预算</body></html>".encode("utf-16-le"), media.HTML),
        (b"<script>location.href='/a'</script>", media.HTML),
        ("勉县预算<table><tr><td>1</td></tr></table>".encode("gb18030"), media.HTML),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n", media.MHTML),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', media.XML_WORKBOOK),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            media.XML_WORKBOOK,
        ),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?>', media.WORD_XML),
        ("部门名称,金额\n财政局,12.5\n".encode("gb18030"), media.TEXT),
        ("部门名称".encode(), media.TEXT),
        (bytes(range(256)) * 8, media.UNKNOWN),
    ],
)
def test_content_tells_the_media_type(data: bytes, expected: str) -> None:
    assert media.sniff(data) == expected


def test_a_stream_name_inside_the_text_of_a_document_is_no_stream() -> None:
    text = "Workbook".encode("utf-16-le") + b"\x00\x00"
    data = compound_file("Root Entry", "WordDocument") + text.ljust(128, b"\x00")
    assert media.sniff(data) == media.DOC
