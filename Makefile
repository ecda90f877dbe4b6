# The commands of this project. `make` alone lists them.
SHELL := /bin/sh
PYTHON ?= python3
export PYTHON
.DEFAULT_GOAL := help
.PHONY: help run demo token test check coverage lock api-docs lint types format bench bench-ingest bench-api bench-hostile bench-package bench-latency bench-pages bench-scale bench-health sbom dashboard compiled deploy diff rollback destroy clean
.DELETE_ON_ERROR:

RUN_STAMP := .venv/.installed-run
DEV_STAMP := .venv/.installed-dev
CLOUD_STAMP := .venv-cloud/.installed
DASHBOARD := dashboard/dist/index.html
CLIENTS := tests/support/clients/node_modules/.package-lock.json
GORTMPLIB := build/clients/gortmplib
NODE_MODULES := dashboard/node_modules/.package-lock.json
SOURCES := app.py chalicelib ingest_container local infra benchmarks tests
CHECKED := $(wildcard $(SOURCES))
LAYERS := .venv/bin/lint-imports

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_STAMP) $(CLOUD_STAMP) $(DASHBOARD) compiled  ## start everything on this machine; Ctrl-C stops it
	@.venv/bin/python -m local

demo: $(RUN_STAMP)  ## stream a moving test card with sound to the running stack
	@.venv/bin/python -m local.demo

token: $(RUN_STAMP)  ## print a JWT of the demo account
	@.venv/bin/python -m local.token

# The dashboard is built where it is tested: for the whole suite, or when ARGS names tests that open it.
PAGE := $(if $(ARGS),$(if $(findstring e2e,$(ARGS))$(findstring tests/integration/local,$(ARGS)),$(DASHBOARD)),$(DASHBOARD))

test: $(DEV_STAMP) $(CLOUD_STAMP) $(PAGE) $(CLIENTS) $(GORTMPLIB) compiled  ## run every suite, or ARGS="tests/unit -k leases"
ifdef ARGS
	.venv/bin/python -m pytest $(ARGS)
else
	.venv/bin/python -m tests
	cd dashboard && sh ../local/with_node.sh npm test
endif

check: $(DEV_STAMP) types  ## the fast checks before a commit: formatting, lint rules, types, import layers, unit tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	$(LAYERS)
	.venv/bin/python -m pytest -q -n 2 tests/unit

coverage: $(DEV_STAMP) $(CLOUD_STAMP) $(DASHBOARD) compiled  ## branch coverage of Python and TypeScript
	.venv/bin/python -m tests --cov
	cd dashboard && sh ../local/with_node.sh npm run coverage

lock:  ## regenerate every requirements.txt from its requirements.in (ARGS=--upgrade: newest versions)
	@sh local/lock.sh $(ARGS)

api-docs: $(DEV_STAMP)  ## regenerate docs/api.md, docs/metrics.md and the dashboard's contract.ts
	.venv/bin/python -m local.api_docs
	.venv/bin/python -m local.contract_types
	.venv/bin/python -m local.metrics_docs

types: $(DEV_STAMP)
	.venv/bin/mypy $(CHECKED)

lint: $(DEV_STAMP) $(NODE_MODULES) types  ## check formatting, lint rules, types and import layers
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	$(LAYERS)
	cd dashboard && sh ../local/with_node.sh npm run lint
	cd infra/edge_functions && sh ../../local/with_node.sh ../../dashboard/node_modules/.bin/biome check --error-on-warnings .

format: $(DEV_STAMP) $(NODE_MODULES)  ## format Python and TypeScript, and apply the linters' safe fixes
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	cd dashboard && sh ../local/with_node.sh npm run format

bench: bench-ingest bench-api bench-hostile bench-package bench-latency bench-pages bench-scale bench-health  ## run every benchmark

bench-ingest: $(DEV_STAMP) $(CLOUD_STAMP) compiled  ## cost of RTMP ingest, compared with nginx-rtmp and pyrtmp (ARGS=--quick: a short run)
	.venv/bin/python -m benchmarks.ingest $(ARGS)

bench-api: $(DEV_STAMP) $(CLOUD_STAMP)  ## latency and cost of authentication and of lists (ARGS=--quick: a short run)
	.venv/bin/python -m benchmarks.api $(ARGS)

