package check

import (
	"math"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// server is one real server of one service. It is up when no checker has failed and no operator has taken it out.
type server struct {
	id       ServerID
	service  *service
	conf     *conf.RealServer
	checkers []*checker
	slot     *slot

	failing int // checkers that have failed
	order   Order
	weight  uint32 // OrderWeight

	up      bool
	effect  int64   // the weight that was last told; may be negative
	counts  int64   // what of it is in the service's sum
	mourned bool    // that it is down has been told
	was     *server // the one that it was before the reload under way

	leaving *farewell // the last one

	once  bool          // it has been up
	since time.Time     // of its slow_start; zero: none is under way
	risen time.Duration // since then, as of the last step
}

// maxWeight is the kernel's.
const maxWeight = math.MaxInt32

// effective is the weight that the server has when it is up: the configured one and what its checkers add, unless an operator
// says otherwise.
func (r *server) effective() int64 {
	switch r.order {
	case OrderDrain:
		return 0
	case OrderWeight:
		return int64(r.weight)
	}
	w := int64(r.conf.Weight.V)
	for _, c := range r.checkers {
		w += c.contribution()
	}
	return w
}

// clamp is a weight as the kernel takes it.
func clamp(w int64) int64 { return min(max(w, 0), maxWeight) }

// dest is the server as a destination.
func (r *server) dest(weight int64) lvs.Dest {
	return lvs.Dest{
		Addr: r.conf.Address.V, Forward: forward(r.conf.Forward.V), Encap: encap(r.conf.Forward.V, r.conf.Tunnel), Weight: uint32(clamp(weight)),
		Upper: r.conf.UpperThreshold.V, Lower: r.conf.LowerThreshold.V,
	}
}

// recount brings the service's sum and the table up to date with the server.
func (r *server) recount() {
	var counts int64
	if r.up {
		counts = max(r.effect, 0)
	}
	r.service.sum += counts - r.counts
	r.counts = counts
	r.service.spoil(r.slot)
}

// weigh takes a new weight over and tells it. cause may be nil.
func (r *server) weigh(cause *checker, acts []Action) []Action {
	w := r.effective()
	if w == r.effect {
		return acts
	}
	if clamp(w) != clamp(r.effect) {
		rep := r.reportOf(ChangingWeight, cause)
		rep.From, rep.To, rep.Active = clamp(r.effect), clamp(w), r.up
		acts = say(rep, acts)
	}
	r.effect = w
	r.recount()
	return acts
}

// unweigh takes what a checker that has failed had added out of the weight. compat: keepalived does not tell.
func (r *server) unweigh() {
	if w := r.effective(); w != r.effect {
		r.effect = w
		r.recount()
	}
}

// shift counts a checker that has failed or recovered.
func (r *server) shift(by int, cause *checker, acts []Action) []Action {
	r.failing += by
	acts = r.service.alarm(acts)
	return r.settle(cause, acts)
}

// upAfter is whether the server is up once a verdict of c, which may have changed, is counted.
func (r *server) upAfter(c *checker, changed bool) bool {
	failing := r.failing
	switch {
	case changed && c.failed:
		failing++
	case changed:
		failing--
	}
	panics, _, _ := r.service.alarmed(r, failing)
	return r.wellWith(failing, panics)
}

// settle finds out whether the server is up and tells if that has changed. cause may be nil.
func (r *server) settle(cause *checker, acts []Action) []Action {
	up := r.well()
	if up == r.up {
		return acts
	}
	r.up, r.since = up, time.Time{}
	r.recount()
	if up && r.mourned && !r.service.panics {
		r.ascend()
	}
	r.once = r.once || up
	kind, stays := Removing, r.conf.InhibitOnFailure.V
	switch {
	case up && stays:
		kind = Enabling
	case up:
		kind = Adding
	case stays:
		kind = Disabling
	}
	acts = say(r.reportOf(kind, cause), acts)
	if !up {
		return r.mourn(cause, 0, acts)
	}
	r.mourned = false
	acts = run(r.conf.NotifyUp, acts)
	return say(r.reportOf(ServerUp, cause), acts)
}

// mourn notifies that the server is down. An alpha server that was never up is mourned when its first check fails.
func (r *server) mourn(cause *checker, why Leaving, acts []Action) []Action {
	if r.mourned {
		return acts
	}
	r.mourned = true
	acts = run(r.conf.NotifyDown, acts)
	rep := r.reportOf(ServerDown, cause)
	rep.Leaving = why
	return say(rep, acts)
}

func (r *server) status() Status {
	return Status{Up: r.up, In: r.slot.in && !r.service.away, Order: r.order, Weight: r.effective(), Now: r.present(), Failing: r.failing}
}

func (r *server) report(kind ReportKind) *Report {
	rep := r.service.report(kind)
	rep.Real, rep.Addr = r.conf, r.conf.Address.V
	return rep
}

func (r *server) reportOf(kind ReportKind, cause *checker) *Report {
	if cause == nil {
		return r.report(kind)
	}
	return cause.report(kind)
}

// open tells how the server begins, or what a reload has changed about it.
func (r *server) open(notify bool, acts []Action) []Action {
	was := r.was
	r.was = nil
	if was == nil {
		if r.up && r.service.heir {
			r.ascend()
		}
		if r.up && notify {
			acts = run(r.conf.NotifyUp, acts)
			acts = say(r.report(ServerUp), acts)
		}
		return acts
	}
	r.effect, r.up = was.effect, was.up
	r.recount()
	acts = r.weigh(nil, acts)
	return r.settle(nil, acts)
}
