package ipvs_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"holdfast/ipvs"
	"holdfast/ipvs/ipvstest"
)

var (
	web   = ipvs.AddrKey(ipvs.TCP, netip.MustParseAddrPort("192.0.2.1:80"))
	webRR = ipvs.Service{ServiceKey: web, Scheduler: "rr"}
)

func addrComparer() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	}
}

// What is written is read back, whatever it is.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		c := ipvstest.New().Client(t)
		roundTrip(r, c)
	})
}

func roundTrip(r *rapid.T, c *ipvs.Client) {
	key := genKey(r)
	before, after := genService(r, key), genService(r, key)
	for _, step := range []struct {
		do   func(ipvs.Service) error
		with ipvs.Service
	}{{c.AddService, before}, {c.SetService, after}} {
		if err := step.do(step.with); err != nil {
			r.Fatal(err)
		}
		got, err := c.Service(key)
		if err != nil {
			r.Fatal(err)
		}
		if got.Service != step.with {
			r.Fatalf("read back\n%+v, want\n%+v", got.Service, step.with)
		}
	}
	dest, changed := genDest(r, key), genDest(r, key)
	changed.Addr = dest.Addr
	if ipvs.FamilyOf(dest.Addr.Addr()) != key.Family {
		changed.Forward = ipvs.Tunnel
	}
	for _, step := range []struct {
		do   func(ipvs.ServiceKey, ipvs.Destination) error
		with ipvs.Destination
	}{{c.AddDestination, dest}, {c.SetDestination, changed}} {
		if err := step.do(key, step.with); err != nil {
			r.Fatal(err)
		}
		got, err := c.Destinations(key)
		if err != nil {
			r.Fatal(err)
		}
		if len(got) != 1 || got[0].Destination != step.with {
			r.Fatalf("read back\n%+v, want\n%+v", got, step.with)
		}
	}
	if err := errors.Join(c.DelDestination(key, dest), c.DelService(key)); err != nil {
		r.Fatal(err)
	}
	if all := read(r, c); len(all) != 0 {
		r.Fatalf("left over: %v", all)
	}
}

