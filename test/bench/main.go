package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/netns"
)

// run is one bench at work.
type run struct {
	ctx      context.Context
	subjects []subject // keepalived, then Holdfast
	book     *book
	canary   *canary
	quick    bool
	verbose  bool
}

// aCase measures some figures of every subject.
type aCase struct {
	name string
	what string
	run  func(*run) error

	inGuest bool // it needs a kernel with IPVS
}

func cases() []aCase {
	cs := []aCase{
		{"test", "-t of 1000 instances", (*run).testConfig, false},
		{"load", "-t of 1000 and 10000 real servers and of 4000 instances, -v", (*run).load, false},
		{"memory", "resident memory with 200 instances", (*run).memory, false},
		{"syscalls", "system calls per advert and per takeover", (*run).syscalls, false},
		{"advert", "advert drift and deviation beside busy processes", (*run).timing, false},
		{"crash", "crash of the VRRP process", (*run).crashes, false},
	}
	for _, b := range blows {
		cs = append(cs, aCase{b.id, "failover by " + b.id, func(r *run) error { return r.runFailovers(b) }, false})
	}
	cs = append(cs,
		aCase{"vips", "1000 addresses on one instance", (*run).vips, false},
		aCase{"many", "1000 instances", (*run).many, false},
		aCase{"beside", "adverts beside checkers at work", (*run).beside, false})
	return append(cs, guestCases()...)
}

type flags struct {
	keepalived, holdfast, only string
	quick, json, verbose       bool
}

func main() {
	var f flags
	flag.StringVar(&f.keepalived, "keepalived", "/usr/sbin/keepalived", "the daemon to compare with")
	flag.StringVar(&f.holdfast, "holdfast", "bin/keepalived", "the daemon under test")
	flag.StringVar(&f.only, "only", "", "comma-separated cases: "+caseNames())
	flag.BoolVar(&f.quick, "quick", false, "fewer and shorter runs, a quarter of an hour")
	flag.BoolVar(&f.json, "json", false, "write JSON, with every sample")
	flag.BoolVar(&f.verbose, "v", false, "tell of each run on stderr")
	flag.StringVar(&globals, "globals", "", "a line for global_defs of both, such as \"vrrp_rt_priority 50\"; default: none")
	flag.Parse()
	if name := os.Getenv(webVar); name != "" {
		fmt.Fprintln(os.Stderr, "bench:", beWeb(name))
		os.Exit(1)
	}
	if err := bench(f); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func caseNames() string {
	var names []string
	for _, c := range cases() {
		names = append(names, c.name)
	}
	return strings.Join(names, ",")
}

func bench(f flags) error {
	if os.Geteuid() != 0 {
		return errors.New("needs root: it makes network namespaces and raw sockets")
	}
	for _, tool := range []string{"ip", "strace", f.keepalived, f.holdfast} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%w (Debian's packages keepalived, iproute2 and strace are needed, and \"make build\")", err)
		}
	}
	ours, err := filepath.Abs(f.holdfast)
	if err != nil {
		return err
	}
	chosen, err := choose(f.only)
	if err != nil {
		return err
	}
	if err := adopt(); err != nil {
		return err
	}
	netns.Sweep(spacePrefix)
	// Threads that wait in the kernel hold a processor of the runtime until it notices.
	runtime.GOMAXPROCS(max(runtime.NumCPU(), 4))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if globals != "" {
		fmt.Fprintln(os.Stderr, "bench: both daemons get in global_defs:", globals)
	}
	r := &run{
		ctx: ctx, book: newBook(), canary: newCanary(), quick: f.quick, verbose: f.verbose,
		subjects: []subject{{name: "keepalived", program: f.keepalived}, {name: "holdfast", program: ours, ours: true}},
	}
	if inside() {
		return r.inside(chosen)
	}
	return r.all(chosen, f.json)
}

func choose(only string) ([]aCase, error) {
	all := cases()
	if only == "" {
		return all, nil
	}
	var chosen []aCase
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(c aCase) bool { return c.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no case %q: there are %s", name, caseNames())
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// all runs the cases. One that fails does not keep the others from being measured.
func (r *run) all(chosen []aCase, asJSON bool) error {
	began := time.Now()
	c := circumstances{
		When: began.UTC().Format("2006-01-02 15:04 MST"), CPUs: runtime.NumCPU(), LoadBefore: loadAverage(), Quick: r.quick,
		Kernel: kernel(), Keepalived: r.subjects[0].version(), Holdfast: r.subjects[1].version(),
	}
	var errs []error
	for _, cs := range chosen {
		before := time.Now()
		do := cs.run
		if cs.inGuest && !inside() {
			do = func(r *run) error { return r.send(cs) }
		}
		if err := do(r); err != nil {
			errs = append(errs, err)
			r.book.note("%s failed: %v", cs.name, err)
		}
		if r.ctx.Err() != nil {
			return errors.New("interrupted")
		}
		r.progress("%s: %s took %.0f s, load %.2f", cs.name, cs.what, time.Since(before).Seconds(), loadAverage())
	}
	c.Took, c.LoadAfter, c.LateShare = time.Since(began).Seconds(), loadAverage(), r.canary.share()
	write := writeTable
	if asJSON {
		write = writeJSON
	}
	return errors.Join(append(errs, write(os.Stdout, c, r.book.rows(r.subjects[0], r.subjects[1]), r.book.notes))...)
}

func kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return err.Error()
	}
	return unix.ByteSliceToString(u.Release[:])
}

// version is the first line that the daemon says about itself.
func (s subject) version() string {
	out, err := exec.Command(s.program, "-v").CombinedOutput()
	if err != nil {
		return err.Error()
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first
}

// pick chooses by mode.
func (r *run) pick(quick, full int) int {
	if r.quick {
		return quick
	}
	return full
}

func (r *run) progress(format string, args ...any) {
	if r.verbose {
		fmt.Fprintf(os.Stderr, "# "+format+"\n", args...)
	}
}

// sleep waits, unless the bench is interrupted.
func (r *run) sleep(d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.ctx.Done():
	}
}

// await asks every 20 ms until something is the case; rarely enough not to disturb what is measured.
func (r *run) await(limit time.Duration, is func() bool) bool {
	for end := time.Now().Add(limit); time.Now().Before(end) && r.ctx.Err() == nil; r.sleep(20 * time.Millisecond) {
		if is() {
			return true
		}
	}
	return is()
}

// turns lets the subjects take turns, and another one begin each time.
func (r *run) turns(n int, fn func(subject) error) error {
	for i := range n {
		for j := range r.subjects {
			if r.ctx.Err() != nil {
				return r.ctx.Err()
			}
			if err := fn(r.subjects[(i+j)%len(r.subjects)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// each makes one job for each subject.
func (r *run) each(fn func(subject) error) []func() error {
	var jobs []func() error
	for _, s := range r.subjects {
		jobs = append(jobs, func() error { return fn(s) })
	}
	return jobs
}

// together runs jobs side by side.
func together(jobs ...func() error) error {
	errs := make([]error, len(jobs))
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Go(func() { errs[i] = job() })
	}
	wg.Wait()
	return errors.Join(errs...)
}
