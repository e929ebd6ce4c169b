"""From archived bytes to rows of the dataset, and from pending runs to one snapshot.

Invariant: the same archive gives the same rows, whenever and in whatever order it is read; nothing is
committed before all of a run is read. Way in: `job.ingest`.
"""
