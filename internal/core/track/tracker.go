package track

// Status is what is known of a script.
type Status uint8

// The values of Status.
const (
	Unknown Status = iota // no run has ended yet
	OK
	KO
)

// String gives the status as logs and listings have it.
func (s Status) String() string {
	switch s {
	case Unknown:
		return "unknown"
	case OK:
		return "OK"
	case KO:
		return "KO"
	}
	panic("track: unknown status")
}

// Tracker follows the results of one script. The first one decides alone. compat: it does so with init_fail too, which in
// 2.2.7 changes nothing that can be seen: without a result, an unweighted script holds its instances either way.
type Tracker struct {
	rise, fall int
	luck       int // 0 to rise+fall-1; KO below rise
	status     Status
}

// New returns a Tracker that needs rise successes to become OK and fall failures to become KO, each at least 1.
func New(rise, fall int) Tracker { return Tracker{rise: max(rise, 1), fall: max(fall, 1)} }

// Status returns what the results so far amount to.
func (t *Tracker) Status() Status { return t.status }

// Luck is where the Tracker stands between 0, a long row of failures, and rise+fall-1, a long row of successes.
func (t *Tracker) Luck() int { return t.luck }

// Step takes one result in and reports whether it changed the status.
func (t *Tracker) Step(ok bool) (changed bool) {
	was := t.status
	top := t.rise + t.fall - 1
	switch {
	case ok && (was == Unknown || t.luck == t.rise-1):
		t.luck, t.status = top, OK
	case ok:
		t.luck = min(t.luck+1, top)
	case was == Unknown || t.luck == t.rise:
		t.luck, t.status = 0, KO
	default:
		t.luck = max(t.luck-1, 0)
	}
	return t.status != was
}
