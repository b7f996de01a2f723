# run, test: all that a fresh machine needs. lint, bench, lock beside them. python3 >= 3.11 and make.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
# Processes that run tests, a file of tests at a time. `make test WORKERS=0 ARGS=tests/…` runs them in one.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n > 4 ? 4 : n)))
# Where tests keep their archives. In memory where there are 4 GB of room: on a disk they mostly wait for it, since
# an index and a database are flushed to it with every change.
SCRATCH = $(or $(TMPDIR),$(shell df -Pk /dev/shm 2>/dev/null | awk '$$4 > 4000000 && $$6 == "/dev/shm" {print $$6}'),/tmp)
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash

.PHONY: run test lint bench bench-import load torture fuzz audit lock check clean

run: $(VENV)/.run
	@PORT=$(PORT) HOST=$(HOST) exec $(BIN)/python -m newsarchive.ops.supervisor

test: $(VENV)/.test
	TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	NEWSARCHIVE_DEBUG=1 $(BIN)/mypy

check: lint test

# MINUTES=30 make torture: the index under fire; tests/torture/test_torture.py is its short form.
torture: $(VENV)/.test
	$(BIN)/python -m tests.torture --minutes $(or $(MINUTES),10) $(ARGS)

# EXAMPLES=1000000 or SECONDS=3600 make fuzz: the long form of tests/fuzz/test_fuzz.py.
fuzz: $(VENV)/.test
	$(BIN)/python -W ignore -m tests.fuzz $(if $(EXAMPLES),--examples $(EXAMPLES)) \
	  $(if $(SECONDS),--seconds $(SECONDS) $(if $(EXAMPLES),,--examples 1000000000)) $(ARGS)

# Known holes in what is locked. Asks pypi.org/osv.dev; where neither can be reached, docs/operations.md.
audit: $(VENV)/.test
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.txt $(ARGS)
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements-dev.txt $(ARGS)

bench: $(VENV)/.test
	$(BIN)/python -m tests.bench $(if $(CORPUS),--corpus $(CORPUS)) $(ARGS)

bench-import: $(VENV)/.test
	$(BIN)/python -m tests.bench.stages $(CORPUS) $(ARGS)

# SECONDS=300 USERS=20 PAUSE=1 make load CORPUS_DATA=FOLDER: the site under readers and a curator. The folder is copied.
load: $(VENV)/.run $(VENV)/.load
	$(BIN)/python -m tests.load --data $(CORPUS_DATA) --seconds $(or $(SECONDS),60) --users $(or $(USERS),20) \
		--pause $(or $(PAUSE),0) $(ARGS)

# The locked files, from what requirements*.in ask for; hashes for every platform.
lock: $(VENV)/.test
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q -o requirements.txt requirements.in
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q -o requirements-dev.txt requirements-dev.in
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q -o requirements-load.txt requirements-load.in

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "newsarchive needs Python 3.11 or newer: make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.venv requirements.txt
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Of its own: locust brings Flask, gevent and a plugin of pytest's, none of which belongs beside the tests.
$(VENV)/.load: requirements-load.txt
	$(PYTHON) -m venv $(VENV)/load
	$(VENV)/load/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-load.txt
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
