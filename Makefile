# Winnow's commands. `make run` and `make test` set up everything they need; `make help` lists the rest.
PY ?= python3
V := .venv
B := $(V)/bin
ARGS ?= -n 2 --dist worksteal
DATA ?= ../shared/conformance
SOURCES := accounts config records reviews themes tests bench manage.py

.PHONY: help run test test-sqlite test-postgres check lint types format browser conformance bench bench-import bench-dedup bench-screen bench-search bench-agreement fuzz soak soak-review sequences lock vendor clean
.DEFAULT_GOAL := help

help:  ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- setting up: a virtual environment with exactly the packages of the hash-locked lists --------------------------
$(B)/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Winnow needs Python 3.11 or newer; '$(PY)' is older. Try: make run PY=python3.12"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PY) -m venv $(V)

$(V)/.boot: requirements/boot.txt | $(B)/python
	@$(B)/pip install -q -q --disable-pip-version-check --require-hashes -r requirements/boot.txt && touch $@

$(V)/.app: requirements/app.txt $(V)/.boot
	@$(B)/uv pip install -q --python $(B)/python --require-hashes -r requirements/app.txt && touch $@

$(V)/.test: requirements/test.txt $(V)/.app
	@$(B)/uv pip install -q --python $(B)/python --require-hashes -r requirements/test.txt && touch $@

$(V)/.bench: requirements/bench.txt $(V)/.app
	@$(B)/uv pip install -q --python $(B)/python --require-hashes -r requirements/bench.txt && touch $@

# --- using ---------------------------------------------------------------------------------------------------------
run: $(V)/.app  ## serve Winnow with a demo review on this machine (PORT=8000)
	@PORT=$${PORT:-8000} $(B)/python manage.py serve --first migrate collectstatic demo

# --- proving -------------------------------------------------------------------------------------------------------
test: test-sqlite test-postgres  ## all tests, on SQLite and on PostgreSQL, pages in a real browser

test-sqlite: $(V)/.test browser  ## all tests on SQLite
	@env -u DATABASE_URL TEST_LEG=sqlite $(B)/python -m pytest $(ARGS)

test-postgres: $(V)/.test browser  ## all tests on a real PostgreSQL, from a wheel
	@$(B)/python tests/with_postgres.py $(B)/python -m pytest $(ARGS)

browser:
	@sh tools/browser.sh

check: $(V)/.test lint types  ## lint, types, format, migrations, deployment and compose file

lint: $(V)/.test  ## only lint, format, vendored files, compose file, migrations, deployment
	@$(B)/ruff check $(SOURCES)
	@$(B)/ruff format --check $(SOURCES)
	@$(B)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html' 'templates/**/*.html') 
	@sh tools/vendor.sh
	@$(B)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(B)/python manage.py makemigrations --check --dry-run -v0
	@SITE_URL=https://winnow.example.org SECRET_KEY=$$(head -c 48 /dev/urandom | base64) DATABASE_URL=postgresql://winnow@localhost/winnow \
		$(B)/python manage.py check --deploy --fail-level WARNING

types: $(V)/.test  ## only types
	@$(B)/mypy

format: $(V)/.test  ## put code and templates into the house's format
	@$(B)/ruff check --fix -q $(SOURCES) || true
	@$(B)/ruff format -q $(SOURCES)
	@$(B)/djade --target-version 5.2 $$(git ls-files 'templates/*.html' 'templates/**/*.html')

conformance: $(V)/.app  ## run every scorer on the real files in DATA (default ../shared/conformance)
	@sh tools/conformance.sh $(DATA)

bench: $(V)/.test  ## measure speed; prints ratios against a limit or a peer in the same run
	@$(B)/python -m bench

bench-import: $(V)/.bench  ## readers beside other people's, storing 100,000 records on both databases, and 1 GB while people screen
	@$(B)/python -m bench.import_speed
	@$(B)/python -m bench.storing
	@$(B)/python tests/with_postgres.py $(B)/python -m bench.storing
	@$(B)/python -m bench.large

bench-screen: $(V)/.test  ## a press on the screening page with 100,000 works, on both databases (RECORDS=, SECONDS=)
	@$(B)/python -m bench.screen
	@$(B)/python tests/with_postgres.py $(B)/python -m bench.screen

bench-search: $(V)/.test  ## any search in a library of 100,000 records, on both databases (RECORDS=)
	@$(B)/python -m bench.search
	@$(B)/python tests/with_postgres.py $(B)/python -m bench.search

