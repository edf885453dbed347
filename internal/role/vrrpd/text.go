package vrrpd

import (
	"fmt"
	"log/slog"

	"holdfast/internal/core/reason"
	"holdfast/internal/host/logs"
	"holdfast/vrrp"
)

// transition reports whether a state was entered.
func (r *Report) transition() bool { return r.Action.Kind == vrrp.Became }

// describe gives a report keepalived's words (they are what people grep for) and the facts as attributes. An empty
// text means that there is nothing to say.
func describe(p *Plan, r *Report) (level slog.Level, text string, attrs []any) {
	switch r.Action.Kind {
	case vrrp.Became:
		level, text, attrs = describeState(r)
	case vrrp.Observed:
		level, text, attrs = describeNote(&r.Action.Note)
	case vrrp.Send:
		level, text = logs.LevelInfo, "cannot send advert: "+r.Err.Error()
	}
	if text != "" {
		text = "(" + p.VRRP.Name + ") " + text
		attrs = append(attrs, "instance", p.VRRP.Name, "vrid", p.VRRP.VRID)
	}
	return level, text, attrs
}

func describeState(r *Report) (slog.Level, string, []any) {
	a := &r.Action
	attrs := []any{
		"state", a.State.String(), "from", a.From.String(), "priority", r.Prio, "why", reason.Explain(a.Why, r.Grounds),
	}
	switch {
	case a.State == vrrp.Init, a.State == a.From: // compat: of a fault that ends the wait for scripts only they are told
		return logs.LevelInfo, "", nil
	case a.State == vrrp.Backup && a.From == vrrp.Init:
		return logs.LevelInfo, "Entering BACKUP STATE (init)", attrs
	case a.State == vrrp.Fault && a.From == vrrp.Init:
		return logs.LevelInfo, "", nil // the chronicle says it, in its place
	}
	return logs.LevelInfo, "Entering " + a.State.String() + " STATE", attrs
}

// Explain puts the reason of a transition into words.
func Explain(w vrrp.Why) string { return reason.Explain(w, nil) }

// describeNote words what was observed. Levels and texts are those of keepalived 2.2.7.
func describeNote(n *vrrp.Note) (slog.Level, string, []any) {
	const detail, info = logs.LevelDetail, logs.LevelInfo
	attrs := []any{"peer", n.Peer.String()}
	switch n.Kind {
	case vrrp.TimedOut:
		return detail, "Receive advertisement timeout", nil
	case vrrp.DiscardedLower:
		return info, fmt.Sprintf("received lower priority (%d) advert from %s - discarding", n.Prio, n.Peer), attrs
	case vrrp.AnsweredLower:
		return info, fmt.Sprintf("Received advert from %s with lower priority %d, ours %d, forcing new election", n.Peer, n.Prio, n.Ours), attrs
	case vrrp.HeardLower:
		return info, fmt.Sprintf("Received advert from %s with lower priority %d, ours %d", n.Peer, n.Prio, n.Ours), attrs
	case vrrp.HeardHigher:
		return info, fmt.Sprintf("Master received advert from %s with higher priority %d, ours %d", n.Peer, n.Prio, n.Ours), attrs
	case vrrp.HeardHigherAddr:
		return info, fmt.Sprintf("Master received advert from %s with same priority %d but higher IP address than ours", n.Peer, n.Prio), attrs
	case vrrp.HeardOwnAddr:
		return info, fmt.Sprintf("WARNING - equal priority advert received from remote host with our IP address %s", n.Peer), attrs
	case vrrp.TwoOwners:
		return info, "CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, please fix - reducing local priority", attrs
	case vrrp.HeardZero:
		return detail, "Backup received priority 0 advertisement", attrs
	case vrrp.MasterHeardZero:
		return detail, "Master received priority 0 message", attrs
	case vrrp.SentZero:
		return detail, "sent 0 priority", nil
	case vrrp.PriorityChanged:
		return info, fmt.Sprintf("Changing effective priority from %d to %d", n.Prio, n.Ours), nil
	case vrrp.PreemptDelayed:
		return info, fmt.Sprintf("start preempt delay (%.6f)", n.Delay.Seconds()), attrs
	case vrrp.PreemptCancelled:
		return info, "stop preempt delay", attrs
	case vrrp.Rejected:
		return info, describeReject(n), append(attrs, "reason", n.Reason.String())
	}
	return info, "", nil
}

// ipHeader is what keepalived counts into a packet's length.
const ipHeader = vrrp.IPv4HeaderLen

func describeReject(n *vrrp.Note) string {
	switch n.Reason {
	case vrrp.BadLength:
		word := "short"
		if n.Got > n.Want {
			word = "long"
		}
		return fmt.Sprintf("vrrp packet too %s, length %d and expect %d", word, n.Got+ipHeader, n.Want+ipHeader)
	case vrrp.BadTTL:
		return fmt.Sprintf("invalid TTL/HL. Received %d and expect %d", n.Got, n.Want)
	case vrrp.BadVersion:
		return fmt.Sprintf("invalid version. %d and expect %d", n.Got, n.Want)
	case vrrp.BadType:
		return fmt.Sprintf("Invalid packet type. %d and expect %d", n.Got, n.Want)
	case vrrp.BadChecksum:
		return "Invalid VRRPv2 checksum"
	case vrrp.BadAuthType:
		return fmt.Sprintf("Invalid auth type: %d", n.Got)
	case vrrp.AuthMismatch:
		return fmt.Sprintf("received a %d auth, expecting %d!", n.Got, n.Want)
	case vrrp.BadPassword:
		return "received an invalid passwd!"
	case vrrp.BadInterval:
		return fmt.Sprintf("advertisement interval mismatch mine=%d sec rcv'd=%d sec", n.Want, n.Got)
	case vrrp.BadCount:
		return fmt.Sprintf("received an unexpected ip number count %d, expected %d!", n.Got, n.Want)
	case vrrp.BadSPI:
		return "IPSEC-AH : security parameter index is not the sender's address"
	case vrrp.BadICV:
		return "IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !"
	case vrrp.Replayed:
		return fmt.Sprintf("IPSEC-AH : sequence number %d already processed. Packet dropped. Local(%d)", n.Got, n.Want)
	case vrrp.BadAddrs:
		return fmt.Sprintf("ip address associated with VRID %d not present in MASTER advert: %s", n.Got, n.Addr)
	}
	return "advert rejected: " + n.Reason.String()
}
