package ipvs

import (
	"encoding/binary"

	"github.com/mdlayher/netlink"
)

// encoder writes netlink attributes behind one another (linux/netlink.h, struct nlattr). Its memory can be used for many
// messages: netlink.AttributeEncoder, which it resembles, allocates anew for each and for each nest.
type encoder struct {
	b   []byte
	err error // the first of a nest
}

// attrHeader is the length of struct nlattr, which is also what attributes are aligned to.
const attrHeader = 4

// open begins an attribute and returns where.
func (e *encoder) open(kind uint16) (at int) {
	at = len(e.b)
	e.b = binary.NativeEndian.AppendUint16(append(e.b, 0, 0), kind)
	return at
}

// shut ends the attribute that began there.
func (e *encoder) shut(at int) {
	binary.NativeEndian.PutUint16(e.b[at:], uint16(len(e.b)-at))
	for len(e.b)%attrHeader != 0 {
		e.b = append(e.b, 0)
	}
}

func (e *encoder) Bytes(kind uint16, b []byte) {
	at := e.open(kind)
	e.b = append(e.b, b...)
	e.shut(at)
}

// String ends with a zero byte.
func (e *encoder) String(kind uint16, s string) {
	at := e.open(kind)
	e.b = append(append(e.b, s...), 0)
	e.shut(at)
}

func (e *encoder) Uint8(kind uint16, v uint8) {
	at := e.open(kind)
	e.b = append(e.b, v)
	e.shut(at)
}

func (e *encoder) Uint16(kind, v uint16) {
	at := e.open(kind)
	e.b = binary.NativeEndian.AppendUint16(e.b, v)
	e.shut(at)
}

func (e *encoder) Uint32(kind uint16, v uint32) {
	at := e.open(kind)
	e.b = binary.NativeEndian.AppendUint32(e.b, v)
	e.shut(at)
}

func (e *encoder) Int32(kind uint16, v int32) { e.Uint32(kind, uint32(v)) }

func (e *encoder) Nested(kind uint16, fill func(*encoder) error) {
	at := e.open(kind | netlink.Nested)
	if err := fill(e); err != nil && e.err == nil {
		e.err = err
	}
	e.shut(at)
}
