package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/rig"
	"holdfast/internal/lab/uml"
)

// away is the guest in which clusters are played where the kernel has no IPVS. It is fetched while other scenarios go on.
type away struct {
	ready chan struct{} // closed when it is, or cannot be
	err   error         // then
	took  time.Duration
}

// needsGuest returns why clusters cannot be played on this machine's own kernel; nil if they can.
func needsGuest() error { return rig.HasIPVS() }

// prepare fetches the guest's kernel in the background.
func prepare() *away {
	a := &away{ready: make(chan struct{})}
	begin := time.Now()
	go func() {
		defer close(a.ready)
		a.err = uml.Ready()
		a.took = time.Since(begin)
	}()
	return a
}

// wait returns when the guest's kernel is there. It tells once if that takes longer than to look into the cache.
func (a *away) wait(ctx context.Context, tell func()) error {
	const aLook = time.Second
	late := time.NewTimer(aLook)
	defer late.Stop()
	for {
		select {
		case <-a.ready:
			return a.err
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			tell()
		}
	}
}

// absent says what is missing where the guest cannot be had.
func absent(err error) string {
	var not uml.Unavailable
	if errors.As(err, &not) {
		return fmt.Sprintf("this kernel has no IPVS, and Debian's package %s, which has one that does, cannot be fetched: %v", uml.Package, not)
	}
	return fmt.Sprintf("this kernel has no IPVS, and Debian's package %s cannot be used: %v", uml.Package, err)
}

// playAway plays clusters in a guest, all in one, and shows them as if they were here.
func (o *Options) playAway(ctx context.Context, pairs []play.Pair, program string) ([]PairResult, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	var names []string
	for _, p := range pairs {
		names = append(names, p.Name)
	}
	args := []string{self, "lab", "--feed", "--daemon", program, "--scenario", strings.Join(names, ",")}
	if o.Hold {
		args = append(args, "--hold")
	}
	begin := time.Now()
	l := &listener{open: func(name string) (view, []play.Step) {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, nil
		}
		if o.clock.guest == 0 {
			o.clock.guest = time.Since(begin)
		}
		p := &pairs[i]
		steps := play.Scenario(p)
		v := o.view(p, program)
		if o.Hold {
			steps = steps[:play.Cold]
			v.hold(noWayIn)
		}
		return v, steps
	}}
	_, err = uml.Run(ctx, uml.Guest{
		Args: args, Output: l,
		Env: []string{"HOME=/root", "TERM=dumb", "LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
	})
	l.finish()
	switch {
	case err != nil && o.Hold && ctx.Err() != nil:
		// Being told to end is how a held lab ends.
		return append(l.done, PairResult{Name: l.name, OK: play.Passed(l.rows), Rows: l.rows}), nil
	case err != nil:
		return nil, fmt.Errorf("lab: guest: %w", err)
	case len(l.done) != len(pairs):
		return nil, fmt.Errorf("lab: guest: it ended after %d of %d scenarios: %s", len(l.done), len(pairs), strings.Join(l.rest, "; "))
	}
	return l.done, nil
}

// noWayIn is said of a lab that stands in a guest.
var noWayIn = []string{
	"The lab stands, in a User-mode-Linux guest: this kernel has no IPVS. There is no way in but to watch.",
	"Ctrl-C ends it.",
}

// locate returns the daemon's absolute path, which is the same in a guest.
func locate(program string) (string, error) {
	if program == "" {
		return os.Executable()
	}
	found, err := exec.LookPath(program)
	if err != nil {
		return "", err
	}
	return filepath.Abs(found)
}
