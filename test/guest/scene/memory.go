package scene

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// memory fails if the daemon's processes have more memory of their own than most, in MiB.
func (g *stage) memory(most int) error {
	if g.run == nil {
		return errors.New("nothing runs")
	}
	var sum int
	for _, pid := range family(g.run.Process.Pid) {
		sum += anonymous(pid)
	}
	if sum == 0 || sum > most<<10 {
		return fmt.Errorf("its processes have %d KiB", sum)
	}
	return nil
}

// family is a process and all that it and its children have started.
func family(root int) []int {
	all := []int{root}
	for i := 0; i < len(all); i++ {
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i]))
		for _, l := range lists {
			b, _ := os.ReadFile(l)
			for _, f := range strings.Fields(string(b)) {
				if pid, err := strconv.Atoi(f); err == nil {
					all = append(all, pid)
				}
			}
		}
	}
	return all
}

// anonymous is a process's memory in KiB that no file is behind.
func anonymous(pid int) (kib int) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if rest, ok := strings.CutPrefix(in.Text(), "RssAnon:"); ok {
			kib, _ = strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	return kib
}
