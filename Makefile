# The two commands of the README are `make demo` and `make test`; both need only Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install demo test attacks lint types benchmark clean

install: $(VENV)/installed

# pip stays in the environment; an installation that failed half way is begun again.
$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: install
	$(BIN)/autograder demo

test: install
	$(BIN)/python -m pytest tests --ignore tests/attacks --ignore tests/pages/test_hostile_pages.py --numprocesses auto --dist loadfile

# One class of honest and hostile students, once for each level of isolation, and their pages in a real browser; minutes.
attacks: install
	$(BIN)/python -m pytest tests/attacks tests/pages/test_hostile_pages.py --numprocesses auto --dist loadfile

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

benchmark: install
	$(BIN)/python benchmarks/throughput.py

clean:
	rm -rf $(VENV) demo-course build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
