"""Every table and every column of the dataset, described once.

Invariant: nothing about a column is written anywhere else. Way in: `tables.TABLES`.
"""
