package checkd

import (
	"errors"
	"time"

	"holdfast/conf"
)

// setTimeouts changes what a configuration names and puts back what an earlier one had changed. It returns what there is to tell.
// With a kernel that has no IPVS yet it stays a wish.
func (h *hand) setTimeouts(want conf.LVSTimeouts) (line string) {
	before := h.former.Timeouts
	h.wished = nil
	if want == before && want == (conf.LVSTimeouts{}) {
		return ""
	}
	now, err := h.kernel.Timeouts()
	if errors.Is(err, errNoIPVS) {
		h.wished = &want
		return ""
	}
	if err != nil {
		return "IPVS: cannot read the timeouts: " + err.Error()
	}
	pick := func(want, before, now *time.Duration, keep *time.Duration) {
		switch {
		case *want == 0:
			*want, *keep = *before, 0
		case *before == 0:
			*keep = *now
		}
	}
	was := &h.former.Timeouts
	pick(&want.TCP, &before.TCP, &now.TCP, &was.TCP)
	pick(&want.TCPFin, &before.TCPFin, &now.TCPFin, &was.TCPFin)
	pick(&want.UDP, &before.UDP, &now.UDP, &was.UDP)
	if *was != before {
		h.remember()
	}
	if err := h.kernel.SetTimeouts(want); err != nil {
		return "IPVS: cannot set the timeouts: " + err.Error()
	}
	return ""
}

// retryTimeouts sets what waits for the kernel to have IPVS.
func (h *hand) retryTimeouts() {
	if h.wished == nil {
		return
	}
	if line := h.setTimeouts(*h.wished); line != "" {
		h.lines(line)
	}
}
