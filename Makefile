# Two commands: `make report` (the main job on the demo month) and `make test`.
# Everything is installed into .venv from requirements.lock; nothing outside the folder is touched.
PYTHON ?= python3
MONTH  ?= 2016-06
BIN    := .venv/bin
READY  := .venv/.ready

.PHONY: report test test-browser baseline lab bench hooks clean help

report: $(READY)  ## set up, then clean, judge, map and report MONTH (default 2016-06)
	@$(BIN)/povexit run --month $(MONTH)

test: $(READY)  ## set up, then every check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@# one process more than two cores: many tests wait for the processes they start
	$(BIN)/python -m pytest -n 3 --dist loadfile

lab: $(READY) hooks  ## open JupyterLab on a first notebook
	JUPYTER_CONFIG_PATH=$(CURDIR)/.jupyter $(BIN)/jupyter lab

test-browser: $(READY)  ## the notebooks people explore with, in a real browser (Debian's Chromium)
	@command -v chromium >/dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
	    echo "no Chromium here; as root: apt-get install chromium, then make test-browser" >&2; exit 2; }; \
	  apt-get update -q && apt-get install -y -q --no-install-recommends chromium; }
	POVEXIT_BROWSER=1 $(BIN)/python -m pytest -rs tests/test_browser.py

baseline: $(READY)  ## renew the pictures that figures are held against, after a change that was looked at
	POVEXIT_RENEW_BASELINE=1 $(BIN)/pytest -q tests/test_baseline.py

bench: $(READY)  ## what the README claims about speed, cleaning and verdicts, measured here and now
	$(BIN)/python benchmarks/run.py

hooks: $(READY)
	@if git rev-parse --git-dir >/dev/null 2>&1; then \
	  $(BIN)/nbstripout --install --attributes .git/info/attributes; fi

clean:  ## remove what was computed (not the deliveries, not the environment)
	rm -rf data/processed/*/ reports/20* .cache

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

# The stamp depends on the lock alone: a changed lock renews the environment in place.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "povexit needs Python 3.11 or newer; try: make PYTHON=python3.12 ..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv (about two minutes, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
