"""What a file is, by its content.

Invariant: the name and the declared type of a file are never looked at; every input, however broken,
has exactly one media type, and finding it inflates and executes nothing.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile

_OLE_HEADER, _OLE_ENTRY = 512, 68  # bytes; of an entry, as far as the type of its object
_LONGEST_MEDIA_TYPE = 200  # bytes
_ZIP_HEADER = 30  # bytes of a local header, before the name
_SPACE = 0x20
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLS = "application/vnd.ms-excel"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
XML_WORKBOOK = "application/vnd.ms-excel+xml"
"""Excel 2003 XML spreadsheet (SpreadsheetML), usually named .xls."""
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODT = "application/vnd.oasis.opendocument.text"
DOC = "application/msword"
RTF = "application/rtf"
WORD_XML = "application/vnd.ms-word+xml"
"""Word 2003 XML document, usually named .doc."""
OFD = "application/ofd"
HTML = "text/html"
MHTML = "multipart/related"
"""A web page saved as one MIME file, usually named .mht or .doc."""
TEXT = "text/plain"
ZIP = "application/zip"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
OLE = "application/x-ole-storage"
"""An OLE compound file that is neither a workbook nor a Word document: encrypted OOXML, slides, mail."""
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", RTF),
    (b"Rar!\x1a\x07", RAR),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    # A BIFF stream without the OLE shell around it (Excel 2 to 4, and some exporters).
    (b"\x09\x00\x04\x00", XLS),
    (b"\x09\x02\x06\x00", XLS),
    (b"\x09\x04\x06\x00", XLS),
    (b"\x09\x08\x10\x00", XLS),
    (b"\x09\x08\x08\x00", XLS),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", OLE),
    ("Workbook", XLS),
    ("Book", XLS),
    ("WordDocument", DOC),
)
_ZIP_MEMBERS: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", XLSB),
    ("xl/workbook.xml", XLSX),
    ("word/document.xml", DOCX),
    ("ppt/presentation.xml", PPTX),
    ("ofd.xml", OFD),
)
_ODF_TYPES = {ODS, ODT, ODS + "-template", ODT + "-template"}

_PROLOGUE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>|<!--.{0,20000}?-->|<!DOCTYPE\s+(?!html)[^>]{0,500}>)", re.S | re.I
)
_HTML_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|style|link|base|table|div|p|span|font|center|form|h[1-6]|ul|"
    rb"br|a|img|iframe|section|article)\b",
    re.I,
)
_MSO_PROGID = re.compile(rb"<\?mso-application\s+progid=\"(Excel\.Sheet|Word\.Document)\"", re.I)
_MIME_HEADER = re.compile(rb"(?:MIME-Version|From|Content-Type|Content-Location|Subject):", re.I)


def sniff(data: bytes) -> str:
    """The media type of `data`: one of the constants of this module, or an image type."""
    if not data.strip(b"\x00\t\n\r\f\v "):
        return EMPTY
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    if data.startswith(_OLE_MAGIC):
        return _sniff_ole(data)
    if data[:2] == b"PK" and data[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08"):
        return _sniff_zip(data)
    # Readers accept junk before the header, and gateways do put some there.
    if b"%PDF-" in data[:1024]:
        return PDF
    return _sniff_text(data)


def _sniff_ole(data: bytes) -> str:
    for stream, media_type in _OLE_STREAMS:
        if ole_has_stream(data, stream):
            return media_type
    return OLE


def ole_has_stream(data: bytes, name: str) -> bool:
    """Whether the directory of an OLE compound file names the stream or storage `name`.

    Directory entries are 128 bytes long and aligned (MS-CFB 2.6.1), so the name is looked for where an
    entry can start; truncated files and broken sector chains do not matter.
    """
    encoded = name.encode("utf-16-le") + b"\x00\x00"
    position = data.find(encoded)
    while position >= 0:
        entry = data[position : position + _OLE_ENTRY]
        if (
            position % 128 == 0
            and len(entry) == _OLE_ENTRY
            and struct.unpack_from("<H", entry, 64)[0] == len(encoded)
        ):
            return True
        position = data.find(encoded, position + 2)
    return False


def ole_is_truncated(data: bytes) -> bool:
    """Whether an OLE compound file breaks off before its directory (MS-CFB 2.2), so that its kind is lost."""
    if len(data) < _OLE_HEADER:
        return True
    shift, first = struct.unpack_from("<H", data, 30)[0], struct.unpack_from("<I", data, 48)[0]
    return shift not in (9, 12) or (first + 1) << shift >= len(data)


def _sniff_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {name.replace("\\", "/").lower() for name in package.namelist()}
            odf_type = _declared_odf_type(package)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return _sniff_broken_zip(data)
    # An OpenDocument file says what it is; the names of its parts may be those of another format.
    if odf_type is not None:
        return odf_type
    for member, media_type in _ZIP_MEMBERS:
        if member in names:
            return media_type
    if "[content_types].xml" in names:
        return _sniff_unusual_ooxml(names)
    return ZIP


def _declared_odf_type(package: zipfile.ZipFile) -> str | None:
    """The `mimetype` member of an OpenDocument package (stored, first, a few bytes)."""
    try:
        entry = package.getinfo("mimetype")
        if entry.file_size > _LONGEST_MEDIA_TYPE:
            return None
        declared = package.read(entry).decode("ascii", "replace").strip()
    except (KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        return None
    return declared.removesuffix("-template") if declared in _ODF_TYPES else None


def _sniff_unusual_ooxml(names: set[str]) -> str:
    """OOXML packages whose main part has another name, as some exporters write it."""
    if any(name.startswith("xl/") for name in names):
        return XLSX
    if any(name.startswith("word/") for name in names):
        return DOCX
    return ZIP


def _sniff_broken_zip(data: bytes) -> str:
    """A ZIP without its directory: local headers name the parts that are there."""
    for prefix, media_type in ((b"xl/", XLSX), (b"word/", DOCX), (b"OFD.xml", OFD)):
        position = data.find(prefix)
        if (
            position >= _ZIP_HEADER
            and data[position - _ZIP_HEADER : position - _ZIP_HEADER + 4] == b"PK\x03\x04"
        ):
            return media_type
    return ZIP


def _sniff_text(data: bytes) -> str:
    """From the most specific form to plain text: MIME files and Office's XML hold HTML, too."""
    head = _ascii_view(data[:65536])
    progid = _MSO_PROGID.search(head[:2000])
    if progid is not None:
        return XML_WORKBOOK if progid[1].lower() == b"excel.sheet" else WORD_XML
    start = head.lstrip()
    if start.startswith(b"{\\rtf"):
        return RTF
    while (match := _PROLOGUE.match(start)) is not None:
        start = start[match.end() :]
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start[:2000] and b"<Workbook" in start[:2000]:
        return XML_WORKBOOK
    start = start.lstrip()
    if _MIME_HEADER.match(start) is not None and b"multipart/related" in start[:4000].lower():
        return MHTML
    if _HTML_TAG.match(start) is not None:
        return HTML
    if not _is_text(data):
        return UNKNOWN
    return HTML if re.search(rb"<(?:html|body|table|div|p)\b[^>]*>", head, re.I) else TEXT


def _ascii_view(data: bytes) -> bytes:
    """`data` with its byte order mark taken off and UTF-16 narrowed, so that ASCII patterns match."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _is_text(data: bytes) -> bool:
    """Whether `data` is text in UTF-16 (with a mark), UTF-8 or GB 18030 without control characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    sample = data[:65536]
    if sum(byte < _SPACE and byte not in b"\t\n\r\f\x1b" for byte in sample) > len(sample) // 1000:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # The sample may end inside a character.
            sample.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                continue
        return True
    return False
