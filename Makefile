# Guichet: `make demo` runs everything here, `make test` checks everything. Needs python3, make and a package index.
#
#   make demo [PORT=8000] [GUICHET_VAR=var] [RESET=1]     the platform with invented people, until Ctrl-C
#   make test [ARGS="-k name"]                            the suite, browser journeys included
#   make check                                            what CI runs: lint, types, imports, templates, tests
#   make lint · make faults · make bench · make messages · make clean

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BOOT := $(or $(PYTHON),python3)
UV = $(shell test -x .boot/bin/uv && echo .boot/bin/uv || command -v uv)
BIN := .venv/bin

export UV_PYTHON_DOWNLOADS ?= $(if $(PYTHON),never,automatic)
export UV_NO_PROGRESS ?= 1
# The certificates this machine trusts, whatever its registry is behind.
export UV_SYSTEM_CERTS ?= 1
export PYTHONUNBUFFERED := 1
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export UV_CACHE_DIR ?= $(CURDIR)/.boot/cache
export HOME := $(CURDIR)/.boot
endif

.PHONY: help demo test check lint types imports templates format faults bench messages clean

help:
	@sed -n '2,7s/^# \{0,1\}//p' Makefile

demo: .venv/.demo
	@exec $(BIN)/guichet demo --with-parent

test: .venv/.test
	@$(BIN)/python -m guichet.config.local.browser
	@GUICHET_TEST_KEEP=2 $(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

check: lint types imports templates test

lint: .venv/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/.test
	@$(BIN)/mypy

imports: .venv/.test
	@$(BIN)/lint-imports

templates: .venv/.test
	@$(BIN)/djlint --lint --quiet src

format: .venv/.test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

faults: .venv/.test
	@$(BIN)/python -m guichet.config.local.browser
	@GUICHET_TEST_KEEP=2 $(BIN)/pytest -m faults tests/faults $(ARGS)

bench: .venv/.test
	@$(BIN)/python -m bench $(ARGS)

messages: .venv/.test
	@$(BIN)/guichet messages

clean:
	rm -rf .venv .boot .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The tool that installs: by pip, by a pip made on the spot, or the one that is there already.
.boot/.ready:
	@mkdir -p .boot
	@command -v uv >/dev/null 2>&1 || test -x .boot/bin/uv \
	|| $(BOOT) -m pip install -qq --disable-pip-version-check --no-input --target .boot uv==$(UV_VERSION) \
	|| { $(BOOT) -m venv .boot/venv && .boot/venv/bin/pip install -qq --disable-pip-version-check uv==$(UV_VERSION) \
	     && mkdir -p .boot/bin && ln -sf ../venv/bin/uv .boot/bin/uv; } \
	|| { echo "Install pip for $(or $(PYTHON),Python 3.11 or newer), or uv (https://docs.astral.sh/uv/)." >&2; exit 1; }
	@touch $@

.venv/.demo: .boot/.ready uv.lock pyproject.toml
	@$(UV) sync --quiet --frozen --inexact $(if $(PYTHON),--python $(PYTHON))
	@touch $@

.venv/.test: .venv/.demo
	@$(UV) sync --quiet --frozen --inexact --group test $(if $(PYTHON),--python $(PYTHON))
	@touch $@
