"""What a document says of itself: who publishes what, for which year; what was approved when; which units
belong to it.

Invariant: what is not printed is None; nothing is concluded from amounts. Way in: `headlines.headline`.
"""
