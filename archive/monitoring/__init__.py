"""Who owes which disclosure by when, who has published, and how open each place is.

Invariant: a body is called missing only where nothing stands between its document and the verdict. Way in:
`verdicts.judge` for verdicts, `scoring.scores` for rates.
"""
