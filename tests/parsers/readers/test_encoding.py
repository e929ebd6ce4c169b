"""Pages are decoded by what their bytes are, not by what their label says."""

from __future__ import annotations

import codecs

import pytest

from parsers.readers.encoding import decode

TEXT = "勉县医疗保险基金管理中心2024年单位预算公开说明，单位：万元"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("gbk"), "gb18030"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b'<meta charset="gb2312">' + TEXT.encode("gbk"), "gb18030"),
        (b'<meta charset="gb2312">' + TEXT.encode(), "utf-8"),
        (b'<meta charset="utf-8">' + TEXT.encode("gbk"), "gb18030"),
        (b'<meta charset="iso-8859-1">' + TEXT.encode("gbk"), "gb18030"),
        (b'<meta charset="hex">' + TEXT.encode("gbk"), "gb18030"),
    ],
)
def test_bytes_win_over_the_label(data: bytes, encoding: str) -> None:
    text, used = decode(data)
    assert used == encoding
    assert text.endswith(TEXT)


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    broken = (TEXT * 20).encode() + b"\xe5\x85" + TEXT.encode()
    text, used = decode(broken)
    assert used == "utf-8"
    assert text.endswith(TEXT)
