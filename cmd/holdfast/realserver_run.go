package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"holdfast/internal/core/realserver"
)

func (k *serving) up(s *site, vips []netip.Addr, out io.Writer) error {
	return k.change(s, out, func(p *realserver.Picture, r realserver.Record, _ bool) (realserver.Plan, []realserver.Finding) {
		return realserver.Up(p, r, k.asked(vips))
	}, func(s *site, plan *realserver.Plan) (int, error) {
		// What will have been done is known before it is done: a crash in between leaves nothing that cannot be undone.
		if err := s.ledger.write(plan.Record); err != nil {
			return 0, err
		}
		done, err := s.all(plan)
		if err == nil {
			err = s.ledger.write(plan.Record) // the kernel may have made what we were to make
		}
		return done, err
	})
}

func (k *serving) down(s *site, vips []netip.Addr, out io.Writer) error {
	return k.change(s, out, func(p *realserver.Picture, r realserver.Record, known bool) (realserver.Plan, []realserver.Finding) {
		if !known && len(vips) == 0 {
			return realserver.Plan{}, realserver.Lost(p)
		}
		return realserver.Down(p, r, vips)
	}, func(s *site, plan *realserver.Plan) (int, error) {
		done, err := s.all(plan)
		if err == nil {
			err = s.ledger.write(plan.Record)
		}
		return done, err
	})
}

// asked are virtual addresses with what the flags say about them.
func (k *serving) asked(ips []netip.Addr) (vips []realserver.VIP) {
	for _, ip := range ips {
		vips = append(vips, realserver.VIP{Addr: ip, Method: k.method, Port: k.port, Dev: k.dev})
	}
	return vips
}

type (
	decision func(p *realserver.Picture, r realserver.Record, known bool) (realserver.Plan, []realserver.Finding)
	deed     func(s *site, plan *realserver.Plan) (done int, err error)
)

// change looks, decides and acts, alone on this host.
func (k *serving) change(s *site, out io.Writer, decide decision, act deed) error {
	if !k.dry {
		unlock, err := s.ledger.lock()
		if err != nil {
			return &statusError{statusAbsent, fmt.Errorf("realserver: %w", err)}
		}
		defer unlock()
	}
	r, known, err := s.ledger.read()
	var p *realserver.Picture
	if err == nil {
		p, err = s.look(k.method == realserver.GUE || len(r.Ports) > 0)
	}
	if err != nil {
		return &statusError{statusAbsent, fmt.Errorf("realserver: %w", err)}
	}
	plan, found := decide(p, r, known)
	var text strings.Builder
	var failure error
	switch {
	case k.dry:
		for _, step := range plan.Steps {
			fmt.Fprintln(&text, step.Command())
		}
	default:
		done := 0
		if done, failure = act(s, &plan); failure != nil {
			if err := s.settle(plan.Record, r); done > 0 { // else the record says too much at worst, or could not be written at all
				failure = errors.Join(failure, err)
			}
		}
		for _, step := range plan.Steps[:done] {
			fmt.Fprintln(&text, step)
		}
		if len(plan.Steps)+len(found)+len(plan.Notes) == 0 && failure == nil {
			fmt.Fprintln(&text, "nothing to do")
		}
	}
	for _, note := range plan.Notes {
		fmt.Fprintln(&text, "note:", note)
	}
	text.WriteString(findingsText(found))
	if _, err := io.WriteString(out, text.String()); err != nil {
		return &statusError{statusUnusable, err}
	}
	if failure != nil {
		return &statusError{statusFound, fmt.Errorf("realserver: %w", privileged(failure))}
	}
	if len(found) > 0 {
		return &statusError{statusFound, nil}
	}
	return nil
}

// all carries out the plan's steps up to the first that fails, and says how many were done.
func (s *site) all(plan *realserver.Plan) (done int, err error) {
	for i, step := range plan.Steps {
		found, err := s.take(step)
		if err != nil {
			return i, fmt.Errorf("%s: %w", step.Command(), err)
		}
		if found {
			plan.Record = plan.Record.Found(step.Link)
			plan.Notes = append(plan.Notes, fmt.Sprintf("the kernel has made %s itself; down will not delete it", step.Link))
		}
	}
	return len(plan.Steps), nil
}

// settle keeps on record what is so after a failure, of what was and of what was to be.
func (s *site) settle(records ...realserver.Record) error {
	all := realserver.Merge(records...)
	p, err := s.look(len(all.Ports) > 0)
	if err != nil {
		return err
	}
	return s.ledger.write(all.Prune(p))
}

// findingsText shows findings one below the other.
func findingsText(found []realserver.Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s [%s]\n    effect: %s\n", f.Summary, f.Code, f.Effect)
		for _, c := range f.Mend {
			fmt.Fprintf(&b, "    mend:   %s\n", c)
		}
	}
	return b.String()
}
