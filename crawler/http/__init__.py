"""Requests and answers: what may be asked, how gently, and how every answer is kept.

Invariant: each exchange is archived before anything is concluded from it. Way in: `handler.ArchivingHandler`
and the stations in `middlewares`.
"""
