package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
	"time"
)

// circumstances are what a table means nothing without.
type circumstances struct {
	When       string  `json:"when"`
	Took       float64 `json:"took_s"`
	Kernel     string  `json:"kernel"`
	CPUs       int     `json:"cpus"`
	LoadBefore float64 `json:"load_before"`
	LoadAfter  float64 `json:"load_after"`
	LateShare  float64 `json:"late_share"` // of the canary's wakings, those at least 1 ms late
	Keepalived string  `json:"keepalived"`
	Holdfast   string  `json:"holdfast"`
	Quick      bool    `json:"quick"`
}

// row is one figure with its values; a value that was not measured is nil.
type row struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Unit       string   `json:"unit,omitempty"`
	Statistic  string   `json:"statistic"`
	Keepalived *values  `json:"keepalived"`
	Holdfast   *values  `json:"holdfast"`
	Ratio      *float64 `json:"ratio"` // Holdfast's figure by keepalived's
	Aim        *float64 `json:"aim"`
	Parity     bool     `json:"parity,omitempty"` // the aim is a ratio
	Met        string   `json:"met,omitempty"`
}

// values sum the samples of one subject up.
type values struct {
	N       int       `json:"n"`
	Figure  float64   `json:"figure"`
	Median  float64   `json:"median"`
	P99     float64   `json:"p99"`
	Min     float64   `json:"min"`
	Max     float64   `json:"max"`
	Samples []float64 `json:"samples"`
}

func sumUp(v []float64, of statistic) *values {
	if len(v) == 0 {
		return nil
	}
	return &values{
		N: len(v), Figure: of.of(v), Median: percentile(v, 50), P99: percentile(v, 99),
		Min: percentile(v, 0), Max: percentile(v, 100), Samples: v,
	}
}

func (v *values) figure() float64 {
	if v == nil {
		return math.NaN()
	}
	return v.Figure
}

// rows makes the table's lines of those figures that were measured at all.
func (b *book) rows(theirs, ours subject) []row {
	var rs []row
	for _, f := range figures {
		k, h := sumUp(b.of(f.id, theirs), f.of), sumUp(b.of(f.id, ours), f.of)
		if k == nil && h == nil {
			continue
		}
		r := row{ID: f.id, Title: f.title, Unit: f.unit, Statistic: f.of.String(), Keepalived: k, Holdfast: h, Parity: f.equal}
		r.Met = f.verdict(k.figure(), h.figure())
		if ratio := h.figure() / k.figure(); !math.IsNaN(ratio) && !math.IsInf(ratio, 0) {
			r.Ratio = &ratio
		}
		if !math.IsNaN(f.aim) {
			r.Aim = &f.aim
		}
		rs = append(rs, r)
	}
	return rs
}

func writeTable(w io.Writer, c circumstances, rs []row, notes []string) error {
	mode := "full"
	if c.Quick {
		mode = "quick"
	}
	fmt.Fprintf(w, "%s, %s mode, %s; Linux %s, %d processors; load %.2f before, %.2f after, %.2g %% of wakings late by a millisecond\n",
		c.When, mode, time.Duration(c.Took*float64(time.Second)).Round(time.Second), c.Kernel, c.CPUs, c.LoadBefore, c.LoadAfter, 100*c.LateShare)
	fmt.Fprintf(w, "keepalived: %s\nholdfast:   %s\n\n", c.Keepalived, c.Holdfast)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "figure\tunit\tstat\tkeepalived\t(p99, n)\tholdfast\t(p99, n)\tratio\taim\tmet")
	for _, r := range rs {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Title, r.Unit, r.Statistic,
			r.Keepalived.cells(), r.Holdfast.cells(), number(r.Ratio), r.aimCell(), r.Met)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range notes {
		fmt.Fprintln(w, "*", n)
	}
	return nil
}

func (v *values) cells() string {
	if v == nil {
		return "-\t-"
	}
	return fmt.Sprintf("%s\t(%s, %d)", number(&v.Figure), number(&v.P99), v.N)
}

func (r row) aimCell() string {
	switch {
	case r.Aim == nil:
		return "-"
	case r.Parity && *r.Aim == noSlower:
		return "parity"
	case r.Parity:
		return "ratio < " + number(r.Aim)
	}
	return "< " + number(r.Aim)
}

// number shows three significant digits, and no exponent.
func number(v *float64) string {
	if v == nil {
		return "-"
	}
	digits := 2
	if a := math.Abs(*v); a > 0 {
		digits = min(max(2-int(math.Floor(math.Log10(a))), 0), 3)
	}
	return strconv.FormatFloat(*v, 'f', digits, 64)
}

func writeJSON(w io.Writer, c circumstances, rs []row, notes []string) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		circumstances
		Rows  []row    `json:"rows"`
		Notes []string `json:"notes"`
	}{c, rs, notes})
}
