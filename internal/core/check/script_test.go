package check_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"holdfast/internal/core/check"
)

var update = flag.Bool("update", false, "rewrite the wanted output of testdata/*.txtar")

// TestScripts plays each testdata/*.txtar and compares what the Director does with "-- want --". "-- conf --" is the
// configuration. A script's lines:
//
//	start | adopt | stop           adopt: with the table that the model kernel has
//	keep                           before start: leave the table at the end
//	crash                          a new Director for the same configuration; the table stays
//	reload NAME                    to the file NAME of the archive
//	answer WHO ok|fail|untried|N   WHO is ADDRESS, ADDRESS/KIND, ADDRESS/PATH or ADDRESS/SCRIPT; N is an exit status
//	latency DURATION               of answers
//	present|gone ADDRESS           for ha_suspend
//	file NAME VALUE                of a track_file
//	bfd NAME up|down
//	instance NAME STATE            of VRRP
//	standing NAME...               of a virtual server: what track_virtual_server goes by
//	order ADDRESS[@VIRTUAL] enable|disable|drain|WEIGHT
//	conns ADDRESS:PORT N [M]       active and inactive connections; "conns mute": the kernel does not say
//	run DURATION                   let that much time pass, serving every deadline
//	probes on|off                  show attempts
//	table                          show the model kernel's table
func TestScripts(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no scripts")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, a)
			if *update {
				last := len(a.Files) - 1
				if a.Files[last].Name != "want" {
					a.Files, last = append(a.Files, txtar.File{Name: "want"}), last+1
				}
				a.Files[last].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := fileOf(a, "want"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func fileOf(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

type player struct {
	*lab
	t      *testing.T
	a      *txtar.Archive
	file   string // the configuration in force
	probes bool
	opt    check.Options

	running bool
	out     strings.Builder
}

func play(t *testing.T, a *txtar.Archive) string {
	p := &player{t: t, a: a, file: "conf"}
	p.renew()
	for n, l := range strings.Split(string(a.Comment), "\n") {
		words := strings.Fields(strings.SplitN(l, "#", 2)[0])
		if len(words) == 0 {
			continue
		}
		if words[0] != "run" && words[0] != "probes" {
			fmt.Fprintf(&p.out, "> %s\n", strings.Join(words, " "))
		}
		if err := p.do(words[0], words[1:]); err != nil {
			t.Fatalf("line %d: %s: %v", n+1, l, err)
		}
		if len(p.k.refused) > 0 {
			t.Fatalf("line %d: %s: the kernel would refuse %q", n+1, l, p.k.refused)
		}
		if want := tableText(p.d.Wanted()); p.running && p.k.String() != want {
			t.Fatalf("line %d: %s: the table is\n%s\nwanted is\n%s", n+1, l, p.k.String(), want)
		}
	}
	return p.out.String()
}

// renew begins with a new Director; clock and table go on.
func (p *player) renew() {
	old := p.lab
	p.lab = newLab(load(fileOf(p.a, p.file)), p.opt)
	if old != nil {
		p.k, p.now, p.zero, p.answers, p.conns = old.k, old.now, old.zero, old.answers, old.conns
	}
	p.on = func(a *check.Action) {
		for _, l := range strings.Split(text(a, p.probes), "\n") {
			if l != "" {
				fmt.Fprintf(&p.out, "%6.2f %s\n", p.now.Sub(p.zero).Seconds(), l)
			}
		}
	}
}

func (p *player) do(verb string, args []string) error {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	switch verb {
	case "start", "adopt":
		p.running = true
	case "stop", "crash", "keep":
		p.running = false
	}
	switch verb {
	case "start":
		p.step(check.Start{Have: p.k.entries})
	case "adopt":
		p.step(check.Start{Have: p.k.entries, Adopt: true})
	case "stop":
		p.step(check.Stop{})
	case "keep":
		p.opt.KeepTable = true
		p.renew()
	case "crash":
		p.renew()
	case "reload":
		p.file = arg(0)
		p.step(check.Reconfigure{Config: load(fileOf(p.a, p.file))})
	case "answer":
		return p.answer(arg(0), arg(1))
	case "present", "gone":
		p.step(check.Present{Addr: netip.MustParseAddr(arg(0)), Is: verb == "present"})
	case "instance":
		p.step(check.Instance{Name: arg(0), Master: arg(1) == "MASTER"})
	case "bfd":
		p.step(check.Session{Name: arg(0), Up: arg(1) == "up"})
	case "file":
		v, err := strconv.ParseInt(arg(1), 10, 64)
		p.step(check.File{Name: arg(0), Value: v})
		return err
	case "order":
		return p.order(arg(0), arg(1))
	case "conns":
		if p.mute = arg(0) == "mute"; p.mute {
			return nil
		}
		var n [2]uint32
		for i := range n[:len(args)-1] {
			v, err := strconv.ParseUint(arg(i+1), 10, 32)
			if err != nil {
				return err
			}
			n[i] = uint32(v)
		}
		p.conns[netip.MustParseAddrPort(arg(0))] = n
	case "latency", "run":
		d, err := time.ParseDuration(arg(0))
		if verb == "latency" {
			p.latency = d
		} else {
			p.run(d)
		}
		return err
	case "standing":
		up, known := p.d.Standing(strings.Join(args, " "))
		fmt.Fprintf(&p.out, "up %t known %t\n", up, known)
	case "probes":
		p.probes = arg(0) == "on"
	case "table":
		p.out.WriteString(p.k.String())
	default:
		return fmt.Errorf("unknown verb")
	}
	return nil
}

func (p *player) answer(who, what string) error {
	outcomes := map[string]check.Outcome{"ok": check.OK, "fail": check.Failed, "untried": check.Untried}
	o, known := outcomes[what]
	if known {
		p.answers[who] = answer{outcome: o}
		return nil
	}
	n, err := strconv.Atoi(what)
	p.answers[who] = answer{outcome: check.OK, status: n}
	if n == 1 {
		p.answers[who] = answer{outcome: check.Failed, status: n}
	}
	return err
}

func (p *player) order(who, what string) error {
	id, found := p.server(who)
	if !found {
		return fmt.Errorf("no such server")
	}
	ev := check.Administer{Server: id}
	switch what {
	case "enable":
		ev.Order = check.OrderEnable
	case "disable":
		ev.Order = check.OrderDisable
	case "drain":
		ev.Order = check.OrderDrain
	default:
		n, err := strconv.ParseUint(what, 10, 31)
		if err != nil {
			return err
		}
		ev.Order, ev.Weight = check.OrderWeight, uint32(n)
	}
	p.step(ev)
	return nil
}
