"""A page that is a picture of text, as a PDF: `picture.py FILE`."""

from __future__ import annotations

import sys

from PIL import Image, ImageDraw, ImageFont

page = Image.new("RGB", (1240, 1754), "white")
draw, font = ImageDraw.Draw(page), ImageFont.load_default(48)
for line in range(6):
    draw.text((150, 200 + 120 * line), f"Budget {2020 + line}   1234{line}.50", "black", font)
page.save(sys.argv[1], "PDF", resolution=150)
