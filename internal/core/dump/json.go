package dump

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"holdfast/conf"
	"holdfast/vrrp"
)

// JSON gives keepalived's JSON file in its first layout: an array with an object for each instance that is run, on one
// line. Keys stand in keepalived's order, and those of options only where these are set.
func JSON(cfg *conf.Config, m *Machine) []byte {
	p := partiesOf(cfg, m)
	out := []byte{'['}
	for _, in := range cfg.Instances {
		s, ok := m.standing(in)
		if !ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		var data, stats object
		data.instance(p, in, m, &s)
		stats.counters(&s.Stats)
		out = append(append(out, `{"data":{`...), data...)
		out = append(append(out, `},"stats":{`...), stats...)
		out = append(out, "}}"...)
	}
	return append(out, "]\n"...)
}

// object is the inside of a JSON object.
type object []byte

func (o *object) raw(key, value string) {
	if len(*o) > 0 {
		*o = append(*o, ',')
	}
	*o = append(append(append(*o, quote(key)...), ':'), value...)
}

func (o *object) text(key, v string) { o.raw(key, quote(v)) }

func (o *object) num(key string, v int64) { o.raw(key, strconv.FormatInt(v, 10)) }

func (o *object) flag(key string, v bool) { o.raw(key, strconv.FormatBool(v)) }

// bit is a flag that keepalived has as a number.
func (o *object) bit(key string, v bool) { o.raw(key, either(v, "1", "0")) }

func (o *object) seconds(key string, d time.Duration) {
	o.raw(key, strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
}

// list is left out if it is empty.
func (o *object) list(key string, values []string) {
	if len(values) == 0 {
		return
	}
	b := []byte{'['}
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, quote(v)...)
	}
	o.raw(key, string(append(b, ']')))
}

// quote gives a string in quotation marks. compat: keepalived escapes the slash.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""` // does not happen: any string can be encoded
	}
	return string(bytes.ReplaceAll(bytes.TrimSuffix(b.Bytes(), []byte("\n")), []byte("/"), []byte(`\/`)))
}

func (o *object) instance(p *parties, in *conf.Instance, m *Machine, s *Standing) {
	o.text("iname", in.Name)
	o.bit("dont_track_primary", in.DontTrackPrimary.V)
	o.bit("skip_check_adv_addr", in.SkipCheckAdvAddr.V)
	o.bit("strict_mode", in.Strict.V)
	o.text("vmac_ifname", "")
	o.text("ifp_ifname", in.Interface.V)
	o.num("master_priority", int64(s.PeerPriority))
	o.raw("last_transition", micros(s.Since))
	o.num("garp_delay", whole(in.GARP.MasterDelay.V))
	o.num("garp_refresh", whole(in.GARP.MasterRefresh.V))
	o.num("garp_rep", int64(in.GARP.MasterRepeat.V))
	o.num("garp_refresh_rep", int64(in.GARP.MasterRefreshRepeat.V))
	o.num("garp_lower_prio_delay", whole(in.GARP.LowerPrioDelay.V))
	o.num("garp_lower_prio_rep", int64(in.GARP.LowerPrioRepeat.V))
	o.bit("lower_prio_no_advert", in.LowerPrioNoAdvert.V)
	o.bit("higher_prio_send_advert", in.HigherPrioSendAdvert.V)
	o.num("vrid", int64(in.VRID.V))
	o.num("base_priority", int64(in.Priority.V))
	o.num("effective_priority", int64(s.Conditions.Priority))
	o.flag("vipset", s.State == vrrp.Master)
	o.flag("promote_secondaries", in.PromoteSecondaries.V)
	o.seconds("adver_int", in.AdvertInt.V)
	o.seconds("master_adver_int", in.AdvertInt.V)
	o.bit("accept", in.Accept.V)
	o.flag("nopreempt", in.NoPreempt.V)
	o.num("preempt_delay", whole(in.PreemptDelay.V))
	o.num("state", int64(s.State))
	o.num("wantstate", int64(stateNumber(p.wanted(in, s, true))))
	o.num("version", int64(in.Version.V))
	o.flag("smtp_alert", in.SMTPAlert.V)
	o.flag("notify_deleted", in.NotifyDeleted.Set())
	o.scripts(m, &in.Notify)
	o.lists(p, in, m)
	o.num("auth_type", int64(in.AuthType.V))
	if in.AuthType.V != conf.AuthNone {
		o.text("auth_data", "********") // as keepalived has it since 2.3.5: this file is made to be handed on
	}
}

func (o *object) scripts(m *Machine, n *conf.Notify) {
	for _, s := range []struct {
		key string
		c   *conf.Command
	}{
		{"script_backup", n.Backup},
		{"script_master", n.Master},
		{"script_fault", n.Fault},
		{"script_stop", n.Stop},
		{"script_deleted", n.Deleted},
		{"script", n.Any},
		{"script_master_rx_lower_pri", n.MasterRxLowerPri},
	} {
		if prog, ok := m.program(s.c); ok {
			o.text(s.key, quoted(prog.Argv))
		}
	}
}

func (o *object) lists(p *parties, in *conf.Instance, m *Machine) {
	addrs := func(list []conf.Address) (out []string) {
		for i := range list {
			out = append(out, address(in, &list[i])+installed(m, in, &list[i]))
		}
		return out
	}
	o.list("vips", addrs(in.Addresses))
	o.list("evips", addrs(in.Excluded))
	var links, commands []string
	for _, l := range p.links(in) {
		links = append(links, l.Name)
	}
	for _, r := range p.followed(in) {
		for _, s := range p.scripts {
			if prog, ok := m.program(s.Command); ok && s.Name == r.Name {
				commands = append(commands, quoted(prog.Argv))
			}
		}
	}
	o.list("track_ifp", links)
	o.list("track_script", commands)
}

func (o *object) counters(s *vrrp.Stats) {
	for _, c := range []struct {
		key string
		n   uint64
	}{
		{"advert_rcvd", received(s)},
		{"advert_sent", s.Sent},
		{"become_master", s.BecameMaster},
		{"release_master", s.ReleasedMaster},
		{"packet_len_err", s.Rejected[vrrp.BadLength]},
		{"advert_interval_err", s.Rejected[vrrp.BadInterval]},
		{"ip_ttl_err", s.Rejected[vrrp.BadTTL]},
		{"invalid_type_rcvd", s.Rejected[vrrp.BadType]},
		{"addr_list_err", addrList(s)},
		{"invalid_authtype", s.Rejected[vrrp.BadAuthType]},
		{"authtype_mismatch", s.Rejected[vrrp.AuthMismatch]},
		{"auth_failure", authFailure(s)},
		{"pri_zero_rcvd", s.ZeroReceived},
		{"pri_zero_sent", s.ZeroSent},
	} {
		o.raw(c.key, strconv.FormatUint(c.n, 10))
	}
}

// micros is a moment in seconds since the epoch, with six decimals.
func micros(at time.Time) string {
	if at.IsZero() {
		return "0.000000"
	}
	us := strconv.Itoa(at.Nanosecond()/1000 + 1_000_000)
	return strconv.FormatInt(at.Unix(), 10) + "." + us[1:]
}

func stateNumber(name string) vrrp.State {
	for s := vrrp.Init; s <= vrrp.Fault; s++ {
		if s.String() == name {
			return s
		}
	}
	return vrrp.Init
}
