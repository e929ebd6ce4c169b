"""Rules that only governments' own tables keep: sums, sides, movements, limits, regions.

Invariant: a level that a column does not print is unknown, not zero. Way in: the functions in `registry`.
"""
