"""Web pages: the article as text blocks and grids, everything around it as furniture.

Invariant: what a browser would not show is not read. Way in: `reader.read_html`.
"""
