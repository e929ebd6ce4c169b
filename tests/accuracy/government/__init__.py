"""Governments' own budgets against values that others collected: `python -m tests.accuracy.government`.

The documents and `truth.csv` (place, year, measure, value in 亿元; their work, not checked by us) lie in
`../shared/real/gov`. Rows are counted apart by where the value stands: in a table, or in sentences only.
"""
