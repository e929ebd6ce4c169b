"""Small vocabulary of WordprocessingML shared by the Word readers.

Invariant: values from the file are read leniently; what is malformed counts as absent.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from parsers.readers.package import parse_xml, read_part, transitional

_MOST_DIGITS = 9
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFF = ("0", "false", "off", "none")


class Relation(NamedTuple):
    """One relationship of a part: `kind` is the last word of its type, `target` a part name."""

    kind: str
    target: str


def parse_part(package: zipfile.ZipFile, name: str) -> etree._Element | None:
    """The root of an XML part, its namespaces in the transitional form, or None where it is absent."""
    content = read_part(package, name)
    if content is None:
        return None
    return parse_xml(transitional(content))


def relations(package: zipfile.ZipFile, part: str) -> dict[str, Relation]:
    """The internal relationships of `part` by id (`part` is "" for the package itself)."""
    folder, name = posixpath.split(part)
    root = parse_part(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, Relation] = {}
    for element in root if root is not None else ():
        target = element.get("Target", "")
        if element.get("TargetMode") != "External" and target:
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = element.get("Type", "").rsplit("/", 1)[-1]
            found[element.get("Id", "")] = Relation(kind, posixpath.normpath(path))
    return found


def flag(properties: etree._Element | None, name: str) -> bool:
    """Whether the on/off property `name` is set: present and not switched off."""
    element = properties.find(f"{W}{name}") if properties is not None else None
    return element is not None and element.get(f"{W}val", "1").lower() not in _OFF


def integer(properties: etree._Element | None, name: str, default: int) -> int:
    """The integer value of the property `name`, or `default`."""
    element = properties.find(f"{W}{name}") if properties is not None else None
    text = element.get(f"{W}val", "") if element is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else default


def alternative(element: etree._Element) -> Iterator[etree._Element]:
    """The children of the branch of an `mc:AlternateContent` that is shown: never both branches."""
    branch = element.find(f"{MC}Choice")
    if branch is None:
        branch = element.find(f"{MC}Fallback")
    yield from branch if branch is not None else ()
