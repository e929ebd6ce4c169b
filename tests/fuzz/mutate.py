"""One document to a damaged one: `mutated(data, seed)`.

Invariant: pure, and the same seed gives the same bytes. Damage is done where readers look: in bytes, in the
members and elements of packages, in records of old workbooks, in objects and content streams of PDF, in tags.
"""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib

WORST = (
    "", "-1", "0", "1", "65536", "2147483648", "99999999999999999999", "1E30", "1E999999", "-1E-400", "NaN",
    "Infinity", "1.2.3", "１２３，４", "²", "٣٤", "%", "(", "（1", "亿", "－", "1e5万元", "#REF!", "=1/0",
    "A1:XFD1048576", "../../x", "&#0;", "\u202e12", "一千二百", "9" * 400, "表" * 3000,
)  # fmt: skip
_NUMBER = re.compile(rb"(?<![\w#])-?\d+(?:[.,]\d+)*")
_ATTRIBUTE = re.compile(rb"([\w:-]+)=\"([^\"<>]*)\"")
_ELEMENT = re.compile(rb"<([\w:]+)\b[^<>]*?(?:/>|>(?:[^<]*)</\1>)")
_TAG = re.compile(rb"</?[\w:]+\b[^<>]*>")
_TEXT = re.compile(rb">([^<>]{1,200})<")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
_HEADERS = re.compile(rb"PK(?:\x03\x04|\x01\x02|\x05\x06)")
_OLE = b"\xd0\xcf\x11\xe0"


def mutated(data: bytes, seed: int) -> bytes:
    """`data` with one to four damages that `seed` decides."""
    dice = random.Random(seed)
    for _ in range(dice.choice((1, 1, 2, 4))):
        data = _damaged(data, dice)
    return data


def _damaged(data: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.2:
        return _bytes(data, dice)
    if data.startswith(b"PK\x03\x04"):
        return _directory(data, dice) if dice.random() < 0.2 else _package(data, dice)
    if data.startswith(_OLE):
        return _records(data, dice)
    if data.startswith(b"%PDF"):
        return _pdf(data, dice)
    return _markup(data, dice) if b"<" in data[:2000] else _bytes(data, dice)


def _bytes(data: bytes, dice: random.Random) -> bytes:
    """Flipped, overwritten, left out, doubled or cut."""
    if len(data) < 4:
        return data + b"\0"
    at = dice.randrange(len(data))
    length = min(dice.choice((1, 2, 4, 16, 300)), len(data) - at)
    kind = dice.randrange(6)
    if kind == 0:
        return data[:at] + bytes(dice.randrange(256) for _ in range(length)) + data[at + length :]
    if kind == 1:
        return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + data[at + length :]
    if kind == 3:
        return data[: at + length] + data[at : at + length] * dice.choice((1, 3)) + data[at + length :]
    if kind == 4:
        return data[:at]
    return data[:at] + dice.choice((b"\xff", b"\0")) * length + data[at + length :]


def _directory(data: bytes, dice: random.Random) -> bytes:
    """A field of a header of the archive itself: method, times, sizes, lengths, offsets, counts."""
    changed = bytearray(data)
    headers = [match.start() for match in _HEADERS.finditer(data)]
    at = dice.choice(headers) + dice.choice((4, 6, 8, 10, 12, 14, 16, 20, 24, 26, 28, 30, 42))
    value = dice.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, dice.randrange(1 << 32)))
    if dice.random() < 0.5 and at + 2 <= len(changed):
        struct.pack_into("<H", changed, at, value & 0xFFFF)
    elif at + 4 <= len(changed):
        struct.pack_into("<I", changed, at, value)
    return bytes(changed)


