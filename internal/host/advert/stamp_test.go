package advert

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestArrival(t *testing.T) {
	now := time.Now()
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		moved time.Duration // how far the clock was set since the queue was last empty
		age   time.Duration // of the stamp against the clock as it is now
		want  time.Duration // true age
	}{
		{"just now", 0, 0, 0},
		{"waited", 0, 30 * ms, 30 * ms},
		{"slewed", 3 * ms, 30 * ms, 30 * ms},
		{"stamp from the future", 0, -5 * ms, 0},
		{"set forward before it came", time.Hour, 30 * ms, 30 * ms},
		{"set forward after it came", time.Hour, time.Hour + 30*ms, 30 * ms},
		{"set back before it came", -time.Hour, 30 * ms, 30 * ms},
		{"set back after it came", -time.Hour, 30*ms - time.Hour, 30 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStamper(now)
			s.offset = s.skew(now) - c.moved
			got := s.arrival(now, now.Add(-c.age).UnixNano())
			if d := now.Sub(got); d != c.want {
				t.Errorf("age %v, want %v", d, c.want)
			}
		})
	}
}

func TestSkewOfAnUnsetClock(t *testing.T) {
	s := newStamper(time.Now())
	now := time.Now().Add(time.Hour) // moves both readings alike
	s.empty(now)
	if s.offset > time.Second || s.offset < -time.Second {
		t.Errorf("skew %v after nothing happened", s.offset)
	}
}

func cmsg(level, typ int32, data []byte) []byte {
	b := make([]byte, unix.CmsgSpace(len(data)))
	h := unix.Cmsghdr{Level: level, Type: typ}
	h.SetLen(unix.CmsgLen(len(data)))
	off := unix.CmsgLen(0)
	if off == 16 {
		binary.NativeEndian.PutUint64(b, uint64(h.Len))
	} else {
		binary.NativeEndian.PutUint32(b, uint32(h.Len))
	}
	binary.NativeEndian.PutUint32(b[off-8:], uint32(level))
	binary.NativeEndian.PutUint32(b[off-4:], uint32(typ))
	copy(b[off:], data)
	return b
}

func TestControl(t *testing.T) {
	at := binary.NativeEndian.AppendUint64(nil, 7)
	at = binary.NativeEndian.AppendUint64(at, 5)
	b := cmsg(unix.SOL_IP, unix.IP_TTL, []byte{1, 0, 0, 0})
	b = append(b, cmsg(unix.SOL_SOCKET, unix.SO_TIMESTAMPNS_NEW, at)...)
	b = append(b, cmsg(unix.SOL_SOCKET, unix.SO_RXQ_OVFL, binary.NativeEndian.AppendUint32(nil, 9))...)
	if stamp, lost := control(b); stamp != 7e9+5 || lost != 9 {
		t.Errorf("stamp %d lost %d", stamp, lost)
	}
	if stamp, lost := control(nil); stamp != 0 || lost != 0 {
		t.Errorf("nothing gave %d %d", stamp, lost)
	}
}

func FuzzControl(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(cmsg(unix.SOL_SOCKET, unix.SO_TIMESTAMPNS_NEW, make([]byte, 16)))
	f.Add(cmsg(unix.SOL_SOCKET, unix.SO_RXQ_OVFL, make([]byte, 3)))
	s := newStamper(time.Now())
	f.Fuzz(func(t *testing.T, b []byte) {
		stamp, _ := control(b)
		now := time.Now()
		if at := s.arrival(now, stamp); at.After(now) || stamp > math.MaxInt64/2 && at.Before(now.Add(-time.Hour)) {
			t.Fatalf("stamp %d gave an arrival %v from now", stamp, at.Sub(now))
		}
	})
}
