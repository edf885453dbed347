package conf

import "holdfast/conf/diag"

// checkPreempt clears nopreempt and preempt_delay where they cannot work.
func checkPreempt(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		checkNoPreempt(in, l)
		if in.TimerExpired.Set() && !in.NoPreempt.V {
			d := of(in, about(in.TimerExpired.At, "needs-nopreempt", "timer_expired_backup needs nopreempt",
				"("+in.Name+") timer_expired_backup requires nopreempt - ignoring", "the instance stays MASTER after a stall"))
			d.Suggest = "add: nopreempt, with state BACKUP"
			l.Add(d)
			in.TimerExpired = Value[uint8]{}
		}
		if in.PreemptDelay.V == 0 {
			continue
		}
		switch {
		case in.NoPreempt.V:
			l.Add(of(in, about(in.PreemptDelay.At, "preempt", "preempt_delay and nopreempt exclude each other",
				"("+in.Name+") preempt_delay is incompatible with nopreempt mode - resetting", "no delay")))
			in.PreemptDelay.V = 0
		case in.State.V == StateMaster:
			l.Add(of(in, about(in.PreemptDelay.At, "preempt", "preempt_delay does not work with state MASTER",
				"("+in.Name+") Warning - preempt delay will not work with initial state MASTER - clearing", "no delay")))
			in.PreemptDelay.V = 0
		}
	}
}

func checkNoPreempt(in *Instance, l *diag.List) {
	if !in.NoPreempt.V {
		return
	}
	switch {
	case in.Priority.V == ownerPriority:
		l.Add(of(in, about(in.NoPreempt.At, "preempt", "nopreempt does not work with priority 255",
			"("+in.Name+") nopreempt is incompatible with priority 255. resetting nopreempt", "the instance preempts")))
	case in.State.V == StateMaster:
		d := of(in, about(in.NoPreempt.At, "preempt", "nopreempt does not work with state MASTER",
			"("+in.Name+") Warning - nopreempt will not work with initial state MASTER - clearing", "the instance preempts"))
		d.Suggest = "say state BACKUP on all nodes"
		l.Add(d)
	default:
		return
	}
	in.NoPreempt.V = false
}
