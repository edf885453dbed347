package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// testConfig times -t on a thousand instances, in a namespace that has their interfaces.
func (r *run) testConfig() error {
	t, err := newTrunk(routers)
	if err != nil {
		return err
	}
	defer t.close()
	dir, err := os.MkdirTemp("", spacePrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "keepalived.conf")
	if err := os.WriteFile(path, []byte(manyConf(nodeA, routers)), 0o644); err != nil {
		return err
	}
	return r.turns(r.pick(10, 40), func(s subject) error {
		var out bytes.Buffer
		cmd := exec.Command(s.program, "-t", "-f", path)
		cmd.Stdout, cmd.Stderr = &out, &out
		before := time.Now()
		if err := t.a.Do(cmd.Run); err != nil {
			return fmt.Errorf("test: %s: %w: %s", s.name, err, out.String())
		}
		r.book.add("test", s, ms(time.Since(before)))
		return nil
	})
}

// fewRouters is the number of instances whose memory is measured.
const fewRouters = 200

// memory reads the memory of all processes of a master that has been one for a while.
func (r *run) memory() error {
	return together(r.each(func(s subject) error {
		t, err := newTrunk(fewRouters)
		if err != nil {
			return err
		}
		defer t.close()
		a, b, err := r.startTrunk(s, t, func(n node) string { return manyConf(n, fewRouters) }, fewRouters)
		if err != nil {
			return fmt.Errorf("memory: %s: %w", s.name, err)
		}
		defer a.close()
		defer b.close()
		for range r.pick(1, 8) {
			r.sleep(4 * time.Second)
			rss, pss, err := a.memory()
			if err != nil {
				return fmt.Errorf("memory: %s: %w", s.name, err)
			}
			r.book.add("rss", s, rss)
			r.book.add("pss", s, pss)
		}
		return nil
	})...)
}
