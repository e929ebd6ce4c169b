"""Archives give their files under the right names, within limits."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace

import py7zr
import pytest

from parsers.readers import containers, read
from parsers.readers.containers import members
from parsers.readers.limits import Limits
from parsers.values import media
from parsers.values.errors import DocumentError
from tests.wording import english

needs_libarchive = pytest.mark.skipif(
    containers._libarchive() is None, reason="RAR needs the system library: apt-get install libarchive13"
)
NAME = "市中区医保局2024年部门预算/预算公开表.xls"


def zipped(*files: tuple[str, bytes], flag: int = 0x800, encoding: str = "utf-8") -> bytes:
    """A ZIP whose stored names are in `encoding`, with or without the UTF-8 flag."""
    body, directory = b"", b""
    for name, content in files:
        raw = name.encode(encoding)
        common = struct.pack(
            "<HHHHHIIIHH", 20, flag, 0, 0, 0x5821, zlib.crc32(content), *[len(content)] * 2, len(raw), 0
        )
        directory += b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + raw
        body += b"PK\x03\x04" + common + raw + content
    count = len(files)
    return (
        body
        + directory
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    )


def rar5(*files: tuple[str, bytes]) -> bytes:
    """A RAR 5 archive of stored files (RAR 5.0 archive format, rarlab.com/technote.htm)."""

    def vint(number: int) -> bytes:
        out = b""
        while number > 0x7F:
            out += bytes([number & 0x7F | 0x80])
            number >>= 7
        return out + bytes([number])

    def block(*fields: int, tail: bytes = b"") -> bytes:
        content = b"".join(map(vint, fields)) + tail
        sized = vint(len(content)) + content
        return struct.pack("<I", zlib.crc32(sized)) + sized

    archive = b"Rar!\x1a\x07\x01\x00" + block(1, 0, 0)
    for name, content in files:
        raw = name.encode()
        checksum = struct.pack("<I", zlib.crc32(content))
        tail = checksum + vint(0) + vint(1) + vint(len(raw)) + raw
        archive += block(2, 2, len(content), 4, len(content), 0o100644, tail=tail) + content
    return archive + block(5, 0, 0)


def seven_zip(*files: tuple[str, bytes], password: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password) as archive:
        for name, content in files:
            archive.writestr(content, name)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped((NAME, b"x")),
        zipped((NAME, b"x"), flag=0),
        zipped((NAME, b"x"), flag=0, encoding="gbk"),
        pytest.param(rar5((NAME, b"x")), marks=needs_libarchive),
        seven_zip((NAME, b"x")),
    ],
    ids=["zip-utf8", "zip-utf8-unflagged", "zip-gbk", "rar", "7z"],
)
def test_names_are_read_as_they_were_meant(data: bytes) -> None:
    reading = read(data, Limits())
    assert [(member.name, member.data) for member in reading.members] == [(NAME, b"x")]
    assert reading.blocks == ()


def test_7z_does_not_depend_on_the_system_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_libarchive", lambda: None)
    data = seven_zip((NAME, b"x"), ("空.txt", b""))
    assert {member.name: member.data for member in read(data, Limits()).members} == {
        NAME: b"x",
        "空.txt": b"",
    }
    with pytest.raises(DocumentError) as caught:
        read(seven_zip((NAME, bytes(2 << 20))), Limits(max_bytes=1 << 20))
    assert caught.value.outcome == "too_large"
    with pytest.raises(DocumentError) as caught:
        read(rar5((NAME, b"x")), Limits())
    assert caught.value.outcome == "unsupported" and "apt-get install libarchive13" in english(
        caught.value.detail
    )


def test_a_gbk_name_that_is_utf8_by_accident_stays_gbk() -> None:
    data = zipped(("联通.doc", b"x"), flag=0, encoding="gbk")
    assert members(data, media.ZIP, Limits())[0].name == "联通.doc"


def test_litter_is_left_out_and_paths_are_only_names() -> None:
    data = zipped(
        ("__MACOSX/._a.doc", b"x"),
        ("Thumbs.db", b"x"),
        ("d/desktop.ini", b"x"),
        ("~$a.doc", b"x"),
        ("../../a.doc", b"y"),
    )
    assert [member.name for member in members(data, media.ZIP, Limits())] == ["../../a.doc"]


def test_an_archive_in_an_archive_is_a_member_until_the_depth_is_used_up() -> None:
    data = zipped(("内.zip", zipped(("a.txt", "预算".encode()))))
    (inner,) = members(data, media.ZIP, Limits(max_depth=2))
    assert media.sniff(inner.data) == media.ZIP
    assert members(inner.data, media.ZIP, Limits(max_depth=1))[0].name == "a.txt"
    with pytest.raises(DocumentError) as caught:
        members(inner.data, media.ZIP, Limits(max_depth=0))
    assert caught.value.outcome == "too_large"


@pytest.mark.parametrize(
    "limits",
    [Limits(max_members=2), Limits(max_bytes=1 << 20), replace(Limits(), max_ratio=10)],
    ids=["members", "bytes", "ratio"],
)
@pytest.mark.parametrize("kind", ["zip", "7z"])
def test_limits_of_count_size_and_ratio(limits: Limits, kind: str) -> None:
    files = [(f"{n}.bin", bytes(6 << 20)) for n in range(3)]
    if kind == "7z":
        data = seven_zip(*files)
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(name, content)
        data = buffer.getvalue()
    with pytest.raises(DocumentError) as caught:
        read(data, limits)
    assert caught.value.outcome == "too_large"


def test_encrypted_members_are_noted() -> None:
    data = bytearray(zipped(("a.doc", b"x" * 20), ("b.doc", b"y")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    reading = read(bytes(data), Limits())
    assert [member.name for member in reading.members] == ["b.doc"]
    assert [(note.code, english(note.detail)) for note in reading.notes] == [("encrypted_member", "a.doc")]
    with pytest.raises(DocumentError) as caught:
        read(seven_zip(("a.doc", b"x" * 100), password="secret"), Limits())
    assert caught.value.outcome == "encrypted"


@pytest.mark.parametrize(
    "data",
    [
        zipped((NAME, b"x" * 500))[:200],
        pytest.param(rar5((NAME, b"x"))[:60], marks=needs_libarchive),
        seven_zip((NAME, b"x"))[:40],
    ],
    ids=["zip", "rar", "7z"],  # an archive made here holds the time, and would name the test by it
)
def test_a_truncated_archive_is_damaged(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, Limits())
    assert caught.value.outcome == "damaged"
