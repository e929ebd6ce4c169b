"""Old workbooks (BIFF 2 to 5) whose code page is wrong or missing, though their bytes are GBK.

Invariant: another code page than the declared one is taken only on evidence: words of budgets that only the
bytes read as GBK make.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

GBK = "gb18030"
_WORDS = re.compile("预算|决算|收入|支出|合计|总计|单位|项目|科目|万元|部门|金额|编码|财政|本年|服务|名称")
ENOUGH = 2


def looks_garbled(texts: Iterable[str]) -> bool:
    """Whether texts hold characters beyond ASCII and none of the words that every budget has."""
    found = [text for text in texts if not text.isascii()]
    return bool(found) and not any(_WORDS.search(text) for text in found)


def speaks_of_budgets(texts: Iterable[str]) -> bool:
    """Whether texts hold words of budgets, more than one by accident."""
    return sum(len(_WORDS.findall(text)) for text in texts) >= ENOUGH
