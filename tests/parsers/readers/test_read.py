"""`read` turns whatever is wrong with a document into one of the known outcomes."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values.errors import DocumentError
from parsers.values.vocabulary import DocumentOutcome


def compound_file(stream: str) -> bytes:
    encoded = stream.encode("utf-16-le") + b"\x00\x00"
    entry = encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded), 2, 1) + bytes(60)
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00"))
    header[30:32] = struct.pack("<H", 9)
    return bytes(header) + entry.ljust(512, b"\x00")


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (b"", "empty"),
        (b" \r\n\x00", "empty"),
        (compound_file("EncryptedPackage"), "encrypted"),
        (compound_file("PowerPoint Document"), "unsupported"),
        (compound_file("PowerPoint Document")[:512], "damaged"),
        (bytes(range(1, 256)) * 9, "unsupported"),
    ],
)
def test_outcomes(data: bytes, outcome: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, Limits())
    assert caught.value.outcome == outcome


@pytest.mark.parametrize(
    "name",
    [
        "yanbian-2024.xlsx",
        "jishan-2023.xls",
        "xuchang-2023.docx",
        "xuchang-2023_article.html",
        "shizhong-2024.zip",
    ],
)
def test_damaged_documents_end_in_a_known_outcome(name: str, shared: Path) -> None:
    original = (shared / "corpus" / "docs" / name).read_bytes()
    chance = random.Random(name)
    for _ in range(6):
        broken = bytearray(original)
        for _ in range(chance.choice((1, 20, 200))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        if chance.random() < 0.3:
            del broken[chance.randrange(len(broken)) :]
        try:
            read(bytes(broken), Limits())
        except DocumentError as error:
            assert error.outcome in set(DocumentOutcome)
