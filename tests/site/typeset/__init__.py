"""The fixture generator: a disclosure in any format counties publish.

Invariant: the same disclosure and format give the same bytes, in this process and in any other.
"""

from __future__ import annotations

from functools import cache

from ..disclosure import load
from .docx import typeset_docx
from .html import typeset_html
from .pdf import typeset_pdf
from .xlsx import typeset_xlsx

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
}


@cache
def typeset(disclosure_id: str, form: str, *, repeat_headers: bool = True) -> bytes:
    """Bytes of a disclosure as `form` (a key of MEDIA_TYPES); HTML is the fragment inside an article, UTF-8.

    `repeat_headers` matters for PDF only. Raises FileNotFoundError for an unknown disclosure and
    ValueError for an unknown form.
    """
    disclosure = load(disclosure_id)
    if form == "pdf":
        return typeset_pdf(disclosure, repeat_headers=repeat_headers)
    if form == "xlsx":
        return typeset_xlsx(disclosure)
    if form == "docx":
        return typeset_docx(disclosure)
    if form == "html":
        return typeset_html(disclosure).encode()
    raise ValueError(f"no typesetter for {form!r}")
