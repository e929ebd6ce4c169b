"""The shapes that the modules of a scanned page hand to one another.

Invariant: plain arrays and tuples, in pixels of one page image.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Height × width (grey: 0 black to 255 white; a mask: 0 or 255), or height × width × 3 (RGB)."""
PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom; the last two lie behind the last pixel."""
Quad = NDArray[np.float32]
"""The four corners of a line of text (4 × 2), from its top left clockwise."""
Contour = NDArray[np.int32]
"""The pixels around a mark (n × 1 × 2, x then y)."""
Points = NDArray[np.float32]
"""Points of a page (n × 2), x then y."""
