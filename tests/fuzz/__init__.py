"""Damaged documents by the thousand: whatever is in them, reading ends with an outcome, in time.

Invariant: everything follows from seeds, so that a run that failed can be run again (`python -m tests.fuzz
--seed N --only NAME`).
"""
