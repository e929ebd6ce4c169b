"""Slips of recognition in scanned tables, repaired where knowledge proves the repair.

Invariant: a repair is made only if exactly one reading fits, and it is noted with what was read. Way in:
`repairs`.
"""
