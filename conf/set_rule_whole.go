package conf

import (
	"strconv"

	"holdfast/conf/syntax"
)

// finish judges the whole line; false drops it.
func (l *ruleLine) finish() bool {
	r, first := &l.r, l.words[0]
	r.IPv6 = l.fam == 6
	if l.rest && l.i < len(l.words) {
		w := l.words[l.i]
		l.mind(w, "extra-words", "'"+w.Text+"' cannot stand here", "Rule has trailing nonsense - WORD", "ignored from here to the end of the line")
	}
	if !r.Action.Set() {
		l.bad(first, "missing-action", "the rule has no action such as table", "No action specified for rule - ignoring")
		return false
	}
	if r.Action.V == RuleGoto && !l.gotoAhead(first) {
		return false
	}
	if !r.NoTrack && r.Protocol.Set() && r.Protocol.V != TrackProtocol {
		l.d.warn(l.n, first, "untrackable", "only rules of protocol 18 (keepalived) can be tracked",
			"Rule cannot be tracked if protocol is not RTPROT_KEEPALIVED(18), resetting protocol", "protocol 18 is used; say no_track to keep yours")
		r.Protocol.V = TrackProtocol
	}
	if r.TrackGroup.Set() && !r.IIF.Set() {
		l.d.fault(l.n, first, "untrackable", "a rule with track_group needs an iif",
			"Static rule cannot have track_group if dev/iif not specified", "the track_group is ignored")
		r.TrackGroup = Value[string]{}
	}
	if !r.Preference.Set() {
		i := 0
		if r.IPv6 {
			i = 1
		}
		r.Preference.V = firstPreference - l.d.rules[i]
		l.d.rules[i]++
		p := strconv.FormatUint(uint64(r.Preference.V), 10)
		l.d.warn(l.n, first, "missing-preference", "the rule has no preference",
			"Rule has no preference specified - setting to "+p+". This is probably not what you want.", p+" is used")
	}
	return true
}

// gotoAhead tells whether a goto leads on, and reports where it does not.
func (l *ruleLine) gotoAhead(first syntax.Word) bool {
	r := &l.r
	to := strconv.FormatUint(uint64(r.Goto.V), 10)
	switch {
	case !r.Preference.Set():
		l.bad(first, "bad-goto", "a rule with goto needs a preference", "Invalid rule - goto target "+to+" specified without preference")
	case r.Preference.V >= r.Goto.V:
		p := strconv.FormatUint(uint64(r.Preference.V), 10)
		l.bad(r.gotoWord(l), "bad-goto", "goto leads back from preference "+p, "Invalid rule - preference "+p+" >= goto target "+to)
	default:
		return true
	}
	return false
}

// gotoWord is the word that names the target.
func (r *Rule) gotoWord(l *ruleLine) syntax.Word {
	for _, w := range l.words {
		if w.At == r.Goto.At {
			return w
		}
	}
	return l.words[0]
}
