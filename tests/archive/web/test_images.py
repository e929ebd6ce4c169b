"""Pages as pictures: of each format, in the coordinates of the reader's boxes, made in the sandbox."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from lxml import etree
from PIL import Image, ImageDraw

from archive.web.data import sandbox
from archive.web.data.images import Sheet
from parsers.readers.limits import Limits
from parsers.readers.ofd.reader import page_marks
from parsers.values.media import OFD, sniff
from tests.parsers.readers.test_ofd import ofd, page

TEXT = (
    "<ofd:TextObject ID='5' Boundary='20 30 60 6' Font='1' Size='5'>"
    "<ofd:TextCode X='0' Y='4.3' DeltaX='5 5 5'>收支&lt;表</ofd:TextCode></ofd:TextObject>"
)


def scan(form: str, frames: int = 1) -> bytes:
    """Pictures of a page with a black field in the middle of its upper half."""
    pictures = []
    for _ in range(frames):
        picture = Image.new("RGB", (1000, 1414), "white")
        ImageDraw.Draw(picture).rectangle((400, 300, 600, 400), fill="black")
        pictures.append(picture)
    out = io.BytesIO()
    more = {"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}
    pictures[0].save(out, form, **more)
    return out.getvalue()


def sheets(data: bytes) -> list[Sheet]:
    told = sandbox.call("pages", {"media_type": sniff(data)}, data)
    return [Sheet(*numbers) for numbers in json.loads(told)]


def drawn(data: bytes, number: int) -> bytes:
    return sandbox.call("render", {"media_type": sniff(data), "page": number}, data)


@pytest.mark.parametrize(("form", "frames"), [("PNG", 1), ("JPEG", 1), ("TIFF", 2)])
def test_a_scanned_page_is_an_a4_page(form: str, frames: int) -> None:
    data = scan(form, frames)
    found = sheets(data)
    assert len(found) == frames
    assert found[-1].height == pytest.approx(842, abs=1) and found[-1].width == pytest.approx(595, abs=1)
    picture = Image.open(io.BytesIO(drawn(data, frames))).convert("L")
    across, down = picture.width / found[-1].width, picture.height / found[-1].height
    light: Any = picture.getpixel
    assert light((int(297 * across), int(208 * down))) < 50
    assert light((int(100 * across), int(208 * down))) > 200


def test_an_ofd_page_is_drawn_where_it_was_read() -> None:
    data = ofd(page(TEXT))
    assert sniff(data) == OFD
    [sheet] = sheets(data)
    assert (sheet.width, sheet.height) == (pytest.approx(595.3, abs=0.1), pytest.approx(841.9, abs=0.1))
    root = etree.fromstring(drawn(data, 1))
    texts = root.findall("{http://www.w3.org/2000/svg}text")
    assert [text.text for text in texts] == list("收支<表")
    [marks] = page_marks(data, Limits())
    for text, glyph in zip(texts, marks.glyphs, strict=True):
        assert float(text.get("x") or "nan") == pytest.approx(glyph.x0, abs=0.01)
        assert glyph.y0 < float(text.get("y") or "nan") < glyph.y1


def test_an_ofd_page_without_characters_is_not_drawn_as_a_blank_one() -> None:
    [sheet] = sheets(ofd(page("")))
    assert sheet.width == 0
