# The handful of words that this project is worked with. `make run` on a fresh machine needs python3 (3.11 or newer),
# python3-venv and make; all else is put into .venv from hashed locks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

.PHONY: help setup run demo test test-long lint bench load lock messages clean
.DEFAULT_GOAL := help

help: ## list these words
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.installed ## make .venv and install the program

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

$(VENV)/.installed: requirements.lock | $(BIN)/uv
	@if [ -e $(VENV)/.installed-dev ]; then echo "keeping the test tools that are installed"; \
	  else $(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock; fi
	@$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

$(VENV)/.installed-dev: tests/requirements.lock requirements.lock | $(BIN)/uv
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python tests/requirements.lock
	@touch $@ $(VENV)/.installed

run: setup ## start the studio on http://127.0.0.1:8000, or at another port: make run PORT=8001
	@$(MANAGE) studio $(if $(PORT),--port $(PORT))

demo: setup ## one film from the demo clips, without a browser
	@$(MANAGE) migrate -v0 && $(MANAGE) seed_demo --film

test: $(VENV)/.installed-dev ## all tests: SQLite and Postgres, Valkey, ffmpeg, Chromium
	@bash tests/run

test-long: $(VENV)/.installed-dev ## the tests that take minutes
	@$(BIN)/python -m pytest -m long

lint: $(VENV)/.installed-dev ## style, types of migrations, templates
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(MANAGE) makemigrations --check --dry-run

bench: $(VENV)/.installed-dev ## what a film costs, against decode, encode and moviepy, and how that grows with its entries
	@$(BIN)/python -m bench.film && $(BIN)/python -m bench.growth

load: $(VENV)/.installed-dev ## how many pages a second, on SQLite and on a private Postgres; ends by itself
	@$(BIN)/python -W ignore -m bench.load

lock: | $(BIN)/uv ## pin what requirements.txt brings along
	$(BIN)/uv pip compile -q --universal --python-version 3.11.0 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements.txt -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11.0 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements.txt --group dev -o tests/requirements.lock

messages: $(VENV)/.installed-dev ## gather the strings of the pages (needs Debian's gettext)
	$(MANAGE) makemessages -l ko --no-wrap --add-location never --no-obsolete -i .venv -i tests -i bench
	$(MANAGE) compilemessages -l ko -i .venv

clean: ## remove the virtual environment (never your data)
	rm -rf $(VENV)
