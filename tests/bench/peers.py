"""Another reader of tables in PDFs: `PYTHON tests/bench/peers.py {pymupdf,camelot} FILE ...`.

Prints the name and version of the peer, then a line for each file: processor seconds in which it found the
tables of all pages, or that it failed; the first file twice, to warm up. It needs nothing of ours, so it runs
in an environment of its own, named by GONGKAI_PEERS: PyMuPDF is under the AGPL, and is never imported beside
the project.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version


def pymupdf(path: str) -> None:
    """The tables of every page, by PyMuPDF's `find_tables`."""
    import pymupdf as peer  # type: ignore[import-not-found, unused-ignore]

    with peer.open(path) as document:
        for page in document:
            for table in page.find_tables().tables:
                table.extract()


def camelot(path: str) -> None:
    """The tables of every page that have rules, by camelot's `lattice`."""
    import camelot as peer  # type: ignore[import-not-found, unused-ignore]

    peer.read_pdf(path, pages="all", flavor="lattice", suppress_stdout=True)


PEERS = {"pymupdf": (pymupdf, "pymupdf"), "camelot": (camelot, "camelot-py")}


def main(name: str, *paths: str) -> None:
    """See the module."""
    read, package = PEERS[name]
    print(f"{package} {version(package)}", flush=True)
    for path in (paths[0], *paths):
        start = time.process_time()
        try:
            read(path)
        except Exception as error:  # of any kind: one file must not cost the others
            print(f"failed: {type(error).__name__}", flush=True)
        else:
            print(time.process_time() - start, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
