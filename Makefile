# Everything that can be done here, one word each. `make` alone lists it.

PORT ?= 8000
PYTHON ?= python3
VAR_DIR ?= var
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
LOCALES := $(wildcard locale/*/LC_MESSAGES/django.po)
STATIC := $(shell find static -type f 2>/dev/null)

export VAR_DIR
# The packages come from wherever pip is told to fetch them; the lock says which, with their hashes.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
ifdef PIP_CERT
export SSL_CERT_FILE ?= $(PIP_CERT)
endif
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS ?= 1
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes

COVERED = $(BIN)/coverage report --skip-covered && $(BIN)/coverage report --include="cms/access/*" --fail-under=100

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check lint format openapi bench elasticsearch pictures messages clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(BIN)/.for-running $(VAR_DIR)/static/.made $(LOCALES:.po=.mo) ## Load the demo company and serve it (PORT=8000)
	@PORT=$(PORT) exec $(MANAGE) demo

test: $(BIN)/.for-work $(LOCALES:.po=.mo) ## Run the tests (COUNTED=1: and count what they run through)
	$(if $(COUNTED),$(BIN)/coverage run -m pytest,$(BIN)/pytest) $(ARGS)
	$(if $(COUNTED),$(COVERED))

check: lint ## Look for mistakes: all that lint does, and that tests cover the code
	$(BIN)/coverage run -m pytest -q -m "not browser and not slow" $(ARGS)
	$(COVERED)

lint: $(BIN)/.for-work $(LOCALES:.po=.mo) ## Look for mistakes: style, types, layers, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy cms pages search media
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint --quiet templates
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

format: $(BIN)/.for-work ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet templates

openapi: $(BIN)/.for-work ## Write the committed description of the API anew
	$(BIN)/python -m tests.write_openapi

bench: $(BIN)/.for-work ## Measure: generate data, ask, print a table
	$(BIN)/python -m bench $(ARGS)

elasticsearch: $(BIN)/.for-work ## Get and start an Elasticsearch for the tests (needs java and mvn)
	@$(BIN)/python -m tests.elasticsearch_server start

pictures: $(BIN)/.for-work $(LOCALES:.po=.mo) ## Take the pictures of the documentation anew (needs chromium)
	WRITE_PICTURES=1 $(BIN)/pytest tests/browser/test_picture.py

messages: $(BIN)/.for-work ## Gather the strings to translate, and compile them (needs gettext)
	$(MANAGE) makemessages --locale fr --no-location --ignore '.venv/*' --ignore '$(VAR_DIR)/*'
	$(BIN)/pybabel compile -D django -d locale

clean: ## Take away the environment, the demo's data and every cache
	rm -rf .venv $(VAR_DIR) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: what is newer than what it is made from is not made again.

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

$(BIN)/.for-running: $(BIN)/uv uv.lock pyproject.toml
	$(BIN)/uv export --quiet --frozen --no-dev --no-emit-project --output-file $(BIN)/.requirements.txt
	$(INSTALL) -r $(BIN)/.requirements.txt
	@touch $@

$(BIN)/.for-work: $(BIN)/uv uv.lock pyproject.toml
	$(BIN)/uv export --quiet --frozen --all-extras --no-emit-project --output-file $(BIN)/.requirements.txt
	$(INSTALL) -r $(BIN)/.requirements.txt
	@touch $@ $(BIN)/.for-running

$(VAR_DIR)/static/.made: $(BIN)/.for-running $(STATIC)
	@mkdir -p $(@D)
	$(MANAGE) collectstatic --noinput --clear --verbosity 0
	@touch $@

%.mo: %.po $(BIN)/.for-running
	$(BIN)/pybabel -q compile -i $< -o $@
