"""Text in images, through RapidOCR (an optional dependency; its models come with its wheel).

Invariant: the same pixels give the same text: no randomness, no network. Coordinates are
pixels of the image handed in.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parsers.values.errors import DocumentError

Image = NDArray[np.uint8]

THREADS = 1  # documents are read side by side, one process each: more threads only wait for one another
DETECT_LONG_SIDE = 1400  # pixels; larger costs seconds and finds nothing more on a page of office type


def available() -> bool:
    """Whether the OCR packages are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


def require() -> None:
    """Raises DocumentError `needs_ocr` when the OCR packages are missing."""
    if not available():
        raise DocumentError("needs_ocr", "The pages are images; install gongkai[ocr] to read them.")


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # Least width a line is padded to; the default of 320 makes every amount as dear as a sentence.
            "Rec.rec_img_shape": [3, 48, 96],
        }
    )


def detect(image: Image) -> list[NDArray[np.float32]]:
    """Quadrangles around lines of text: arrays of shape (4, 2), corners clockwise from the top left."""
    import cv2

    scale = min(1.0, DETECT_LONG_SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    found = _engine()(small, use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    return [] if boxes is None else [np.asarray(box, dtype=np.float32) / scale for box in boxes]


def recognise(lines: Sequence[Image]) -> list[tuple[str, float]]:
    """Text and confidence (0 to 1) of each image of one line."""
    if not lines:
        return []
    result = _engine().recognize_txt(list(lines))
    return [(str(text), float(score)) for text, score in zip(result.txts, result.scores, strict=True)]


def upside_down_votes(lines: Sequence[Image]) -> float:
    """Share of line images that look turned by 180 degrees."""
    if not lines:
        return 0.0
    _, result = _engine().cls_and_rotate(list(lines))
    labels = [label for label, _ in result.cls_res]
    return float(np.mean([label == "180" for label in labels]))
