"""What the pages read: open snapshots, questions to them, pages of archived files as pictures.

Invariant: hostile input - files, a visitor's SQL - is handled in the sandbox only. Way in: `dataset.Dataset`.
"""
