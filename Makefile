# ipckit. `make check` runs the kit against the reference implementation, and
# `make test` runs all tests. Both need Go and nothing else; a C compiler and a
# python3 are used where there are any.

GO      ?= go
OUT     ?= out
PREFIX  ?= /usr/local
DESTDIR ?=
SUBJECT ?= reference
BUDGET  ?= 60s
ROUNDS  ?= 0

sources  = $(shell find . -name '*.go' -o -name '*.yaml' -o -name '*.yml' -o -name '*.c' -o -name '*.h' -o -name '*.py' \
             -o -name '*.md' -o -name '*.tmpl' -o -name '*.css' -o -name '*.js' -o -name '*.json' -o -name '*.patch') go.mod go.sum
bindir   = $(DESTDIR)$(PREFIX)/bin
sharedir = $(DESTDIR)$(PREFIX)/share

.PHONY: help check build install uninstall quick test mutants patches lint race bench soak-checkers clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 16

check: build ## the kit against the reference implementation, with a report in $(OUT)
	bin/ipckit check reference --out $(OUT)

build: bin/ipckit ## bin/ipckit

bin/ipckit: $(sources)
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=auto -o $@ ./harness/cmd/ipckit

install: build ## the command and its completions, below $(DESTDIR)$(PREFIX)
	install -d '$(bindir)' '$(sharedir)/bash-completion/completions' '$(sharedir)/zsh/site-functions' '$(sharedir)/fish/vendor_completions.d'
	install -m 755 bin/ipckit '$(bindir)/ipckit'
	bin/ipckit completion bash > '$(sharedir)/bash-completion/completions/ipckit'
	bin/ipckit completion zsh > '$(sharedir)/zsh/site-functions/_ipckit'
	bin/ipckit completion fish > '$(sharedir)/fish/vendor_completions.d/ipckit.fish'

uninstall: ## what install has put there
	rm -f '$(bindir)/ipckit' '$(sharedir)/bash-completion/completions/ipckit' \
	  '$(sharedir)/zsh/site-functions/_ipckit' '$(sharedir)/fish/vendor_completions.d/ipckit.fish'

quick: ## vet, unit tests, typos in ids and tables; no worlds
	$(GO) vet ./...
	$(GO) test -short ./...

test: build ## every test, the specs on the reference, the kill matrix
	@command -v cc >/dev/null || echo "no C compiler: what needs one is skipped and says so"
	@command -v python3 >/dev/null || echo "no python3: what needs it is skipped and says so"
	$(GO) vet ./...
	GOARCH=arm64 $(GO) vet ./...
	$(GO) test -timeout 20m ./...
	bin/ipckit mutants

mutants: build ## every seeded fault must be caught
	bin/ipckit mutants

patches: ## after a change of sources that have seeded faults: writes their patches anew
	impl/faults/refresh.sh

lint: ## golangci-lint
	golangci-lint run

race: ## go test -race, where it can see
	$(GO) test -race -timeout 30m ./reports/... ./harness/... ./impl/...
	$(GO) test -race -tags purego -run 'Race|Heap' ./impl/sharedmemory

bench: ## the benchmarks of the libraries
	$(GO) test -run '^$$' -bench . -benchtime 1s ./impl/... ./harness/...

# Longer proofs, of which `make test` takes a fixed small sample. Those with a seed
# go on where they were left; ROUNDS=n ends them after so many.
soak-load: build ## the moment of load of `ipckit check`, for longer and with new seeds: SUBJECT=..., BUDGET=...
	.ci/soak load $(ROUNDS) bin/ipckit stress $(SUBJECT) --budget $(BUDGET) --seed {seed}

soak-checkers: ## the checkers against porcupine: millions of histories
	.ci/soak checkers $(ROUNDS) $(GO) test -timeout 60m -count=1 -run Differential ./harness/linear -args -histories 100000 -seed {seed}

soak-explorer: ## every scenario of the reference, and the explorer's own toys many times
	IPCKIT_SOAK=1 $(GO) test -timeout 120m -count=1 ./harness/explore ./impl/reference

soak-matrix: ## corners of what can be claimed, 20 new ones each time: correct implementations, no alarms
	.ci/soak matrix $(ROUNDS) $(GO) test -timeout 60m -count=1 -run TestMatrix ./harness/cmd/ipckit -args -cells 20 -kinds behaviour,stress,fault -seed {seed}

soak-silence: ## shipped subjects, controls and twins of unusual shape, on a busy machine: no alarm
	.ci/soak silence $(ROUNDS) $(GO) test -timeout 120m -count=1 -run TestSilence ./harness/cmd/ipckit -args -subjects 0 -busy 2 -seed {seed}

soak-mutants: build ## the kill matrix again and again
	.ci/soak mutants $(ROUNDS) bin/ipckit mutants --measure 2m

soak-libraries: ## deaths and races of the reference libraries, ten times as many
	.ci/soak libraries $(ROUNDS) $(GO) test -timeout 60m -count=1 ./impl/sharedmemory ./impl/messagepassing -args -effort 10

clean: ## what was built and reported
	rm -rf bin '$(OUT)'
