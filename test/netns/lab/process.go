package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// PID is the process that was started: the parent of the others.
func (d *Daemon) PID() int { return d.cmd.Process.Pid }

// Children returns the parent's direct children: a process for each part of the daemon that runs.
func (d *Daemon) Children() (pids []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", d.PID()))
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for _, f := range strings.Fields(string(b)) {
			if pid, err := strconv.Atoi(f); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// Child returns the daemon's only direct child, its VRRP process; 0 if it has none or several.
func (d *Daemon) Child() int {
	if pids := d.Children(); len(pids) == 1 {
		return pids[0]
	}
	return 0
}

// Kill sends a signal to one of the daemon's processes.
func (d *Daemon) Kill(pid int, s syscall.Signal) {
	d.node.lab.t.Helper()
	if pid <= 0 {
		d.node.lab.t.Fatalf("%s: no process to send %v to", d.node.Name, s)
	}
	if err := syscall.Kill(pid, s); err != nil {
		d.node.lab.t.Fatalf("%s: kill %d: %v", d.node.Name, pid, err)
	}
}

// Rewrite replaces the configuration file of a running daemon in one step, as an editor does. An empty text removes it.
func (d *Daemon) Rewrite(config string) {
	d.node.lab.t.Helper()
	root := fmt.Sprintf("/proc/%d/root", d.PID())
	path := root + "/etc/keepalived/keepalived.conf"
	if _, err := os.Stat("/etc/keepalived"); err != nil {
		path = root + "/mnt/keepalived.conf"
	}
	if config == "" {
		if err := os.Remove(path); err != nil {
			d.node.lab.t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(path+".new", []byte(config), 0o644); err != nil {
		d.node.lab.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		d.node.lab.t.Fatal(err)
	}
}

// Relatives finds every process that shares the daemon's mount namespace: its own ones and whatever scripts have left
// behind, in whichever session or process group. It works after the daemon's end if Home was called before.
type Relatives struct{ mount string }

// Home remembers where the daemon's processes live. The namespace is held until the test ends: the kernel gives the number
// of one that is gone to the next, which may be another test's.
func (d *Daemon) Home() Relatives {
	t := d.node.lab.t
	t.Helper()
	held, err := os.Open(fmt.Sprintf("/proc/%d/ns/mnt", d.PID()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	mount, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", held.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return Relatives{mount}
}

// List returns those processes as "PID COMMAND STATE"; a zombie shows as state Z while its parent lives.
func (r Relatives) List() (all []string) {
	dirs, _ := filepath.Glob("/proc/[0-9]*/ns/mnt")
	for _, link := range dirs {
		if mount, err := os.Readlink(link); err != nil || mount != r.mount {
			continue
		}
		pid := strings.Split(link, "/")[2]
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			continue
		}
		open, shut := strings.IndexByte(string(stat), '('), strings.LastIndexByte(string(stat), ')')
		all = append(all, pid+" "+string(stat[open+1:shut])+" "+string(stat[shut+2:shut+3]))
	}
	return all
}

// Zombies returns the children of a process that have ended and were not waited for.
func Zombies(pid int) (all []int) {
	for _, p := range descend(pid) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		if err != nil {
			continue
		}
		if shut := strings.LastIndexByte(string(stat), ')'); string(stat[shut+2:shut+3]) == "Z" {
			all = append(all, p)
		}
	}
	return all
}

// Descriptors counts the open files of a process.
func Descriptors(pid int) int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(entries)
}

// Threads counts the threads of a process.
func Threads(pid int) int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	return len(entries)
}
