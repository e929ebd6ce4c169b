"""Steps that may fail alone.

Invariant: an error in one step costs what that step gives, and a note says what was lost; no other step
notices. Only want of memory ends the document, and what a reader refuses by its limits (`ends`).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import ParamSpec, TypeVar

from parsers.values.document import Note
from parsers.values.errors import DocumentError
from parsers.values.messages import Message, message

P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")


@dataclass(slots=True)
class Attempts:
    """Runs steps, and keeps a note (`not_read`) of each that failed; or raises, for callers who ask for one
    step alone."""

    notes: list[Note] = field(default_factory=list)
    page: int | None = None
    raises: bool = False
    ends: tuple[type[Exception], ...] = ()

    def run(
        self, lost: Message, otherwise: T, step: Callable[P, T], /, *args: P.args, **options: P.kwargs
    ) -> T:
        """What `step` returns; `otherwise` where it fails. `lost` names for a person what is then missing."""
        try:
            return step(*args, **options)
        except MemoryError:
            raise
        except Exception as error:  # whatever it is, it must not cost more than this step
            if self.raises or isinstance(error, self.ends):
                raise
            reason = error.detail if isinstance(error, DocumentError) else where(error)
            detail = message("step_failed", step=lost, error=reason)
            self.notes.append(Note("not_read", detail, self.page))
            return otherwise

    def all_of(
        self, lost: Message, step: Callable[P, Iterable[T]], /, *args: P.args, **options: P.kwargs
    ) -> list[T]:
        """Everything that `step` yields; nothing where it fails."""
        return self.run(lost, [], lambda: list(step(*args, **options)))

    def each_of(
        self, lost: Message, step: Callable[[Sequence[S]], Iterable[T]], items: Sequence[S]
    ) -> tuple[T, ...]:
        """What `step` yields for all items together; where it fails, for each of them alone."""
        try:
            return tuple(step(items))
        except MemoryError:
            raise
        except Exception:
            found = (self.all_of(lost, step, [item]) for item in items)
            return tuple(chain.from_iterable(found))


STRICT = Attempts(raises=True)


def where(error: Exception) -> str:
    """An error and the line it came from, in one line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}, {frame.name}"
    return f"{type(error).__name__}: {str(error)[:300]} ({place})"
