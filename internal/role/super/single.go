package super

import (
	"context"
	"fmt"
	"os"

	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// goroutine is the midwife of --single: the same role over the same bus in this process. What isolation
// a process gives is given up: a role that panics takes the daemon along.
func goroutine(o *Options) midwife {
	return func(c *child, last bool) (*body, error) {
		sp, g := c.spec, c.gen
		ours, theirs := bus.Pipe()
		ctx, kill := context.WithCancel(context.Background())
		done := make(chan end, 1)
		start := life{spec: sp, nth: c.life, last: last, legacy: c.legacy, opt: o, parent: theirs}
		go func() {
			defer kill()
			defer theirs.Close()
			code, err := start.run(ctx, g.snapshot)
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", sp.Ident, err)
			}
			done <- end{Status: proc.Status{PID: os.Getpid(), Code: code}}
		}()
		return &body{pid: os.Getpid(), last: last, conn: ours, done: done, kill: kill}, nil
	}
}
