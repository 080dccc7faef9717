# Everything a developer types. Each target is enough by itself on a machine with Python 3.11 or newer, make and a
# package index: `make install` brings uv and every dependency, as locked in uv.lock, into .venv. `make run` brings what
# running needs, and not what developers need besides.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
RUN_INSTALLED := $(VENV)/.installed-run
BENCH_INSTALLED := $(VENV)/.installed-bench
MANIFESTS := pyproject.toml uv.lock core/pyproject.toml $(wildcard plugins/*/pyproject.toml)
PLUGINS := $(wildcard plugins/*)

# How many test processes at once: four on two cores, since tests that wait for something leave a core to others.
# TESTS narrows a run: make test TESTS=tests/engine.
JOBS ?= 4
TESTS ?=
# Passed on as they are: make run RUN="--port 9000", make bench BENCH="--quick".
RUN ?=
BENCH ?=

# An absolute path, so that uv never takes another environment that happens to be active.
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
unexport VIRTUAL_ENV
# Without bytecode, each of the processes that tests start compiles the whole product anew.
unexport PYTHONDONTWRITEBYTECODE

# The uv on the path, or else the one that `bootstrap` puts into the environment.
UV = $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)

.PHONY: help
help: ## this list
	@echo "make TARGET, where TARGET is one of:"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: install
install: $(INSTALLED) ## .venv with the core, all plugins and the development tools

# The first Python of 3.11 or newer; PYTHON=... chooses another.
define FIND_PYTHON
python=""; \
for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
    python="$$candidate"; break; \
  fi; \
done; \
if [ -z "$$python" ]; then \
  echo "make: Python 3.11 or newer was not found: install it, or name it with PYTHON=/path/to/python" >&2; \
  exit 1; \
fi
endef

# The environment itself, with a uv in it if there is none elsewhere.
define MAKE_ENVIRONMENT
@$(FIND_PYTHON); \
if [ ! -x $(BIN)/python ]; then \
  echo "==> $(VENV) from $$("$$python" --version)"; \
  if ! "$$python" -m venv $(VENV) >$(VENV).log 2>&1; then \
    cat $(VENV).log >&2; rm -rf $(VENV) $(VENV).log; \
    echo "make: $$python cannot make a virtual environment: on Debian and Ubuntu run" >&2; \
    echo "    apt-get install python3-venv" >&2; \
    exit 1; \
  fi; \
  rm -f $(VENV).log; \
fi
@if ! command -v uv >/dev/null && [ ! -x $(BIN)/uv ]; then \
  echo "==> uv into $(VENV)"; \
  $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; \
fi
endef

SYNC = $(UV) sync --quiet --locked --all-packages --python $(BIN)/python --compile-bytecode

# Everything includes what running needs, so that it counts for both.
$(INSTALLED): $(MANIFESTS)
	$(MAKE_ENVIRONMENT)
	@echo "==> dependencies as locked"
	@$(SYNC)
	@rm -f $(BENCH_INSTALLED)
	@touch $(RUN_INSTALLED) $@

# What is there beyond it stays (`--inexact`): after `make install` it would be taken away here and brought back there.
$(RUN_INSTALLED): $(MANIFESTS)
	$(MAKE_ENVIRONMENT)
	@echo "==> what running needs, as locked"
	@$(SYNC) --no-dev --inexact
	@touch $@

$(BENCH_INSTALLED): $(INSTALLED)
	@echo "==> what the benchmarks compare with"
	@$(SYNC) --group bench
	@touch $@

.PHONY: run
run: $(RUN_INSTALLED) ## the demonstration organization at http://127.0.0.1:8000
	@$(BIN)/placet serve --demo $(RUN)

PYTEST := $(BIN)/python -m pytest
# Side by side, each file in one process, so that its tests share what they are given, in the order in which they were
# found.
BESIDE := -n $(JOBS) --dist loadfile --no-loadscope-reorder
PAGES := $(wildcard README.md docs plugins/*/README.md)
# Its tests run with all others from its wheel, in an environment of its own: tests/packaging/test_standing_alone.py.
PACKAGED := plugins/governance

.PHONY: test
test: $(INSTALLED) ## all tests, SQLite and PostgreSQL, and every example of the documentation
	@$(PYTEST) $(BESIDE) $(or $(TESTS),tests $(filter-out $(PACKAGED),$(PLUGINS)) $(PAGES))

# Tests that stand outside the core: they try it as a whole, or what is beside it. Coverage, which makes them twice as
# slow, would show nothing that the core's own tests do not.
OUTSIDE := tests/acceptance tests/bench tests/composition tests/consistency tests/packaging tests/reference

.PHONY: coverage
coverage: $(INSTALLED) ## how much of the core its own tests reach
	@rm -rf .coverage && mkdir -p .coverage
	@$(BIN)/coverage run -m pytest -m "not soak and not greenlets and not untraced" $(BESIDE) tests $(addprefix --ignore ,$(OUTSIDE))
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.PHONY: soak
soak: $(INSTALLED) ## what takes long: races, kills and random walks, many times what `make test` runs of them
	@PYTHONPATH=tests $(PYTEST) -p trials -m "soak or hypothesis" --hypothesis-profile soak --timeout 3600 $(BESIDE) \
	  $(or $(TESTS),tests $(filter-out $(PACKAGED),$(PLUGINS)))

.PHONY: check
check: $(INSTALLED) ## format, lint, types, import contracts and the generated reference
	@echo "==> format (to repair: make format)"
	@$(BIN)/ruff format --check .
	@echo "==> lint"
	@$(BIN)/ruff check .
	@echo "==> types: core and tests"
	@$(BIN)/mypy
	@$(BIN)/mypy conftest.py
	@for plugin in $(PLUGINS); do \
	  echo "==> types: $$plugin"; \
	  paths="$$(find $$plugin -maxdepth 1 '(' -name 'placet_*' -o -name tests ')')"; \
	  MYPYPATH=$$plugin $(BIN)/mypy $$paths; \
	done
	@echo "==> import contracts"
	@$(BIN)/lint-imports
	@echo "==> reference (to repair: make reference)"
	@$(MAKE) check-reference

# Pages of which parts are read from the code, and what their blocks may call.
GENERATED := $(wildcard docs/reference/*.md plugins/*/README.md)
COG = $(BIN)/cog -U -I docs -p "from generate import bridges, commands, hooks, methods, names, settings" --verbosity=1

.PHONY: reference
reference: $(INSTALLED) ## write what is generated into docs/reference and the methods' READMEs
	@$(COG) -r $(GENERATED)

STALE := the pages named above no longer say what the code does: run make reference

.PHONY: check-reference
check-reference: $(INSTALLED)
	@$(COG) --check --check-fail-msg="$(STALE)" $(GENERATED)

.PHONY: format
format: $(INSTALLED) ## put all files into shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(BENCH_INSTALLED) ## speed against hand-written code, as ratios
	@$(BIN)/python -m benchmarks $(BENCH)

# The pages are Markdown and are read as they are; what has to hold is that their examples run.
.PHONY: docs
docs: $(INSTALLED) ## run every example of the README and docs/
	@$(PYTEST) $(BESIDE) $(PAGES)

.PHONY: clean
clean: ## remove the environment and everything that tools leave behind; databases stay
	@rm -rf $(VENV) .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .schemathesis dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
