"""Bytes as received: WARC records, their index, and the journals of the run that received them.

Invariant: what is written once is never changed; a record is appended whole or cut off when the run is
recovered. Way in: `writer.WarcWriter` to write, `records.read_records` to read, `journal` for what a run saw.
"""
