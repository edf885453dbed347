package checkd

import (
	"fmt"
	"log/slog"

	"holdfast/internal/core/check"
	"holdfast/internal/host/logs"
)

// describe gives a report keepalived's words (they are what people grep for) and the facts as attributes. f is what the
// attempt found that was the cause; nil if none was.
func describe(r *check.Report, f *finding) []line {
	level, text := logs.LevelInfo, ""
	switch r.Kind {
	case check.Activating:
		text = "Activating healthchecker for service " + rsName(r) + " for VS " + vsName(r)
	case check.Deactivating:
		text = "Deactivating healthchecker for service " + rsName(r) + " for VS " + vsName(r)
	case check.Suspending:
		text = "Suspending healthchecker for service " + rsName(r) + " for VS " + vsName(r)
	case check.Succeeded, check.URLSucceeded, check.CheckFailed, check.CheckRetrying, check.CheckFailedAgain:
		return describeCheck(r, f)
	case check.GainedQuorum, check.LostQuorum, check.StartingQuorumDown:
		text = describeQuorum(r)
	case check.ServerGone:
		text = "service " + rsName(r) + " no longer exist"
	case check.VirtualGone:
		text = "Removing Virtual Server " + vsName(r)
		if r.Virtual.Group.Set() {
			text = "Removing Virtual Server Group [" + r.Virtual.Group.V + "]"
		}
	case check.EntryGone:
		text = "VS [" + entryName(r.Entry, r.Virtual, true) + "] in group " + r.Virtual.Group.V + " no longer exists"
	case check.EntryAdded:
		text = "VS [" + entryName(r.Entry, r.Virtual, false) + "] added into group " + r.Virtual.Group.V
	case check.TooManyServices:
		level = slog.LevelWarn
		text = "virtual server group " + r.Virtual.Group.V + " has more addresses than are served - the rest is left out"
	case check.ServerUp, check.ServerDown, check.QuorumUp, check.QuorumDown:
		return nil
	case check.Arrived:
		text = "VS " + vsName(r) + " follows " + r.Virtual.Follow.V + ", which is MASTER - added"
	case check.Left:
		text = "VS " + vsName(r) + " follows " + r.Virtual.Follow.V + ", which is not MASTER - removed"
	case check.Draining, check.Drained:
		text = describeDrain(r)
	case check.SlowStarting:
		text = fmt.Sprintf("Slow start of service %s of VS %s: weight %d in %s", rsName(r), vsName(r), r.To, r.Most)
	case check.Panicking:
		level = slog.LevelWarn
		text = fmt.Sprintf("VS %s: %d of %d real servers have failed, which is more than panic_threshold %d%% - all stay in", vsName(r), r.Failed, r.Of, r.Virtual.PanicThreshold.V)
	case check.PanicOver:
		text = fmt.Sprintf("VS %s: %d of %d real servers have failed, so those are out again and the panic is over", vsName(r), r.Failed, r.Of)
	default:
		text = describeServer(r)
	}
	return []line{{level, text, attributes(r)}}
}

// describeServer words what happens to a destination.
func describeServer(r *check.Report) string {
	name := rsName(r)
	to, from, of := " to VS "+vsName(r), " from VS "+vsName(r), " of VS "+vsName(r)
	switch r.Kind {
	case check.Adding:
		return "Adding service " + name + to
	case check.Removing:
		if r.Inhibit {
			return "Removing (inhibited) service " + name + from
		}
		return "Removing service " + name + from
	case check.Enabling:
		return "Enabling service " + name + of
	case check.Disabling:
		return "Disabling service " + name + of
	case check.ChangingWeight:
		state := "inactive"
		if r.Active {
			state = "active"
		}
		return fmt.Sprintf("Changing weight from %d to %d for %s service %s%s", r.From, r.To, state, name, of)
	case check.AddingSorry:
		if r.Inhibit {
			return "Enabling sorry server " + name + to
		}
		return "Adding sorry server " + name + to
	case check.RemovingSorry:
		if r.Inhibit {
			return "Disabling sorry server " + name + from
		}
		return "Removing sorry server " + name + from
	case check.AddingAlive:
		return "Adding alive servers to the pool for VS " + vsName(r)
	case check.RemovingAlive:
		return "Removing alive servers from the pool for VS " + vsName(r)
	case check.ShuttingDown:
		if r.Inhibit {
			return "Shutting down (inhibited) service " + name + from
		}
		return "Shutting down service " + name + from
	}
	return fmt.Sprintf("report %d about %s", r.Kind, vsName(r))
}

// describeDrain words what keepalived has not.
func describeDrain(r *check.Report) string {
	name := rsName(r) + " of VS " + vsName(r)
	switch {
	case r.Kind == check.Draining:
		return fmt.Sprintf("Draining service %s for at most %s", name, r.Most)
	case r.Cut:
		return fmt.Sprintf("Service %s still had connections after %s, which is its drain_timeout - removed", name, r.Most)
	}
	return "Service " + name + " has drained"
}

func describeQuorum(r *check.Report) string {
	sign, compare, verb := "-", ">", "Lost quorum"
	switch r.Kind {
	case check.GainedQuorum:
		sign, compare, verb = "+", "<=", "Gained quorum"
	case check.StartingQuorumDown:
		verb = "Starting with quorum down"
	}
	return fmt.Sprintf("%s %d%s%d=%d %s %d for VS %s", verb, r.Quorum, sign, r.Hysteresis, r.Threshold, compare, r.Weight, vsName(r))
}

// attributes are the facts of a report.
func attributes(r *check.Report) []any {
	a := []any{"virtual_server", vsName(r)}
	if r.Addr.IsValid() {
		a = append(a, "real_server", r.Addr.String())
	}
	return a
}
