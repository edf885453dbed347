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
		return realserver.Up(p, r, direct(vips), k.dev)
	}, func(s *site, plan realserver.Plan) (int, error) {
		// What will have been done is known before it is done: a crash in between leaves nothing that cannot be undone.
		if err := s.ledger.write(plan.Record); err != nil {
			return 0, err
		}
		return s.all(plan.Steps)
	})
}

func (k *serving) down(s *site, vips []netip.Addr, out io.Writer) error {
	return k.change(s, out, func(p *realserver.Picture, r realserver.Record, known bool) (realserver.Plan, []realserver.Finding) {
		if !known && len(vips) == 0 {
			return realserver.Plan{}, realserver.Lost(p)
		}
		return realserver.Down(p, r, vips)
	}, func(s *site, plan realserver.Plan) (int, error) {
		done, err := s.all(plan.Steps)
		if err == nil {
			err = s.ledger.write(plan.Record)
		}
		return done, err
	})
}

func direct(ips []netip.Addr) (vips []realserver.VIP) {
	for _, ip := range ips {
		vips = append(vips, realserver.VIP{Addr: ip, Method: realserver.Direct})
	}
	return vips
}

type (
	decision func(p *realserver.Picture, r realserver.Record, known bool) (realserver.Plan, []realserver.Finding)
	deed     func(s *site, plan realserver.Plan) (done int, err error)
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
		p, err = s.look()
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
		if done, failure = act(s, plan); failure != nil {
			failure = errors.Join(failure, s.settle(plan.Record, r))
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

// all carries out steps up to the first that fails, and says how many were done.
func (s *site) all(steps []realserver.Step) (done int, err error) {
	for i, step := range steps {
		if err := s.take(step); err != nil {
			return i, fmt.Errorf("%s: %w", step.Command(), err)
		}
	}
	return len(steps), nil
}

// settle keeps on record what is so after a failure, of what was and of what was to be.
func (s *site) settle(records ...realserver.Record) error {
	p, err := s.look()
	if err != nil {
		return err
	}
	return s.ledger.write(realserver.Merge(records...).Prune(p))
}

func (k *serving) check(s *site, vips []netip.Addr, out io.Writer) error {
	asked := direct(vips)
	if len(vips) == 0 {
		r, _, err := s.ledger.read()
		if err != nil {
			return &statusError{statusAbsent, fmt.Errorf("realserver: %w", err)}
		}
		if asked = r.VIPs(); len(asked) == 0 {
			return &statusError{statusUnusable, errors.New("realserver: check: no virtual address is named, and up was asked for none")}
		}
	}
	p, err := s.look()
	if err != nil {
		return &statusError{statusAbsent, fmt.Errorf("realserver: %w", err)}
	}
	found := realserver.Check(p, asked)
	if _, err := io.WriteString(out, reportText(asked, found)); err != nil {
		return &statusError{statusUnusable, err}
	}
	if len(found) > 0 {
		return &statusError{statusFound, nil}
	}
	return nil
}
