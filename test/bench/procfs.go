package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// descendants returns pid and every process below it, parents before children.
func descendants(pid int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // gone since
		}
		if child, parent, ok := readStat(string(b)); ok {
			children[parent] = append(children[parent], child)
		}
	}
	family := []int{pid}
	for i := 0; i < len(family); i++ {
		family = append(family, children[family[i]]...)
	}
	return family
}

// readStat reads the ids of a process and of its parent from /proc/PID/stat: "pid (comm) state ppid …", where comm may
// hold spaces and parentheses.
func readStat(s string) (pid, parent int, ok bool) {
	open, end := strings.IndexByte(s, '('), strings.LastIndexByte(s, ')')
	if open < 1 || end < open {
		return 0, 0, false
	}
	fields := strings.Fields(s[end+1:])
	if len(fields) < 2 {
		return 0, 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(s[:open]))
	parent, err2 := strconv.Atoi(fields[1])
	return pid, parent, err == nil && err2 == nil
}

// cpu returns the processor time of all threads of the daemon's processes.
func (d *daemon) cpu() (time.Duration, error) {
	total := busyTime(descendants(d.cmd.Process.Pid))
	if total == 0 {
		return 0, errors.New("the kernel keeps no schedstat")
	}
	return total, nil
}

// busyTime sums the processor time of all threads of processes up. A process that is gone has none.
func busyTime(pids []int) (total time.Duration) {
	for _, pid := range pids {
		paths, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/schedstat")
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				continue // the thread is gone
			}
			first, _, _ := strings.Cut(string(b), " ")
			if ns, err := strconv.ParseInt(first, 10, 64); err == nil {
				total += time.Duration(ns)
			}
		}
	}
	return total
}

// memory returns the resident set and the proportional set of all processes, in MiB.
func (d *daemon) memory() (rss, pss float64, err error) {
	for _, pid := range descendants(d.cmd.Process.Pid) {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
		if err != nil {
			return 0, 0, err
		}
		rss += kib(b, "Rss:") / 1024
		pss += kib(b, "Pss:") / 1024
	}
	return rss, pss, nil
}

// kib reads "Name:   123 kB".
func kib(b []byte, name string) float64 {
	for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
		if f := strings.Fields(sc.Text()); len(f) == 3 && f[0] == name {
			n, err := strconv.ParseFloat(f[1], 64)
			if err == nil {
				return n
			}
		}
	}
	return 0
}

// loadAverage returns the machine's load of the last minute.
func loadAverage() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), " ")
	v, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return v
}
