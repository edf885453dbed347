package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/lab/uml"
)

// insideVar is set for the bench that runs in the guest.
const insideVar = "HOLDFAST_BENCH_GUEST"

func inside() bool { return os.Getenv(insideVar) != "" }

// What the bench in the guest says goes to the console, a line each:
//
//	@sample ID SUBJECT VALUE     a sample of a figure
//	@from                        processor time counts from here …
//	@till ID SUBJECT UNITS       … to here, and UNITS of work were done: a sample of it is the time per unit
//
// Anything else is progress, or why it failed. Processor time is counted outside: the guest's own count is in ticks of
// 10 ms, and who works shorter than that after each tick is charged nothing.
const (
	sampleWord = "@sample"
	fromWord   = "@from"
	tillWord   = "@till"
)

// guestMemory in MiB has room for the sockets of some minutes of checks.
const guestMemory = 1536

// send has a case measured in a User-mode-Linux guest. Where there is none, a note says so.
func (r *run) send(c aCase) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{self, "-only", c.name, "-keepalived", r.subjects[0].program, "-holdfast", r.subjects[1].program}
	if r.quick {
		args = append(args, "-quick")
	}
	if r.verbose {
		args = append(args, "-v")
	}
	l := &listener{run: r}
	status, err := uml.Run(r.ctx, uml.Guest{
		Args: args, Output: l, Memory: guestMemory,
		Env: []string{insideVar + "=1", "HOME=/root", "LC_ALL=C", "PATH=" + os.Getenv("PATH")},
	})
	if err != nil {
		r.book.note("%s was not run, for want of a guest with IPVS: %v", c.name, err)
		return nil
	}
	if status != 0 || l.err != nil {
		return errors.Join(fmt.Errorf("%s in the guest: status %d: %s", c.name, status, strings.Join(l.rest, "; ")), l.err)
	}
	return nil
}

// listener takes in what the guest's console says.
type listener struct {
	run    *run
	buffer []byte
	from   time.Duration
	rest   []string // the first lines that are no samples, or the first that tell of a failure
	err    error
}

// Write implements io.Writer.
func (l *listener) Write(b []byte) (int, error) {
	l.buffer = append(l.buffer, b...)
	for {
		line, rest, whole := bytes.Cut(l.buffer, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		l.err = errors.Join(l.err, l.hear(string(line)))
		l.buffer = rest
	}
}

func (l *listener) hear(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil
	}
	switch word := words[0]; {
	case word == fromWord:
		l.from = busyTime(below())
		return nil
	case (word == sampleWord || word == tillWord) && len(words) == 4:
		v, err := strconv.ParseFloat(words[3], 64)
		if err != nil {
			return err
		}
		if word == tillWord {
			v = (busyTime(below()) - l.from).Seconds() / v
		}
		l.run.book.add(words[1], subject{name: words[2]}, v)
		return nil
	}
	l.run.progress("%s", strings.TrimPrefix(line, "# "))
	if failure := strings.HasPrefix(line, "bench:"); failure || len(l.rest) < 5 {
		if failure {
			l.rest = nil // what came before does not tell why
		}
		l.rest = append(l.rest, line)
	}
	return nil
}

// below returns the processes that this one has started, and theirs: while a guest runs, those are the guest.
func below() []int { return descendants(os.Getpid())[1:] }

// inside runs cases in the guest and says what they found.
func (r *run) inside(chosen []aCase) error {
	r.book.heard = func(id, subject string, v float64) { fmt.Println(sampleWord, id, subject, v) }
	var errs []error
	for _, c := range chosen {
		errs = append(errs, c.run(r))
	}
	return errors.Join(errs...)
}

// costs counts the guest's processor time while work is done; the figure is what one of the units that work returns cost.
func (r *run) costs(id string, s subject, work func() (units float64, err error)) error {
	fmt.Println(fromWord)
	units, err := work()
	if err == nil {
		fmt.Println(tillWord, id, s.name, units)
	}
	return err
}
