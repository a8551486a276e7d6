# Everything a contributor does. Continuous integration runs `make check` and, after it, what takes
# longer: `make conformance` and the extras.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TRAIN_VENV := .venv-train
TRAIN_READY := $(TRAIN_VENV)/.ready
RAY_VENV := .venv-ray
RAY_READY := $(RAY_VENV)/.ready
RAY_NO_WHEEL := $(RAY_VENV)/.no-wheel
RAY ?= ray[default]>=2.50,<3
PII_VENV := .venv-pii
PII_READY := $(PII_VENV)/.ready
# Where torch comes without gigabytes of CUDA packages; a CI machine has no GPU.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
FTOPS := $(BIN)/ftops
# One BLAS thread: more of them slow small matrices down and make runs differ.
export OPENBLAS_NUM_THREADS := 1
# The machine's own certificates, as pip and curl have them.
export UV_SYSTEM_CERTS := true

.PHONY: help setup demo test conformance check-train check-pii check-ray fmt lint types imports laws bench docs screenshots check clean

help: ## Show this help.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-11s %s\n", $$1, $$2}'

setup: $(READY) ## Make the environment: pinned packages in .venv, nothing else on the machine.

# The lock file is tried first; where only a package mirror can be reached, pip asks that mirror.
$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: $(PYTHON) is older than 3.11"; echo "hint: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) \
	  || { echo "hint: on Debian, apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@$(BIN)/uv sync --quiet --frozen --python $(BIN)/python \
	  || { echo "the pinned files cannot be had; asking pip's own index"; \
	       $(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1' \
	       && $(BIN)/python -m pip install --quiet --group dev --editable .; }
	@touch $@

demo: setup ## Train the repository's own specs on this machine: plan, apply, plan, test.
	@docs/demo.sh $(FTOPS)

test: setup ## Run every test, with coverage.
	$(BIN)/pytest -n auto --cov --cov-report=term-missing:skip-covered
	$(BIN)/coverage report --include='ftops/core/*' --fail-under=100 --format=total

conformance: setup ## Run the official clients' own tests against the training server (minutes).
	$(BIN)/pytest -m conformance -rs tests/conformance

fmt: setup ## Format the code.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup ## Check format and style.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## Check the types.
	$(BIN)/mypy

imports: setup ## Check the architecture: who may import whom.
	$(BIN)/lint-imports

laws: setup ## Search deeper for a broken law (a quarter of an hour on two cores).
	$(BIN)/pytest -n auto -m deep tests/laws tests/reliability

bench: setup ## Measure speed against named baselines.
	@for each in benchmarks/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

docs: setup ## Write the generated reference pages anew.
	$(BIN)/python docs/generate.py

screenshots: setup ## Take the pictures of the documentation anew; needs Chromium.
	$(BIN)/python -m tests.browser.screenshots

# Its own environment: an extra of a gigabyte must not slow or change the other checks.
$(TRAIN_READY): pyproject.toml $(READY)
	@$(PYTHON) -m venv $(TRAIN_VENV)
	@$(TRAIN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	@$(TRAIN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --retries 0 \
	  --extra-index-url $(TORCH_INDEX) 'torch<2.14'
	@$(BIN)/uv pip install --quiet --python $(TRAIN_VENV)/bin/python \
	  --group dev --editable '.[train]'
	@touch $@

check-train: $(TRAIN_READY) ## Test the extra for open-weight models, in an environment of its own.
	OMP_NUM_THREADS=1 $(TRAIN_VENV)/bin/pytest -W default tests/trainer/open_weights \
	  --cov=ftops.trainer.recipes.open_weights \
	  --cov-config=tests/trainer/open_weights/coverage.toml --cov-fail-under=90

$(PII_READY): pyproject.toml $(READY)
	@$(PYTHON) -m venv $(PII_VENV)
	@$(BIN)/uv pip install --quiet --python $(PII_VENV)/bin/python --group dev --editable '.[pii]' \
	  || { $(PII_VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1' \
	       && $(PII_VENV)/bin/python -m pip install --quiet --group dev --editable '.[pii]'; }
	@touch $@

check-pii: $(PII_READY) ## Test the extra for names and places, in an environment of its own.
	$(PII_VENV)/bin/pytest tests/adapters/dataset_files/test_name_models.py

$(RAY_READY): pyproject.toml $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(RAY_VENV)
	@$(BIN)/uv pip install --quiet --python $(RAY_VENV)/bin/python '$(RAY)' 2>$(RAY_VENV)/.told \
	  || { grep -q 'no wheels with a matching' $(RAY_VENV)/.told && touch $(RAY_NO_WHEEL); } \
	  || { cat $(RAY_VENV)/.told >&2; exit 1; }
	@touch $@

# Ray comes as wheels alone, and for a new Python months after it; only that is passed over.
check-ray: $(RAY_READY) ## Test the launcher for clusters on a real Ray, in an environment of its own.
	@if [ -e $(RAY_NO_WHEEL) ]; then \
	  echo "check-ray is passed over: Ray has no wheel for $$($(BIN)/python --version) here"; \
	else set -x; $(BIN)/pytest -m ray tests/trainer/on_ray --durations=0 --durations-min=1; fi

check: lint types imports test ## All of it, as continuous integration does.

clean: ## Remove the environment and every cache; local models in .ftops stay.
	rm -rf $(VENV) $(TRAIN_VENV) $(RAY_VENV) $(PII_VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
