"""PDF: every page to text blocks and grids, from its text layer or, failing that, from its image.

Invariant: what a reader does not see on the page is not read. Way in: `reader.read_pdf`.
"""
