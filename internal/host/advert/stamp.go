package advert

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel stamps packets with CLOCK_REALTIME, which operators and NTP may set at any moment, while every
// deadline lives on CLOCK_MONOTONIC. So a stamp is turned into an age against the real time of the read
// call, and the age is taken from that call's monotonic time.
//
// If somebody set the clock between arrival and read the age is wrong by the size of the step. The offset
// between the two clocks, remembered from when the queue was last known to be empty, shows that there was a
// step; the packet came either before or after it, and the smaller age that is not negative is believed: it
// is the true one unless the packet waited longer than the step was wide.
type stamper struct {
	base   time.Time     // any instant with both readings
	offset time.Duration // wall minus monotonic when the queue was last empty, relative to base
}

// step is how far the offset must move to be somebody's doing: slewing moves it by half a millisecond a
// second, and a thread stopped between the reading of the two clocks by no more than this as a rule.
const step = 20 * time.Millisecond

func newStamper(now time.Time) stamper { return stamper{base: now} }

// skew returns how far the wall clock has run away from the monotonic one since base.
func (s *stamper) skew(now time.Time) time.Duration {
	return time.Duration(now.UnixNano()-s.base.UnixNano()) - now.Sub(s.base)
}

// empty notes that no packet older than now can come any more.
func (s *stamper) empty(now time.Time) { s.offset = s.skew(now) }

// arrival returns when a packet stamped so (ns, CLOCK_REALTIME) came in, on the clock of now.
func (s *stamper) arrival(now time.Time, stamp int64) time.Time {
	age := time.Duration(now.UnixNano() - stamp)
	if moved := s.skew(now) - s.offset; moved > step || moved < -step {
		before := age - moved // if it came before the clock was set
		if age < 0 || before >= 0 && before < age {
			age = before
		}
	}
	return now.Add(-max(age, 0))
}

// control reads the stamp (ns) and the count of packets lost to a full queue from control messages. A
// missing one is 0.
func control(b []byte) (stamp int64, lost uint32) {
	for len(b) >= unix.SizeofCmsghdr {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			break
		}
		b = rest
		if h.Level != unix.SOL_SOCKET {
			continue
		}
		switch {
		case h.Type == unix.SO_TIMESTAMPNS_NEW && len(data) >= 16: // two 64-bit words on every architecture
			sec := int64(binary.NativeEndian.Uint64(data))
			stamp = sec*int64(time.Second) + int64(binary.NativeEndian.Uint64(data[8:]))
		case h.Type == unix.SO_RXQ_OVFL && len(data) >= 4:
			lost = binary.NativeEndian.Uint32(data)
		}
	}
	return stamp, lost
}
