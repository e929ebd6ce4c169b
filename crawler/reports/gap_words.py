"""What a crawl saw and did not follow, in words for people.

Invariant: the words are those of `archive.warc.gaps`, in the reader's language; what was seen stands behind
them as it was noted.
"""

from __future__ import annotations

from collections.abc import Iterable

from archive.rendering.messages import said, sentence
from archive.rendering.texts import language, t
from archive.warc.gaps import Gap, words_of


def gap_kind_words(gap: Gap) -> str:
    """What kind of gap it is."""
    return sentence(words_of(gap.kind), language())


def gap_line(gap: Gap) -> str:
    """Where it is, and what was seen there."""
    outcome = t(gap.outcome, context="answer") if gap.outcome else None
    words = ", ".join(filter(None, (gap.title, outcome, said(gap.evidence))))
    return f"{gap.url} ({words})" if words else gap.url


def diagnosis_of(gaps: Iterable[Gap]) -> str:
    """The first gap that may hide anything of a site, in one sentence; "" if there is none."""
    for gap in gaps:
        if gap.hides == "site":
            return f"{gap_kind_words(gap)}: {gap_line(gap)}"
    return ""
