"""How open each body and region is: shares of what was due, and the total they make.

Invariant: what counts how much is data (`scores.yaml`). Way in: `scoring.scores`.
"""
