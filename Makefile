# Tickless. `make` or `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test setup setup-dev lint types imports docs docs-serve unit lanes bench lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# Byte code makes every start several times quicker, whatever the caller's environment says.
unexport PYTHONDONTWRITEBYTECODE
SOURCES := $(shell find src -name '*.py' -newer $(VENV)/.installed 2>/dev/null | head -1)

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## set everything up and play a day of the sample company (console on http://127.0.0.1:8480)
	@$(BIN)/tickless demo --json build/demo.json

test: setup-dev ## set up and pass all tests: style, types, imports, docs, and every lane that this machine has
	@./scripts/test

setup: $(VENV)/.installed ## install what running needs, into .venv
setup-dev: $(VENV)/.installed-dev ## install what developing needs, too

$(VENV)/.installed: requirements/run.lock requirements/brain.lock pyproject.toml
	@./scripts/setup run

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.lock requirements/extras.lock requirements/weights.lock requirements/ldap.lock
	@./scripts/setup dev

lint: setup-dev ## style: ruff check and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup-dev ## types: mypy, strict
	@$(BIN)/mypy

imports: setup-dev ## the house rules on imports
	@$(BIN)/lint-imports --no-logo

docs: setup-dev ## build the documentation, warnings are errors
	@$(BIN)/mkdocs build --strict --quiet --site-dir build/site

docs-serve: setup-dev ## look at the documentation while writing it
	@$(BIN)/mkdocs serve

unit: setup-dev ## the quick tests only: no browser, no chaos, no real servers
	@$(BIN)/pytest -n 2 -m "not browser and not chaos and not server"

bench: setup-dev ## list the benches; run one with: .venv/bin/python -m bench ID
	@$(BIN)/python -m bench --list

lock: setup-dev ## renew the hashed lock files from pyproject.toml
	@./scripts/lock

clean: ## remove what was built, not what was installed
	@rm -rf build site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
