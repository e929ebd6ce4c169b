"""Who owes which disclosure by when, and who has published.

Invariant: a body is called missing only where nothing stands between its document and the verdict. Way in:
`judging.judge`; `scores` counts them.
"""
