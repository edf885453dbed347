# Holdfast. "make" builds bin/holdfast, one static program, with its two other names beside it.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)
TOOLS   := $(shell $(GO) env GOPATH)/bin

# How long each fuzz target runs under "make fuzz".
FUZZTIME ?= 10s

.PHONY: all build test demo lint fuzz sim bench clean

all: build

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/holdfast ./cmd/holdfast
	ln -sf holdfast bin/keepalived
	ln -sf holdfast bin/genhash

# Tests that need root, or keepalived to compare with, skip themselves where they cannot run.
test: build
	test/run.sh

# The tests of test/chaos at full length: a thousand reloads, ten thousand changes of links. Needs root, and half an hour.
chaos: build
	HOLDFAST_CHAOS=1 HOLDFAST_BIN=$(CURDIR)/bin/keepalived $(GO) test -count=1 -timeout 60m -v ./test/chaos

# The demo says how long one had to wait for the first live picture, the building included.
demo: export HOLDFAST_DEMO_BEGAN := $(shell date +%s.%N)
demo: build
	bin/holdfast lab

# The linters are Go programs: "go install honnef.co/go/tools/cmd/staticcheck@v0.8.2", mvdan.cc/gofumpt@v0.12.0 and
# github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0. What matters most of it, the stairs and the pure rooms, is a test
# as well (internal/archtest).
lint:
	@test -z "$$($(TOOLS)/gofumpt -l .)" || { $(TOOLS)/gofumpt -l .; echo 'gofumpt: not formatted' >&2; exit 1; }
	$(GO) vet ./...
	$(TOOLS)/staticcheck ./...
	$(TOOLS)/golangci-lint run ./...

# Every fuzz target there is, one after the other.
fuzz:
	@for pkg in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$pkg || exit 1; \
		done; \
	done

# A million clusters in trouble, on a virtual clock. A failing one is printed as a script for internal/sim/testdata.
SCHEDULES ?= 1000000
FIRST     ?= 1
sim:
	$(GO) test -v -count=1 -run '^TestRandomScenarios$$' -timeout 3h ./internal/sim -schedules $(SCHEDULES) -first $(FIRST)

# keepalived and Holdfast side by side; needs root. "make bench BENCH=-quick" takes a quarter of an hour.
bench: build
	$(GO) run ./test/bench $(BENCH)

microbench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf bin
