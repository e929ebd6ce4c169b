"""Lists whose items are paragraphs of their own: 其中： and below it （1）…, （2）….

Invariant: what an item lists of its own ends with the item.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers.prose.paragraph import ordinal_depth


@dataclass(slots=True)
class NumberedList:
    """The list being read: how its items are numbered (`depth`, None outside a list), the headings they stand
    under, and the number of the figure whose parts they are."""

    depth: int | None = None
    headings: tuple[str, ...] = ()
    whole: int | None = None
    announced: bool = False  # the paragraph before ended in a colon

    def go_on(self, text: str, headings: tuple[str, ...], whole: int | None) -> tuple[bool, int | None]:
        """Whether a paragraph is an item of the list that the one before announced or began, and the figure
        whose parts it lists, which is `whole` outside a list."""
        depth = ordinal_depth(text)
        if self.announced:
            self.whole = whole
        elif (depth, headings) != (self.depth, self.headings):
            depth = None
        elif depth is not None:
            whole = self.whole
        self.depth, self.headings, self.announced = depth, headings, text.endswith("：")
        return depth is not None, whole
