# Two commands matter: `make demo` starts the site with practice data, `make test` proves everything.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check -q

.PHONY: help install install-dev demo demo-reset test check lint test-sqlite test-postgres test-population test-browser bench lock

help:
	@echo "make demo        启动带练习数据的系统 http://127.0.0.1:8000"
	@echo "make demo-reset  清空练习数据并重新开始"
	@echo "make test        运行全部测试（SQLite、PostgreSQL、浏览器、规范检查）"
	@echo "make install     只安装，得到 .venv/bin/bangfu"
	@echo "make bench       运行 benchmarks/"

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/pip
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml $(VENV)/.installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.installed-bench: requirements-bench.lock $(VENV)/.installed-dev
	$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

demo: install
	$(BIN)/bangfu demo

demo-reset: install
	$(BIN)/bangfu demo --reset

lint: install-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy bangfu
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/bandit -q -r bangfu -c pyproject.toml -ll
	$(BIN)/python -m tests.migrations

test-sqlite: install-dev
	$(BIN)/pytest -q -n 2 -m "not browser" --ignore=tests/population

# rules and scanner know no database, the engines of populations have their own run
test-postgres: install-dev
	$(BIN)/python -m tests.postgres $(BIN)/pytest -q -n 2 -m "not browser" --ignore=tests/population --ignore=tests/policy --ignore=tests/common/leaks

test-population: install-dev
	$(BIN)/pytest -q -n 2 --dist loadgroup tests/population

test-browser: install-dev
	$(BIN)/pytest -q -m browser

# the browser waits more than it works, so the engines run beside it
test: lint test-sqlite test-postgres
	$(MAKE) -j2 -Otarget test-population test-browser

bench: $(VENV)/.installed-bench
	$(BIN)/python benchmarks/judge_one.py

lock:
	for set in "" "--group dev" "--group dev --group bench"; do \
	  out=requirements$$(echo "$$set" | sed -n 's/.*group \([a-z]*\)$$/-\1/p').lock; \
	  uv pip compile pyproject.toml --group build $$set --universal --generate-hashes --no-header --no-annotate -q -o $$out; \
	done
