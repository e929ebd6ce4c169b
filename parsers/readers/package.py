"""Opening the ZIP packages that office formats are (OOXML, ODF, OFD).

Invariant: a package is measured before anything in it is inflated, and a part is never inflated beyond
the size that was measured.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from lxml import etree

from parsers.readers.limits import MIB, Limits
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError)
"""A ValueError is an offset before the beginning of the file."""
RATIO_FLOOR = 16 * MIB
"""Below this inflated size the expansion ratio is not tested: small blank forms compress without bound."""


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
