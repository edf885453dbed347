package play

import (
	"fmt"
	"slices"
	"strings"

	"holdfast/internal/lab/record"
)

// subject is whom a notify script speaks of: an instance by its name, a group by the words that keepalived
// puts before its state.
type subject struct {
	title string // in the table
	head  string // what the script's arguments begin with
}

func instanceOf(in Instance) subject { return subject{in.Name, in.Name + " "} }
func groupOf(u Unit) subject         { return subject{"group " + u.Name, "GROUP " + u.Name + " "} }

// notified expects node's notify script to have been called for the subject with exactly these words, in
// this order.
func notified(who subject, node string, words []string) Check {
	list := func(words []string) string {
		if len(words) == 0 {
			return "nothing"
		}
		return strings.Join(words, ", ")
	}
	return Check{
		Want: fmt.Sprintf("notify on %s for %s: %s", node, who.title, list(words)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			var got []string
			for _, w := range t.Words(node, s) {
				if state, ok := strings.CutPrefix(w, who.head); ok {
					got = append(got, state)
				}
			}
			return Verdict{list(got), slices.Equal(got, words)}
		},
	}
}

// told waits until node's notify script has been called for the subject with the word.
func told(who subject, node, word string) Goal {
	return Goal{
		Text: fmt.Sprintf("%s's notify script to hear %q for %s", node, word, who.title),
		Met: func(t *record.Tape, s record.Span) bool {
			return slices.Contains(t.Words(node, s), who.head+word)
		},
	}
}
