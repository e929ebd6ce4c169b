"""From the registry to the archive: which pages, how gently, what they are, what they announce.

Invariant: nothing in here reads a budget; the crawler finds and keeps, `parsers` reads.
"""
