# ipckit. `make check` runs the kit against the reference implementation;
# `make test` runs all tests. Both need Go and nothing else; a C compiler is
# used where there is one.

GO      ?= go
OUT     ?= out
SOURCES  = $(shell find . -name '*.go' -o -name '*.yaml' -o -name '*.c' -o -name '*.h' -o -name '*.py' -o -name '*.tmpl' -o -name '*.css' -o -name '*.json') go.mod go.sum

.PHONY: check test build mutants lint stress race bench clean

check: build ## the kit against the reference implementation, with a report
	bin/ipckit check reference --out $(OUT)

build: bin/ipckit

bin/ipckit: $(SOURCES)
	CGO_ENABLED=0 $(GO) build -trimpath -o $@ ./harness/cmd/ipckit

test: build ## every test, the specs on the reference, the kill matrix
	@command -v cc >/dev/null || echo "no C compiler: what needs one is skipped and says so"
	@command -v python3 >/dev/null || echo "no python3: what needs it is skipped and says so"
	$(GO) vet ./...
	GOARCH=arm64 $(GO) vet ./...
	$(GO) test -timeout 20m ./...
	bin/ipckit mutants

mutants: build ## every seeded fault must be caught
	bin/ipckit mutants

lint:
	golangci-lint run

stress: ## longer: millions of histories against porcupine
	$(GO) test -timeout 60m -count=1 -run Differential ./harness/linear -args -stress

race: ## go test -race, where it can see
	$(GO) test -race -timeout 30m ./reports/... ./harness/... ./impl/...
	$(GO) test -race -tags purego -run 'Race|Heap' ./impl/sharedmemory

bench:
	$(GO) test -run '^$$' -bench . -benchtime 1s ./impl/... ./harness/...

clean:
	rm -rf bin $(OUT)
