package sim

import (
	"fmt"
	"strings"
	"sync"

	"holdfast/conf"
	"holdfast/conf/syntax"
	"holdfast/internal/role/vrrpd"
)

// text writes the keepalived.conf of a node: one instance for each virtual router. The scripted checks are not in it: they
// reach the daemon's judgement as what is known beyond the links.
func (s *spec) text() string {
	var b strings.Builder
	for _, g := range s.groups {
		fmt.Fprintf(&b, "vrrp_sync_group %s {\n  group {\n", g.name)
		for _, vrid := range g.vrids {
			fmt.Fprintf(&b, "    VI_%d\n", vrid)
		}
		b.WriteString("  }\n")
		writeTracks(&b, g.tracks)
		b.WriteString("}\n")
	}
	for i := range s.routers {
		r := &s.routers[i]
		fmt.Fprintf(&b, "vrrp_instance VI_%d {\n  interface %s\n  virtual_router_id %d\n  priority %d\n  advert_int %d\n",
			r.vrid, ifname(r.link), r.vrid, r.prio, r.interval)
		if how, secret, ok := strings.Cut(r.auth, ":"); ok {
			fmt.Fprintf(&b, "  authentication {\n    auth_type %s\n    auth_pass %s\n  }\n", how, secret)
		}
		for _, line := range r.extra {
			b.WriteString("  " + line + "\n")
		}
		writeTracks(&b, r.tracks)
		fmt.Fprintf(&b, "  virtual_ipaddress {\n    192.0.2.%d\n  }\n}\n", r.vrid)
	}
	return b.String()
}

func writeTracks(b *strings.Builder, list []tracked) {
	if len(list) == 0 {
		return
	}
	b.WriteString("  track_interface {\n")
	for _, t := range list {
		fmt.Fprintf(b, "    %s", t.name)
		if t.weight != 0 {
			fmt.Fprintf(b, " weight %d", t.weight)
		}
		b.WriteByte('\n')
	}
	b.WriteString("  }\n")
}

// loaded is a configuration and how it is run.
type loaded struct {
	cfg   *conf.Config
	setup *vrrpd.Setup
}

// texts remembers what configurations came to, because many schedules are played on one cluster.
var texts = struct {
	sync.Mutex
	known map[string]*loaded
}{known: make(map[string]*loaded)}

// textsKept is when everything is forgotten again.
const textsKept = 1024

// idle are the findings about words that a scenario may hold though they count for nothing.
var idle = map[string]bool{"useless-weight": true, "duplicate-tracking": true}

// load takes a text through the daemon's own language.
func load(text string) (*loaded, error) {
	texts.Lock()
	l := texts.known[text]
	texts.Unlock()
	if l != nil {
		return l, nil
	}
	cfg, faults := conf.Load(oneFile(text), "keepalived.conf", conf.Options{})
	for _, d := range faults.All() {
		if idle[d.Code] {
			continue
		}
		return nil, fmt.Errorf("configuration: %s", d.Summary)
	}
	l = &loaded{cfg, vrrpd.NewSetup(cfg)}
	texts.Lock()
	defer texts.Unlock()
	if len(texts.known) >= textsKept {
		clear(texts.known)
	}
	texts.known[text] = l
	return l, nil
}

// mustLoad loads a text that was loaded before.
func mustLoad(text string) *loaded {
	l, err := load(text)
	if err != nil {
		panic(err)
	}
	return l
}

// oneFile is a Source with a single file in it.
type oneFile string

var _ syntax.Source = oneFile("")

func (f oneFile) ReadFile(string) ([]byte, error)       { return []byte(f), nil }
func (f oneFile) Glob(pattern string) ([]string, error) { return []string{pattern}, nil }
func (f oneFile) Getenv(string) string                  { return "" }
