package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// traced is the number of instances whose system calls are counted.
const traced = 20

// syscalls counts what the VRRP process asks of the kernel, with all its threads: the one cost that noise cannot move.
func (r *run) syscalls() error {
	for range r.pick(1, 3) {
		if err := together(r.each(r.traceOnce)...); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) traceOnce(s subject) error {
	t, err := newTrunk(traced)
	if err != nil {
		return err
	}
	defer t.close()
	a, b, err := r.startTrunk(s, t, func(n node) string { return manyConf(n, traced) }, traced)
	if err != nil {
		return fmt.Errorf("syscalls: %s: %w", s.name, err)
	}
	defer a.close()
	defer b.close()
	r.sleep(6500 * time.Millisecond) // past the second burst of announcements
	w, err := t.watch()
	if err != nil {
		return err
	}
	defer w.close()
	if err := r.traceMaster(s, a, w); err != nil {
		return fmt.Errorf("syscalls: %s: %w", s.name, err)
	}
	if err := r.traceTakeover(s, a, b, w); err != nil {
		return fmt.Errorf("syscalls: %s: %w", s.name, err)
	}
	return nil
}

func (r *run) traceMaster(s subject, a *daemon, w *watch) error {
	pid, err := a.vrrp()
	if err != nil {
		return err
	}
	tr, err := r.strace(a, pid)
	if err != nil {
		return err
	}
	from := time.Now().UnixNano()
	r.sleep(time.Duration(r.pick(5, 10)) * time.Second)
	to := time.Now().UnixNano()
	calls, err := tr.stop(from, to)
	if err != nil {
		return err
	}
	sent := 0
	for _, f := range w.fromA.drain() {
		if f.at >= from && f.at < to {
			sent++
		}
	}
	if sent == 0 {
		return errors.New("no adverts")
	}
	r.book.add("calls-advert", s, float64(total(calls.all()))/float64(sent))
	r.book.add("calls-thread", s, float64(total(calls.sender()))/float64(sent))
	r.progress("syscalls %s: per advert: %s; by the sending thread: %s", s.name, perUnit(calls.all(), sent), perUnit(calls.sender(), sent))
	return nil
}

// traceTakeover counts from shortly before the first takeover until shortly before the second advert: nothing else is
// in between.
func (r *run) traceTakeover(s subject, a, b *daemon, w *watch) error {
	pid, err := b.vrrp()
	if err != nil {
		return err
	}
	tr, err := r.strace(b, pid)
	if err != nil {
		return err
	}
	struck := time.Now().UnixNano()
	if err := a.kill(); err != nil {
		return err
	}
	taken := r.await(10*time.Second, func() bool { _, g := w.takeover(struck); return len(g) == traced })
	r.sleep(1200 * time.Millisecond)
	adverts, _ := w.takeover(struck)
	var first int64
	for _, at := range adverts {
		if first == 0 || at < first {
			first = at
		}
	}
	calls, err := tr.stop(first-int64(5*time.Millisecond), first+int64(700*time.Millisecond))
	if err != nil || !taken {
		return errors.Join(err, fmt.Errorf("%d of %d taken over: %s", len(adverts), traced, b.log()))
	}
	r.book.add("calls-takeover", s, float64(total(calls.all()))/traced)
	r.progress("syscalls %s: per takeover: %s", s.name, perUnit(calls.all(), traced))
	return nil
}

// tally is how often each call was begun, by each thread.
type tally map[int]map[string]int

// all sums the threads up.
func (t tally) all() map[string]int {
	sum := map[string]int{}
	for _, calls := range t {
		for name, n := range calls {
			sum[name] += n
		}
	}
	return sum
}

func total(calls map[string]int) int {
	n := 0
	for _, c := range calls {
		n += c
	}
	return n
}

// sender returns the calls of the thread that sends most: with Go, others are the runtime's own.
func (t tally) sender() map[string]int { return t.busiest("sendto", "sendmsg", "sendmmsg") }

// busiest returns the calls of the thread that makes most of some.
func (t tally) busiest(names ...string) (best map[string]int) {
	most := -1
	for _, calls := range t {
		n := 0
		for _, name := range names {
			n += calls[name]
		}
		if n > most {
			best, most = calls, n
		}
	}
	return best
}

// perUnit lists the calls, the most frequent first.
func perUnit(calls map[string]int, units int) string {
	var names []string
	for name := range calls {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return calls[b] - calls[a] })
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%s %.2f, ", name, float64(calls[name])/float64(units))
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// tracer is strace at work on a process of a daemon.
type tracer struct {
	cmd  *exec.Cmd
	path string
}

func (r *run) strace(d *daemon, pid int) (*tracer, error) {
	t := &tracer{path: filepath.Join(d.dir, "strace")}
	t.cmd = exec.Command("strace", "-f", "-qq", "-ttt", "-s", "0", "-o", t.path, "-p", strconv.Itoa(pid))
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	if !r.await(5*time.Second, func() bool { return attached(pid) }) {
		_ = t.cmd.Process.Kill()
		return nil, errors.Join(errors.New("strace did not attach"), t.cmd.Wait())
	}
	return t, nil
}

// attached reports whether every thread of a process is traced.
func attached(pid int) bool {
	paths, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/status")
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), "\nTracerPid:\t0\n") {
			return false
		}
	}
	return len(paths) > 0
}

// stop ends the tracing, and returns how often each call was begun by each thread between two instants (ns).
func (t *tracer) stop(from, to int64) (tally, error) {
	if err := t.cmd.Process.Signal(os.Interrupt); err != nil {
		return nil, err
	}
	_ = t.cmd.Wait() // it ends by the signal
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return countCalls(f, from, to)
}

// countCalls reads lines such as
//
//	4711 1700000000.123456 sendto(5, ""..., 40, …) = 40
//
// and leaves out the second halves of calls that were interrupted by another thread's line, signals, and calls that
// never enter the kernel unless they are traced.
func countCalls(r io.Reader, from, to int64) (tally, error) {
	t := tally{}
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		thread, rest, _ := strings.Cut(sc.Text(), " ")
		stamp, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
		name, _, isCall := strings.Cut(rest, "(")
		tid, err := strconv.Atoi(thread)
		at, err2 := strconv.ParseFloat(stamp, 64)
		if !isCall || err != nil || err2 != nil || strings.ContainsAny(name, "<>-+ ") {
			continue
		}
		ns := int64(at * 1e9)
		if ns < from || ns > to || name == "clock_gettime" || name == "gettimeofday" || name == "time" {
			continue
		}
		if t[tid] == nil {
			t[tid] = map[string]int{}
		}
		t[tid][name]++
	}
	return t, sc.Err()
}
