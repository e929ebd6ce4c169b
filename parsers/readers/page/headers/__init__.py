"""Headers of tables that are drawn without rules: how their cells stand over columns, level by level.

Invariant: a header is read from where its words stand, never from what they say of money. Way in:
`rows.readings_of`, then the reading that fits how the header is drawn (`columns`, `open`, `sided`, `spread`).
"""
