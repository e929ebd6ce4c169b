# Everything runs in .venv, made from nothing by any target and renewed when the lock or pyproject.toml changes.
# It needs git, make and Python 3.11 or newer with venv; PYTHON=/path/to/python3 chooses another interpreter.

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
# A file's tests stay together, so a server started for a file starts once; the longest files are first. How many
# processes there are, and that order, are in tests/conftest.py.
PYTEST_FLAGS ?= -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help install demo test torture lint types accuracy layouts bench bench-gate bench-crawl bench-archive bench-growth bench-ocr bench-web docs docs-site season lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## set up .venv with everything, OCR included

demo: $(STAMP)  ## run the main job against the bundled replica site
	@$(BIN)/gongkai demo || [ $$? -eq 1 ]  # 1: done, with files that need a person; the replica has some

# Tests start hundreds of programs: these read what the first of them compiled, whatever the machine is set to.
test: export PYTHONDONTWRITEBYTECODE :=
test: lint types  ## lint, types and tests
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy --num-workers auto

torture: $(STAMP)  ## many writers through a lying network, and death at every step (about an hour)
	GONGKAI_STORIES=100 $(BIN)/python -m pytest --timeout 3600 tests/archive/ingest/test_bearing.py
	$(BIN)/python -m tests.torture

accuracy: $(STAMP)  ## score the parsers on the reference corpus in ../shared
	$(BIN)/python -m tests.accuracy

layouts: $(STAMP)  ## score tables drawn without rules between columns, by ReportLab and, if installed, Chromium and LibreOffice
	$(BIN)/python -m tests.accuracy.three_lines
	-$(BIN)/python -m tests.accuracy.layouts

bench: $(STAMP)  ## every benchmark (hours), and the pages of benchmarks and of capacity made from them
	$(BIN)/python -m tests.bench

bench-gate: $(STAMP)  ## ratios of processor time that no change may make much worse (half a minute)
	$(BIN)/python -m tests.bench.gate

bench-crawl: $(STAMP)  ## what capturing costs, against a bare Scrapy spider
	$(BIN)/python -m tests.bench.crawl

bench-archive: $(STAMP)  ## what a commit costs, against a full write and Delta Lake (if installed)
	$(BIN)/python -m tests.bench.archive

bench-growth: $(STAMP)  ## what one new PDF costs in stores of 1,000, 10,000 and 100,000 documents
	$(BIN)/python -m tests.bench.growth

bench-ocr: $(STAMP)  ## what a scanned page costs, and the digits lost, on the corpus in ../shared
	$(BIN)/python -m tests.bench.ocr

bench-web: $(STAMP)  ## how fast the pages answer over 1 million facts, cold and warm
	$(BIN)/python -m tests.bench.web

docs-site: $(STAMP)  ## the documentation as a site, in build/docs
	$(BIN)/python -m sphinx -q -W -b html docs build/docs

season: $(STAMP)  ## live a season of twelve days with the real program, and compare with its script
	$(BIN)/python -m tests.season

docs: $(STAMP)  ## write the rows and the data dictionary from the schema, and the pages of checks and claims
	$(BIN)/python -m archive.dataset.rows.writing
	$(BIN)/python -m tests.archive.dataset.dictionary_page > docs/data-dictionary.md
	$(BIN)/python -m tests.parsers.accounting.checks_page > docs/checks.md
	$(BIN)/python -m tests.accuracy.claims write-docs

lock: $(STAMP)  ## resolve requirements.lock anew, for every supported Python, with hashes
	$(BIN)/python -m pip install --quiet uv
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile pyproject.toml --universal \
		--python-version 3.11 --extra dev --generate-hashes --upgrade --quiet \
		--no-emit-index-url --no-emit-find-links --output-file requirements.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile pyproject.toml deploy/requirements.in --universal \
		--python-version 3.11 --extra ocr --extra cluster --extra iceberg --constraint requirements.lock \
		--generate-hashes --quiet --no-emit-index-url --no-emit-find-links --output-file deploy/requirements.lock

clean:  ## remove the environment and every cache, never the data
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "gongkai needs Python 3.11 or newer; found: $$(python3 --version 2>&1)." \
		"Install one, or name it: make PYTHON=/path/to/python3.11 ..." >&2; exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is not Python 3.11 or newer." >&2; exit 3; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 3; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) (once, a few minutes) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
