package rig

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"holdfast/internal/host/netns"
	"holdfast/internal/lab/record"
)

// Plan is what a Rig is built from.
type Plan struct {
	Routers []string          // names, in order
	Confs   map[string]string // configuration text by router; ScriptWord stands for the notify script
	Paths   map[string]string // or the configuration's absolute path
	Links   []Link
	VIPs    []netip.Addr // what the client asks
	Program string       // the daemon
}

// Rig is a lab that stands. Its methods are for one goroutine.
type Rig struct {
	plan    Plan
	box     *inbox
	dir     string
	sw      *netns.Space
	client  *netns.Space
	routers map[string]*router
	ports   ports
	desk    *desk
	sniff   *sniffer
	prober  *prober
}

// Open builds the lab; no daemon runs yet. On error nothing is left behind.
func Open(plan Plan) (*Rig, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("lab: needs root: it makes network namespaces and raw sockets")
	}
	if err := adopt(); err != nil {
		return nil, err
	}
	sweep()
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", prefix, os.Getpid()))
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	g := &Rig{plan: plan, box: newInbox(), dir: dir, routers: map[string]*router{}}
	if err := g.build(); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

func (g *Rig) build() (err error) {
	if err := os.Chmod(g.dir, 0o755); err != nil {
		return err
	}
	if g.desk, err = openDesk(g.dir, g.box); err != nil {
		return err
	}
	if g.sw, err = netns.New(g.spaceName("switch"), nil); err != nil {
		return err
	}
	if g.client, err = netns.New(g.spaceName("client"), nil); err != nil {
		return err
	}
	spaces := map[string]*netns.Space{}
	for _, name := range g.plan.Routers {
		r := &router{name: name, dir: filepath.Join(g.dir, name)}
		g.routers[name] = r
		if r.space, err = netns.New(g.spaceName(name), nil); err != nil {
			return err
		}
		spaces[name] = r.space
		if err := r.prepare(g.plan.Confs[name], g.plan.Paths[name]); err != nil {
			return err
		}
	}
	if g.ports, err = wire(g.sw, g.client, spaces, g.plan.Links); err != nil {
		return err
	}
	return g.openEyes()
}

// openEyes starts everything that looks, before anything happens.
func (g *Rig) openEyes() (err error) {
	links := map[string]bool{}
	for _, l := range g.plan.Links {
		links[l.Name] = true
	}
	for _, name := range g.plan.Routers {
		r := g.routers[name]
		if r.watch, err = startWatch(r.space, g.box, name, links); err != nil {
			return err
		}
	}
	if g.sniff, err = startSniffer(g.sw, g.box, g.ports.byIndex); err != nil {
		return err
	}
	g.prober, err = startProber(g.client, g.box, g.plan.VIPs, record.Period)
	return err
}

func (g *Rig) spaceName(node string) string {
	return fmt.Sprintf("%s-%s", filepath.Base(g.dir), node)
}

// Now is the lab's time.
func (g *Rig) Now() time.Duration { return g.box.now() }

// Next waits for something to happen, or for one frame, and returns what did and the lab's time.
func (g *Rig) Next(ctx context.Context, frame time.Duration) ([]record.Event, time.Duration, error) {
	return g.box.next(ctx, frame)
}

// Start starts a router's daemon, and its service if that is down.
func (g *Rig) Start(node string) error { return g.routers[node].start(g.box, g.plan.Program) }

// Crash ends a router's daemon with all its processes by SIGKILL, and its service with it.
func (g *Rig) Crash(node string) error { return g.routers[node].crash() }

// Stop sends SIGTERM to a router's daemon. Its service goes on.
func (g *Rig) Stop(node string) error { return g.routers[node].stop() }

// Plug takes the carrier from a router's interface (on false) or gives it back, by the switch's port.
func (g *Rig) Plug(node, ifname string, on bool) error {
	port, ok := g.ports.of[node][ifname]
	if !ok {
		return fmt.Errorf("lab: %s has no interface %s", node, ifname)
	}
	c, err := openLink(g.sw)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // nothing is pending
	return c.SetUp(port, on)
}

// Names returns the namespaces' names for ip-netns(8): the switch, the client, then the routers.
func (g *Rig) Names() []string {
	names := []string{g.sw.Name, g.client.Name}
	for _, r := range g.plan.Routers {
		names = append(names, g.routers[r].space.Name)
	}
	return names
}

// Dir is where the routers' configurations lie, in a directory named after each.
func (g *Rig) Dir() string { return g.dir }

// Close ends every process and takes down everything that Open made. It may be called twice.
func (g *Rig) Close() error {
	var errs []error
	if g.prober != nil {
		g.prober.stop()
	}
	for _, r := range g.routers {
		errs = append(errs, r.close())
	}
	if g.sniff != nil {
		g.sniff.stop()
	}
	for _, s := range []*netns.Space{g.client, g.sw} {
		if s != nil {
			s.Close()
		}
	}
	if g.desk != nil {
		g.desk.close()
	}
	errs = append(errs, os.RemoveAll(g.dir))
	g.prober, g.sniff, g.client, g.sw, g.desk, g.routers = nil, nil, nil, nil, nil, nil
	return errors.Join(errs...)
}
