# Everything a person does with the project. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test check test-long bench python page tools python-tests check-python check-page page-tests
MAKEFLAGS += --no-print-directory
# Where it is set, every process started compiles all it imports again: half of its start.
unexport PYTHONDONTWRITEBYTECODE

PYTHON_ENV := .venv/bin
# Plugins are named, not searched for: that is faster, and what happens to be installed changes nothing.
PYTEST := PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(PYTHON_ENV)/python -m pytest -p pytest_asyncio.plugin -p hypothesis.extra.pytestplugin
# One more than the cores of a small machine: tests wait for servers, clocks and browsers half of their time.
WORKERS ?= 3
# Two at a time, each one's output in one piece; all of them run, whichever fails.
SIDE_BY_SIDE := $(MAKE) -j2 -k --output-sync=target
# What no test reaches is listed by `.venv/bin/coverage report --skip-covered` afterwards.
COVERAGE := -p pytest_cov --cov=storekeep --cov-report= --cov-fail-under=85

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run: python page ## Install what is missing and run the product at http://127.0.0.1:8000 (PORT=… for another) until Ctrl-C
	@exec $(PYTHON_ENV)/python -m storekeep.entry.cli up --with-parent $$PPID

# Installing waits for disk and network: what needs only Python begins while the page's packages still come.
test: ## Run every check and every test
	@failed=; \
	$(SIDE_BY_SIDE) tools check-python check-page page-tests || failed="checks"; \
	test -f .venv/.storekeep && test -f frontend/dist/index.html || exit 1; \
	FAILED_PARTS="$$failed" $(MAKE) python-tests && test -z "$$failed"

# Last, so that a run ends with pytest's summary; a part that failed before it is one more failure in it.
python-tests: python
	@$(PYTEST) -p xdist -n $(WORKERS) --dist loadfile -m "not long" $(COVERAGE)

check: python page ## Format, lint, types, import contracts; of Python and of the page
	@$(SIDE_BY_SIDE) check-python check-page

check-python: python
	@failed=; \
	$(PYTHON_ENV)/python -m ruff format --check . || failed=1; \
	$(PYTHON_ENV)/python -m ruff check . || failed=1; \
	$(PYTHON_ENV)/python -m mypy || failed=1; \
	$(PYTHON_ENV)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' || failed=1; \
	test -z "$$failed"

check-page: page
	@npm --prefix frontend run --silent check

page-tests: page
	@npm --prefix frontend run --silent test

test-long: python page tools ## Run the slow forms of the tests: many repetitions, large data, timed assertions
	@$(PYTEST) -m long

bench: python page ## Measure; NAME=… for one benchmark, SIZE=full for all of it
	@$(PYTHON_ENV)/python -m bench $(NAME)

python:
	@.ci/python

page:
	@.ci/page

# After python, for both may ask apt, which serves one at a time.
tools: python
	@.ci/test-tools
