# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CHECK_STAMP := $(VENV)/.installed-check

.PHONY: help install run demo test check lint bench browser training words clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## prepare the virtual environment, start nothing

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Roomtone needs Python 3.11 or newer; set PYTHON=/path/to/it.")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-test: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(CHECK_STAMP): $(VENV)/.installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,check]'
	@touch $@

run: $(STAMP) ## start server and dashboard; Ctrl-C stops
	@exec $(BIN)/roomtone serve

demo: $(STAMP) ## the same with a simulated class of 30
	@exec $(BIN)/roomtone demo

test: $(VENV)/.installed-test ## the tests that need neither torch, nor a browser, nor shared data
	$(BIN)/python -m pytest -m 'not browser and not training and not slow' -n auto

check: lint ## lint, types, import rules, then every test that can run here
	$(BIN)/python -m pytest -m 'not browser and not slow' -n auto
	$(BIN)/python -m pytest -m 'browser or slow' -n 2 --dist loadfile

lint: $(CHECK_STAMP) ## lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@if $(BIN)/python -c 'import torch' 2>/dev/null; then $(BIN)/mypy; else \
	  echo 'mypy: without torch, model/training and export_onnx.py are left out'; \
	  $(BIN)/mypy model server dashboard client bench assembly.py roomtone.py --exclude model/training; fi
	$(BIN)/lint-imports

bench: $(VENV)/.installed-test ## measure everything: runs/bench.json, runs/bench.html; wants ROOMTONE_BENCH_DATA or ../shared/data
	$(BIN)/python -m bench

browser: $(CHECK_STAMP) ## only the tests that drive Chromium
	$(BIN)/python -m pytest -m browser

words: $(STAMP) ## put new sentences into server/locales/, to be translated there
	$(BIN)/pybabel -q extract --no-location --sort-output -o $(VENV)/roomtone.pot dashboard client/page server
	for po in server/locales/*/LC_MESSAGES/roomtone.po; do \
	  $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 100 \
	    -l $$(echo $$po | cut -d/ -f3) -i $(VENV)/roomtone.pot -o $$po; done

training: $(CHECK_STAMP) ## only the tests that need torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,check,training]'
	$(BIN)/python -m pytest -m training

clean: ## remove the virtual environment and caches, keep data/ and runs/
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