bench-hostile: $(DEV_STAMP) $(CLOUD_STAMP) compiled  ## cost of hostile input, and its effect on other streams (ARGS=--quick: a short run)
	.venv/bin/python -m benchmarks.hostile $(ARGS)

bench-package: $(DEV_STAMP) $(CLOUD_STAMP) compiled  ## cost of HLS packaging beside nginx-rtmp's, and of viewers (ARGS=--quick: a short run)
	.venv/bin/python -m benchmarks.package $(ARGS)

bench-latency: $(DEV_STAMP) $(CLOUD_STAMP) $(DASHBOARD) compiled  ## how late viewers see it, glass to glass in Chromium (ARGS=--quick: a short run)
	.venv/bin/python -m benchmarks.latency $(ARGS)

bench-pages: $(DEV_STAMP) $(CLOUD_STAMP) $(DASHBOARD) compiled  ## how soon the pages show something in Chromium (ARGS=--quick: a short run)
	.venv/bin/python -m benchmarks.pages $(ARGS)

bench-health: $(DEV_STAMP) $(CLOUD_STAMP) compiled  ## what health rules find in half an hour of OBS and ffmpeg, and in each fault (ARGS="clean --minutes 5")
	.venv/bin/python -m benchmarks.health $(ARGS)

bench-scale: $(DEV_STAMP) $(CLOUD_STAMP)  ## what 1,000 to 100,000 streams ask of AWS and cost; fills in docs/scale.md (ARGS=--compute: measures nothing)
	.venv/bin/python -m benchmarks.scale $(ARGS)

sbom:  ## write a bill of materials of each lock file of what is deployed to build/sbom/
	@sh local/sbom.sh

dashboard: $(DASHBOARD)  ## build the dashboard

# Compares the sources itself, so it runs each time; it prints a line if there is no C compiler.
compiled: $(RUN_STAMP)  ## compile the ingest's hot path
	@.venv/bin/python -m ingest_container.build

deploy: $(DEV_STAMP)  ## deploy a stage to AWS: STAGE=dev (ARGS="--only api": some steps; --help lists them)
	@.venv/bin/python -m infra.deploy deploy $(STAGE) $(ARGS)

diff: $(DEV_STAMP)  ## say what a deployment would change: STAGE=dev
	@.venv/bin/python -m infra.deploy diff $(STAGE) $(ARGS)

rollback: $(DEV_STAMP)  ## deploy the release before again, with its own code and image: STAGE=dev
	@.venv/bin/python -m infra.deploy rollback $(STAGE) $(ARGS)

destroy: $(DEV_STAMP)  ## delete a stage but its data: STAGE=dev (ARGS=--data: that as well)
	@.venv/bin/python -m infra.deploy destroy $(STAGE) $(ARGS)

clean:  ## remove everything that was built; state and keys in .local are kept
	rm -rf .venv .venv-cloud .venv-node .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -rf dashboard/node_modules dashboard/dist cdk.out build

$(RUN_STAMP): local/requirements.txt local/make_venv.sh
	@sh local/make_venv.sh .venv local/requirements.txt
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.txt
	@sh local/make_venv.sh .venv requirements-dev.txt
	@touch $@

$(CLOUD_STAMP): local/cloud-requirements.txt local/make_venv.sh
	@sh local/make_venv.sh .venv-cloud local/cloud-requirements.txt
	@touch $@

$(NODE_MODULES): dashboard/package-lock.json
	@echo "Installing the dashboard's packages"
	@cd dashboard && sh ../local/with_node.sh npm ci --no-audit --no-fund --silent
	@touch $@

$(CLIENTS): tests/support/clients/package-lock.json
	@echo "Installing the clients and players of the tests"
	@cd tests/support/clients && sh ../../../local/with_node.sh npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(GORTMPLIB): $(addprefix tests/support/clients/,gortmplib.go go.mod go.sum)
	@echo "Building the RTMP client that is written in Go"
	@cd tests/support/clients && CGO_ENABLED=0 GOFLAGS=-mod=readonly sh ../../../local/with_go.sh go build -trimpath -o ../../../$@ .

$(DASHBOARD): $(NODE_MODULES) $(shell find dashboard -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
	@echo "Building the dashboard"
	@cd dashboard && sh ../local/with_node.sh npm run --silent build -- --logLevel warn
	@touch $@
