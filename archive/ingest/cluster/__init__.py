"""Reading on many machines, with Dask: workers read the archive and write rows to the store themselves.

Invariant: what passes through the scheduler is names and places, never bytes of documents or rows; and the
rows are those of one machine, whatever workers are lost. Way in: `engine.connected`.
"""
