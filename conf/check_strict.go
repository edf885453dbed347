package conf

import "holdfast/conf/diag"

// checkStrict applies what strict mode takes away (RFC 9568 knows none of it).
func checkStrict(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		if in.Strict.V {
			strict(in, l)
		}
	}
}

func strict(in *Instance, l *diag.List) {
	say := func(at diag.Span, summary, compat, effect string) {
		l.Add(of(in, about(at, "strict-mode", summary, "("+in.Name+") "+compat, effect)))
	}
	owner := in.Priority.V == ownerPriority
	if in.State.Set() && (in.State.V == StateMaster) != owner || !in.State.Set() && owner && in.State.V != StateMaster {
		say(in.State.At, "strict mode: only the address owner (priority 255) starts as MASTER",
			"State MASTER must match being address owner", "the priority decides")
		in.State.V = StateBackup
		if owner {
			in.State.V = StateMaster
		}
	}
	if in.AuthType.V != AuthNone {
		say(in.AuthType.At, "strict mode: no authentication", "Strict mode does not support authentication. Ignoring.",
			"adverts are not authenticated")
		in.AuthType, in.AuthPass = Value[AuthType]{}, Value[[8]byte]{}
	}
	if in.PreemptDelay.V > 0 {
		say(in.PreemptDelay.At, "strict mode: no preempt_delay", "preempt_delay is incompatible with strict mode - resetting", "no delay")
		in.PreemptDelay.V = 0
	}
	if in.DownTimerAdverts.V != 3 {
		say(in.DownTimerAdverts.At, "strict mode: down_timer_adverts is 3",
			"down_timer_adverts is incompatible with strict mode - resetting", "3 is used")
		in.DownTimerAdverts.V = 3
	}
	if in.LowerPrioNoAdvert.Set() && !in.LowerPrioNoAdvert.V {
		say(in.LowerPrioNoAdvert.At, "strict mode: no advert in answer to a lower priority",
			"Strict mode requires no lower priority advert. resetting", "none is sent")
	}
	in.LowerPrioNoAdvert.V = true
	if in.HigherPrioSendAdvert.V {
		say(in.HigherPrioSendAdvert.At, "strict mode: no advert in answer to a higher priority",
			"strict mode requires higher_prio_send_advert to be clear. resetting", "none is sent")
		in.HigherPrioSendAdvert.V = false
	}
	if in.GARP.LowerPrioRepeat.Set() && in.GARP.LowerPrioRepeat.V > 0 {
		say(in.GARP.LowerPrioRepeat.At, "strict mode: no announcements in answer to a lower priority",
			"Strict mode requires no repeat garps. resetting", "none are sent")
	}
	in.GARP.LowerPrioRepeat.V, in.GARP.LowerPrioDelay.V = 0, 0
	if !in.Accept.Set() {
		in.Accept.V = owner
	}
}
