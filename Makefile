# What a newcomer types. Each target makes what it needs; nothing else has to be installed.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: refresh report test test-all test-lake lint docs fuzz audit bench soak soak-lake lock clean

refresh: .venv/run.done          ## real figures into the warehouse, and a table of what was loaded
	$(BIN)/digidistrikt refresh

report: .venv/dev.done           ## the example case-selection report, with the libraries it needs
	test -e data/digidistrikt.duckdb || $(BIN)/digidistrikt refresh
	$(BIN)/digidistrikt report selections/three-networks.yaml --out report

PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test: .venv/dev.done lint        ## format, lint, types, import rules and the test suite: minutes
	$(PYTEST) -m "not thorough" --ignore tests/lake

test-all: .venv/dev.done lint    ## the same with real processes, kills, servers and long histories
	$(PYTEST) --ignore tests/lake

test-lake: .venv/lake.done       ## the lake, and several machines, on a PostgreSQL and an object store of their own
	$(PYTEST) tests/lake

lint: .venv/dev.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/dev.done             ## the documents as a site in build/docs; a link that leads nowhere is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

fuzz: .venv/dev.done             ## thousands of damaged replies, files and rules, and whole refreshes; an hour
	$(BIN)/pytest tests/sources/test_fuzz.py tests/sources/test_fuzz_files.py tests/sources/test_written_files.py \
	  tests/sources/test_jsonstat.py tests/sources/test_jsonstat_any.py \
	  tests/selection/test_fuzz.py tests/selection/test_any_rule.py tests/flows/test_any_answer.py \
	  --hypothesis-profile=fuzz

audit: .venv/dev.done            ## the locked packages against the known vulnerabilities
	-$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-audit.lock
	$(BIN)/python .ci/audit.py $(AUDIT)

bench: .venv/dev.done            ## speed and memory against peers, printed and kept in benchmarks/results.md
	$(BIN)/python -m benchmarks

soak: .venv/dev.done             ## refreshes with faults and kills, and a year of days; an hour
	$(BIN)/python -m tests.flows.soak

soak-lake: .venv/lake.done       ## two machines and ten readers of one lake, with kills, for ten minutes
	$(BIN)/python -m tests.lake.soak

lock:                            ## resolve the dependencies anew (needs uv)
	printf 'setuptools>=77\n' | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url pyproject.toml - -o requirements.lock
	printf 'setuptools>=77\n' | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --extra dev --extra bench --extra docs --extra report -c requirements.lock \
	  pyproject.toml - -o requirements-dev.lock
	printf 'setuptools>=77\n' | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --extra lake --extra lake-test -c requirements-dev.lock \
	  pyproject.toml - -o requirements-lake.lock
	printf 'pip-audit>=2.10\n' | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url -c requirements-dev.lock - -o requirements-audit.lock

clean:
	rm -rf .venv data

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "digidistrikt needs Python 3.11 or newer; '$(PYTHON)' is not. Point to one: make PYTHON=python3.12 refresh"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.done: requirements.lock pyproject.toml | .venv/bin/python
	test -e .venv/dev.done || $(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.done: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@ .venv/run.done

.venv/lake.done: requirements-lake.lock .venv/dev.done
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-lake.lock
	touch $@
