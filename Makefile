# The two commands of the README are `make demo` and `make test`; both need only Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install demo test long lint types docs benchmark clean

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
	$(BIN)/python -m pytest tests -m "not long and not full" --numprocesses auto --dist loadfile

# What takes minutes: the attack suite at each level of isolation, whole courses, real browsers.
long: install
	$(BIN)/python -m pytest tests -m "long and not full" --numprocesses auto --dist loadfile

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

# The site, in build/site; a warning is an error.
docs: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

benchmark: install
	$(BIN)/python benchmarks/bulk.py

# What takes longer still: four assignments from release to exported grades with nbgrader's tools, a hundred kills.
full: install
	$(BIN)/python -m pytest tests -m full --numprocesses auto --dist loadfile
	AUTOGRADER_KILLS=100 $(BIN)/python -m pytest tests/bulk/test_never_lost.py --numprocesses auto

clean:
	rm -rf $(VENV) demo-course build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
