"""SQL over one snapshot: its tables, and views of measures that every connection has.

Invariant: a view selects and labels; it adds up nothing that a document prints as a sum. Way in:
`connection.connect`.
"""