bench-keys: $(V)/.test browser  ## from a key to the next card in a browser on a slow line, and decisions made without one
	@$(B)/python -m bench.keys

bench-dedup: $(V)/.test  ## deduplication: growth, awkward tables, and beside bib-dedupe on the tables in DATA
	@test -x $(V)/peer/bin/python || $(B)/uv venv -q --python $(B)/python $(V)/peer
	@$(B)/uv pip install -q --python $(V)/peer/bin/python "bib-dedupe==0.11.*"
	@$(B)/python -m bench.dedup $(wildcard $(DATA)/dedup) --peer-python $(V)/peer/bin/python
	@$(B)/python tests/with_postgres.py $(B)/python -m bench.into_library

bench-agreement: $(V)/.app  ## agreement statistics beside statsmodels, scikit-learn, krippendorff and irrCAC on random tables (COUNT=, SEED=)
	@test -x $(V)/peer-stats/bin/python || $(B)/uv venv -q --python $(B)/python $(V)/peer-stats
	@test -x $(V)/peer-irr/bin/python || $(B)/uv venv -q --python $(B)/python $(V)/peer-irr
	@$(B)/uv pip install -q --python $(V)/peer-stats/bin/python "statsmodels==0.15.*" "scikit-learn==1.9.*" "krippendorff==0.9.*"
	@$(B)/uv pip install -q --python $(V)/peer-irr/bin/python "irrCAC==0.4.4"
	@$(B)/python -m bench.agreement --peer-python $(V)/peer-stats/bin/python --irr-python $(V)/peer-irr/bin/python --count $(or $(COUNT),2000) --seed $(or $(SEED),1)

soak: $(V)/.test  ## kill a worker at every commit point of an import of 20,000 records, on both databases (RECORDS=)
	@$(B)/python -m bench.soak
	@$(B)/python tests/with_postgres.py $(B)/python -m bench.soak
	@$(MAKE) --no-print-directory soak-review

soak-review: $(V)/.test browser  ## whole reviews by chance (REVIEWS=1000 of STEPS=50), TWINS=50 twin worlds, DROPPED=1000 answers, every page and state through axe
	@env -u DATABASE_URL TEST_LEG=sqlite WINNOW_REVIEWS=$(or $(REVIEWS),1000) WINNOW_STEPS=$(or $(STEPS),50) WINNOW_TWINS=$(or $(TWINS),50) \
		WINNOW_DROPPED=$(or $(DROPPED),1000) WINNOW_AXE=all WINNOW_SEED=$(or $(SEED),0) $(B)/python -m pytest $(ARGS) \
		tests/reviews/test_whole_review.py tests/reviews/test_twin_worlds.py tests/reviews/test_dropped_answers.py tests/browser/test_axe_states.py tests/browser/test_pages.py

fuzz: $(V)/.app  ## damaged files through every reader: N=200000, SEED=1, DATA for more seeds
	@$(B)/python -m bench.fuzz --count $(or $(N),200000) --seed $(or $(SEED),1) $(if $(wildcard $(DATA)),--data $(DATA))

sequences: $(V)/.test  ## joins and splits at random taken back N=10000 times, from SEED=0; and 2,000 libraries imported in other orders
	@env -u DATABASE_URL TEST_LEG=sqlite WINNOW_SEQUENCES=$(or $(N),10000) WINNOW_SEED=$(or $(SEED),0) WINNOW_ORDERS=2000 $(B)/python -m pytest $(ARGS) tests/records/test_join_undo.py tests/records/test_order.py

lock: $(V)/.boot  ## write the hash-locked lists anew from pyproject.toml
	@cd requirements && ../$(B)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 \
		--custom-compile-command "make lock" -o boot.txt boot.in
	@$(B)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 \
		--custom-compile-command "make lock" -o requirements/app.txt pyproject.toml
	@$(B)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 \
		--custom-compile-command "make lock" --group test -o requirements/test.txt pyproject.toml
	@$(B)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 \
		--custom-compile-command "make lock" --group bench -o requirements/bench.txt pyproject.toml

vendor:  ## fetch what the pages carry from other projects, and check every file
	@sh tools/vendor.sh fetch

clean:  ## remove the virtual environment and caches; data/ stays
	rm -rf $(V) .pytest_cache .mypy_cache .ruff_cache .hypothesis
