"""What an announcement is called: by its page, by the list that links it, by the links to its files.

Invariant: a title is text that stands there, of two the one that says more.
"""

from __future__ import annotations

import re

from crawler.pages import relevance
from crawler.pages.attached_files import extension

_SITE_NAME = re.compile(r"\s*[-_|—–]")


def file_name(text: str) -> str:
    """What a link calls its file, if it is a file's name."""
    return text if extension(text) else ""


def without_ending(title: str) -> str:
    """A title without the ending of a file."""
    return title.rpartition(".")[0] if extension(title) else title


def is_cut(title: str) -> bool:
    """Does a list show only the beginning of a title?"""
    return title.endswith(("…", "...", "．．．", "。。。"))


def full_title(shown: str, listed: str) -> str:
    """The title of an article that its page and its list name: the page's, if it is one of a budget or
    what the list cut short, without the name of the site that some pages set behind it."""
    begun = listed.rstrip(".…．。 ")
    if is_cut(listed) and shown.startswith(begun):
        return shown
    if shown.startswith(listed) and _SITE_NAME.match(shown, len(listed)):
        return listed
    return shown if relevance.judge(shown).relevant else listed
