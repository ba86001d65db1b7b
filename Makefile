# The two commands of the README, `make run` and `make test`, need only Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet
# Compatible with Apache-2.0 for a library used as it is; see docs/decisions.
# axe-playwright-python is MIT by its licence file, which its metadata do not name.
UNNAMED := axe-playwright-python
LICENCES := MIT;BSD;Apache;MPL;Mozilla;PSF;Python;ISC;0BSD;CNRI;HPND;Zlib
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.PHONY: run test lint gate bench load documents clean help

run: $(VENV)/.installed  ## index documents/ and serve them on http://127.0.0.1:8000
	$(BIN)/sourcier index documents
	$(BIN)/sourcier serve

test: $(VENV)/.developed  ## run every test, those in a browser too where there is one
	tests/browser/get-chromium
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.developed  ## style, types, architecture, licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pip-licenses --from=mixed --partial-match --allow-only='$(LICENCES)' --ignore-packages $(UNNAMED) >/dev/null

gate: $(VENV)/.developed  ## measure the answers on the test questions; fail where they got worse
	$(BIN)/sourcier eval eval/questions.jsonl --documents documents --split test --gate --report build/evaluation

bench: $(VENV)/.developed  ## measure speed and memory on this machine
	$(BIN)/python -m eval.bench

load: $(VENV)/.developed  ## measure the HTTP service under 1 to 64 clients at once
	$(BIN)/python -m eval.bench.load

documents: $(VENV)/.developed  ## make the HTML, TXT, PDF and DOCX documents again
	$(BIN)/python -m eval.corpus

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Sourcier demande Python 3.11 ou plus récent ; indiquez-le : make PYTHON=/chemin/python3.12 run" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installation des bibliothèques dans $(VENV) (deux à trois minutes la première fois)…" >&2
	$(INSTALL) -e .
	@touch $@

$(VENV)/.developed: $(VENV)/.installed
	$(INSTALL) -e '.[dev]'
	@touch $@

clean:  ## remove what was built (not the documents, not the model's cache)
	rm -rf $(VENV) build dist *.egg-info index/generations index/CURRENT

help:  ## list these commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*##/\t/'
