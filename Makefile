# Every command makes the environment that it needs, one for each version of Python: `make test PYTHON=python3.12`.

# The first Python on PATH that runs and is new enough; a shim of pyenv can be there and fail.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 10))
ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell for python in python3 python3.10 python3.12 python3.11 python3.13 python3.14; do \
	$$python -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $$python && break; done)
endif
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV := .venv/$(VERSION)
RUN := PYTHONPATH=functions:. $(VENV)/bin/python
unexport PYTHONDONTWRITEBYTECODE  # without bytecode each process compiles every package anew
# The machine's indexes and certificates count, its `user = true` or `prefix` do not.
PIP := $(VENV)/bin/python -m layers.pip

.PHONY: help demo picture test test-load lint bench check-template monitoring unconfirmed layer deploy application application-test distribution lock clean

help:  ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r name does; do \
		printf '  make %-16s %s\n' "$$name" "$$does"; done

demo: $(VENV)/.demo  ## the main job on a cloud in a box, in half a minute
	@$(RUN) -m oss_cdn_refresh_box.demo

picture: $(VENV)/.demo  ## the demo's output as docs/demo.svg, which README.md shows
	@$(RUN) -m oss_cdn_refresh_box.demo --picture docs/demo.svg

test: $(VENV)/.test  ## the tests, with the library's coverage (ARGS="-k delivery" for some)
	@$(RUN) -m pytest -n 2 -m "not load and not node" $(if $(ARGS),--no-cov,--cov --cov-report=term) $(ARGS)

test-load: $(VENV)/.test  ## the tests with many changes, killed processes, real time and long searches
	@$(RUN) -m pytest -n 2 -m "(load or hypothesis) and not node" --hypothesis-profile long --no-cov $(ARGS)

lint: $(VENV)/.test  ## style, format, types
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

bench: $(VENV)/.test  ## cold start, TLS and large events, each beside its reference
	@$(RUN) -m bench

check-template: $(VENV)/.functions  ## do template, role and configuration fit together? (ARGS="--config copy.yml")
	@$(RUN) -m infra.check_template $(ARGS)

monitoring: $(VENV)/.functions  ## dashboard, alarms and their page anew, from infra/sls
	@$(RUN) -m infra.page

unconfirmed: $(VENV)/.test  ## the tables of docs/unconfirmed.md anew, from the questions of the probe
	@$(RUN) -m infra.unconfirmed

layer: $(VENV)/.functions  ## the functions' packages as a layer: layers/build/layer.zip
	@$(RUN) -m layers

deploy: $(VENV)/.functions  ## check, build and publish the layer, deploy (ARGS="-a other" goes on to s)
	@$(RUN) -m infra.deploy $(ARGS)

application: $(VENV)/.functions  ## the application package of Serverless Devs: build/application (ARGS="--release dev")
	@$(RUN) -m infra.application $(ARGS)

application-test: $(VENV)/.test application  ## the application package with the real s, where Node.js is at hand
	@$(RUN) -m pytest -m node --no-cov -q

distribution: $(VENV)/.distribution  ## the package for PyPI in dist/, built, checked, and installed on each Python from 3.10 on
	@$(RUN) -m pytest --no-cov tests/distribution $(ARGS) || { rm -rf dist; exit 1; }  # dist/ holds what passed

lock: $(VENV)/.lock  ## pin layers/requirements.in anew, with hashes (PYTHON=python3.10: newer ones may find newer pins)
	@cd layers && ../$(VENV)/lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-header \
		--no-emit-index-url --no-emit-options --output-file=requirements.txt requirements.in

clean:  ## remove what was made
	@rm -rf .venv build dist layers/build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/.python:
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.10 or newer is needed and none is on PATH: make … PYTHON=/where/it/is"; exit 1; fi
	@if ! $(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null; then \
		echo "$(PYTHON) is Python $(or $(VERSION),that does not run), 3.10 or newer is needed: make … PYTHON=python3.12"; exit 1; fi
	@echo "Making the environment $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV) || { echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.functions: $(VENV)/.python layers/requirements.txt
	@$(PIP) install -qq --require-hashes -r layers/requirements.txt
	@touch $@

$(VENV)/.demo: $(VENV)/.functions requirements-demo.txt
	@$(PIP) install -qq -r requirements-demo.txt
	@touch $@

$(VENV)/.test: $(VENV)/.demo requirements-test.txt requirements-oracles.txt
	@$(PIP) install -qq -r requirements-test.txt
	@$(PIP) install -qq --no-deps -r requirements-oracles.txt
	@touch $@

$(VENV)/.distribution: $(VENV)/.test requirements-distribution.txt
	@$(PIP) install -qq -r requirements-distribution.txt
	@touch $@

$(VENV)/.lock: $(VENV)/.python
	@$(PYTHON) -m venv --clear $(VENV)/lock && $(VENV)/lock/bin/python -m layers.pip install -qq pip-tools==7.6.2
	@touch $@
