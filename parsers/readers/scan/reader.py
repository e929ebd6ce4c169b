"""Page images to marks: words with positions and ruling lines, read like any drawn page.

Invariant: nothing is repaired. A word is what the recogniser saw, in the box in which it stands; what is
below the confidence bar is left out and counted in a note. The steps, each a function: seal out, page
upright, page level, rules found and erased, lines of text found, cut where a rule parts two cells, read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice, pairwise

import numpy as np
from PIL import Image as Pillow
from PIL import ImageSequence, UnidentifiedImageError

from parsers.readers.limits import Limits
from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling
from parsers.readers.page.pages import Pages
from parsers.readers.scan import ocr
from parsers.readers.scan.pixels import Image, PixelBox, Quad
from parsers.readers.scan.side_by_side import ScannedPage, Scans
from parsers.values.attempts import Attempts
from parsers.values.document import Reading
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

DOUBTED = 0.25  # share of lines taken for upside down, from which both ways are read
DPI = 200.0
MOST_PIXELS = 40_000_000
LEAST_CONFIDENCE = 0.5
COARSE_SKEW = 1.0  # degrees: beyond, rules are too steep to be found before the page is turned
LEAST_SKEW = 0.03  # degrees: one pixel over the width of a page
PROBES = 8  # lines looked at to find out which way is up
PROBE_WIDTH = 8  # times its height: so much of a line suffices


def read_image(data: bytes, limits: Limits) -> Reading:
    """One image file (PNG, JPEG, GIF, TIFF with one or more frames) as a document of scanned pages.

    Raises DocumentError: `damaged`, `too_large`, `timeout`, `needs_ocr`.
    """
    pages = Pages(limits)
    media_type, total = _described(data)
    if not limits.ocr:
        raise DocumentError(DocumentOutcome.NEEDS_OCR, message("ocr_switched_off"))
    ocr.require()
    with Scans(pages) as scans:
        for number, frame in enumerate(_frames(data, limits), start=1):
            dpi = _dpi_of(frame.size)
            size = round(frame.width * 72 / dpi, 2), round(frame.height * 72 / dpi, 2)
            if pages.may_begin():
                pixels = _pixels(frame)
                scans.begin(size, Attempts(page=number, raises=True), partial(scan_page, pixels, number, dpi))
            else:
                scans.settle()
                pages.skip(size)
    pages.leave_out(limits.max_pages, total)
    return pages.reading(media_type, total)


def frames_of(data: bytes, limits: Limits) -> Iterator[tuple[Image, float]]:
    """Page images in a file, one at a time, each with its resolution; no more than `limits.max_pages`.

    Raises DocumentError: `damaged`, `too_large`.
    """
    for frame in _frames(data, limits):
        yield _pixels(frame), _dpi_of(frame.size)


def _frames(data: bytes, limits: Limits) -> Iterator[Pillow.Image]:
    """The frames, not decoded yet; each lasts until the next is asked for."""
    with _opened(data) as picture:
        for frame in islice(ImageSequence.Iterator(picture), limits.max_pages):
            _check_size(frame)
            yield frame


def _pixels(frame: Pillow.Image) -> Image:
    with _faults_of_images():
        return np.asarray(frame.convert("RGB"), dtype=np.uint8)


def _described(data: bytes) -> tuple[str, int]:
    """Media type of an image file, and how many frames it has."""
    with _opened(data) as picture:
        return Pillow.MIME.get(picture.format or "", "application/octet-stream"), getattr(
            picture, "n_frames", 1
        )


@contextmanager
def _opened(data: bytes) -> Iterator[Pillow.Image]:
    with _faults_of_images(), Pillow.open(io.BytesIO(data)) as picture:
        _check_size(picture)
        yield picture


@contextmanager
def _faults_of_images() -> Iterator[None]:
    """What Pillow raises, while it opens or decodes, as the project's errors."""
    try:
        yield
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise DocumentError(DocumentOutcome.TOO_LARGE, message("reader_error", error=str(error))) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise DocumentError(DocumentOutcome.DAMAGED, message("image_unreadable", error=str(error))) from error


