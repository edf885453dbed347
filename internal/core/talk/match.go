package talk

import "holdfast/conf/pattern"

// matcher looks for a regex in a body of any length, in bounded memory. A body of up to matchWindow bytes is looked at as a whole, when
// it has ended. In a longer one every full window is looked at, and its last matchOverlap bytes stay: a match that
// is longer may be missed where two windows meet.
type matcher struct {
	pattern   *pattern.Pattern
	forbidden bool  // regex_no_match
	from, to  int64 // where a match may begin: from ≤ begin < to; to -1: anywhere

	window  []byte
	base    int64 // where in the body the window begins
	found   bool
	failed  bool
	stopped bool // the body is longer than anybody looks at
}

const (
	matchWindow  = 64 << 10
	matchOverlap = 4 << 10 // compat: as much as keepalived keeps of a match that may go on
)

func (m *matcher) backtracks() bool { return m != nil && m.pattern.Backtracks() }

// begin begins a body, and gives back what memory the last one took.
func (m *matcher) begin() {
	if m != nil {
		m.window, m.base, m.found, m.failed, m.stopped = nil, 0, false, false, false
	}
}

// stop leaves it at what was found.
func (m *matcher) stop() {
	if m != nil {
		m.stopped = true
	}
}

// add takes a piece of the body.
func (m *matcher) add(b []byte) {
	for m != nil && len(b) > 0 && !m.found && !m.failed {
		n := min(len(b), matchWindow-len(m.window))
		m.window = append(m.window, b[:n]...)
		b = b[n:]
		if len(m.window) < matchWindow {
			return
		}
		if len(b) == 0 {
			return // it may be the end
		}
		m.search(false)
		m.base += matchWindow - matchOverlap
		m.window = append(m.window[:0], m.window[matchWindow-matchOverlap:]...)
	}
}

// end gives the verdict at the end of the body.
func (m *matcher) end() Why {
	if m == nil {
		return Success
	}
	if !m.found && !m.failed {
		m.search(!m.stopped)
	}
	switch {
	case m.failed:
		return RegexFailed
	case m.found == m.forbidden:
		return BadMatch
	}
	return Success
}

// search looks at the window. last says that the body ends with it.
func (m *matcher) search(last bool) {
	from := max(m.from-m.base, 0)
	if m.base > 0 {
		from = max(from, 1) // the byte in front shows that this is not the beginning
	}
	if from > int64(len(m.window)) || m.to >= 0 && m.base+from >= m.to {
		return
	}
	begin, end, err := m.pattern.Find(m.window, int(from))
	switch {
	case err != nil:
		m.failed = true
	case begin < 0, m.to >= 0 && m.base+int64(begin) >= m.to:
	case !last && end >= len(m.window)-1 && m.pattern.WantsEnd(): // $ may stand in front of a last line feed
		// The end of the window is not the end of the text.
	default:
		m.found = true
	}
}
