package checkd

import "time"

// Where more checks are due than the machine can do, to begin them all would help none: each would take longer, until all of them
// time out. So while many attempts are under way others begin as those end. Those wait first that became due last, so that all
// checkers are late by the same. Servers that do not answer must not keep the others waiting: a few attempts begin anyhow.
const (
	crowd   = 512                  // attempts under way that are many
	trickle = 8                    // attempts that begin anyhow …
	pace    = 5 * time.Millisecond // … each time
)

// gate lets attempts begin.
type gate struct {
	shut time.Time // until then only as many begin as end; zero: all may
}

// next is when the loop has to look again whether attempts may begin, of which the first is due at a time.
func (g *gate) next(due time.Time) time.Time {
	if g.shut.After(due) {
		return g.shut
	}
	return due
}

// room is how many attempts may begin now, of which there are so many under way and just so many have ended.
func (g *gate) room(now time.Time, under, ended int) int {
	if under < crowd {
		g.shut = time.Time{}
		return crowd - under
	}
	if now.Before(g.shut) {
		return ended
	}
	g.shut = now.Add(pace)
	return max(ended, trickle)
}
