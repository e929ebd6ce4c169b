"""OOXML packages as common libraries expect them: part names in one case, transitional namespaces.

Invariant: only names and namespaces change; a package that needs neither is returned as it is. Part names are
compared without regard to case (ECMA-376-2 9.1.1.3), and a backslash is a slash.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

from parsers.readers.limits import Limits
from parsers.readers.package import open_package, read_part
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_REFERENCES = re.compile(rb"""(\b(?:Target|PartName)\s*=\s*)("[^"]*"|'[^']*')""")
_EXTERNAL = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_CONTENT_TYPES = "[content_types].xml"
_XML = (".xml", ".rels")


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


_USUAL = (
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
)


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
