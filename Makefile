# SPDX-License-Identifier: EUPL-1.2
# The two commands of a newcomer are `make run` and `make test`; `make help` lists the others.
# Variables: PARVIS_PORT (8080), KAFKA (embedded, or apache for a real one), KAFKA_BOOTSTRAP_SERVERS, ARGS (for pytest).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard libs/*/pyproject.toml services/*/pyproject.toml gateway/pyproject.toml deploy/local/pyproject.toml))
NAMES := $(shell sed -n 's/^name = "\(.*\)"/\1/p' $(MEMBERS:%=%/pyproject.toml))
BIN := .venv/bin
PYTHON := $(BIN)/python
LOCAL := $(PYTHON) -m parvis_local
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile
UV := $(BIN)/uv
# What npm writes last in a folder of packages.
NODE_MODULES := node_modules/.package-lock.json
# uv does not read pip's configuration: hand on the mirror and the certificates that it may name.
PIP_SAYS = $(PYTHON) -m pip config list | sed -n
MIRROR = index=$${PIP_INDEX_URL:-$$($(PIP_SAYS) "s/^global.index-url='\(.*\)'/\1/p")}; \
	certs=$${PIP_CERT:-$$($(PIP_SAYS) "s/^global.cert='\(.*\)'/\1/p")}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$$index}; fi; \
	if [ -n "$$certs" ]; then export SSL_CERT_FILE=$${SSL_CERT_FILE:-$$certs}; fi

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

.PHONY: install
install: .venv/.installed ## Install all that the repository needs into .venv; the other targets do it by themselves

.venv/.uv:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'Parvis needs Python 3.11 or newer as python3.' >&2; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo 'Python cannot make virtual environments here: install the Debian package python3-venv.' >&2; exit 1; }
	@echo 'Making .venv …'
	@python3 -m venv .venv
	@$(PYTHON) -m pip install -q --disable-pip-version-check 'uv>=0.13,<0.14'
	@touch $@

.venv/.installed: .venv/.uv requirements.lock $(MEMBERS:%=%/pyproject.toml)
	@echo 'Installing the locked packages (a minute at the first time) …'
	@$(MIRROR); $(UV) pip sync -q -p $(PYTHON) --compile-bytecode requirements.lock
	@$(MIRROR); $(UV) pip install -q -p $(PYTHON) --no-deps $(MEMBERS:%=-e %)
	@touch $@

.PHONY: lock
lock: .venv/.uv ## Resolve the members' requirements anew into requirements.lock (ARGS=--upgrade: to the newest)
	@$(MIRROR); $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header $(NAMES:%=--no-emit-package %) $(ARGS) \
		$(MEMBERS:%=%/pyproject.toml) --group pyproject.toml:dev -o requirements.lock

.PHONY: events
events: install ## Write the event models of libs/events anew from the contracts
	@$(PYTHON) libs/events/generate.py

.PHONY: run up down status reset demo
run: install ## Start everything in the foreground; Ctrl-C stops it
	@$(LOCAL) run
up: install ## Start everything in the background
	@$(LOCAL) up
down: install ## Stop what runs in the background
	@$(LOCAL) down
status: install ## Show each process; fails when one is down
	@$(LOCAL) status
reset: install ## Stop everything and remove its data
	@$(LOCAL) reset
demo: install ## Play the whole journey of a request against the running stack
	@$(LOCAL) demo

.PHONY: test test-postgres15 test-counts oracles
test: install ## Run every test (KAFKA=apache: the event tests, on a real Apache Kafka)
	@$(PYTEST) $(if $(filter apache,$(KAFKA)),-m kafka) $(ARGS)
test-postgres15: install ## Run the tests of databases, queues and kills on Debian's PostgreSQL 15
	@PARVIS_POSTGRES_BIN=/usr/lib/postgresql/15/bin $(PYTEST) libs $(wildcard services/*/tests/db services/*/tests/process) $(ARGS)
oracles: .oracles/.installed ## Install the programs that count independently and the schemas of SEDA, apart from all else (one is under the GPL)
.oracles/.installed: services/participation/tests/oracles/requirements.txt services/requests/tests/oracles/requirements.txt .venv/.uv
	@$(UV) venv -q --clear -p python3 .oracles
	@$(MIRROR); $(UV) pip install -q -p .oracles/bin/python -r $<
	@$(MIRROR); $(UV) pip install -q --no-deps -p .oracles/bin/python -r $(word 2,$^)
	@touch $@
test-counts: install oracles ## Compare our counts of ballots with those of independent programs, and our archives with the schemas of SEDA
	@ORACLES=1 $(PYTEST) -m oracle services/participation/tests services/requests/tests $(ARGS)
.PHONY: test-chaos
test-chaos: install ## Kill relay, consumers, Kafka and PostgreSQL by chance for five minutes, and count (CHAOS_SECONDS, CHAOS_SEED)
	@KAFKA=apache CHAOS_SECONDS=$${CHAOS_SECONDS:-300} CHAOS_SEED=$${CHAOS_SEED:-$$(date +%s)} $(PYTHON) -m pytest -n 0 libs/kit/tests/messaging/test_chaos.py $(ARGS)
.PHONY: fuzz
fuzz: install ## Send each operation many more cases than the tests do, others each time (FUZZ_SEED, FUZZ_EXAMPLES)
	@export FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-300}; echo "FUZZ_SEED=$$FUZZ_SEED"; \
		$(PYTEST) --timeout 3600 $(or $(ARGS),services/*/tests/contract/test_fuzz.py)
%/$(NODE_MODULES): %/package-lock.json
	@npm --prefix $* ci --silent --no-audit --no-fund
	@touch $@
.PHONY: test-independent
test-independent: install services/identity/tests/independent/$(NODE_MODULES) examples/node/$(NODE_MODULES) ## Test identity against clients and a provider of others, letters and attestations by veraPDF, and the examples under node
	@INDEPENDENT=1 $(PYTEST) -m independent services/identity/tests/independent services/notifications/tests/independent services/requests/tests/independent tests/examples $(ARGS)

.PHONY: lint types architecture contracts contract-rules k8s-check
lint: install ## Check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
types: install ## Check types
	@$(BIN)/mypy .
architecture: install ## Check who imports whom, and that each member declares what it imports
	@$(BIN)/lint-imports
	@for member in $(MEMBERS); do (cd $$member && "$(CURDIR)/$(BIN)/deptry" src $$(ls -d migrations 2>/dev/null)); done
contracts: install contract-rules ## Check the contracts: the rules, and their tests
	@$(PYTEST) tests/contracts
contract-rules: contracts/rules/$(NODE_MODULES) ## Check the contracts by the rules of spectral and of AsyncAPI's parser
	@npm --prefix contracts/rules run --silent check
k8s-check: install ## Check the Kubernetes manifests and the Dockerfiles
	@$(PYTEST) tests/deploy $(ARGS)

.PHONY: docs
docs: install ## Write the tables of settings anew from the code
	@PYTHONPATH=tests/support $(PYTHON) -m settings_tables

.PHONY: bench clean
bench: install ## Measure, as ratios against baselines of the same run, into bench/results/latest.json
	@$(PYTHON) bench/run.py $(ARGS)
clean: ## Remove .venv and all caches; data in .parvis stay
	@rm -rf .venv .oracles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.parvis/*' -prune -exec rm -rf {} +
