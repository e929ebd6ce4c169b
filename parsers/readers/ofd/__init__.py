"""OFD (GB/T 33190): text, paths and images of every page, by the same geometry as PDF.

Invariant: no page is lost in silence. Way in: `reader.read_ofd`.
"""
