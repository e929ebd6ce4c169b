"""What the sentences of a document must agree with: its tables, and each other.

Invariant: a sentence is held against a figure only where both name the same thing. Way in: one function a
module.
"""
