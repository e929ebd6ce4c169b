"""How well documents are read, measured on the reference corpus: `python -m tests.accuracy`."""
