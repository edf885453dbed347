package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
	"holdfast/internal/lab/rig"
	"holdfast/internal/lab/screen"
	"holdfast/internal/lab/uml"
)

// Result is what came of a run.
type Result struct {
	Daemon string       `json:"daemon"`
	OK     bool         `json:"ok"`
	Pairs  []PairResult `json:"pairs"`
	Live   *Live        `json:"live,omitempty"`
}

// PairResult is what came of one pair.
type PairResult struct {
	Name    string     `json:"name"`
	OK      bool       `json:"ok"`
	Rows    []play.Row `json:"rows"`
	Skipped string     `json:"skipped,omitempty"` // why it was not played; OK says nothing then
}

// Live says how long one had to wait for something to see, in seconds.
type Live struct {
	First float64 `json:"first"`           // since the start
	Fetch float64 `json:"fetch,omitempty"` // for the guest's kernel, meanwhile
	Guest float64 `json:"guest,omitempty"` // for the guest, since it was started
}

// clock has what Live is made of.
type clock struct{ first, fetch, guest time.Duration }

// Report is what the lab's notify script does; see rig.Report.
func Report(args []string) error { return rig.Report(args) }

// Run builds the lab for each pair, plays its scenario and takes the lab down again, whatever happens.
// It returns whether every expectation held. The end of ctx is an error.
func Run(ctx context.Context, o Options) (ok bool, err error) {
	if os.Geteuid() != 0 {
		return false, errors.New("lab: needs root: it makes network namespaces and raw sockets")
	}
	pairs, err := o.pairs()
	if err != nil {
		return false, &UsageError{err}
	}
	program, err := locate(o.Program)
	if err != nil {
		return false, fmt.Errorf("lab: %w", err)
	}
	if o.Began.IsZero() {
		o.Began = time.Now()
	}
	result := Result{Daemon: program, OK: true}
	if result.Pairs, err = o.playAll(ctx, pairs, program); err != nil {
		return false, err
	}
	for _, p := range result.Pairs {
		result.OK = result.OK && (p.OK || p.Skipped != "")
	}
	if o.Feed != nil {
		return result.OK, nil
	}
	result.Live = &Live{o.clock.first.Seconds(), o.clock.fetch.Seconds(), o.clock.guest.Seconds()}
	return result.OK, o.conclude(result)
}

// playAll plays the pairs in order. Clusters that need IPVS are played in a guest where the kernel has none, neighbours in one.
func (o *Options) playAll(ctx context.Context, pairs []play.Pair, program string) (all []PairResult, err error) {
	isCluster := func(p play.Pair) bool { return p.Cluster != nil }
	var guest *away
	if slices.ContainsFunc(pairs, isCluster) {
		if why := needsGuest(); why != nil && o.Feed != nil {
			return nil, why
		} else if why != nil {
			guest = prepare()
			fmt.Fprintf(o.Lines, "this kernel has no IPVS: what needs it runs in a User-mode-Linux guest (Debian's %s, fetched once)\n", uml.Package)
		}
	}
	for len(pairs) > 0 && (!o.Hold || ctx.Err() == nil) { // a lab that is held ends with its user's patience
		n := 1
		if guest == nil || !isCluster(pairs[0]) {
			one, err := o.playHere(ctx, &pairs[0], program)
			if err != nil {
				return nil, err
			}
			all, pairs = append(all, one), pairs[n:]
			continue
		}
		for n < len(pairs) && isCluster(pairs[n]) {
			n++
		}
		some, err := o.playThere(ctx, guest, pairs[:n], program)
		if err != nil {
			return nil, err
		}
		all, pairs = append(all, some...), pairs[n:]
		if some[0].Skipped != "" {
			pairs = append(pairs, instead(all, pairs)...)
		}
	}
	return all, nil
}

