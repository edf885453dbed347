package lvs

import "fmt"

// OpKind says what an Op does.
type OpKind uint8

// The kinds of Op.
const (
	AddService OpKind = iota + 1
	EditService
	DelService // with all its destinations
	AddDest
	EditDest
	DelDest
)

func (k OpKind) String() string {
	switch k {
	case AddService:
		return "add service"
	case EditService:
		return "edit service"
	case DelService:
		return "delete service"
	case AddDest:
		return "add"
	case EditDest:
		return "edit"
	case DelDest:
		return "delete"
	}
	return "?"
}

// Op is one change of the kernel's table. Service is always whole, Dest only where Kind is about a destination: of DelService
// and DelDest only the Key and the address count.
//
// Whoever carries one out takes an addition of what is there for an edit, an edit of what is not there for an addition, and a
// deletion of what is not there for done.
type Op struct {
	Kind    OpKind
	Service Service
	Dest    Dest
}

// String gives the operation as one line, for traces and tests.
func (o Op) String() string {
	switch s := &o.Service; o.Kind {
	case DelService:
		return fmt.Sprintf("%s %s", o.Kind, s.Key)
	case AddService, EditService:
		text := fmt.Sprintf("%s %s %s", o.Kind, s.Key, s.Scheduler)
		if s.Flags&Persistent != 0 {
			text += fmt.Sprintf(" persistent %s mask %#x", s.Timeout, s.Mask)
		}
		if s.Engine != "" {
			text += " engine " + s.Engine
		}
		if f := s.Flags &^ (Persistent | Hashed); f != 0 {
			text += fmt.Sprintf(" flags %#x", uint32(f))
		}
		return text
	case DelDest:
		return fmt.Sprintf("%s %s from %s", o.Kind, o.Dest.Addr, s.Key)
	case AddDest, EditDest:
		d := &o.Dest
		text := fmt.Sprintf("%s %s of %s weight %d", o.Kind, d.Addr, s.Key, d.Weight)
		text += [...]string{" masq", " local", " tunnel", " route", " bypass"}[min(d.Forward, Bypass)]
		if d.Forward == Tunnel && d.Encap != (Encap{}) {
			text += fmt.Sprintf(" type %d port %d checksum %d", d.Encap.Kind, d.Encap.Port, d.Encap.Checksum)
		}
		if d.Upper != 0 || d.Lower != 0 {
			text += fmt.Sprintf(" thresholds %d %d", d.Upper, d.Lower)
		}
		return text
	}
	return o.Kind.String()
}
