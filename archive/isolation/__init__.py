"""Hostile input within limits: documents, pages and a visitor's SQL, each in a process of its own.

Invariant: a task that exceeds its time or memory is ended with all it started, and has a result that says
so; the parent never reads the bytes itself, and never unpickles what comes back. Ways in: `pool.Pool` for
documents, with `limits.budget`; `process.Isolated` for anything else.
"""
