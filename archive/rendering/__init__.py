"""Arrow tables and days as text and files for people and programs.

Invariant: it knows no store and no snapshot: values in, text or bytes out. Way in: `formats.give`.
"""
