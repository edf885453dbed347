package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"holdfast/conf/syntax"
	"holdfast/internal/core/realserver"
	"holdfast/internal/role/super"
)

func (k *serving) check(s *site, vips []netip.Addr, out io.Writer) error {
	if k.file != "" && len(vips) > 0 {
		return &statusError{statusUnusable, errors.New("realserver: check: --use-file and addresses exclude each other")}
	}
	p, err := s.look(false)
	if err != nil {
		return &statusError{statusAbsent, fmt.Errorf("realserver: %w", err)}
	}
	asked, notes, err := k.subjects(s, p, vips)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(asked, func(v realserver.VIP) bool { return v.Method == realserver.GUE }) {
		if p, err = s.look(true); err != nil {
			return &statusError{statusAbsent, fmt.Errorf("realserver: %w", err)}
		}
	}
	found := realserver.Check(p, asked)
	remedy := ""
	if len(found) > 0 {
		remedy = realserver.Remedy(p, asked)
	}
	if err := k.report(out, asked, found, notes, remedy); err != nil {
		return &statusError{statusUnusable, err}
	}
	if len(found) > 0 {
		return &statusError{statusFound, nil}
	}
	return nil
}

// subjects are the addresses to look at: those that are named, those of a file, or those that up was asked for.
func (k *serving) subjects(s *site, p *realserver.Picture, vips []netip.Addr) (asked []realserver.VIP, notes []string, err error) {
	switch {
	case k.file != "":
		return k.named(p)
	case len(vips) > 0:
		return k.asked(vips), nil, nil
	}
	r, _, err := s.ledger.read()
	if err != nil {
		return nil, nil, &statusError{statusAbsent, fmt.Errorf("realserver: %w", err)}
	}
	if asked = r.VIPs(); len(asked) == 0 {
		return nil, nil, &statusError{statusUnusable, errors.New("realserver: check: no virtual address is named, and up was asked for none")}
	}
	return asked, nil, nil
}

// named are the addresses of a director's configuration.
func (k *serving) named(p *realserver.Picture) ([]realserver.VIP, []string, error) {
	disk := syntax.NewRecorder(super.Disk{})
	if err := readable(disk, k.file); err != nil {
		return nil, nil, err
	}
	cfg, _ := loader(&command{Flags: super.Flags{ConfigID: k.configID}}, 0)(disk, k.file) // "holdfast check" says what is wrong with it
	var own []netip.Addr
	for _, a := range p.Addrs {
		own = append(own, a.Prefix.Addr())
	}
	asked, notes, any := realserver.Named(cfg, own)
	if !any {
		return nil, nil, &statusError{statusFound, fmt.Errorf("realserver: check: no virtual server of %s has a real server with an address of this host", k.file)}
	}
	return asked, notes, nil
}

// report says what was found, and which addresses nothing is wrong with.
func (k *serving) report(out io.Writer, asked []realserver.VIP, found []realserver.Finding, notes []string, remedy string) error {
	if k.json {
		return reportJSON(out, asked, found, notes)
	}
	var b strings.Builder
	b.WriteString(findingsText(found))
	if remedy != "" {
		fmt.Fprintf(&b, "or all at once: %s\n", remedy)
	}
	for _, note := range notes {
		fmt.Fprintln(&b, "note:", note)
	}
	told := faulty(found)
	for _, v := range asked {
		if !told[v.Addr] {
			told[v.Addr] = true // it may come in several ways
			fmt.Fprintf(&b, "%v: ready\n", v.Addr)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// faulty are the addresses that something was found about.
func faulty(found []realserver.Finding) map[netip.Addr]bool {
	ips := map[netip.Addr]bool{}
	for _, f := range found {
		for _, ip := range f.VIPs {
			ips[ip] = true
		}
	}
	return ips
}

// The members of the JSON document: see docs/realserver.schema.json.
type (
	jsonServing struct {
		Version   int           `json:"version"`
		Ready     bool          `json:"ready"`
		Addresses []jsonVIP     `json:"addresses"`
		Findings  []jsonFinding `json:"findings"`
		Notes     []string      `json:"notes"`
	}
	jsonVIP struct {
		Address netip.Addr        `json:"address"`
		Method  realserver.Method `json:"method"`
		Ready   bool              `json:"ready"`
	}
	jsonFinding struct {
		Code       string       `json:"code"`
		Addresses  []netip.Addr `json:"addresses"`
		Interfaces []string     `json:"interfaces"`
		Summary    string       `json:"summary"`
		Effect     string       `json:"effect"`
		Mend       []string     `json:"mend"`
	}
)

func reportJSON(out io.Writer, asked []realserver.VIP, found []realserver.Finding, notes []string) error {
	doc := jsonServing{Version: 1, Ready: len(found) == 0, Addresses: []jsonVIP{}, Findings: []jsonFinding{}, Notes: append([]string{}, notes...)}
	bad := faulty(found)
	for _, v := range asked {
		doc.Addresses = append(doc.Addresses, jsonVIP{v.Addr, v.Method, !bad[v.Addr]})
	}
	for _, f := range found {
		doc.Findings = append(doc.Findings, jsonFinding{f.Code, f.VIPs, append([]string{}, f.Links...), f.Summary, f.Effect, f.Mend})
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}
