"""What the commands do, as functions: the main job and its halves, and the longer questions.

Invariant: a job prints nothing but its report and returns values; options and exit codes are the command
line's (`gongkai.py`, `crawler.cli`).
"""
