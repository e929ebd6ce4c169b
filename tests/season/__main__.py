"""`python -m tests.season [FOLDER]`: live the season; each day, and where it differs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.season.play import play


def main(folder: Path) -> int:
    wrong = 0
    for day, differences in play(folder):
        print(day, "as scripted" if not differences else "DIFFERS")
        for one in differences:
            print(f"  {one.about}\n    expected {one.expected}\n    found    {one.found}")
        wrong += len(differences)
    return 1 if wrong else 0


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", nargs="?", type=Path, help="a new folder to keep; default: a temporary one")
    if folder := ask.parse_args().folder:
        folder.mkdir(parents=True)
        sys.exit(main(folder))
    with TemporaryDirectory() as scratch:
        sys.exit(main(Path(scratch)))
