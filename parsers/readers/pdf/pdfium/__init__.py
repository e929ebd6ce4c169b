"""What PDFium knows of a page, in bulk: objects, characters, fonts, layers, as arrays.

Invariant: it only reads, and says where it is in doubt; what to make of a doubt is decided in `marks`. Way
in: `glyphs`, `rules`.
"""
