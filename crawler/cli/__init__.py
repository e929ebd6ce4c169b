"""The parts of the command line that `gongkai.py` declares its commands with.

Invariant: importing this package loads the command line's own library and nothing of the crawler, the
archive's database or the parsers; a command imports what it needs when it runs.
"""
