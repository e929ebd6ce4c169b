"""Geometry of a drawn page: glyphs and rules in, text blocks and grids out; shared by PDF, OFD and scans.

Invariant: every glyph ends in one cell or one line of text. Way in: `pages.Pages.add`.
"""
