package conf

import (
	"strings"

	"holdfast/conf/diag"
)

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
		who := "(" + in.Name + ") "
		if strings.HasPrefix(compat, ":") {
			who = "(" + in.Name + ")"
		}
		l.Add(of(in, about(at, "strict-mode", summary, who+compat, effect)))
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
	if owner {
		in.OwnerIgnoreAdverts.V = true
	}
	strictLinks(in, say)
	switch {
	case !in.Accept.Set():
		in.Accept.V = owner
	case in.Accept.V && in.Version.V == 2 && !owner:
		say(in.Accept.At, "strict mode: VRRP version 2 knows no accept", "warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting",
			"packets to virtual addresses are dropped")
		in.Accept.V = false
	}
}

// strictLinks does the same for the link that an instance makes and for what it advertises.
func strictLinks(in *Instance, say func(at diag.Span, summary, compat, effect string)) {
	if in.XmitBase.V && in.VMAC != nil {
		say(in.XmitBase.At, "strict mode: adverts go out by the link with the virtual MAC address",
			"xmit_base is incompatible with strict mode - resetting", "vmac_xmit_base is ignored")
		in.XmitBase = Value[bool]{}
	}
	if v := in.VMAC; v != nil && v.MAC.Set() {
		say(v.MAC.At, "strict mode: the MAC address goes by the VRID (RFC 9568 §7.3)",
			": cannot specify MAC address with strict mode - clearing", "the address goes by the VRID")
		v.MAC = Value[MAC]{}
	}
	if v := in.HMAC; v != nil {
		v.Mode.V = HMACEnforce
	}
	if len(in.Addresses) > 0 {
		if a := in.Addresses[0]; a.Prefix.Addr().Is6() && !a.Prefix.Addr().IsLinkLocalUnicast() {
			say(a.At, "strict mode: the first IPv6 address is link-local (RFC 9568 §5.2.9)",
				"the first IPv6 VIP address must be link local", "it runs all the same")
		}
	}
}
