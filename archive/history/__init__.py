"""What earlier runs left: which bytes are archived, and what each run saw.

Invariant: it asks the newest snapshot before the journals; but for local files, which it archives as a run of
their own, it only reads. Way in: `archived.Known` by address and hash, `runs.Past` by run.
"""
