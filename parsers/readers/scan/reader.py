"""Page images to marks: words with positions and ruling lines, read like any drawn page.

Invariant: nothing is repaired. A word is what the recogniser saw, in the box in which it stands; what is
below the confidence bar is left out and counted in a note. The steps, each a function: seal and back out,
page upright, page level, rules found and erased, lines of text found, cut where a rule parts two cells, read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise

import numpy as np
from PIL import Image as Pillow
from PIL import ImageSequence, UnidentifiedImageError

from parsers.readers.limits import Limits
from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling
from parsers.readers.page.pages import Pages
from parsers.readers.scan import ocr
from parsers.readers.scan.orientation import box_of, crop, is_askew, level, upright
from parsers.readers.scan.pixels import Image, PixelBox, Quad
from parsers.readers.scan.side_by_side import ScannedPage, Scans
from parsers.values.attempts import Attempts
from parsers.values.document import Reading
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

DPI = 200.0
MOST_PIXELS = 40_000_000
LEAST_CONFIDENCE = 0.5
CERTAIN = 0.8  # confidence; of what detection did not take for text, and of one character


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
    """Words and rules of one page image, in points; of two pages side by side, those of both."""
    from parsers.readers.scan.page_image import without_seal, without_streaks
    from parsers.readers.scan.paper import without_back, without_watermark
    from parsers.readers.scan.ruling_lines import fold_of

    gray, quads, turned = upright(without_back(without_watermark(without_streaks(without_seal(rgb)))))
    fold = fold_of(gray, dpi)
    if fold is None:
        drawn = [_drawn(gray, quads, dpi)]
    else:
        halves = gray[:, :fold], gray[:, fold:]
        drawn = [_drawn(np.ascontiguousarray(half), ocr.detect(half), dpi) for half in halves]
    scale = 72 / dpi
    glyphs, rules = list[Glyph](), list[Ruling]()
    for page, left in zip(drawn, (0, fold or 0), strict=False):
        for text, (x0, y0, x1, y1) in page.words:
            glyphs += _glyphs(text, (x0 + left, y0, x1 + left, y1), scale)
        for rule in page.rules:
            x, y = (0, left) if rule.axis == "h" else (left, 0)
            along = (rule.lo + y) * scale, (rule.hi + y) * scale
            rules.append(Ruling(rule.axis, (rule.at + x) * scale, *along, rule.width * scale))
    marks = PageMarks(
        number=number,
        width=round(gray.shape[1] * scale, 2),
        height=round(gray.shape[0] * scale, 2),
        glyphs=tuple(glyphs),
        rules=tuple(rules),
        fold=None if fold is None else fold * scale,
    )
    return ScannedPage(marks, turned, drawn[0].skew, sum(page.doubtful for page in drawn))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What stands on one page, in its pixels, once it is level."""

    words: list[tuple[str, PixelBox]]
    rules: list[Ruling]
    skew: float
    doubtful: int


def _drawn(gray: Image, quads: Sequence[Quad], dpi: float) -> _Drawn:
    from parsers.readers.scan.ruling_lines import erased, ruling

    gray, quads, skew = level(gray, quads, dpi)
    stamps = [box_of(quad) for quad in quads if is_askew(quad)]
    lines = [box_of(quad) for quad in quads if not is_askew(quad)]
    rules, lines_mask = ruling(gray, dpi, lines)
    words, doubtful = _read(erased(gray, lines_mask), lines, stamps, rules, dpi)
    return _Drawn(words, rules, skew, doubtful + len(stamps))


