# Every target that a person calls has a `##` comment; `make help` prints them.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $(ARGS)

# Without it, each of the many processes that tests start would compile the service anew.
unexport PYTHONDONTWRITEBYTECODE
# Of tests in a row, which share what their file has set up, as many as possible run in one process.
AT_ONCE := -n auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run test cover lint format bench bench-order docs widget pictures lock clean bootstrap bootstrap-dev

help: ## show these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

run: bootstrap ## set everything up and run the service; ARGS="--port 8001" to choose the port
	@$(BIN)/moderation-service run $(ARGS)

test: bootstrap-dev ## set everything up and pass the tests; ARGS="-k claims" to choose some
	@$(BIN)/python -m pytest $(AT_ONCE) $(ARGS)

cover: bootstrap-dev ## the tests again, with what they do not reach; takes half as long again
	@$(BIN)/python -m pytest $(AT_ONCE) --cov=moderation_service --cov=workers --cov-report=term:skip-covered $(ARGS)

lint: bootstrap-dev ## check style, types and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: bootstrap-dev ## put the code into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: bootstrap-dev ## measure, and print the table of benchmarks/
	@$(BIN)/python -m benchmarks $(ARGS)

bench-order: bootstrap-dev ## compare orders of the queue in invented worlds (a minute)
	@$(BIN)/python -m benchmarks.queue_order $(ARGS)

docs: bootstrap-dev ## regenerate the parts of README.md that are made from the code
	@$(BIN)/python scripts/docs.py

widget: bootstrap-dev ## assemble the readers' script from its sources and words
	@$(BIN)/python scripts/widget.py

pictures: bootstrap-dev ## take the pictures of the README's tour of the review desk anew
	@$(BIN)/python -m pytest tests/browser/test_tour.py
	@cd tests/browser && for picture in tour/*.png; do cp screenshots/$$(basename $$picture) $$picture; done

lock: ## bring the lock files in line with setup.cfg (needs uv); ARGS=--upgrade for newer versions
	$(COMPILE) --extra embedded --extra build setup.cfg -o requirements.lock
	$(COMPILE) --extra embedded --extra build --extra dev -c requirements.lock setup.cfg -o requirements-dev.lock
	$(COMPILE) --extra build -c requirements.lock setup.cfg -o requirements-image.lock

clean: ## remove what the tools made; the data folder stays
	rm -rf .venv build dist *.egg-info .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

bootstrap:
	@$(PYTHON) scripts/bootstrap.py

bootstrap-dev:
	@$(PYTHON) scripts/bootstrap.py --dev
