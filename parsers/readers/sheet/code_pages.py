"""Old workbooks (BIFF 2 to 5) whose code page is wrong or missing, though their bytes are GBK.

Invariant: another code page than the declared one is taken only on evidence: words of budgets that only the
bytes read as GBK make.
"""

from __future__ import annotations

from collections.abc import Iterable

from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

GBK = "gb18030"
_WORDS = _L.pattern("words")
ENOUGH = 2


def looks_garbled(texts: Iterable[str]) -> bool:
    """Whether texts hold characters beyond ASCII and none of the words that every budget has."""
    found = [text for text in texts if not text.isascii()]
    return bool(found) and not any(_WORDS.search(text) for text in found)


def speaks_of_budgets(texts: Iterable[str]) -> bool:
    """Whether texts hold words of budgets, more than one by accident."""
    return sum(len(_WORDS.findall(text)) for text in texts) >= ENOUGH
