"""The dataset: declared tables, written as Parquet, in versions that are committed whole or not at all.

Invariant: `schema` is the only place that names tables and columns; a file is written by its content and
never
changed. Way in: `snapshots.commit` and `snapshots.latest` for versions, `query.connection.connect` for SQL.
"""
