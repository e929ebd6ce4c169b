"""What the words of a government's tables name: places and scopes, stages and years, titles.

Invariant: text in, names out; nothing here knows a table. Way in: `territory.Territory`, `titles`, `years`,
`places`; their words in `vocabulary`.
"""
