"""What earlier runs left: which bytes are archived, and what each run saw.

Invariant: it only reads, and asks the newest snapshot before the journals. Way in: `archived.Known` by
address and hash, `runs.past_of` by run.
"""