def _text_boxes(
    mask: Image, lines: Sequence[PixelBox], rules: Sequence[Ruling], dpi: float
) -> list[PixelBox]:
    """Boxes of lines of text, cut at the rules that pass through them and drawn in to the ink."""
    from parsers.readers.scan import page_image, words

    speck = max(4, round((dpi / 60) ** 2 / 2))
    boxes: list[PixelBox] = []
    for part in words.between_lines([part for line in lines for part in _cut(line, rules)], mask):
        tight = page_image.ink_box(mask, *part, speck)
        if tight is not None:
            boxes.append(tight)
    down = [rule for rule in rules if rule.axis == "v"]
    apart: list[PixelBox] = []
    for box in words.without_overlaps(words.outermost(boxes), mask):
        middle = (box[1] + box[3]) / 2
        if any(rule.lo <= middle <= rule.hi for rule in down):
            apart.append(box)
        else:
            apart += words.parted(box, mask)
    return apart


def _cut(box: PixelBox, rules: Sequence[Ruling]) -> list[PixelBox]:
    """The box cut where a rule crosses it well inside: no text of a table stands on both sides of a rule."""
    x0, y0, x1, y1 = box
    margin, middle = 0.2 * (y1 - y0), ((x0 + x1) / 2, (y0 + y1) / 2)
    down, across = (
        sorted(
            round(r.at)
            for r in rules
            if r.axis == axis and r.lo <= along <= r.hi and low + margin < r.at < high - margin
        )
        for axis, along, low, high in (("v", middle[1], x0, x1), ("h", middle[0], y0, y1))
    )
    return [
        (left, top, right, foot)
        for top, foot in pairwise([y0, *across, y1])
        for left, right in pairwise([x0, *down, x1])
    ]


def _read(
    clean: Image, lines: Sequence[PixelBox], stamps: Sequence[PixelBox], rules: Sequence[Ruling], dpi: float
) -> tuple[list[tuple[str, PixelBox]], int]:
    """Words with their boxes, and how many were not legible. What detection passed over is read where it is
    certainly more than dirt."""
    from parsers.readers.scan import page_image, words

    mask = page_image.ink(clean)
    for x0, y0, x1, y1 in stamps:
        mask[max(y0, 0) : y1, max(x0, 0) : x1] = 0
    boxes, more = page_image.missed(_text_boxes(mask, lines, rules, dpi), mask, rules)
    height = float(np.median([y1 - y0 for _, y0, _, y1 in boxes])) if boxes else 0.0
    padded = [(x0 - 4, y0 - 4, x1 + 4, y1 + 4) for x0, y0, x1, y1 in (*boxes, *more)]
    results = [(text.strip(), score) for text, score in ocr.recognise([crop(clean, box) for box in padded])]
    read = [
        (text, box)
        for (text, score), box in zip(results, boxes, strict=False)
        if text and score >= (LEAST_CONFIDENCE if len(text) > 1 else CERTAIN)
    ]
    doubtful = len(boxes) - len(read)
    read += [
        (text, box)
        for (text, score), box in zip(results[len(boxes) :], more, strict=True)
        if score >= CERTAIN and words.is_more_than_dirt(text, box, height)
    ]
    return [
        word
        for text, box in read
        if not words.is_dust(text)
        for word in words.apart(words.without_dust(text), box, mask)
    ], doubtful


def _filled(text: str) -> float:
    """Of its type size, what a word is high: a comma reaches below the digits, brackets above as well."""
    if not text.isascii():
        return 0.92
    return 0.88 if any(char in ",;()" for char in text) else 0.72


def _glyphs(text: str, box: PixelBox, scale: float) -> Iterator[Glyph]:
    """The characters of a word, side by side in its box: full ones are twice as wide. A drawn page has
    characters too, and columns are found by them."""
    x0, y0, x1, y1 = (v * scale for v in box)
    size = round((y1 - y0) / _filled(text), 2)
    ends = np.cumsum([0, *(1 if char.isascii() else 2 for char in text)])
    for char, (begin, end) in zip(text, pairwise(x0 + (x1 - x0) * ends / ends[-1]), strict=True):
        yield Glyph(char, round(float(begin), 2), round(y0, 2), round(float(end), 2), round(y1, 2), size)
