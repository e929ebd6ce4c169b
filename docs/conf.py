"""The documentation as a site: `make docs-site`. The pages are the Markdown files beside this one."""

from __future__ import annotations

project = "gongkai"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
html_theme = "furo"
html_title = "gongkai"
html_copy_source = False
html_extra_path: list[str] = ["operations"]
myst_heading_anchors = 3
suppress_warnings = [
    "myst.xref_missing",  # links to files beside the pages, like operations/gongkai.timer
    "misc.highlighting_failure",  # the diagram of the architecture stays text here
]
