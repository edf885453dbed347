package conf

import (
	"math"
	"strconv"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// setTrackFile decodes one track_file block.
func (d *decoder) setTrackFile(n *syntax.Node) {
	f := &TrackFile{Name: n.Args[0].Text, At: n.Args[0].At, End: n.Close}
	d.trackFile = f
	d.walk(n.Block, blockTrackFile)
	d.trackFile = nil
	otherwise(&f.Weight, 1)
	if !f.Path.Set() {
		d.atClose(n, "missing-file", "track_file "+f.Name+" has no file", "No file set for track_file "+f.Name+" - ignoring", "it is ignored")
		return
	}
	if old, ok := d.trackFiles[f.Name]; ok {
		d.tell(n, n.Args[0], "duplicate-name", "track_file "+f.Name+" is defined already, at "+old.At.String(), "", "the first one holds")
		return
	}
	d.trackFiles[f.Name] = f
	d.cfg.Static.TrackFiles = append(d.cfg.Static.TrackFiles, f)
}

var trackFileSetters = map[string]wired{
	"file": orMissing("track file file name missing", wired{1, 1, func(d *decoder, n *syntax.Node) {
		f, w := d.trackFile, n.Args[0]
		if f.Path.Set() {
			d.fault(n, w, "duplicate-keyword", "file is given already, at "+f.Path.At.String(),
				"File already set for track file "+f.Name+" - ignoring "+w.Text, "the line is ignored")
			return
		}
		f.Path = value(w.Text, w)
	}}),
	"weight": {0, 2, func(d *decoder, n *syntax.Node) {
		f := d.trackFile
		d.itemWeight(n, "track file "+f.Name, "track_file "+f.Name, &f.Weight, &f.Reverse)
	}},
	"init_file": {0, -1, (*decoder).setInitFile},
}

func (d *decoder) setInitFile(n *syntax.Node) {
	f := d.trackFile
	f.Init, f.Overwrite = value(0, n.Keyword), false
	for _, w := range n.Args {
		switch first := strings.TrimLeft(w.Text, "+-"); {
		case w.Text == "overwrite":
			f.Overwrite = true
		case first != "" && first[0] >= '0' && first[0] <= '9':
			if v, ok := d.intWord(n, w, math.MinInt32, math.MaxInt32, "Track file "+f.Name+" init value WORD is invalid"); ok {
				f.Init = value(int(v), w)
			}
		default:
			d.fault(n, w, "unknown-option", "init_file takes a number and overwrite, not '"+w.Text+"'",
				"Unknown track file init option "+w.Text, "the word is ignored")
		}
	}
}

// itemWeight reads the weight N [reverse] of a tracked file or process. short and long are keepalived's names for it.
func (d *decoder) itemWeight(n *syntax.Node, short, long string, to *Value[int], reverse *bool) {
	if len(n.Args) == 0 {
		d.fault(n, n.Keyword, "missing-argument", "weight needs a number", "No weight specified for "+short+" - ignoring", "the line is ignored")
		return
	}
	w := n.Args[0]
	if to.Set() {
		d.fault(n, w, "duplicate-keyword", "weight is given already, at "+to.At.String(),
			"Weight already set for "+short+" - ignoring "+w.Text, "the line is ignored")
		return
	}
	v, ok := d.intWord(n, w, -254, 254, "Weight (WORD) for "+long+" must be between [-254..254] inclusive. Ignoring...")
	if !ok {
		return
	}
	*to = value(int(v), w)
	d.reverseWord(n, reverse, long+" unknown weight option ")
}

// reverseWord reads the word reverse behind a weight.
func (d *decoder) reverseWord(n *syntax.Node, reverse *bool, compat string) {
	if len(n.Args) < 2 {
		return
	}
	w := n.Args[1]
	if w.Text == "reverse" {
		*reverse = true
		return
	}
	d.fault(n, w, "unknown-option", "'"+w.Text+"' is not an option of a weight; reverse is", compat+w.Text, "the word is ignored")
}

// setTrackProcess decodes one vrrp_track_process block.
func (d *decoder) setTrackProcess(n *syntax.Node) {
	p := &TrackProcess{Name: n.Args[0].Text, At: n.Args[0].At}
	d.process = p
	d.walk(n.Block, blockTrackProcess)
	d.process = nil
	otherwise(&p.Quorum, 1)
	if len(p.Params) > 0 || p.ParamMatch.Set() {
		p.FullCommand.V = true
	}
	if !p.Process.Set() {
		d.atClose(n, "missing-process", "vrrp_track_process "+p.Name+" names no process",
			"track process '"+p.Name+"' process name not specified", "it is ignored")
		return
	}
	if old, ok := d.processes[p.Name]; ok {
		d.tell(n, n.Args[0], "duplicate-name", "vrrp_track_process "+p.Name+" is defined already, at "+old.At.String(), "",
			"references mean the first one")
	} else {
		d.processes[p.Name] = p
	}
	d.cfg.Static.TrackProcesses = append(d.cfg.Static.TrackProcesses, p)
}

var processSetters = map[string]wired{
	"process": {1, -1, func(d *decoder, n *syntax.Node) {
		p, w := d.process, n.Args[0]
		if p.Process.Set() {
			d.fault(n, w, "duplicate-keyword", "process is given already, at "+p.Process.At.String(),
				"Process already set for track process "+p.Name+" - ignoring "+w.Text, "the line is ignored")
			return
		}
		p.Process = value(w.Text, w)
		d.cutComment(n)
		for _, a := range n.Args[1:] {
			p.Params = append(p.Params, a.Text)
		}
	}},
	"param_match": {0, 1, func(d *decoder, n *syntax.Node) {
		p := d.process
		if len(n.Args) == 0 {
			p.ParamMatch = value(MatchExact, n.Keyword)
			return
		}
		switch w := n.Args[0]; w.Text {
		case "initial":
			p.ParamMatch = value(MatchInitial, w)
		case "partial":
			p.ParamMatch = value(MatchPartial, w)
		default:
			d.fault(n, w, "unknown-option", "param_match is initial or partial, not '"+w.Text+"'",
				"Invalid param_match type "+w.Text+" - ignoring", "the line is ignored")
		}
	}},
	"weight": {0, 2, func(d *decoder, n *syntax.Node) {
		p := d.process
		d.itemWeight(n, "track process "+p.Name, "vrrp_track_process "+p.Name, &p.Weight, &p.Reverse)
	}},
	"quorum":          {1, 1, (*decoder).setProcessQuorum},
	"quorum_max":      {1, 1, (*decoder).setProcessQuorumMax},
	"delay":           {1, 1, func(d *decoder, n *syntax.Node) { d.processDelay(n, &d.process.ForkDelay, &d.process.TerminateDelay) }},
	"fork_delay":      {1, 1, func(d *decoder, n *syntax.Node) { d.processDelay(n, &d.process.ForkDelay) }},
	"terminate_delay": {1, 1, func(d *decoder, n *syntax.Node) { d.processDelay(n, &d.process.TerminateDelay) }},
	"full_command":    {0, 0, func(d *decoder, n *syntax.Node) { d.process.FullCommand = value(true, n.Keyword) }},
}

func (d *decoder) setProcessQuorum(n *syntax.Node) {
	p, w := d.process, n.Args[0]
	v, ok := d.uintWord(n, w, 1, math.MaxUint16, "Quorum (WORD) for vrrp_track_process "+p.Name+" must be between [1..65535] inclusive. Ignoring...")
	switch {
	case !ok:
	case p.QuorumMax.Set() && int(v) > p.QuorumMax.V:
		d.fault(n, w, "quorum-order", "quorum is above quorum_max, which is "+strconv.Itoa(p.QuorumMax.V),
			"Quorum is greater than quorum_max - ignoring", "the line is ignored")
	default:
		p.Quorum = value(int(v), w)
	}
}

func (d *decoder) setProcessQuorumMax(n *syntax.Node) {
	p, w := d.process, n.Args[0]
	v, ok := d.uintWord(n, w, 0, math.MaxUint16, "quorum_max (WORD) for vrrp_track_process "+p.Name+" must be between [0..65535] inclusive. Ignoring...")
	switch {
	case !ok:
	case p.Quorum.Set() && int(v) < p.Quorum.V:
		d.fault(n, w, "quorum-order", "quorum_max is below quorum, which is "+strconv.Itoa(p.Quorum.V),
			"quorum_max is less than quorum - ignoring", "the line is ignored")
	default:
		p.QuorumMax = value(int(v), w)
	}
}

func (d *decoder) processDelay(n *syntax.Node, to ...*Value[time.Duration]) {
	w := n.Args[0]
	compat := n.Keyword.Text + " (WORD) for vrrp_track_process " + d.process.Name + " must be between [0.000001..3600] inclusive. Ignoring..."
	if v, ok := d.microsWord(n, w, time.Microsecond, time.Hour, compat); ok {
		for _, t := range to {
			*t = value(v, w)
		}
	}
}
