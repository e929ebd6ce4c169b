"""Rules about rows that contain other rows: trees of codes, subtotals, ranks, totals that are missing.

Invariant: a row whose parts are not all known to be there is not tested. Way in: the functions in `registry`.
"""
