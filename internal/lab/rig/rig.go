package rig

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"holdfast/internal/host/netns"
	"holdfast/internal/lab/record"
	"holdfast/internal/lab/site"
)

// Plan is what a Rig is built from.
type Plan struct {
	Site    site.Site
	Confs   map[string]string // configuration text by director; ScriptWord stands for the notify script
	Paths   map[string]string // or the configuration's absolute path
	VIPs    []netip.Addr      // what the client asks
	Pages   bool              // it asks for pages, and the kernel has IPVS; else it sends probes
	Program string            // the daemon
}

// Rig is a lab that stands. Its methods are for one goroutine.
type Rig struct {
	plan     Plan
	box      *inbox
	dir      string
	sw       *netns.Space
	machines []*machine // all of the site
	client   *machine
	routers  map[string]*router // those with a daemon
	ports    ports
	desk     *desk
	sniff    *sniffer
	prober   *prober
	asker    *asker
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
	for i := range g.plan.Site.Machines {
		if err := g.machine(&g.plan.Site.Machines[i]); err != nil {
			return err
		}
	}
	if g.ports, err = wire(g.sw, g.machines, g.plan.Site.Segments()); err != nil {
		return err
	}
	for _, m := range g.machines {
		if err := m.settle(); err != nil {
			return err
		}
	}
	return g.openEyes()
}

// machine makes one of the site, without its wires.
func (g *Rig) machine(s *site.Machine) (err error) {
	m := &machine{site: s, dir: filepath.Join(g.dir, s.Name)}
	if err := os.Mkdir(m.dir, 0o755); err != nil {
		return fmt.Errorf("lab: %s: %w", s.Name, err)
	}
	if m.space, err = netns.New(g.spaceName(s.Name), nil); err != nil {
		return err
	}
	g.machines = append(g.machines, m)
	if s.Name == site.Client {
		g.client = m
	}
	if !s.Director {
		return nil
	}
	r := &router{machine: m, name: s.Name, probed: !g.plan.Pages}
	g.routers[s.Name] = r
	return r.prepare(g.plan.Confs[s.Name], g.plan.Paths[s.Name])
}

// openEyes starts everything that looks, before anything happens.
func (g *Rig) openEyes() (err error) {
	for name, r := range g.routers {
		links := map[string]bool{}
		for _, p := range r.site.Ports {
			links[p.Name] = true
		}
		if r.watch, err = startWatch(r.space, g.box, name, links); err != nil {
			return err
		}
		if g.plan.Pages {
			if r.tables, err = startTables(r.space, g.box, name); err != nil {
				return err
			}
		}
	}
	if g.sniff, err = startSniffer(g.sw, g.box, g.ports.byIndex); err != nil {
		return err
	}
	if g.plan.Pages {
		g.asker = startAsker(g.client.space, g.box, g.plan.VIPs, record.Pace)
		return nil
	}
	g.prober, err = startProber(g.client.space, g.box, g.plan.VIPs, record.Period)
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

// Start starts a director's daemon, and its service if that is down; of another machine the web server. One that is off is turned on.
func (g *Rig) Start(node string) error {
	r, ok := g.routers[node]
	if !ok {
		return g.web(node, true)
	}
	if r.off {
		if err := g.plugAll(r, true); err != nil {
			return err
		}
		r.off = false
	}
	return r.start(g.box, g.plan.Program)
}

// Crash ends a director's daemon with all its processes by SIGKILL, and its service with it; of another machine the web server.
func (g *Rig) Crash(node string) error {
	if r, ok := g.routers[node]; ok {
		return r.crash()
	}
	return g.web(node, false)
}

// PowerOff ends a director: first its links go, then its processes, then what its kernel knows.
func (g *Rig) PowerOff(node string) error {
	r := g.routers[node]
	r.off = true
	return errors.Join(g.plugAll(r, false), r.crash(), r.forget())
}

// plugAll does with all links of a director what Plug does with one.
func (g *Rig) plugAll(r *router, on bool) error {
	var errs []error
	for _, p := range r.site.Ports {
		errs = append(errs, g.Plug(r.name, p.Name, on))
	}
	return errors.Join(errs...)
}

// web opens or closes a machine's web server.
func (g *Rig) web(node string, on bool) error {
	i := slices.IndexFunc(g.machines, func(m *machine) bool { return m.site.Name == node })
	if i < 0 {
		return fmt.Errorf("lab: no machine %s", node)
	}
	ev := record.Event{At: g.box.now(), Kind: record.Started, Node: node}
	if on {
		if err := g.machines[i].serve(); err != nil {
			return err
		}
	} else {
		g.machines[i].silence()
		ev.Kind, ev.Text = record.Exited, "killed"
	}
	g.box.put(ev)
	return nil
}

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

// Names returns the namespaces' names for ip-netns(8): the switch, the client, then the directors.
func (g *Rig) Names() []string {
	names := []string{g.sw.Name, g.client.space.Name}
	for _, r := range g.plan.Site.Directors() {
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
	if g.asker != nil {
		g.asker.stop()
	}
	for _, r := range g.routers {
		errs = append(errs, r.close())
	}
	if g.sniff != nil {
		g.sniff.stop()
	}
	for _, m := range g.machines {
		m.close()
	}
	if g.sw != nil {
		g.sw.Close()
	}
	if g.desk != nil {
		g.desk.close()
	}
	errs = append(errs, os.RemoveAll(g.dir))
	g.prober, g.asker, g.sniff, g.machines, g.sw, g.desk, g.routers = nil, nil, nil, nil, nil, nil, nil
	return errors.Join(errs...)
}
