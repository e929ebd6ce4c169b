"""Hostile input within limits: documents are read in processes of their own.

Invariant: a reader that exceeds its time or memory is ended with all it started, and its document has an
outcome; the parent never reads the bytes itself. Way in: `pool.Pool`, with `limits.budget`.
"""
