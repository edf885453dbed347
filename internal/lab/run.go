package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
	"holdfast/internal/lab/rig"
	"holdfast/internal/lab/screen"
)

// Result is what came of a run.
type Result struct {
	Daemon string       `json:"daemon"`
	OK     bool         `json:"ok"`
	Pairs  []PairResult `json:"pairs"`
}

// PairResult is what came of one pair.
type PairResult struct {
	Name string     `json:"name"`
	OK   bool       `json:"ok"`
	Rows []play.Row `json:"rows"`
}

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
	program := o.Program
	if program == "" {
		if program, err = os.Executable(); err != nil {
			return false, fmt.Errorf("lab: %w", err)
		}
	}
	result := Result{Daemon: program, OK: true}
	for i := range pairs {
		p := &pairs[i]
		pl, err := plan(p, program)
		if err != nil {
			return false, &UsageError{err}
		}
		rows, err := o.play(ctx, p, pl)
		if err != nil {
			return false, err
		}
		passed := play.Passed(rows)
		result.Pairs = append(result.Pairs, PairResult{p.Name, passed, rows})
		result.OK = result.OK && passed
	}
	return result.OK, o.conclude(result)
}

// play runs one pair.
func (o *Options) play(ctx context.Context, p *play.Pair, pl rig.Plan) (rows []play.Row, err error) {
	g, err := rig.Open(pl)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	show := newShow(o, p, pl.Program)
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
func hold(ctx context.Context, g *rig.Rig, b *bench, tape *record.Tape, show *show) error {
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
		for _, l := range screen.Table(p.Rows, o.Screen != nil) {
			fmt.Fprintln(o.Out, l)
		}
	}
	if len(r.Pairs) < 2 {
		return nil
	}
	fmt.Fprintln(o.Out, "\nall")
	for _, p := range r.Pairs {
		fmt.Fprintln(o.Out, screen.Tally(p.Name, p.Rows, o.Screen != nil))
	}
	return nil
}
