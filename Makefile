# Every command of the project. A fresh machine needs python3 (3.11 or newer), pip and make; nothing else, and no root.

PYTHON ?= python3
# How many processes run the tests.
WORKERS ?= 2
# Passed on: make demo ARGS=--check, make test-postgresql ARGS="-k reminder"
ARGS ?=

BIN := .venv/bin
TO_RUN := .venv/installed-to-run
TO_DEVELOP := .venv/installed-to-develop
OURS := gutclinic clinics protocols patients
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --universal
# What production must be told; the values only have to be well-formed.
PRODUCTION = GUTCLINIC_MODE=production SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	DATABASE_URL=postgres://gutclinic@localhost/gutclinic REDIS_URL=redis://localhost:6379/0 \
	PUBLIC_URL=https://clinic.example.org EMAIL_URL=smtp+tls://mail.example.org:587 \
	DEFAULT_FROM_EMAIL=clinic@example.org

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo test test-domain test-postgresql test-sqlite bench-reminders chaos check lint-fix lock clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r command text; do \
		printf '%-22s%s\n' "$$command" "$$text"; done

demo: $(TO_RUN) ## Bring up a clinic with Angela and others in it (ARGS=--check: try it out and stop)
	@$(BIN)/python manage.py demo $(ARGS)

test: test-domain test-postgresql test-sqlite ## Run every test, on real servers and in a real browser

test-domain: $(TO_DEVELOP) ## The arithmetic, where Django cannot be imported
	$(BIN)/python -m pytest tests/domain $(ARGS)

# What takes long and does not depend on the database is tried on SQLite alone: whether the simulator finds what is
# broken, and the clinic of the demonstration, which lives there.
test-postgresql: install ## Everything else on PostgreSQL and Redis
	GUTCLINIC_TEST_DATABASE=postgresql $(BIN)/python -m pytest --ignore=tests/domain -n $(WORKERS) \
		--ignore-glob="tests/simulator/*_broken.py" --ignore=tests/simulator/planted --ignore=tests/demo/clinic $(ARGS)

test-sqlite: $(TO_DEVELOP) ## The same without servers, so without the browser and the Celery worker
	GUTCLINIC_TEST_DATABASE=sqlite $(BIN)/python -m pytest --ignore=tests/domain -n $(WORKERS) \
		-m "not browser and not worker" $(ARGS)

bench-reminders: install ## Measure how fast reminders go (ARGS="--runs 5"); ends in one JSON line
	@$(BIN)/python -m tools.bench_reminders $(ARGS)

chaos: install ## See whether reminders survive what breaks (ARGS="--people 500 --rounds 1")
	@$(BIN)/python -m tools.chaos $(ARGS)

check: $(TO_DEVELOP) ## Format, lint, types, layers, migrations, deployment, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(OURS) tools tests/plugins tests/servers
	$(BIN)/lint-imports
	DATABASE_URL=sqlite://:memory: $(BIN)/python -W error manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m tools.check_docs

lint-fix: $(TO_DEVELOP) ## Format, and repair what can be repaired without thinking
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: $(TO_DEVELOP) ## Install all that the tests need: packages, Redis, browser
	@$(PYTHON) -m tools.fetch_redis
	@$(BIN)/python -m tools.fetch_browser

lock: $(TO_DEVELOP) ## Pin requirements.in and requirements-dev.in with hashes (ARGS=--upgrade: newest versions)
	$(LOCK) $(ARGS) requirements.in -o requirements.txt
	$(LOCK) $(ARGS) -c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## Remove what these commands have installed and cached (not var/, where a clinic's data are)
	rm -rf .venv .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(TO_RUN): requirements.txt
	@echo "Installing what gutclinic needs to run (a minute, once)"
	@$(PYTHON) -m tools.make_environment .venv $<
	@touch $@

$(TO_DEVELOP): requirements-dev.txt
	@echo "Installing what gutclinic needs to be developed (two minutes, once)"
	@$(PYTHON) -m tools.make_environment .venv $<
	@touch $@
