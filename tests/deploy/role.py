"""The command of a service: `role.py compose.yaml SERVICE`, its `${NAME:-default}` replaced as compose does.

Read by the shell as words: no argument may hold a space.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import yaml


def command_of(compose: str, service: str) -> str:
    """The words of the command, parted by spaces."""
    words = yaml.safe_load(Path(compose).read_text("utf-8"))["services"][service]["command"]
    replaced = [
        re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: os.environ.get(m[1]) or m[2], word) for word in words
    ]
    assert not any(re.search(r"\s|\$", word) for word in replaced), replaced
    return " ".join(replaced)


if __name__ == "__main__":
    print(command_of(*sys.argv[1:]))
