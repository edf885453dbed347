package main

import (
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// busy is how many processes compete for the processors while adverts are timed.
const busy = 4

// timing watches masters of both kinds side by side, while busy processes of ordinary rank run.
func (r *run) timing() error {
	spinners, err := spin(busy)
	defer func() {
		for _, c := range spinners {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	}()
	if err != nil {
		return err
	}
	var jobs []func() error
	for range r.pick(2, 4) {
		jobs = append(jobs, r.each(r.timeAdverts)...)
	}
	return together(jobs...)
}

func spin(n int) (list []*exec.Cmd, err error) {
	for range n {
		c := exec.Command("/bin/sh", "-c", "while :; do :; done")
		c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := c.Start(); err != nil {
			return list, err
		}
		list = append(list, c)
	}
	return list, nil
}

func (r *run) timeAdverts(s subject) error {
	p, err := newPair()
	if err != nil {
		return err
	}
	defer p.close()
	a, err := s.start(p.a, pairConf(nodeA, 2, second))
	if err != nil {
		return err
	}
	defer a.close()
	adverts := func() []frame { return p.seen(p.portA, advertFrame, 0) }
	if !r.await(20*time.Second, func() bool { return len(adverts()) > 2 }) {
		return errors.New("advert: never became master: " + a.log())
	}
	r.sleep(time.Duration(r.pick(18, 75)) * time.Second)
	var at []int64
	for _, f := range adverts()[1:] { // the first one comes with the takeover's work
		at = append(at, f.at)
	}
	r.book.add("drift", s, us(drift(at, second)))
	for _, d := range intervals(at) {
		r.book.add("deviation", s, us((d - second).Abs()))
	}
	r.progress("advert %s: %d intervals, drift %.1f us", s.name, len(at)-1, us(drift(at, second)))
	return nil
}
