"""What a failing check may say: nothing before the reading is beyond doubt, and no more than its rule has
earned.

Invariant: a finding here only becomes weaker, never stronger. Way in: `unread`, `explained`, `doubt`,
`claims`, in this order.
"""
