"""Office files with the same bytes every time.

Invariant: two packages with equal parts are equal files: fixed order, fixed dates, one compression level.
"""

from __future__ import annotations

import io
import re
import zipfile

EPOCH = (2020, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def reproducible(data: bytes) -> bytes:
    """Rewrite an OOXML package (a zip) without the moment it was made."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as packed:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>2020-01-01T00:00:00Z", part)
            packed.writestr(zipfile.ZipInfo(name, EPOCH), part, zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()
