"""Values of the archive that are rows as they are: captures, and the sites of a run.

Invariant: they have the columns of their tables, no more and no fewer.
"""

from __future__ import annotations

from archive.dataset.rows.typed import row_of
from archive.warc.captures import Capture, VisitedSite

CAPTURE = row_of("captures")(Capture)
SITE = row_of("sites")(VisitedSite)
