# bellwether: every way to build, try and judge it. Each target is one script in scripts/, which is
# where the reasons stand.
.DEFAULT_GOAL := help
.PHONY: help run build test fuzz bench bench-peers bench-quality soak lint fmt types docs web screenshots clean

# For `make run` and `make bench`: what the program is started with, e.g. ARGS="--listen 127.0.0.1:9000".
ARGS ?=
export CARGO_TERM_COLOR ?= auto

help: ## Show this list
	@echo "bellwether: this machine, live in a browser"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  New here? 'make run', then open the link that it prints."
	@echo "  Options for the program: make run ARGS=\"--listen 127.0.0.1:9000 --data /tmp/try\""

run: ## Build quickly, start, and print the link that opens the page
	@scripts/need rust node cc
	@scripts/packages
	@scripts/page
	@scripts/run $(ARGS)

build: ## Build the release program (the page is inside it)
	@scripts/need rust node cc
	@scripts/packages
	@scripts/page
	cargo build --release --locked

test: ## Everything that must hold before a change is kept, page in Chromium included
	@scripts/need rust node cc chromium python
	@scripts/test

fuzz: ## Break what clients send, a million times for each decoder (ROUNDS=n, SEED=n)
	@scripts/need rust cc
	@scripts/fuzz $(ARGS)

bench: ## Measure the release program and print the figures against their limits
	@scripts/need rust node cc chromium
	@scripts/packages
	@scripts/page
	cargo build --release --locked --package bellwether --package bellwether-bench --package bellwether-fanout
	@scripts/bench $(ARGS)

bench-peers: ## Compare pushing with Bun, Nchan, NATS, ws, Socket.IO and axum, per delivered message
	@scripts/need rust node cc
	cargo build --release --locked --package bellwether-fanout
	@scripts/bench-peers $(ARGS)

bench-quality: ## How good models are beside LightGBM, XGBoost and scikit-learn (DATA=FOLDER with index.json, SEEDS=n)
	@scripts/need rust node cc python
	@scripts/packages
	@scripts/page
	cargo build --release --locked --package bellwether
	@scripts/bench-quality $(ARGS)

soak: ## Load, kills, cuts and slow readers for ten minutes and more (MINUTES=n, HOURS=n): flat, and nothing lost
	@scripts/need rust node cc chromium python
	@scripts/packages
	@scripts/page
	cargo build --release --locked --package bellwether --package bellwether-bench
	@scripts/soak $(ARGS)

lint: ## Formatting, lints, types, licences and the rules of the repository, without the tests
	@scripts/need rust node cc python
	@scripts/lint

fmt: ## Format Rust, TypeScript, Vue and Python
	@scripts/need rust node python
	@scripts/packages
	cargo fmt --all
	npm run --silent format
	@scripts/python ruff format . ../../bench

types: ## Write the TypeScript types anew from the Rust ones
	@scripts/need rust cc
	BELLWETHER_WRITE_TYPES=1 cargo test --locked --package bellwether-signal --test typescript

docs: ## Write the documents anew that come from the code (settings, HTTP interface)
	@scripts/need rust cc
	BELLWETHER_WRITE_DOCS=1 cargo test --locked --package bellwether --package bellwether-gateway --lib --bins current

web: ## Build the page only
	@scripts/need node
	@scripts/packages
	@scripts/page

screenshots: ## Photograph the real page (dark, light, wide, phone) into target/screenshots
	@scripts/need rust node cc chromium
	@scripts/packages
	@scripts/page
	cargo build --locked
	@scripts/screenshots

clean: ## Remove everything that was built, and the npm packages
	cargo clean
	rm -rf web/dist node_modules clients/ts/node_modules web/node_modules tests/e2e/node_modules
