package super

import (
	"fmt"
	"maps"
	"slices"

	"holdfast/internal/role/bus"
)

// fact is what one role has said for the others to know. It holds until that role says otherwise, whether or not it lives meanwhile.
type fact struct {
	from *child
	text string
}

// learn takes in what a role says and passes it on, but for what is for that role's own next life.
func (p *parent) learn(from *child, subject, text string) {
	if subject == bus.Legacy {
		from.legacy = text
		return
	}
	if p.facts == nil {
		p.facts = make(map[string]fact)
	}
	p.facts[subject] = fact{from, text}
	for _, c := range p.children {
		if c != from && c.ready {
			c.facts.Tell(subject, text)
		}
	}
}

// brief tells a role that has begun its work what is known.
func (p *parent) brief(c *child) {
	for _, subject := range slices.Sorted(maps.Keys(p.facts)) {
		if f := p.facts[subject]; f.from != c {
			c.facts.Tell(subject, f.text)
		}
	}
}

// keepWord says that what a role that died has said still holds.
func (p *parent) keepWord(c *child) {
	n := 0
	for _, f := range p.facts {
		if f.from == c {
			n++
		}
	}
	if n > 0 {
		p.log.Info(fmt.Sprintf("What the %s process has told others (%d subjects) holds until its next life says otherwise", c.spec.Title, n))
	}
}

// unlearn forgets what a role has said that a reload has no use for.
func (p *parent) unlearn(c *child) {
	maps.DeleteFunc(p.facts, func(_ string, f fact) bool { return f.from == c })
}
