"""From the marks of a page to its lines: glyphs and rules, lines of text, the runs of a line, printed rows.

Invariant: nothing here knows what a table is. Way in: `geometry`, then `text.visual_lines`.
"""
