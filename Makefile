# Short names for the scripts in scripts/, which work without make too.
# Options go through ARGS: make test ARGS="tests/repo -x"

ARGS ?=

.PHONY: help run test lint check checkov format bench chaos load fuzz audit lock

help: ## Show these targets
	@sed -n 's/^\([a-z]*\): ##/\1/p' $(MAKEFILE_LIST) | awk '{ name = $$1; $$1 = ""; printf "  make %-8s%s\n", name, $$0 }'

run: ## Run the quickstart on embedded defaults and send it one signed event
	@scripts/run $(ARGS)

test: ## Run the tests on real parts
	@scripts/test $(ARGS)

lint: ## Check format, rules, types, import contracts, scripts and image
	@scripts/lint

check: ## Check everything: lint, then test
	@scripts/check $(ARGS)

checkov: ## Check the files of the deployment with checkov (part of lint)
	@scripts/checkov $(ARGS)

format: ## Format the code and mend what can be mended
	@scripts/format

bench: ## Measure throughput, latency and history events
	@scripts/bench $(ARGS)

chaos: ## Break the system under load, and see that nothing is lost
	@scripts/chaos $(ARGS)

load: ## Offer the system steady loads and bursts
	@scripts/load $(ARGS)

fuzz: ## Fuzz readers and HTTP side for longer than the tests do
	@scripts/fuzz $(ARGS)

audit: ## Ask for advisories about the locked packages of the service
	@scripts/audit $(ARGS)

lock: ## Lock the newest versions that pyproject.toml allows
	@scripts/lock
