"""Versions of the dataset beside each other: what changed from one to the next, and which are deleted.

Invariant: nothing here writes rows; only expiry deletes, and only what no version that stays refers to. Way
in: `differences` for people, `changes` for rows, `expiry`.
"""
