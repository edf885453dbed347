package vrrpd

import (
	"context"
	"fmt"
	"os"
	"strings"

	"holdfast/internal/core/dump"
	"holdfast/internal/role/bus"
)

// listings are the files that keepalived writes on a signal.
var listings = map[bus.Kind]struct {
	name, verb string
	word       func(*Role, *picture) []byte
}{
	bus.Dump:       {"keepalived.data", "Printing VRRP data", (*Role).data},
	bus.Stats:      {"keepalived.stats", "Printing VRRP stats", (*Role).stats},
	bus.StatsClear: {"keepalived.stats", "Printing and clearing VRRP stats", (*Role).stats},
	bus.JSON:       {"keepalived.json", "Printing VRRP as json", (*Role).json},
}

// list has the scribe write one of the listings. What it tells is taken here and now, in the order of the messages.
func (r *Role) list(ctx context.Context, kind bus.Kind) {
	l := listings[kind]
	r.opt.Log.Info(fmt.Sprintf("%s for process(%d) on signal", l.verb, os.Getpid()))
	if r.opt.Host.Files == nil || r.scribe.Full() {
		r.opt.Log.Warn(l.name + " is not written: there is no place for it, or others are waiting to be written")
		return
	}
	pic := r.take(ctx, kind == bus.StatsClear)
	if pic == nil {
		return
	}
	r.scribe.Write(func() { // there is room: nobody else does
		if err := r.opt.Host.Files.Place(l.name, l.word(r, pic)); err != nil {
			r.opt.Log.Info(err.Error())
		}
	})
}

func (r *Role) data(pic *picture) []byte {
	return []byte(strings.Join(dump.All(pic.cfg, r.machineOf(pic)), "\n") + "\n")
}

func (r *Role) stats(pic *picture) []byte { return []byte(dump.Stats(pic.cfg, r.machineOf(pic))) }

func (r *Role) json(pic *picture) []byte { return dump.JSON(pic.cfg, r.machineOf(pic)) }

// machineOf is the machine in a picture.
func (r *Role) machineOf(pic *picture) *dump.Machine {
	m := r.describe(r.opt.Where, pic.cfg, pic.jobs)
	m.Mirror = pic.mirror
	m.Ours = pic.setup.has
	m.Live = pic.live(r.teller.annals)
	return m
}
