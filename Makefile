# Everything a user or an operator starts. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench faults messages clean

PYTHON := .venv/bin/python
# Serve the site after the season is loaded (0: stop before serving).
SERVE ?= 1
# The size of the fictional city season: 1 is a whole city.
SCALE ?= 0.1
# Fault campaign: how many rounds of each fault.
ROUNDS ?= 50

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## Install everything the other commands need
	@bin/setup.sh

demo: setup ## Play a season of a fictional city, then serve it at http://127.0.0.1:8000 (SERVE=0, SCALE=1)
	@bin/setup.sh local
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py play_season --scale $(SCALE)
ifneq ($(SERVE),0)
	@exec $(PYTHON) bin/serve.py
endif

test: setup ## Run every check and test, on SQLite and on PostgreSQL
	@bin/setup.sh local
	@bin/test.sh

lint: setup ## Run the checks of the source alone
	@$(PYTHON) bin/lint.py

format: setup ## Put source and templates into the house format
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .
	@find templates -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --target-version 5.2

bench: setup ## Measure speed against limits and peers (var/bench.json)
	@$(PYTHON) -m tests.benchmarks.run

faults: setup ## Run the long fault campaign (var/faults.json, ROUNDS=50)
	@$(PYTHON) -m tests.faults.run --rounds $(ROUNDS)

messages: ## Join the translation fragments and compile the catalogue
	@bin/setup.sh messages

clean: ## Remove what the commands made, except the database and its files
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis var/test
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