// A batch does what its operations do one by one, and each error is its operation's own.
func TestBatch(t *testing.T) {
	t.Parallel()
	refused := 0
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 30, 99, 100, 101, 250}).Draw(r, "operations")
		ops := make([]ipvs.Op, n)
		for i := range ops {
			ops[i] = genOp(r)
		}
		one, many := ipvstest.New().Client(t), ipvstest.New().Client(t)
		errs := many.Do(ops)
		if len(errs) != n {
			r.Fatalf("%d errors for %d operations", len(errs), n)
		}
		for i, op := range ops {
			want := one.Do([]ipvs.Op{op})[0]
			if fmt.Sprint(errs[i]) != fmt.Sprint(want) {
				r.Fatalf("operation %d of %d, %+v: %v, alone %v", i, n, op, errs[i], want)
			}
			if want != nil {
				refused++
			}
		}
		if d := cmp.Diff(read(r, one), read(r, many), addrComparer()); d != "" {
			r.Fatalf("tables (-one by one +batch):\n%s", d)
		}
	})
	if refused == 0 {
		t.Error("no operation was refused")
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	c := ipvstest.New().Client(t)
	if err := c.AddService(webRR); err != nil {
		t.Fatal(err)
	}
	dest := ipvs.Destination{Addr: netip.MustParseAddrPort("10.0.0.1:80"), Weight: 1}
	if err := c.AddDestination(web, dest); err != nil {
		t.Fatal(err)
	}
	other := ipvs.MarkKey(ipvs.IPv6, 7)
	absent := ipvs.Destination{Addr: netip.MustParseAddrPort("[fd00::1]:80")}
	negative := dest
	negative.Weight = -1
	for _, tt := range []struct {
		err  error
		is   []error
		text string
	}{
		{c.AddService(webRR), []error{os.ErrExist, unix.EEXIST}, "ipvs: add service TCP 192.0.2.1:80: file exists"},
		{c.DelService(other), []error{os.ErrNotExist, unix.ESRCH}, "ipvs: delete service FWM 7 IPv6: no such service"},
		{c.ZeroService(other), []error{os.ErrNotExist}, "ipvs: zero service FWM 7 IPv6: no such service"},
		{c.AddDestination(web, dest), []error{os.ErrExist}, "ipvs: add destination 10.0.0.1:80 of TCP 192.0.2.1:80: file exists"},
		{c.SetDestination(web, negative), []error{unix.ERANGE}, "ipvs: set destination 10.0.0.1:80 of TCP 192.0.2.1:80: numerical result out of range"},
		{c.DelDestination(web, absent), []error{os.ErrNotExist, unix.ENOENT}, "ipvs: delete destination [fd00::1]:80 of TCP 192.0.2.1:80: no such destination"},
		{c.DelDestination(other, absent), []error{os.ErrNotExist, unix.ESRCH}, "ipvs: delete destination [fd00::1]:80 of FWM 7 IPv6: no such service"},
		{c.StopDaemon(ipvs.Backup), []error{os.ErrNotExist, unix.ESRCH}, "ipvs: stop backup sync daemon: no such process"},
		{c.StartDaemon(ipvs.Daemon{State: ipvs.Master, Interface: "eth0"}), []error{unix.ENODEV}, "ipvs: start master sync daemon: no such device"},
		{c.AddService(ipvs.Service{ServiceKey: other, Scheduler: strings.Repeat("x", 1<<17)}), []error{unix.EINVAL}, "is longer than 15 bytes"},
		{c.AddService(ipvs.Service{ServiceKey: other, Scheduler: "r\x00r"}), []error{unix.EINVAL}, "has a zero byte"},
		{c.AddService(ipvs.Service{ServiceKey: other, Scheduler: "rr", Timeout: time.Millisecond}), []error{unix.EINVAL}, "timeout 1ms is not a whole number"},
		{c.AddService(ipvs.Service{ServiceKey: other, Scheduler: "rr", Timeout: -time.Second}), []error{unix.EINVAL}, "timeout -1s is not a whole number"},
		{c.AddService(ipvs.Service{ServiceKey: other, Scheduler: "rr", Mask: netip.MustParseAddr("255.0.0.0")}), []error{unix.EINVAL}, "mask 255.0.0.0 of an IPv6 service"},
		{c.AddService(ipvs.Service{ServiceKey: other, Scheduler: "rr", Mask: netip.MustParseAddr("f0f0::")}), []error{unix.EINVAL}, "mask f0f0:: is not a prefix"},
		{c.AddService(ipvs.Service{}), []error{unix.EINVAL}, "address family 0 is neither IPv4 nor IPv6"},
		{c.AddService(ipvs.Service{ServiceKey: ipvs.MarkKey(ipvs.IPv4, 0)}), []error{unix.EINVAL}, "neither an address nor a firewall mark"},
		{c.AddService(ipvs.Service{ServiceKey: ipvs.ServiceKey{Family: ipvs.IPv6, Protocol: ipvs.TCP, Addr: web.Addr}}), []error{unix.EINVAL}, "192.0.2.1 is not an IPv6 address"},
		{c.AddDestination(web, ipvs.Destination{}), []error{unix.EINVAL}, "no address"},
		{c.AddDestination(web, ipvs.Destination{Addr: netip.MustParseAddrPort("[fe80::1%eth0]:1")}), []error{unix.EINVAL}, "with a zone"},
		{c.AddDestination(web, ipvs.Destination{Addr: dest.Addr, Forward: 8}), []error{unix.EINVAL}, "forwarding method 8 does not exist"},
		{c.Do([]ipvs.Op{{Kind: 99}})[0], []error{unix.EINVAL}, "ipvs: operation 99: there is no such kind of operation"},
		{c.SetTimeouts(ipvs.Timeouts{TCP: 1 << 31 * time.Second}), []error{unix.EINVAL}, "ipvs: set timeouts: invalid argument"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.text) {
			t.Errorf("error %v, want %q", tt.err, tt.text)
		}
		for _, is := range tt.is {
			if !errors.Is(tt.err, is) {
				t.Errorf("%v is not %v", tt.err, is)
			}
		}
	}
	if _, err := c.Service(other); !errors.Is(err, os.ErrNotExist) || err.Error() != "ipvs: get service FWM 7 IPv6: no such service" {
		t.Errorf("a service that is not there: %v", err)
	}
	if ds, err := c.Destinations(other); err != nil || len(ds) != 0 {
		t.Errorf("destinations of a service that is not there: %v, %v", ds, err)
	}
}

