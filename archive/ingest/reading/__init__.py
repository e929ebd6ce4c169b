"""Archived bytes, or a local file, to rows of the dataset.

Invariant: the rows follow from the bytes, from what is known of them beforehand, and from the version of the
parsers. Way in: `readings` for the files of an announcement, `one_file` for a local file.
"""
