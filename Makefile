.DEFAULT_GOAL := help
.PHONY: help demo test check fix docs api app e2e tour wheel bench extras clean setup-demo setup-test lint web
KEEP ?= 100
bin := .venv/bin
npm := $(bin)/python -m tools.npm --silent
sources := src tests benchmarks demo tools

help: ## print this help
	@sed -n 's/^\([a-z0-9]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

demo: setup-demo app ## curate 1,900 real images and show the result (KEEP=100, IMAGES=dir, ONCE=1 ends after the job)
	@$(bin)/python -m demo --keep $(KEEP) $(if $(IMAGES),--images "$(IMAGES)") $(if $(ONCE),--once)

test: setup-test app ## set up, check, and run every test, those in a browser too
	@$(MAKE) --no-print-directory -j2 lint web
	$(npm) run test
	$(bin)/pytest -n 2 --dist loadgroup

check: setup-test app lint web ## linters, types, the import contract, sizes, drift: without the long tests
	$(bin)/pytest -q tests/honesty tests/server/test_openapi.py -m "not slow"

e2e: setup-test app ## the user stories only: the built wheel in a fresh environment, a real browser
	$(bin)/pytest -q tests/e2e

fix: setup-test ## format the code and repair what the linter can
	$(bin)/ruff check --fix $(sources)
	$(bin)/ruff format $(sources)
	$(npm) run fix

docs: setup-test ## write the generated pages of docs/ again
	$(bin)/python -m tools.reference

api: setup-test ## write web/openapi.json and the TypeScript types again
	$(bin)/python -m tamis.server.openapi web/openapi.json
	$(npm) run api

app: setup-demo ## build the web app into the package, unless it is up to date
	@$(bin)/python -m tools.webapp

tour: setup-test app ## take the pictures of docs/tour.md again
	TAMIS_TOUR=docs/images/tour $(bin)/pytest -q tests/e2e -m picture

wheel: setup-test ## build the wheel, with the web app inside, into dist/
	$(bin)/pip wheel --no-deps --no-build-isolation -w dist .

bench: setup-test ## run the benchmark of the main job
	$(bin)/python -m benchmarks.curate

extras: setup-test ## install the extra "transformers" too (24 MB), and check what needs it
	$(bin)/pip install -q -c constraints.txt -e ".[transformers]"
	$(bin)/pytest -q tests/extras/check_transformers.py

clean: ## remove everything that was built, set up or fetched
	rm -rf web/node_modules src/tamis/server/static
	rm -rf .venv .demo .cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

setup-demo setup-test: setup-%:
	@sh tools/setup.sh $*

lint:
	$(bin)/ruff check $(sources)
	$(bin)/ruff format --check $(sources)
	$(bin)/mypy
	$(bin)/lint-imports

web:
	$(npm) run check
	$(npm) run drift
