package contract

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// Kernel is what is tested.
type Kernel interface {
	Links() ([]table.Link, error)
	Addrs() ([]table.Addr, error)
	Apply(ops []table.Op) []error
	Watch(ctx context.Context, tell func(table.Update)) error
	Close() error
}

// World is a host of its own and the means to change what Kernel cannot.
type World struct {
	Kernel  Kernel
	A, B    int // Ethernet links that are up, without IPv4 addresses and without a delay for IPv6 ones
	SetUp   func(index int, up bool) error
	DelLink func(index int) error
	Promote func(on bool) error // sets promote_secondaries, which is off at first
}

// Run runs all tests, each in a World that open makes.
func Run(t *testing.T, open func(t *testing.T) World) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, World)
	}{
		{"an address is as asked for", asAsked},
		{"settled operations are no errors", settled},
		{"refusals are errors of their own operation", refused},
		{"replace changes what it can", replaced},
		{"IPv6 addresses have one length", oneLength},
		{"secondaries die with their primary", secondariesDie},
		{"secondaries are promoted", secondariesPromoted},
		{"a link that goes down keeps IPv4 only", linkDown},
		{"a deleted link takes its addresses along", linkDeleted},
		{"a mirror fed by Watch equals the dump", mirrored},
		{"Watch ends with its context", watchEnds},
		{"nothing works once closed", closed},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// Addr is a permanent address; change, if given, alters it.
func Addr(link int, prefix string, change ...func(*table.Addr)) table.Addr {
	a := table.Addr{Link: link, Prefix: netip.MustParsePrefix(prefix), Valid: table.Forever, Preferred: table.Forever}
	for _, c := range change {
		c(&a)
	}
	return a
}

func add(as ...table.Addr) (ops []table.Op) {
	for _, a := range as {
		ops = append(ops, table.Op{Kind: table.AddAddr, Addr: a})
	}
	return ops
}

func del(as ...table.Addr) (ops []table.Op) {
	for _, a := range as {
		ops = append(ops, table.Op{Kind: table.DelAddr, Addr: a})
	}
	return ops
}

func must(t *testing.T, k Kernel, ops []table.Op) {
	t.Helper()
	for i, err := range k.Apply(ops) {
		if err != nil {
			t.Fatalf("operation %d, %+v: %v", i, ops[i], err)
		}
	}
}

// on returns the visible addresses of a link.
func on(t *testing.T, k Kernel, index int) (as []table.Addr) {
	t.Helper()
	all, err := k.Addrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range visible(all) {
		if a.Link == index {
			as = append(as, a)
		}
	}
	return as
}

// visible leaves out what a real kernel does by itself and in its own time: link-local addresses, and the
// tentative flag, which lasts a moment even without duplicate address detection.
func visible(all []table.Addr) (as []table.Addr) {
	for _, a := range all {
		if !a.Prefix.Addr().IsLinkLocalUnicast() {
			a.Flags &^= unix.IFA_F_TENTATIVE
			as = append(as, a)
		}
	}
	return as
}

func expect(t *testing.T, k Kernel, index int, want ...string) {
	t.Helper()
	var got []string
	for _, a := range on(t, k, index) {
		s := a.Prefix.String()
		if a.Secondary() {
			s += " secondary"
		}
		got = append(got, s)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("addresses %q, want %q", got, want)
	}
}

func linkOf(t *testing.T, k Kernel, index int) (table.Link, bool) {
	t.Helper()
	links, err := k.Links()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(links, func(l table.Link) bool { return l.Index == index })
	if i < 0 {
		return table.Link{}, false
	}
	return links[i], true
}

// patience is how long an event that must come may take on a busy machine.
const patience = time.Minute

// follow watches and returns a function that waits until what was heard satisfies until. The mirror is
// read anew on each Resync, the first of which has come when follow returns.
func follow(t *testing.T, k Kernel) func(what string, until func(*table.Mirror) bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	heard := make(chan table.Update, 1<<12)
	ended := make(chan error, 1)
	go func() { ended <- k.Watch(ctx, func(u table.Update) { heard <- u }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("watch: %v", err)
		}
	})
	var m table.Mirror
	next := func(what string) table.Update {
		t.Helper()
		select {
		case u := <-heard:
			return u
		case <-time.After(patience):
			t.Fatalf("%s: not heard in %v", what, patience)
			return table.Update{}
		}
	}
	take := func(u table.Update) {
		t.Helper()
		if u.Kind != table.Resync {
			m.Apply(u)
			return
		}
		links, err := k.Links()
		if err != nil {
			t.Fatal(err)
		}
		addrs, err := k.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		m.Replace(links, addrs)
	}
	first := next("the first update")
	if first.Kind != table.Resync {
		t.Fatalf("the first update is %+v, want a Resync", first)
	}
	take(first)
	return func(what string, until func(*table.Mirror) bool) {
		t.Helper()
		for !until(&m) {
			take(next(what))
		}
	}
}

func same(t *testing.T, want, got []table.Addr) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b table.Addr) bool { return a == b })); d != "" {
		t.Errorf("addresses (-want +got):\n%s", d)
	}
}
