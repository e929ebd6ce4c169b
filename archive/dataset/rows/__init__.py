"""Rows as values: a frozen dataclass for each table, and for what a question takes of one.

Invariant: a field has the name, the type and the words of its column; what a class does not name is not read.
Way in: `typed.row_of` declares, `typed.rows_of` and `typed.table_of` convert; the full rows stand in `crawl`,
`documents`, `facts` and `monitoring`, written from the schema by `python -m archive.dataset.rows.writing`.
"""
