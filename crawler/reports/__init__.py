"""What a run says of itself while it works and when it ends.

Invariant: numbers come from the journal of the run, so that a report can be made again. Way in:
`tally.Report`.
"""
