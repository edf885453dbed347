package talk

var _ = register("TCP_CHECK", func(a asked) []Call {
	c := a.call(Stream, &a.c.Connection, a.c.Timing.ConnectTimeout.V, Mute{})
	c.TLS = a.secure(nil, "")
	return []Call{c}
})

// Mute is the conversation of TCP_CHECK: there is a connection, and that is all.
type Mute struct{}

// Open says nothing.
func (Mute) Open(uint64) ([]byte, bool) { return nil, true }

// Hear hears nothing.
func (Mute) Hear([]byte, End) ([]byte, bool) { return nil, true }

// Verdict is good.
func (Mute) Verdict() Verdict { return Verdict{OK: true, Code: -1, Declared: -1} }