def _check_size(picture: Pillow.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        extent = message("image_too_large", width=picture.width, height=picture.height)
        raise DocumentError(DocumentOutcome.TOO_LARGE, extent)


def _dpi_of(size: tuple[int, int]) -> float:
    """Resolution at which the picture is an A4 page; what the file states is too often a default."""
    return max(size) / 11.69


def scan_page(rgb: Image, number: int, dpi: float) -> ScannedPage:
    """Words and rules of one page image, in points."""
    from parsers.readers.scan import page_image

    gray = page_image.without_seal(rgb)
    gray, quads, turned = _upright(gray)
    skew = _skew(gray, quads, dpi)
    if abs(skew) > LEAST_SKEW:
        quads = [page_image.rotated_points(quad, gray, skew) for quad in quads]
        gray = page_image.rotated(gray, skew)
    lines = [_outline(quad) for quad in quads]
    rules, lines_mask = page_image.ruling(gray, dpi, lines)
    clean = page_image.erased(gray, lines_mask)
    boxes = _text_boxes(clean, lines, rules, dpi)
    words, doubtful = _read(clean, boxes)
    scale = 72 / dpi
    marks = PageMarks(
        number=number,
        width=round(gray.shape[1] * scale, 2),
        height=round(gray.shape[0] * scale, 2),
        glyphs=tuple(_glyph(text, box, scale) for text, box in words),
        rules=tuple(Ruling(r.axis, r.at * scale, r.lo * scale, r.hi * scale, r.width * scale) for r in rules),
    )
    return ScannedPage(marks, turned, skew, doubtful)


def _upright(gray: Image) -> tuple[Image, list[Quad], int]:
    """The page turned so that its lines run to the right and its characters stand, with its lines of text."""
    quads = ocr.detect(gray)
    turned = 0
    tall = sum(_extent(q)[1] for q in quads if _extent(q)[1] > 1.5 * _extent(q)[0])
    wide = sum(_extent(q)[0] for q in quads if _extent(q)[0] > 1.5 * _extent(q)[1])
    if tall > wide:
        gray, turned = np.ascontiguousarray(np.rot90(gray, -1)), 1
        quads = ocr.detect(gray)
    widest = sorted(quads, key=lambda q: -_extent(q)[0])[:PROBES]
    lines = [_crop(gray, _beginning(_outline(q))) for q in widest]
    if turned or ocr.upside_down_votes(lines) > DOUBTED:
        flipped = [np.ascontiguousarray(np.rot90(line, 2)) for line in lines]
        if _confidence(flipped) > _confidence(lines):
            gray = np.ascontiguousarray(np.rot90(gray, 2))
            corner = np.array([gray.shape[1], gray.shape[0]], dtype=np.float32)
            return gray, [(corner - quad)[[2, 3, 0, 1]] for quad in quads], turned + 2
    return gray, quads, turned


def _skew(gray: Image, quads: Sequence[Quad], dpi: float) -> float:
    """Degrees to turn the page counter-clockwise: roughly from its text, exactly from its rules."""
    from parsers.readers.scan import page_image

    rough = page_image.text_slope(quads)
    if abs(rough) > COARSE_SKEW:
        rest = page_image.rule_slope(page_image.rotated(gray, rough), dpi)
        return rough + (rest or 0.0)
    exact = page_image.rule_slope(gray, dpi)
    return rough if exact is None else exact


def _confidence(lines: Sequence[Image]) -> float:
    return sum(score * len(text) for text, score in ocr.recognise(lines))


def _extent(quad: Quad) -> tuple[float, float]:
    return float(np.ptp(quad[:, 0])), float(np.ptp(quad[:, 1]))


def _outline(quad: Quad) -> PixelBox:
    low, high = quad.min(axis=0), quad.max(axis=0)
    return int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1]))


def _beginning(box: PixelBox) -> PixelBox:
    x0, y0, x1, y1 = box
    return x0, y0, min(x1, x0 + PROBE_WIDTH * (y1 - y0)), y1


def _crop(gray: Image, box: PixelBox) -> Image:
    x0, y0, x1, y1 = box
    part = gray[max(y0, 0) : max(y1, 1), max(x0, 0) : max(x1, 1)]
    return np.repeat(part[:, :, None], 3, axis=2)


def _text_boxes(
    clean: Image, lines: Sequence[PixelBox], rules: Sequence[Ruling], dpi: float
) -> list[PixelBox]:
    """Boxes of lines of text, cut at the rules that pass through them and drawn in to the ink."""
    from parsers.readers.scan import page_image, words

    mask = page_image.ink(clean)
    speck = max(4, round((dpi / 60) ** 2 / 2))
    boxes: list[PixelBox] = []
    for line in lines:
        for part in _cut(line, rules):
            tight = page_image.ink_box(mask, *part, speck)
            if tight is not None:
                boxes.append(tight)
    down = [rule for rule in rules if rule.axis == "v"]
    apart: list[PixelBox] = []
    for box in words.without_overlaps(boxes, mask):
        middle = (box[1] + box[3]) / 2
        if any(rule.lo <= middle <= rule.hi for rule in down):
            apart.append(box)
        else:
            apart += words.parted(box, mask)
    return apart


def _cut(box: PixelBox, rules: Sequence[Ruling]) -> list[PixelBox]:
    """The box cut where a rule crosses it well inside."""
    x0, y0, x1, y1 = box
    middle, margin = (y0 + y1) / 2, 0.2 * (y1 - y0)
    cuts = sorted(
        round(r.at)
        for r in rules
        if r.axis == "v" and r.lo <= middle <= r.hi and x0 + margin < r.at < x1 - margin
    )
    edges = [x0, *cuts, x1]
    return [(a, y0, b, y1) for a, b in pairwise(edges)]


def _read(clean: Image, boxes: Sequence[PixelBox]) -> tuple[list[tuple[str, PixelBox]], int]:
    """Text of each box, and how many were not legible."""
    padded = [(x0 - 4, y0 - 4, x1 + 4, y1 + 4) for x0, y0, x1, y1 in boxes]
    results = ocr.recognise([_crop(clean, box) for box in padded])
    words = [
        (text.strip(), box)
        for (text, score), box in zip(results, boxes, strict=True)
        if score >= LEAST_CONFIDENCE and text.strip()
    ]
    return words, len(boxes) - len(words)


def _glyph(text: str, box: PixelBox, scale: float) -> Glyph:
    x0, y0, x1, y1 = (round(v * scale, 2) for v in box)
    # Digits fill about seven tenths of the type size, Han characters nine.
    share = 0.72 if text.isascii() else 0.92
    return Glyph(text, x0, y0, x1, y1, round((y1 - y0) / share, 2))
