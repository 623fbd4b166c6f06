# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors
#
# A façade: meson and ninja build, tools/ checks. `make` alone tells the rest.

BUILD ?= build
PREFIX ?= /usr/local
MESON_OPTIONS ?=

C_FILES = $$(find src lib include tests fuzz bench examples -name '*.[ch]' 2>/dev/null)
SH_FILES = $$(ls run test .ci/run 2>/dev/null) $$(grep -lE '^\#!.*\b(ba)?sh$$|shellcheck shell' \
	-r tools tests examples 2>/dev/null)
VERSION = $$(sed -nE "s/^ *version: '([^']+)',/\1/p" meson.build)

.DEFAULT_GOAL := help
.PHONY: help build run fmt lint test long asan valgrind fuzz bench coverage man \
	docs dist modules install ci clean lint-names tidy banned layers size headers spelling \
	shellcheck format doc-blocks mirror findings

help: ## this list
	@echo 'usage: make TARGET'
	@sed -nE 's/^([a-z<>-]+):[^#]*## (.*)/  \1\t\2/p' Makefile | \
		expand -t 16
	@echo '  test-<room>   the unit tests of one room'

$(BUILD)/build.ninja:
	meson setup $(BUILD) --prefix=$(PREFIX) $(MESON_OPTIONS)

modules: # what the lock file lists, tests' needs too; does nothing where it is there
	@bash -c '. tools/setup.sh && need_modules all'

build: $(BUILD)/build.ninja modules ## build/tlsrpt
	ninja -C $(BUILD)

run: ## the dashboard with sample reports
	./run

fmt: ## format the C files
	clang-format -i $(C_FILES)

LINTS = format banned layers size headers doc-blocks mirror findings spelling \
	shellcheck man tidy
lint: $(LINTS) ## all checks of the sources

lint-names:
	@echo $(LINTS)

format: ## is every C file formatted?
	@clang-format --dry-run -Werror $(C_FILES) && echo 'format: as it should be'

tidy: build ## clang-tidy
	tools/check-tidy $(BUILD)

banned: ## no unsafe function, no unfinished business
	@tools/check-banned

layers: ## no include that docs/architecture.md forbids
	@tools/check-layers

size: ## functions and files within their limits
	@tools/check-size

headers: ## every header compiles alone
	@tools/check-headers

doc-blocks: ## every exported function is documented
	@tools/check-docs

mirror: ## every source has its test, documents name what exists
	@tools/check-tests
	@tools/check-conformance

findings: ## docs/findings.md says what the tables say
	@tools/findings-doc --check && echo 'findings: the page is current'

spelling: ## codespell
	@tools/check-spelling

shellcheck: ## the shell scripts
	@shellcheck $(SH_FILES) && echo 'shellcheck: nothing to say'

test: build ## every test
	meson test -C $(BUILD) --print-errorlogs

test-%: build
	meson test -C $(BUILD) --print-errorlogs --suite $*

asan: ## unit, fuzz and scenario tests under ASan and UBSan
	tools/sanitize

long: build ## the long proofs: 10 million datagrams, 200 kills, 24 rounds of days
	TLSRPT_DATAGRAMS=10000000 TLSRPT_KILLS=200 TLSRPT_ROUNDS=24 meson test \
		-C $(BUILD) --suite scenario --print-errorlogs --timeout-multiplier 100 \
		collect days all_ways folders mailboxes https_intake

valgrind: build ## the unit tests under valgrind
	meson test -C $(BUILD) --suite unit --print-errorlogs --timeout-multiplier 20 \
		--wrap 'valgrind -q --error-exitcode=99 --leak-check=full'

fuzz: ## every fuzz target for 60 seconds
	tools/fuzz 60

bench: modules ## the measuring programs
	[ -f build-bench/build.ninja ] || \
		meson setup build-bench --buildtype=release -Dbench=true
	ninja -C build-bench
	tools/bench build-bench

coverage: ## line coverage of the unit and scenario tests
	tools/coverage

man: ## the man pages, checked
	@mandoc -Tlint -Wwarning man/*.1 && echo 'man: nothing to say'

docs: man mirror ## the documents, checked

dist: ## a source archive of the last commit
	git archive --format=tar.gz --prefix=tlsrpt-$(VERSION)/ \
		-o tlsrpt-$(VERSION).tar.gz HEAD

install: build ## install below PREFIX (DESTDIR is honoured)
	meson configure $(BUILD) --prefix=$(PREFIX)
	meson install -C $(BUILD)

ci: ## exactly what CI runs
	.ci/run

clean: ## remove what was built
	rm -rf build build-*
