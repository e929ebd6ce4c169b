"""Whether a PDF may have layers (图层, optional content) that a viewer does not show.

Invariant: False only where the whole file is in sight and names none; a file whose catalogue is hidden in a
way not read here may have layers.
"""

from __future__ import annotations

import re
import zlib

MOST_BYTES = 16 * 1024 * 1024
_NAME = b"/OCProperties"
_OBJECT_STREAM = re.compile(rb"/ObjStm\b")


def may_have_layers(data: bytes) -> bool:
    """Whether the catalogue names optional content, or cannot be searched."""
    if _NAME in data:
        return True
    streams = [match.end() for match in _OBJECT_STREAM.finditer(data)]
    return bool(streams) and (b"/Encrypt" in data or any(_names(data, at) for at in streams))


def _names(data: bytes, at: int) -> bool:
    """Whether the object stream whose dictionary goes on `at` names layers, or cannot be unpacked."""
    start = data.find(b"stream", at)
    if start < 0:
        return True
    start += len(b"stream")
    start += 2 if data[start : start + 2] == b"\r\n" else 1
    try:
        return _NAME in zlib.decompressobj().decompress(data[start:], MOST_BYTES)
    except zlib.error:
        return True
