"""Everything that is kept: captured bytes, and the dataset in versions.

Imports go one way: the archive knows `parsers`, and neither the crawler nor the command line.
"""
