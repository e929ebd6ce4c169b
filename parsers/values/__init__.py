"""Value types that pass between the stages of reading and that leave the parsers.

Invariant: frozen data, no knowledge of formats or tables. Way in: `document.Reading` for what is printed,
`results.ParsedDocument` for what is read from it.
"""
