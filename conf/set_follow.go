package conf

import (
	"math"
	"net/netip"
	"strconv"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// TrackService is one line of a track_virtual_server block: the virtual servers of one address, mark or group. Weight 0 makes the loss
// of their quorum a fault.
type TrackService struct {
	Name    string // as VirtualServer.Name
	Weight  int
	Reverse bool
	At      diag.Span
}

// Name is what stands behind virtual_server: "192.0.2.10 80", "fwmark 7" or "group web". Virtual servers of several protocols may share
// it.
func (vs *VirtualServer) Name() string {
	switch {
	case vs.Mark.Set():
		return markName(vs.Mark.V)
	case vs.Group.Set():
		return "group " + vs.Group.V
	}
	return addressName(vs.Address.V)
}

func markName(mark uint32) string { return "fwmark " + itoa(mark) }

func addressName(a netip.AddrPort) string {
	return a.Addr().String() + " " + strconv.Itoa(int(a.Port()))
}

// trackServices decodes a track_virtual_server block of an instance or a group.
func (d *decoder) trackServices(n *syntax.Node, to *[]TrackService) {
	have := map[string]bool{}
	for _, t := range *to {
		have[t.Name] = true
	}
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockTrackService)
			continue
		}
		d.cutComment(e)
		t, rest, ok := d.serviceName(e)
		switch {
		case !ok:
		case have[t.Name]:
			d.fault(e, e.Keyword, "duplicate-tracking", t.Name+" is tracked already", "", "the line is ignored")
		case d.serviceWeight(e, rest, &t):
			have[t.Name] = true
			*to = append(*to, t)
		}
	}
}

// serviceName reads ADDR [PORT], fwmark N or group NAME, and returns the words behind it.
func (d *decoder) serviceName(e *syntax.Node) (t TrackService, rest []syntax.Word, ok bool) {
	t.At, rest = e.Keyword.At, e.Args
	first := e.Keyword.Text
	if first == "fwmark" || first == "group" {
		if len(rest) == 0 {
			d.fault(e, e.Keyword, "missing-argument", first+" needs a word more", "", "the line is ignored")
			return t, nil, false
		}
		w := rest[0]
		if first == "group" {
			t.Name = "group " + w.Text
			return t, rest[1:], true
		}
		mark, f := parseUint(w.Text, 1, math.MaxUint32)
		if f != "" {
			d.fault(e, w, "bad-number", "a firewall mark is a number, not '"+w.Text+"'", "", "the line is ignored")
			return t, nil, false
		}
		t.Name = markName(uint32(mark))
		return t, rest[1:], true
	}
	words := []syntax.Word{e.Keyword}
	if len(rest) > 0 && rest[0].Text != "weight" {
		words, rest = append(words, rest[0]), rest[1:]
	}
	a, ok := d.endpoint(e, words, func(string, string) string { return "" })
	t.Name = addressName(a.V)
	return t, rest, ok
}

// serviceWeight reads "weight N [reverse]"; false drops the line.
func (d *decoder) serviceWeight(e *syntax.Node, words []syntax.Word, t *TrackService) bool {
	if len(words) == 0 {
		return true
	}
	if words[0].Text != "weight" {
		d.fault(e, words[0], "unknown-option", "'"+words[0].Text+"' is not an option of a tracked virtual server", "", "the line is ignored")
		return false
	}
	if len(words) < 2 {
		d.fault(e, words[0], "missing-argument", "weight needs a number", "", "the line is ignored")
		return false
	}
	v, f := parseInt(words[1].Text, -253, 253)
	if f != "" {
		d.fault(e, words[1], "bad-weight", "a weight is a number from -253 to 253, not '"+words[1].Text+"'", "", "the line is ignored")
		return false
	}
	t.Weight = int(v)
	if len(words) > 2 {
		if words[2].Text != "reverse" || len(words) > 3 {
			w := words[len(words)-1]
			d.fault(e, w, "unknown-option", "'"+w.Text+"' is not an option of a weight", "", "the line is ignored")
			return false
		}
		t.Reverse = true
	}
	return true
}
