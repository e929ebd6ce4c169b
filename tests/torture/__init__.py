"""What the archive must survive: many writers at once, a network that lies, and death at every step.

`make torture` runs everything; CI runs a part (`tests/archive/test_torture.py`).
"""
