"""The text of one part of a DOCX package (body, header …): paragraphs, runs, text boxes and tables.

Invariant: a text appears once. Insertions are in, deletions, field codes and hidden text are out; of two
alternative drawings one is read; a table inside a cell is a grid of its own, right after the outer one,
and its text is not part of the outer cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from parsers.readers.word.ooxml import MC, R, W, alternative, cells_of, flag, integer, read_table, rows_of
from parsers.values.amounts import withdrawn_amount
from parsers.values.attempts import Attempts
from parsers.values.document import Block, Grid, Note, TextBlock
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.text import superscript

BODY_TEXT = 9  # the outline level of what is not a heading (ECMA-376, 17.3.1.20)
_TEXT_BOX = f"{W}txbxContent"
_TRANSPARENT = frozenset(
    f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
)
_LEFT_OUT = frozenset(
    f"{W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "tblPr", "instrText", "delText", "rt")
)
_DELETED = frozenset(f"{W}{name}" for name in ("del", "moveFrom"))
_DRAWING = frozenset(f"{W}{name}" for name in ("drawing", "pict", "object"))
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
MAX_NESTING = 12
"""Tables in tables (or text boxes) deeper than this are left out, with a note."""
FRAME_ROWS = 3  # of one cell: no table
_LEAST_SIZE = 4  # half points: text of this size and less is not seen


@dataclass(frozen=True, slots=True)
class Story:
    """What the reading of one part (body, header, …) needs to know of the package."""

    headings: frozenset[str]
    chunks: dict[str, tuple[Block, ...]]
    notes: list[Note]
    struck: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)  # struck out, deleted or hidden, in order

    @property
    def attempts(self) -> Attempts:
        """A table that fails costs that table."""
        return Attempts(self.notes, ends=(DocumentError,))


def blocks_of(parent: Iterable[etree._Element], story: Story, depth: int) -> Iterator[Block]:
    """The blocks of a body, cell, text box, header or content control, in order."""
    if depth > MAX_NESTING:
        story.notes.append(Note("too_deep", message("nested_too_deeply", n=MAX_NESTING)))
        return
    for child in parent:
        if child.tag == f"{W}p":
            yield from _paragraph(child, story, depth)
        elif child.tag == f"{W}tbl":
            yield from story.attempts.all_of(message("step_a_table"), _table, child, story, depth)
        elif child.tag == f"{W}altChunk":
            yield from story.chunks.get(child.get(f"{R}id", ""), ())
        elif child.tag == f"{MC}AlternateContent":
            yield from blocks_of(alternative(child), story, depth)
        elif child.tag in _TRANSPARENT:
            yield from blocks_of(child, story, depth)


def _paragraph(paragraph: etree._Element, story: Story, depth: int) -> Iterator[Block]:
    """The paragraph, if it has text, then the text boxes anchored in it."""
    boxes: list[etree._Element] = []
    text = "".join(_inline(paragraph, boxes, story)).strip("\n ")
    if text.strip():
        yield TextBlock(text, "heading" if _is_heading(paragraph, story) else "paragraph")
    for box in boxes:
        yield from blocks_of(box, story, depth + 1)


def _is_heading(paragraph: etree._Element, story: Story) -> bool:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return False
    style = properties.find(f"{W}pStyle")
    if style is not None and style.get(f"{W}val") in story.headings:
        return True
    return integer(properties, "outlineLvl", BODY_TEXT) < BODY_TEXT


def _inline(
    element: etree._Element, boxes: list[etree._Element], story: Story, raised: bool = False
) -> Iterator[str]:
    """The text of a paragraph or run; text boxes met on the way are put into `boxes`, what no longer counts
    into the lists of the story. Raised digits are kept as such: they mark footnotes."""
    for child in element:
        tag = child.tag
        if tag in _LEFT_OUT or not isinstance(tag, str):
            story.withdrawn.extend(_deleted(child))
            continue
        if tag in (f"{W}t", _MATH_TEXT):
            yield superscript(child.text or "") if raised else child.text or ""
        elif tag in _CHARACTERS:
            if child.get(f"{W}type") not in ("page", "column"):
                yield _CHARACTERS[tag]
        elif tag == f"{MC}AlternateContent":
            for part in alternative(child):
                yield from _drawn(part, boxes) if part.tag in _DRAWING else _inline(part, boxes, story)
        elif tag in _DRAWING:
            yield from _drawn(child, boxes)
        elif tag == f"{W}r":
            yield from _run(child, boxes, story)
        else:
            yield from _inline(child, boxes, story, raised)


def _deleted(element: etree._Element) -> Iterator[str]:
    """The texts of a tracked deletion; none of other elements."""
    if element.tag in _DELETED:
        yield from (part.text or "" for part in element.iter(f"{W}delText", f"{W}t"))


def _run(run: etree._Element, boxes: list[etree._Element], story: Story) -> Iterator[str]:
    """The text of a run; nothing if it is hidden or struck out."""
    properties = run.find(f"{W}rPr")
    if flag(properties, "vanish") or _is_unseen(run, properties):
        story.withdrawn.extend(part.text or "" for part in run.iter(f"{W}t"))
        return
    position = properties.find(f"{W}vertAlign") if properties is not None else None
    raised = position is not None and position.get(f"{W}val") == "superscript"
    texts = _inline(run, boxes, story, raised)
    if flag(properties, "strike") or flag(properties, "dstrike"):
        struck = [text for text in texts if text.strip()]
        story.struck.extend(struck)
        story.withdrawn.extend(struck)
    else:
        yield from texts


def _is_unseen(run: etree._Element, properties: etree._Element | None) -> bool:
    """A run too small to see, or white in a line of text of another colour: all of a line may be white on a
    ground that its table draws."""
    if properties is None:
        return False
    if integer(properties, "sz", _LEAST_SIZE + 1) <= _LEAST_SIZE:
        return True
    grounds = (f"{W}shd", f"{W}highlight")
    if not _is_white(run) or any(properties.find(ground) is not None for ground in grounds):
        return False
    line = run.getparent()
    beside = () if line is None else line.iterfind(f"{W}r")
    return any(other.findtext(f"{W}t", "").strip() and not _is_white(other) for other in beside)


def _is_white(run: etree._Element) -> bool:
    colour = run.find(f"{W}rPr/{W}color")
    return colour is not None and colour.get(f"{W}val", "").upper() == "FFFFFF"


def _drawn(drawing: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
    """Nothing inline, but the outermost text boxes of a drawing go to `boxes`, alternatives read once."""
    for child in drawing:
        if child.tag == _TEXT_BOX:
            boxes.append(child)
        elif child.tag == f"{MC}AlternateContent":
            for part in alternative(child):
                if part.tag == _TEXT_BOX:
                    boxes.append(part)
                else:
                    yield from _drawn(part, boxes)
        else:
            yield from _drawn(child, boxes)


def _table(table: etree._Element, story: Story, depth: int) -> Iterator[Block]:
    """The grid of a table and the grids nested in it; a frame around text is not a table."""
    rows = [list(cells_of(row)) for row in rows_of(table)]
    if len(rows) <= FRAME_ROWS and all(len(cells) == 1 for cells in rows):
        for (cell,) in rows:
            yield from blocks_of(cell, story, depth + 1)
        return

    def read_cell(cell: etree._Element) -> tuple[str, list[Block]]:
        before = len(story.withdrawn)
        content = list(blocks_of(cell, story, depth + 1))
        text = "\n".join(block.text for block in content if isinstance(block, TextBlock))
        text = text or withdrawn_amount("".join(story.withdrawn[before:]))
        return text, [block for block in content if isinstance(block, Grid)]

    grid, nested = read_table(table, read_cell)
    if grid is not None:
        yield grid
    yield from nested
