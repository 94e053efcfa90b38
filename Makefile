.DEFAULT_GOAL := help
.PHONY: help demo test check fix docs api wheel bench clean setup-demo setup-test lint
KEEP ?= 100
bin := .venv/bin
sources := src tests benchmarks demo tools

help: ## print this help
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

demo: setup-demo ## curate 1,900 real images and show the result (KEEP=100, IMAGES=dir, ONCE=1 ends after the job)
	@$(bin)/python -m demo --keep $(KEEP) $(if $(IMAGES),--images "$(IMAGES)") $(if $(ONCE),--once)

test: setup-test lint ## set up, check, and run every test
	$(bin)/pytest -n 2 --dist loadgroup

check: setup-test lint ## linters, types, the import contract, sizes, drift: without the long tests
	$(bin)/pytest -q tests/honesty -m "not slow"

fix: setup-test ## format the code and repair what the linter can
	$(bin)/ruff check --fix $(sources)
	$(bin)/ruff format $(sources)

docs: setup-test ## write the generated pages of docs/ again
	$(bin)/python -m tools.reference

api: setup-test ## write web/openapi.json and the TypeScript types again
	$(bin)/python -m tamis.server.openapi web/openapi.json
	$(bin)/python -m tools.npm run api

wheel: setup-test ## build the wheel into dist/
	$(bin)/pip wheel --no-deps --no-build-isolation -w dist .

bench: setup-test ## run the benchmark of the main job
	$(bin)/python -m benchmarks.curate

clean: ## remove everything that was built, set up or fetched
	rm -rf .venv .demo .cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

setup-demo setup-test: setup-%:
	@sh tools/setup.sh $*

lint:
	$(bin)/ruff check $(sources)
	$(bin)/ruff format --check $(sources)
	$(bin)/mypy
	$(bin)/lint-imports
