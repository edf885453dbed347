package lab

import (
	"context"
	"fmt"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
	"holdfast/internal/lab/rig"
)

// bench is the rig as the engine wants it.
type bench struct {
	*rig.Rig
	seen func(record.Event)
}

// Do implements play.Bench.
func (b *bench) Do(a play.Act) error {
	b.seen(record.Event{At: b.Now(), Kind: record.Acted, Node: a.Node, Text: a.String()})
	switch a.Verb {
	case play.Start:
		return b.Start(a.Node)
	case play.Crash:
		return b.Crash(a.Node)
	case play.Stop:
		return b.Stop(a.Node)
	case play.PowerOff:
		return b.PowerOff(a.Node)
	case play.Unplug, play.Plug:
		return b.Plug(a.Node, a.Link, a.Verb == play.Plug)
	}
	return fmt.Errorf("unknown act %v", a)
}

// Next implements play.Bench.
func (b *bench) Next(ctx context.Context, frame time.Duration) ([]record.Event, time.Duration, error) {
	evs, now, err := b.Rig.Next(ctx, frame)
	for _, ev := range evs {
		b.seen(ev)
	}
	return evs, now, err
}
