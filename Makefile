# Two commands do everything: `make demo` and `make test`. Both install what is
# missing (.ci/setup), build the web app and then Rust once, in the one release
# profile. `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# Debian keeps initdb and postgres off the PATH; the newest version first.
PG_BIN := $(shell ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr | head -n 1)
export PATH := $(PATH)$(if $(PG_BIN),:$(PG_BIN))

TARGET := $(or $(CARGO_TARGET_DIR),target)
LENSFINDER := $(TARGET)/release/lensfinder
# On a terminal cargo draws its progress; in a log it would only fill it.
CARGO_QUIET := $(if $(VERBOSE),,$(shell test -t 2 || echo --quiet))
NEXTEST_QUIET := $(if $(CARGO_QUIET),--cargo-quiet)
NPM := npm --prefix web --silent
WEB_SOURCES := $(shell find web/src web/static web/content -type f 2>/dev/null) \
  $(wildcard web/*.json web/*.js web/*.ts)

# `$(call step,what)` before a step; `$(call remedy,what to do)` after its command
# (no commas in the words: make would split them).
step = @printf '\n── %s\n' '$1'
remedy = || { printf '\nStopped: %s\n' '$1' >&2; exit 1; }

## Main
.PHONY: demo test build help
demo: build ## the whole loop on a simulated survey, then serves it (ARGS="--no-serve" ends instead)
	@$(LENSFINDER) demo $(ARGS)

test: ## every check there is; what continuous integration runs
	@started=$$SECONDS; \
	for part in setup-test fmt invariants test-web lint test-rust test-doc e2e; do \
	  $(MAKE) $$part || exit 1; \
	done; \
	printf '\nAll checks passed in %d min %02d s: format, lints, invariants, Rust tests, doc tests, web checks, browser tests.\n' \
	  $$(((SECONDS - started) / 60)) $$(((SECONDS - started) % 60))

build: setup web ## the web app and target/release/lensfinder
	$(call step,Building lensfinder (the first time takes some minutes))
	@cargo build --release --package cli $(call remedy,the Rust build failed; the first error above says where.)

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^## / { printf "\n%s\n", substr($$0, 4) } \
	  /^[a-z][a-z0-9-]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Parts of make test
.PHONY: fmt lint invariants test-rust test-doc test-web e2e speed deny
fmt: ## Rust formatting
	$(call step,Formatting)
	@cargo fmt --all --check $(call remedy,run `cargo fmt --all`.)

lint: web ## clippy over the workspace; warnings are errors
	$(call step,Lints)
	@cargo clippy $(CARGO_QUIET) --release --workspace --all-targets -- -D warnings \
	  $(call remedy,clippy objects; the lints are in Cargo.toml and clippy.toml.)

invariants: ## cargo xtask check: who may name what, headers, lengths, Cargo.lock, migrations
	$(call step,Invariants)
	@cargo xtask check $(call remedy,each line above says what to change.)

test-rust: web ## unit and integration tests (on SQLite, and on a PostgreSQL of their own)
	$(call step,Rust tests)
	@if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run --release --workspace $(NEXTEST_QUIET) --status-level slow --hide-progress-bar; \
	else \
	  cargo test $(CARGO_QUIET) --release --workspace --lib --bins --tests; \
	fi $(call remedy,a Rust test failed; its output is above.)

test-doc: web ## examples in the documentation
	$(call step,Doc tests)
	@cargo test --quiet --release --workspace --doc $(call remedy,an example in the documentation failed.)

test-web: web ## types, lints, unit tests and download sizes of the web app
	$(call step,Web checks)
	@$(NPM) run check $(call remedy,svelte-check found a type error.)
	@$(NPM) run lint $(call remedy,run `npm run format` in web/ and see what eslint says.)
	@$(NPM) test $(call remedy,a unit test of the web app failed.)
	@$(NPM) run sizes $(call remedy,a page downloads too much; `npm run sizes` in web/ says which.)

e2e: web ## browser tests against a real server with a small simulated project
	$(call step,Browser tests)
	@cargo build --quiet --release --package cli $(call remedy,the Rust build failed; `make build` says more.)
	@.ci/e2e $(LENSFINDER) $(call remedy,a browser test failed; pictures are in web/test-results.)

speed: web ## how fast the app is on a slow phone and a slow line (needs Chromium)
	$(call step,Speed in the browser)
	@cargo build --quiet --release --package cli $(call remedy,the Rust build failed; `make build` says more.)
	@SPEED=1 .ci/e2e $(LENSFINDER) $(call remedy,a limit was passed (above).)

deny: ## licences and advisories, if cargo-deny is installed
	@cargo deny check $(call remedy,install it with `cargo install --locked cargo-deny` or see what it names.)

## Pieces
.PHONY: setup setup-test web
setup: ## installs what the build needs
	@.ci/setup build

setup-test: ## also Chromium, a Chinese font and PostgreSQL
	$(call step,Looking for the tools)
	@.ci/setup test

web: web/build/200.html ## the web app, as static files in web/build

# npm ci only when the lock file is newer than what is installed.
web/node_modules/.stamp: web/package-lock.json
	$(call step,Installing npm packages)
	@npm ci --prefix web --no-audit --no-fund --loglevel=error \
	  $(call remedy,npm could not install; it needs the network the first time.)
	@touch $@

web/build/200.html: web/node_modules/.stamp $(WEB_SOURCES)
	$(call step,Building the web app)
	@$(NPM) run build >web/node_modules/.build.log 2>&1 || { tail -n 30 web/node_modules/.build.log >&2; false; } \
	  $(call remedy,the web app did not build (above).)
	@touch $@
