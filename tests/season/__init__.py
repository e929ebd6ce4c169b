"""A season of publication in twelve days: four sites with a clock of their own, and what a monitor must say.

Invariant: what happens and what must be said stand in `season.yaml` and nowhere else; the days are lived by
the real program, each in a process of its own, as an operator's timer would start it.
"""
