"""Documents to parse, and those that belong together with what is in them.

Invariant: the order of the documents of a group follows from what they hold, not from when each was read:
files as they were given, then their members, level by level. A document comes back from its process as JSON
that is checked against its type, and as the bytes of its members: nothing that a broken reader sends is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter

from archive.isolation.limits import Allowance
from parsers.readers.limits import Limits
from parsers.values.document import Member, Note
from parsers.values.messages import message
from parsers.values.results import Hints, ParsedDocument


@dataclass(frozen=True, slots=True)
class Task:
    """One document to parse: a file, or a member of the container `parent_id`. `group` names the disclosure
    it belongs to, members with their container; `name` is what the file is called, which says nothing if it
    is a web page's. `share` is what the outermost container's members may cost together."""

    data: bytes
    hints: Hints = field(default_factory=Hints)
    parent_id: str | None = None
    depth: int = 0
    group: str = ""
    name: str | None = None
    share: Allowance | None = field(default=None, compare=False, repr=False)


Results = list[tuple[Task, ParsedDocument]]
"""The documents of a group of tasks, each with its task."""


@dataclass(eq=False, slots=True)
class Group:
    """Tasks that belong together. `waiting` gives those of the level of members that is being read; `tasks`
    are those started, `done` the documents of some by place, `settled` how many are looked through for
    members.
    """

    waiting: Iterator[Task]
    tasks: list[Task] = field(default_factory=list)
    done: dict[int, ParsedDocument] = field(default_factory=dict)
    settled: int = 0
    exhausted: bool = False

    def next_task(self) -> Task | None:
        """The next task to start; None where the level has no more."""
        task = next(self.waiting, None)
        self.exhausted = task is None
        return task

    @property
    def is_whole(self) -> bool:
        """Whether every task has a result and has been looked through for members."""
        return self.exhausted and self.settled == len(self.tasks)

    @property
    def results(self) -> Results:
        """The tasks with their results, in the order of starting."""
        return [(task, self.done[place]) for place, task in enumerate(self.tasks)]

    def settle(self, max_depth: int, limits: Limits) -> None:
        """Once a level is read, take out its members as the next one."""
        if not self.exhausted or len(self.done) < len(self.tasks):
            return
        members: list[Task] = []
        for place in range(self.settled, len(self.tasks)):
            task, document = self.tasks[place], self.done[place]
            if document.members and task.depth < max_depth:
                inside = _member_tasks(task, document, task.share or Allowance.of(limits))
                if left_out := len(document.members) - len(inside):
                    self.done[place] = _with_note(document, left_out)
                members += inside
        self.settled = len(self.tasks)
        if members:
            self.waiting, self.exhausted = iter(members), False


def _member_tasks(task: Task, document: ParsedDocument, share: Allowance) -> list[Task]:
    return [
        Task(
            member.data,
            replace(task.hints, file_name=member.name),
            document.document_id,
            task.depth + 1,
            task.group,
            member.name,
            share,
        )
        for member in document.members
        if share.admit(len(member.data))
    ]


def _with_note(document: ParsedDocument, left_out: int) -> ParsedDocument:
    note = Note("members_left_out", message("files_beyond_limits", n=left_out))
    return replace(document, notes=(*document.notes, note))


Parse = Callable[[bytes, Hints, Limits], ParsedDocument]

_DOCUMENT = TypeAdapter(ParsedDocument)


def read(parse: Parse, order: tuple[bytes, Hints, Limits]) -> Sequence[bytes]:
    """The document without what its members hold, then that of each member."""
    document = parse(*order)
    named = tuple(Member(member.name, b"") for member in document.members)
    return _DOCUMENT.dump_json(replace(document, members=named), warnings=False), *(
        one.data for one in document.members
    )


def document_of(parts: Sequence[bytes]) -> ParsedDocument:
    """The document that `read` gave. Raises ValueError."""
    if not parts:
        raise ValueError("it is empty")
    document = _DOCUMENT.validate_json(parts[0])
    pairs = zip(document.members, parts[1:], strict=True)
    return replace(document, members=tuple(Member(member.name, data) for member, data in pairs))