def _package(data: bytes, dice: random.Random) -> bytes:
    """A member damaged, left out, doubled or renamed; bytes where it is not an archive any more."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, zlib.error):
        return _bytes(data, dice)
    if not members:
        return _bytes(data, dice)
    weights = [3 if name.endswith((".xml", ".rels")) else 1 for name, _ in members]
    at = dice.choices(range(len(members)), weights)[0]
    name, body = members[at]
    kind = dice.randrange(12)
    if kind == 0:
        del members[at]
    elif kind == 1:
        members.append((name, body[: len(body) // 2]))
    elif kind == 2:
        members[at] = (dice.choice(("../" + name, name.upper(), "x" * 300, name + "/")), body)
    elif kind == 3:
        members[at] = (name, members[dice.randrange(len(members))][1])
    else:
        inner = body.startswith((b"PK\x03\x04", _OLE, b"%PDF"))
        members[at] = (name, _damaged(body, dice) if inner else _markup(body, dice))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of names that are there twice: that is the damage
        for title, content in members:
            archive.writestr(zipfile.ZipInfo(title), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _markup(data: bytes, dice: random.Random) -> bytes:
    """XML or HTML: an attribute, a text or a number made the worst, elements left out, doubled or moved."""
    kind = dice.randrange(7)
    pattern = (_ATTRIBUTE, _TEXT, _ELEMENT, _TAG, _NUMBER, _ELEMENT, _TAG)[kind]
    found = list(pattern.finditer(data[:2_000_000]))
    if not found:
        return _bytes(data, dice)
    match = dice.choice(found)
    start, end = match.span(2) if kind == 0 else match.span(1) if kind == 1 else match.span()
    if kind in (0, 1, 4):
        return data[:start] + _worst(dice) + data[end:]
    if kind in (2, 3):
        return data[:start] + data[end:]
    other = dice.choice(found)
    return data[:start] + other.group() * dice.choice((1, 2, 40)) + data[start:]


def _worst(dice: random.Random) -> bytes:
    return dice.choice(WORST).encode().replace(b"<", b"")


def _records(data: bytes, dice: random.Random) -> bytes:
    """An old workbook or document: a field of a record (type, length, payload), where some may begin."""
    changed = bytearray(data)
    at = dice.randrange(512, max(513, len(data) - 8)) & ~1
    for _ in range(200):  # walk to a place that a record may begin at
        if at + 4 >= len(data):
            break
        kind, length = struct.unpack_from("<HH", data, at)
        if kind < 0x1000 and 0 < length <= 8224:
            break
        at += 2
    field = dice.choice((0, 2, 4, 6, 8, 10))
    value = dice.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF, dice.randrange(65536)))
    if at + field + 2 <= len(changed):
        struct.pack_into("<H", changed, at + field, value)
    return bytes(changed)


def _pdf(data: bytes, dice: random.Random) -> bytes:
    """A number of an object or an operand of a content stream, a token left out or doubled."""
    streams = list(_STREAM.finditer(data))
    if streams and dice.random() < 0.6:
        match = dice.choice(streams)
        try:
            content = zlib.decompress(match[1])
        except zlib.error:
            return _bytes(data, dice)
        packed = zlib.compress(_tokens(content, dice))
        return data[: match.start(1)] + packed + data[match.end(1) :]
    outside = _tokens(data[:300_000], dice) if not streams else _tokens(data[: streams[0].start()], dice)
    return outside + data[300_000 if not streams else streams[0].start() :]


def _tokens(content: bytes, dice: random.Random) -> bytes:
    found = list(re.finditer(rb"[^\s\[\]<>()/]+", content[:2_000_000]))
    if not found:
        return _bytes(content, dice)
    match = dice.choice(found)
    kind = dice.randrange(4)
    if kind == 0:
        return content[: match.start()] + content[match.end() :]
    if kind == 1:
        return content[: match.start()] + dice.choice(found).group() + content[match.end() :]
    if kind == 2:
        return content[: match.end()] + b" " + match.group() + content[match.end() :]
    return content[: match.start()] + _worst(dice)[:60] + content[match.end() :]