// instead returns the published pairs that can be played without IPVS and are not being played anyway.
func instead(done []PairResult, next []play.Pair) (pairs []play.Pair) {
	published, _ := play.Published() // they have been read once
	for _, p := range published {
		was := slices.ContainsFunc(done, func(r PairResult) bool { return r.Name == p.Name })
		will := slices.ContainsFunc(next, func(n play.Pair) bool { return n.Name == p.Name })
		if p.Cluster == nil && !was && !will {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// playHere plays a pair on this machine's own kernel.
func (o *Options) playHere(ctx context.Context, p *play.Pair, program string) (r PairResult, err error) {
	pl, err := plan(p, program)
	if err != nil {
		return r, &UsageError{err}
	}
	rows, err := o.play(ctx, p, pl)
	return PairResult{Name: p.Name, OK: play.Passed(rows), Rows: rows}, err
}

// playThere plays clusters in the guest. If there is none and nobody has asked for them by name, they are skipped, and the other pairs
// take their place.
func (o *Options) playThere(ctx context.Context, guest *away, pairs []play.Pair, program string) (all []PairResult, err error) {
	err = guest.wait(ctx, func() { fmt.Fprintf(o.Lines, "waiting for the guest: apt-get is fetching %s\n", uml.Package) })
	switch {
	case err == nil:
		o.clock.fetch = guest.took
		return o.playAway(ctx, pairs, program)
	case ctx.Err() != nil:
		return nil, err
	case len(o.Scenarios) > 0 && !o.everything():
		return nil, errors.New("lab: " + absent(err))
	}
	for _, p := range pairs {
		fmt.Fprintf(o.Lines, "%s: skipped: %s\n", p.Name, absent(err))
		all = append(all, PairResult{Name: p.Name, Skipped: absent(err)})
	}
	return all, nil
}

// view returns what shows a pair's scenario.
func (o *Options) view(p *play.Pair, program string) view {
	if o.Feed != nil {
		return newFeeder(o.Feed, p.Name)
	}
	return newShow(o, p, program)
}

// play runs one pair.
func (o *Options) play(ctx context.Context, p *play.Pair, pl rig.Plan) (rows []play.Row, err error) {
	g, err := rig.Open(pl)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	show := o.view(p, pl.Program)
	defer show.end()
	tape := &record.Tape{}
	steps := play.Scenario(p)
	if o.Hold {
		steps = steps[:play.Cold]
	}
	b := &bench{Rig: g, seen: show.event}
	rows, err = play.Run(ctx, b, tape, steps, func(pr play.Progress) { show.see(tape, pr) })
	if err != nil {
		return rows, err
	}
	if o.Hold && play.Passed(rows) {
		return rows, hold(ctx, g, b, tape, show)
	}
	if !play.Passed(rows) {
		show.logs(tape)
	}
	return rows, nil
}

// hold keeps the lab standing until ctx ends, which is its proper end.
func hold(ctx context.Context, g *rig.Rig, b *bench, tape *record.Tape, show view) error {
	show.hold(inside(g))
	for {
		evs, now, err := b.Next(ctx, frame)
		for _, ev := range evs {
			tape.Add(ev)
		}
		tape.Now = max(tape.Now, now)
		if err != nil {
			return nil //nolint:nilerr // being told to end is how a held lab ends
		}
		show.again(tape)
	}
}

// inside says how to look into a lab that stands.
func inside(g *rig.Rig) []string {
	names := g.Names()
	lines := []string{"The lab stands. Look inside with, for example:"}
	for _, n := range names[2:] {
		lines = append(lines, "  ip netns exec "+n+" ip address")
	}
	return append(lines,
		"  ip netns exec "+names[1]+" ip neighbour",
		"  ip netns exec "+names[0]+" tcpdump -ni any proto 112 or ah or arp",
		"  nsenter --net=/run/netns/"+names[2]+" bash",
		"Configurations and pid files: "+filepath.Join(g.Dir(), "{r1,r2}"),
		"Ctrl-C ends the daemons and takes everything down.")
}

// conclude writes the result.
func (o *Options) conclude(r Result) error {
	if o.JSON {
		enc := json.NewEncoder(o.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	for _, p := range r.Pairs {
		fmt.Fprintf(o.Out, "\n%s\n", p.Name)
		if p.Skipped != "" {
			fmt.Fprintln(o.Out, "skipped: "+p.Skipped)
			continue
		}
		for _, l := range screen.Table(p.Rows, o.Screen != nil) {
			fmt.Fprintln(o.Out, l)
		}
	}
	if len(r.Pairs) > 1 {
		fmt.Fprintln(o.Out, "\nall")
		for _, p := range r.Pairs {
			fmt.Fprintln(o.Out, screen.Tally(p.Name, p.Rows, p.Skipped != "", o.Screen != nil))
		}
	}
	fmt.Fprintln(o.Out, r.Live)
	return nil
}

// String is one line.
func (l *Live) String() string {
	s := fmt.Sprintf("the first live picture came %.1f s after the start", l.First)
	if l.Guest > 0 {
		s += fmt.Sprintf("; the guest's kernel was there after %.1f s, and showed something %.1f s after its start", l.Fetch, l.Guest)
	}
	return s
}
