package super

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime/debug"
	"sync"

	"holdfast/internal/role/bus"
)

// attend runs a role at its end of the bus until it stops: it tells the parent when the role is ready,
// stops the role on the parent's word or when the parent is gone, and carries everything else both ways.
// outer is the end that the role got as Birth.Bus; attend closes both ends of that pipe. alone says that the process is the role's own,
// so that collecting its memory keeps no other role waiting.
func attend(ctx context.Context, role bus.Role, parent, inner, outer bus.Conn, alone bool, log *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	var up sync.WaitGroup
	defer inner.Close()
	defer up.Wait() // the role's last words reach the parent
	defer outer.Close()
	defer stop()

	go func() {
		defer stop()
		facts := bus.NewFacts(inner.Send)
		defer facts.Close()
		downwards(parent, inner, facts, log)
	}()
	up.Go(func() { upwards(inner, parent, log) })
	go func() {
		select {
		case <-role.Ready():
			if err := parent.Send(bus.Msg{Kind: bus.Ready}); err != nil {
				log.Warn("cannot tell the parent that " + role.String() + " is ready: " + err.Error())
			}
			if alone {
				debug.FreeOSMemory() // what it took to read the configuration
			}
		case <-ctx.Done():
		}
	}()
	err := role.Run(ctx)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// downwards carries the parent's messages to the role, facts by themselves, and returns once the role shall stop.
func downwards(parent, inner bus.Conn, facts *bus.Facts, log *slog.Logger) {
	for {
		m, err := parent.Recv()
		switch {
		case errors.Is(err, bus.ErrMalformed):
			log.Error("parent's message is not understood: " + err.Error())
			continue
		case errors.Is(err, io.EOF):
			log.Info("Parent process is gone - stopping")
			return
		case err != nil:
			return // our own end was closed
		}
		if m.Kind == bus.Fact {
			facts.Tell(m.Subject, m.Text)
			continue
		}
		if err := inner.Send(m); err != nil {
			log.Warn("message '" + m.Kind.String() + "' is lost: " + err.Error())
		}
		if m.Kind == bus.Stop {
			return
		}
	}
}

// upwards carries the role's messages to the parent until inner is closed.
func upwards(inner, parent bus.Conn, log *slog.Logger) {
	facts := bus.NewFacts(parent.Send)
	defer facts.Close()
	for {
		m, err := inner.Recv()
		if err != nil {
			return
		}
		if m.Kind == bus.Fact {
			facts.Tell(m.Subject, m.Text)
			continue
		}
		if err := parent.Send(m); err != nil {
			log.Warn("message '" + m.Kind.String() + "' to the parent is lost: " + err.Error())
		}
	}
}
