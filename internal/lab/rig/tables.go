package rig

import (
	"slices"
	"time"

	"holdfast/internal/host/netns"
	"holdfast/internal/host/plane"
	"holdfast/internal/lab/record"
	"holdfast/ipvs"
)

// HasIPVS has the kernel load IPVS if it can, and returns why there is none.
func HasIPVS() error {
	c, err := plane.Open(plane.Options{})
	if err != nil {
		return err
	}
	return c.Close()
}

// The kernel tells nobody when its table of virtual services changes. It is read so often, and told of when it has changed or, with new
// counts, so often.
const (
	readTables = 100 * time.Millisecond
	tellCounts = 500 * time.Millisecond
)

// tables reads a director's table of virtual services.
type tables struct {
	box   *inbox
	node  string
	conn  *ipvs.Client
	stopc chan struct{}
	done  chan struct{}
}

func startTables(s *netns.Space, box *inbox, node string) (*tables, error) {
	conn, err := ipvs.Dial(ipvs.Options{NetNS: s.FD()})
	if err != nil {
		return nil, err
	}
	t := &tables{box: box, node: node, conn: conn, stopc: make(chan struct{}), done: make(chan struct{})}
	go t.read()
	return t, nil
}

func (t *tables) read() {
	defer close(t.done)
	tick := time.NewTicker(readTables)
	defer tick.Stop()
	var last []record.Service
	var told time.Duration
	for {
		if now, err := t.look(); err == nil && (!record.SameTable(last, now) || t.box.now()-told > tellCounts) {
			last, told = now, t.box.now()
			t.box.put(record.Event{At: told, Kind: record.Tabled, Node: t.node, Table: now})
		}
		select {
		case <-t.stopc:
			return
		case <-tick.C:
		}
	}
}

// forwards are ipvsadm's words.
var forwards = map[ipvs.Forward]string{
	ipvs.Masquerade: "Masq", ipvs.Local: "Local", ipvs.Tunnel: "Tunnel", ipvs.DirectRoute: "Route", ipvs.Bypass: "Bypass",
}

// look reads the table once. A service that goes meanwhile is an error; the next look is soon.
func (t *tables) look() (all []record.Service, err error) {
	services, err := t.conn.Services()
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		dests, err := t.conn.Destinations(s.ServiceKey)
		if err != nil {
			return nil, err
		}
		svc := record.Service{Addr: s.Addr, Scheduler: s.Scheduler}
		for _, d := range dests {
			svc.Destinations = append(svc.Destinations, record.Destination{
				Addr: d.Addr, Forward: forwards[d.Forward], Weight: int(d.Weight), Active: int(d.Active), Inactive: int(d.Inactive),
			})
		}
		slices.SortFunc(svc.Destinations, func(a, b record.Destination) int { return a.Addr.Compare(b.Addr) })
		all = append(all, svc)
	}
	slices.SortFunc(all, func(a, b record.Service) int { return a.Addr.Compare(b.Addr) })
	return all, nil
}

func (t *tables) stop() {
	close(t.stopc)
	<-t.done
	_ = t.conn.Close() // nothing is pending
}
