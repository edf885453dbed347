package checkd

import (
	"errors"
	"fmt"
	"time"

	"holdfast/internal/core/lvs"
)

const (
	auditEvery   = time.Second             // how often the kernel's table is read
	auditShare   = 20                      // one that takes long to read is read less often: it may take a twentieth of the time
	auditSoon    = 1500 * time.Millisecond // … but what others change is to be put back within two seconds
	auditMost    = 5                       // … unless that takes more than a fifth of the time
	slowestAudit = 30 * time.Second        // and a kernel that refuses is left alone so long
	auditLines   = 10                      // repairs that are told of one by one within auditSpell
	auditSpell   = 10 * time.Second
)

// audit is what the hand knows of its own looking after the table.
type audit struct {
	sulks map[lvs.Key]sulk // services of which the kernel refused something

	blind bool // the last reading failed, and that was said

	spell  time.Time // when the present one began
	told   int       // in it
	untold int
}

// sulk is how long a service is left alone that the kernel refuses.
type sulk struct {
	until time.Time
	pause time.Duration
}

func newAudit() audit { return audit{sulks: make(map[lvs.Key]sulk)} }

// refused notes that the kernel refused something of a service. What it refuses together counts once.
func (a *audit) refused(k lvs.Key) {
	s := a.sulks[k]
	if s.until.After(time.Now()) {
		return
	}
	s.pause = min(max(2*s.pause, auditEvery), slowestAudit)
	s.until = time.Now().Add(s.pause)
	a.sulks[k] = s
}

// look compares the kernel's table with what it was told and repairs what others changed of ours. It returns when to look again.
func (h *hand) look(now time.Time) time.Duration {
	keys := append([]lvs.Key(nil), h.want.keys()...)
	for _, k := range h.owned.Keys() {
		if h.want.services[k] == nil {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return auditEvery
	}
	began := time.Now()
	have, err := h.kernel.Read(keys...)
	if err != nil {
		if !h.audit.blind && !errors.Is(err, errNoIPVS) {
			h.lines("IPVS: cannot read the table: " + err.Error())
		}
		h.audit.blind = true
		return auditEvery
	}
	h.audit.blind = false
	there := make(map[lvs.Key]*lvs.Entry, len(have))
	for i := range have {
		there[have[i].Service.Key] = &have[i]
	}
	for _, k := range keys {
		if h.audit.sulks[k].until.After(now) {
			continue
		}
		h.mend(k, there[k])
	}
	h.tellUntold(now)
	return auditPause(time.Since(began))
}

// auditPause is how long to wait after a look that took so long.
func auditPause(took time.Duration) time.Duration {
	pause := min(max(auditEvery, auditShare*took), max(auditSoon, auditMost*took))
	return min(pause, slowestAudit)
}

// mend makes one service what it is to be.
func (h *hand) mend(k lvs.Key, have *lvs.Entry) {
	if have != nil && h.want.holds(have) {
		delete(h.audit.sulks, k)
		return
	}
	ops := lvs.Diff(nil, h.want.entry(k), have, &h.owned)
	if len(ops) == 0 {
		delete(h.audit.sulks, k)
		return
	}
	errs := h.apply(ops)
	known := h.audit.sulks[k].pause > 0
	for i, err := range errs {
		if err == nil {
			continue
		}
		h.audit.refused(k)
		if !known {
			h.lines(refusal(ops[i], err))
		}
		return
	}
	delete(h.audit.sulks, k)
	text := "IPVS: " + k.String() + " was not as it had been set, repaired: " + ops[0].String()
	if n := len(ops) - 1; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	h.tellRepair(text)
}

// tellRepair tells of a repair, if there have not been too many of late.
func (h *hand) tellRepair(text string) {
	a := &h.audit
	if now := time.Now(); now.Sub(a.spell) >= auditSpell {
		h.tellUntold(now)
		a.spell, a.told = now, 0
	}
	if a.told++; a.told > auditLines {
		a.untold++
		return
	}
	h.lines(text)
}

func (h *hand) tellUntold(now time.Time) {
	a := &h.audit
	if a.untold > 0 && now.Sub(a.spell) >= auditSpell {
		h.lines(fmt.Sprintf("IPVS: %d more services were not as they had been set, repaired", a.untold))
		a.untold = 0
	}
}
