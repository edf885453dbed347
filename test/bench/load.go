package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// loadFile is a configuration that is read with -t.
type loadFile struct {
	id   string // of the figures: ID is the time, ID-mem the memory
	text string
}

const loadRouters = 4000

func loadFiles() []loadFile {
	return []loadFile{
		{"load-1k", serversConf(1000)}, {"load-10k", serversConf(10000)}, {"load-vrrp", manyConf(nodeA, loadRouters)},
	}
}

// load times -t of large files, in a namespace that has their interfaces, and -v, which is what a start costs at least. Memory
// is read in runs of their own, because reading it takes processor time from the run.
func (r *run) load() error {
	t, err := newTrunk(loadRouters)
	if err != nil {
		return err
	}
	defer t.close()
	dir, err := os.MkdirTemp("", spacePrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, f := range loadFiles() {
		path := filepath.Join(dir, f.id+".conf")
		if err := os.WriteFile(path, []byte(f.text), 0o644); err != nil {
			return err
		}
		err := r.turns(r.pick(10, 40), func(s subject) error {
			return t.a.Do(func() error {
				took, _, err := runOnce(false, s.program, "-t", "-f", path)
				r.book.add(f.id, s, took)
				return err
			})
		})
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
		err = r.turns(r.pick(3, 10), func(s subject) error {
			return t.a.Do(func() error {
				_, peak, err := runOnce(true, s.program, "-t", "-f", path)
				r.book.add(f.id+"-mem", s, peak)
				return err
			})
		})
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	return r.turns(r.pick(20, 100), func(s subject) error {
		took, _, err := runOnce(false, s.program, "-v")
		r.book.add("start", s, took)
		return err
	})
}

// runOnce runs a program to its end and returns the milliseconds that took. If asked to watch it also returns the peak of its
// resident memory in MiB.
//
// What wait4 tells would not do for that: the kernel counts the memory of the process that made the child into it.
func runOnce(watch bool, program string, args ...string) (took, peak float64, err error) {
	var out bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	before := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	for ended := false; !ended; {
		if watch {
			peak = max(peak, highWater(cmd.Process.Pid))
			runtime.Gosched()
			select {
			case err = <-over:
				ended = true
			default:
			}
			continue
		}
		err = <-over
		ended = true
	}
	took = ms(time.Since(before))
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, out.String())
	}
	return took, peak, err
}

// highWater reads the peak of a process's resident memory in MiB, or 0 if it has ended.
func highWater(pid int) float64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, ok := strings.Cut(string(text), "VmHWM:")
	if !ok {
		return 0
	}
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		return 0
	}
	return kib / 1024
}

// serversPerService is how many real servers each virtual server has.
const serversPerService = 10

// serversConf is many real servers, each with a check.
func serversConf(servers int) string {
	var b strings.Builder
	for i := range servers / serversPerService {
		fmt.Fprintf(&b, "virtual_server 10.200.%d.%d 80 {\n  delay_loop 6\n  lb_algo wrr\n  lb_kind DR\n  protocol TCP\n", i/250, i%250+1)
		for j := range serversPerService {
			fmt.Fprintf(&b, "  real_server 10.%d.%d.%d 80 {\n    weight %d\n    TCP_CHECK {\n      connect_timeout 3\n      retry 2\n"+
				"      delay_before_retry 2\n    }\n  }\n", 210+j, i/250, i%250+1, j+1)
		}
		b.WriteString("}\n")
	}
	return withGlobals(b.String())
}
