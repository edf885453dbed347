package realserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
)

// Record is what up has done to a host, for down to undo. The zero value is that of a host where nothing was done.
type Record struct {
	Addresses []Address `json:"addresses"`
	Settings  []Setting `json:"settings"`
	Links     []Link    `json:"links"`
}

// Address is a virtual address that up was asked for.
type Address struct {
	Prefix netip.Prefix `json:"address"`
	Link   string       `json:"interface"`
	Method Method       `json:"method"`
	Added  bool         `json:"added"` // it was not there before
}

// Setting is one of the kernel's settings that up changed.
type Setting struct {
	Path   string `json:"path"` // below /proc/sys
	Before int    `json:"before"`
	Set    int    `json:"set"`
}

// Link is a link that up changed.
type Link struct {
	Name   string `json:"name"`
	Raised bool   `json:"raised"` // it was down before
}

// Method is how packets come from the director.
type Method string

// The methods.
const (
	Direct Method = "direct" // as the client sent them, to the hardware address of the real server
)

var methods = []Method{Direct}

const recordVersion = 1

// file is the form of a record in a file.
type file struct {
	Version int    `json:"version"`
	Boot    string `json:"boot"` // what the kernel calls its present life: settings and addresses do not outlive it
	Record
}

// Text is the record as a file keeps it. boot identifies the life of the kernel.
func (r Record) Text(boot string) []byte {
	r = Record{append([]Address{}, r.Addresses...), append([]Setting{}, r.Settings...), append([]Link{}, r.Links...)} // [], not null
	b, err := json.MarshalIndent(file{recordVersion, boot, r}, "", "\t")
	if err != nil {
		panic(err) // strings, numbers and prefixes can always be written
	}
	return append(b, '\n')
}

// ParseRecord reads what Text wrote. The record of another life of the kernel is empty.
func ParseRecord(text []byte, boot string) (Record, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var f file
	if err := d.Decode(&f); err != nil {
		return Record{}, fmt.Errorf("damaged: %w", err)
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // Token does not wrap it
		return Record{}, fmt.Errorf("damaged: more follows after its end")
	}
	if f.Version != recordVersion {
		return Record{}, fmt.Errorf("its version is %d, and only %d is known here", f.Version, recordVersion)
	}
	if f.Boot == "" {
		return Record{}, fmt.Errorf("damaged: it does not say when it was written")
	}
	if err := f.check(); err != nil {
		return Record{}, fmt.Errorf("damaged: %w", err)
	}
	if f.Boot != boot {
		return Record{}, nil
	}
	return f.Record, nil
}

// check refuses what up would not have written, above all names that lead elsewhere.
func (r Record) check() error {
	for _, a := range r.Addresses {
		if !a.Prefix.IsValid() || a.Prefix.Bits() != a.Prefix.Addr().BitLen() || Fault(a.Prefix.Addr()) != "" {
			return fmt.Errorf("address %v", a.Prefix)
		}
		if !linkName(a.Link) || !slices.Contains(methods, a.Method) {
			return fmt.Errorf("address %v with interface %q and method %q", a.Prefix, a.Link, a.Method)
		}
	}
	for _, s := range r.Settings {
		part := strings.Split(s.Path, "/")
		if len(part) != 5 || !linkName(part[3]) || !slices.Contains(keys, part[4]) || s.Path != path(part[3], part[4]) {
			return fmt.Errorf("setting %q", s.Path)
		}
	}
	for _, l := range r.Links {
		if !linkName(l.Name) {
			return fmt.Errorf("interface %q", l.Name)
		}
	}
	return nil
}

// linkName reports whether the kernel could call a link so (dev_valid_name).
func linkName(s string) bool {
	return s != "" && len(s) < 16 && s != "." && s != ".." && !strings.ContainsAny(s, "/: \t\n\v\f\r")
}

// Empty reports whether there is nothing to undo.
func (r Record) Empty() bool { return len(r.Addresses)+len(r.Settings)+len(r.Links) == 0 }

// VIPs are the addresses that up was asked for, with the method of each.
func (r Record) VIPs() (all []VIP) {
	for _, a := range r.Addresses {
		all = append(all, VIP{a.Prefix.Addr(), a.Method})
	}
	return all
}

func (r Record) clone() Record {
	return Record{slices.Clone(r.Addresses), slices.Clone(r.Settings), slices.Clone(r.Links)}
}

func (r Record) address(ip netip.Addr) int {
	return slices.IndexFunc(r.Addresses, func(a Address) bool { return a.Prefix.Addr() == ip })
}

// Prune returns what of a record is still so on the host: after a step that failed, what was not done need not be undone.
func (r Record) Prune(p *Picture) Record {
	r = r.clone()
	r.Addresses = slices.DeleteFunc(r.Addresses, func(a Address) bool { return !p.has(a) })
	r.Settings = slices.DeleteFunc(r.Settings, func(s Setting) bool {
		now, ok := p.Settings[s.Path]
		return !ok || now == s.Before
	})
	r.Links = slices.DeleteFunc(r.Links, func(l Link) bool {
		now, ok := p.named(l.Name)
		return !ok || now.Flags&flagUp == 0
	})
	return r
}

// has reports whether the host has an address of a record.
func (p *Picture) has(a Address) bool {
	return slices.ContainsFunc(p.places(a.Prefix.Addr()), func(at place) bool {
		return at.on.Name == a.Link && at.Prefix == a.Prefix
	})
}
