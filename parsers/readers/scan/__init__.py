"""Pages that are pictures: words by recognition, rules from pixels.

Invariant: without the optional packages it says what is missing, and guesses nothing. Way in:
`reader.scan_page`.
"""
