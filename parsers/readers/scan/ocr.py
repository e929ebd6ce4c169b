"""Text in images, through RapidOCR (an optional dependency; its models come with its wheel).

Invariant: the same pixels give the same text: no randomness, no network, and a line's text does not depend
on the other lines it is read with. Coordinates are pixels of the image handed in.

What a page costs: detection by its inked area, recognition by the summed width of its lines, once each is
48 pixels high. On a CPU several lines at a time are no faster than one by one, and take more memory.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from typing import Any

import numpy as np

from parsers.readers.scan.pixels import Image, Quad
from parsers.readers.scan.time_limit import ask
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

THREADS = 1  # pages are read side by side: more threads for one page only wait for one another
DETECT_LONG_SIDE = 1400  # pixels; larger costs seconds and finds nothing more on a page of office type
DETECT_SHORT_SIDE = 736  # pixels; smaller pictures are enlarged to it
BLANK_ROWS = 100  # pixels, at the scale of detection: so much white parts two regions
REGION_MARGIN = 32  # pixels of white that are left around a region
STEP_LINES = 16  # lines after which recognition looks at the time
SPECK = 3  # pixels of ink that are dust
# Lines this much wider than high are words, not amounts or codes; at this share of their width a digit still
# has two of the recogniser's steps, so that equal digits stay apart.
LONG_LINE, LONG_LINE_WIDTH = 6.5, 0.75


def available() -> bool:
    """Whether the OCR packages are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


def require() -> None:
    """Raises DocumentError `needs_ocr` when the OCR packages are missing."""
    if not available():
        raise DocumentError(DocumentOutcome.NEEDS_OCR, message("ocr_not_installed"))


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
            "Det.limit_side_len": 32,
            "Rec.rec_batch_num": 1,
            # Least width a line is padded to; the default of 320 makes every amount cost as much as a
            # sentence.
            "Rec.rec_img_shape": [3, 48, 96],
        }
    )


def load_models() -> None:
    """Load the models, which takes a second or two; later calls cost nothing."""
    _engine()


def detect(gray: Image) -> list[Quad]:
    """Quadrangles around lines of text, in reading order. Only the regions of the
    page that have ink are looked at."""
    import cv2

    scale = min(1.0, DETECT_LONG_SIDE / max(gray.shape))
    scale = max(scale, DETECT_SHORT_SIDE / min(gray.shape))
    shrinking = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=shrinking), dtype=np.uint8)
    quads = []
    for x0, y0, x1, y1 in inked_regions(small):
        ask()
        part = np.repeat(small[y0:y1, x0:x1, None], 3, axis=2)
        boxes = getattr(_engine()(part, use_det=True, use_cls=False, use_rec=False), "boxes", None)
        corner = np.array([x0, y0], dtype=np.float32)
        quads += [
            (np.asarray(box, dtype=np.float32) + corner) / scale for box in ([] if boxes is None else boxes)
        ]
    return quads


def inked_regions(gray: Image) -> list[tuple[int, int, int, int]]:
    """Boxes, from top to bottom, around what is printed on a page, parted where much of it is white."""
    from parsers.readers.scan.page_image import ink, without_specks

    mask = without_specks(ink(gray), SPECK)
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return []
    height, width = mask.shape
    boxes = []
    for band in np.split(rows, np.flatnonzero(np.diff(rows) > BLANK_ROWS) + 1):
        columns = np.flatnonzero(mask[band[0] : band[-1] + 1].any(axis=0))
        boxes.append(
            (
                max(int(columns[0]) - REGION_MARGIN, 0),
                max(int(band[0]) - REGION_MARGIN, 0),
                min(int(columns[-1]) + 1 + REGION_MARGIN, width),
                min(int(band[-1]) + 1 + REGION_MARGIN, height),
            )
        )
    return boxes


def recognise(lines: Sequence[Image]) -> list[tuple[str, float]]:
    """Text and confidence (0 to 1) of each image of one line."""
    found: list[tuple[str, float]] = []
    for start in range(0, len(lines), STEP_LINES):
        ask()
        result = _engine().recognize_txt([_narrowed(line) for line in lines[start : start + STEP_LINES]])
        found += [(str(text), float(score)) for text, score in zip(result.txts, result.scores, strict=True)]
    return found


def _narrowed(line: Image) -> Image:
    """A long line at less width, which costs less to read; a short one as it is."""
    import cv2

    height, width = line.shape[:2]
    if width <= LONG_LINE * height:
        return line
    size = (round(LONG_LINE_WIDTH * width), height)
    return np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def upside_down_votes(lines: Sequence[Image]) -> float:
    """Share of line images that look turned by 180 degrees."""
    if not lines:
        return 0.0
    _, result = _engine().cls_and_rotate(list(lines))
    labels = [label for label, _ in result.cls_res]
    return float(np.mean([label == "180" for label in labels]))