func TestMissingModules(t *testing.T) {
	t.Parallel()
	k := ipvstest.New()
	c := k.Client(t)
	for _, tt := range []struct {
		err     error
		text    string
		modules []string
	}{
		{
			c.AddService(ipvs.Service{ServiceKey: web, Scheduler: "twos"}),
			"ipvs: the kernel has no scheduler twos: module ip_vs_twos is not loaded or does not exist",
			[]string{"ip_vs_twos"},
		},
		{
			c.AddService(ipvs.Service{ServiceKey: web, Scheduler: "rr", Engine: "foo"}),
			"ipvs: the kernel has no scheduler rr or persistence engine foo: module ip_vs_rr or ip_vs_pe_foo is not loaded or does not exist",
			[]string{"ip_vs_rr", "ip_vs_pe_foo"},
		},
	} {
		checkMissing(t, tt.err, tt.text, tt.modules)
	}
	k.Unload("ip_vs")
	_, err := ipvs.New(k.Dial())
	checkMissing(t, err, "ipvs: the kernel has no IPVS: module ip_vs is not loaded or does not exist", []string{"ip_vs"})
}

func checkMissing(t *testing.T, err error, text string, modules []string) {
	t.Helper()
	var missing *ipvs.MissingError
	if !errors.As(err, &missing) || !errors.Is(err, os.ErrNotExist) || !errors.Is(err, unix.ENOENT) {
		t.Fatalf("error %v", err)
	}
	if err.Error() != text || !cmp.Equal(missing.Modules, modules) {
		t.Errorf("error %v, modules %q", err, missing.Modules)
	}
}

// A destination that cannot be written does not stop the others of its batch, and neither does one that is refused.
func TestBatchGoesOn(t *testing.T) {
	t.Parallel()
	k := ipvstest.New()
	c := k.Client(t)
	bad := netip.MustParseAddrPort("10.0.0.2:80")
	k.SetFault(func(op ipvs.OpKind, _ ipvs.ServiceKey, d netip.AddrPort) syscall.Errno {
		if op == ipvs.AddDestination && d == bad {
			return unix.ENOMEM
		}
		return 0
	})
	ops := []ipvs.Op{{Kind: ipvs.AddService, Service: webRR}}
	for _, a := range []string{"10.0.0.1:80", "10.0.0.2:80", "[fe80::1%x]:80", "10.0.0.3:80"} {
		ops = append(ops, ipvs.Op{
			Kind: ipvs.AddDestination, Service: webRR, Destination: ipvs.Destination{Addr: netip.MustParseAddrPort(a)},
		})
	}
	errs := c.Do(ops)
	if errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], unix.ENOMEM) || !errors.Is(errs[3], unix.EINVAL) || errs[4] != nil {
		t.Errorf("errors %v", errs)
	}
	if ds, err := c.Destinations(web); err != nil || len(ds) != 2 {
		t.Errorf("destinations %v, %v", ds, err)
	}
}

// After an answer that does not come, nothing is asked any more: it might be taken for the answer to something else.
func TestBroken(t *testing.T) {
	t.Parallel()
	silent := false
	c, err := ipvs.New(hush(ipvstest.New(), &silent))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Broken(); err != nil {
		t.Errorf("broken from the beginning: %v", err)
	}
	silent = true
	if errs := c.Do([]ipvs.Op{{Kind: ipvs.AddService, Service: webRR}, {Kind: ipvs.DelService, Service: webRR}}); !errors.Is(errs[0], os.ErrDeadlineExceeded) ||
		!errors.Is(errs[1], os.ErrDeadlineExceeded) {
		t.Errorf("no answer: %v", errs)
	}
	silent = false
	if err := c.Broken(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("broken by %v", err)
	}
	if err := c.Flush(); !errors.Is(err, ipvs.ErrBroken) || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("afterwards: %v", err)
	}
	if _, err := c.Services(); !errors.Is(err, ipvs.ErrBroken) {
		t.Errorf("afterwards: %v", err)
	}
	if err := c.AddService(webRR); !errors.Is(err, ipvs.ErrBroken) {
		t.Errorf("afterwards: %v", err)
	}
}
