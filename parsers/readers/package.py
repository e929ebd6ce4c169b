"""Opening the ZIP packages that office formats are (OOXML, ODF, OFD); OOXML as common libraries expect it.

Invariant: a package is measured before anything in it is inflated, and a part is never inflated beyond the
size that was measured. Of OOXML only part names (compared without regard to case, ECMA-376-2 9.1.1.3; a
backslash is a slash) and namespaces change; a package that needs neither is returned as it is.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable

from lxml import etree

from parsers.readers.limits import MIB, Limits
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError)
"""A ValueError is an offset before the beginning of the file."""
RATIO_FLOOR = 16 * MIB
"""Below this inflated size the expansion ratio is not tested: small blank forms compress without bound."""
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_REFERENCES = re.compile(rb"""(\b(?:Target|PartName)\s*=\s*)("[^"]*"|'[^']*')""")
_EXTERNAL = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_CONTENT_TYPES = "[content_types].xml"
_XML = (".xml", ".rels")
_USUAL = (
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
)


def open_package(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Open `data` as a ZIP package whose declared sizes keep within `limits`.

    `zipfile` never yields more than the declared size of a part, so testing the declared sizes is enough.
    Raises DocumentError: damaged, encrypted, too_large.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise DocumentError(
            DocumentOutcome.DAMAGED, message("package_unreadable", error=str(error))
        ) from error
    if len(entries) > limits.max_members:
        many = message("too_many_parts", n=len(entries), limit=limits.max_members)
        raise DocumentError(DocumentOutcome.TOO_LARGE, many)
    check_expansion(sum(entry.file_size for entry in entries), len(data), limits)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_package"))
    return package


def check_expansion(inflated: int, stored: int, limits: Limits) -> None:
    """Raise DocumentError("too_large") when `inflated` bytes are too many, or too many for `stored` bytes."""
    if inflated > limits.max_bytes:
        many = message("too_many_bytes_inflated", n=inflated, limit=limits.max_bytes)
        raise DocumentError(DocumentOutcome.TOO_LARGE, many)
    if inflated > RATIO_FLOOR and inflated > stored * limits.max_ratio:
        times = inflated // max(stored, 1)
        why = message("expands_too_much", n=times, limit=f"{limits.max_ratio:g}")
        raise DocumentError(DocumentOutcome.TOO_LARGE, why)


def read_part(package: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of the part `name`, in any case; None where there is none. Raises DocumentError: damaged."""
    try:
        return package.read(_spelt(package, name))
    except KeyError:
        return None
    except (*_UNREADABLE, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DocumentError(
            DocumentOutcome.DAMAGED, message("part_unreadable", name=name, error=str(error))
        ) from error


def _spelt(package: zipfile.ZipFile, name: str) -> str:
    """The name as the package spells it: part names differ in more than case or kind of slash."""
    if name in package.NameToInfo:
        return name
    wanted = name.lower()
    spelt = (other for other in package.NameToInfo if other.replace("\\", "/").lower() == wanted)
    return next(spelt, name)


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML from a document: no entities, no network, no DTD; slightly broken XML is recovered.

    Raises DocumentError: damaged.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError(DocumentOutcome.DAMAGED, message("xml_broken", error=str(error))) from error
    if root is None:
        raise DocumentError(DocumentOutcome.DAMAGED, message("xml_without_element"))
    return root


def transitional(content: bytes) -> bytes:
    """An XML part with the namespaces of strict OOXML (ISO/IEC 29500-1) in their transitional form."""
    return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", content)


def standard_package(data: bytes, limits: Limits) -> bytes:
    """The package with standard names and namespaces. Raises DocumentError: damaged, encrypted, too_large."""
    with open_package(data, limits) as package:
        entries = [entry for entry in package.infolist() if not entry.is_dir()]
        other_case = _has_other_case(package, [entry.filename for entry in entries])
        main = next((e.filename for e in entries if _standard(e.filename) == "xl/workbook.xml"), None)
        strict = main is not None and _STRICT.search(read_part(package, main) or b"") is not None
        if not other_case and not strict:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as standard:
            for entry in entries:
                content = read_part(package, entry.filename)
                if content is None:
                    raise DocumentError(
                        DocumentOutcome.DAMAGED, message("part_unreadable_throughout", name=entry.filename)
                    )
                name = _standard(entry.filename) if other_case else entry.filename
                if name.lower().endswith(_XML):
                    content = transitional(content)
                    content = _lower_references(content, name) if other_case else content
                standard.writestr(name, content)
    return out.getvalue()


def _has_other_case(package: zipfile.ZipFile, names: list[str]) -> bool:
    """Whether libraries, which compare names as they are spelt, would miss a part of the package."""
    if any("\\" in name for name in names):
        return True
    lower = {name.lower(): name for name in names}
    if any(lower.get(usual.lower(), usual) != usual for usual in _USUAL):
        return True
    for rels in (name for name in names if name.lower().endswith(".rels")):
        content = _EXTERNAL.sub(b"", read_part(package, rels) or b"")
        for match in _REFERENCES.finditer(content):
            target = re.sub(r"^(?:\.\./|/)+", "", match[2].decode("utf-8", "replace").strip("\"'"))
            if _ends(names, target) != _ends(lower, target.lower()):
                return True
    return False


def _ends(names: Iterable[str], target: str) -> bool:
    return any(name == target or name.endswith(f"/{target}") for name in names)


def _standard(name: str) -> str:
    lower = name.replace("\\", "/").lower()
    return "[Content_Types].xml" if lower == _CONTENT_TYPES else lower


def _lower_references(content: bytes, name: str) -> bytes:
    """References between parts in lower case, addresses of the web left as they are."""
    if not (name.endswith(".rels") or name.lower() == _CONTENT_TYPES):
        return content
    kept = _EXTERNAL.findall(content)
    lowered = _REFERENCES.sub(lambda m: m[1] + m[2].lower().replace(b"\\", b"/"), content)
    for external in kept:
        changed = _REFERENCES.sub(lambda m: m[1] + m[2].lower().replace(b"\\", b"/"), external)
        lowered = lowered.replace(changed, external)
    return lowered
