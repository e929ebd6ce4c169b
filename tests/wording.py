"""What a message says, for tests that read it as a visitor would."""

from __future__ import annotations

from archive.rendering.messages import rendered
from parsers.values.messages import Message


def both(message: Message | str | None) -> str:
    """The sentence in Chinese and in English, `中文 | English`; "" for none."""
    return " | ".join(rendered(str(message), language) for language in ("zh", "en")) if message else ""


def english(message: Message | str | None) -> str:
    """The English sentence; "" for none."""
    return rendered(str(message), "en") if message else ""
