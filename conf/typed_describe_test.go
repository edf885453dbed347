package conf_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/conf"
)

func either(v bool, a, b string) string {
	if v {
		return a
	}
	return b
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

// describe words an instance as keepalived's dump does. An empty value stands for a line that must not be there.
func describe(in *conf.Instance) map[string]string {
	m := map[string]string{
		"VRRP Version":                                     strconv.Itoa(int(in.Version.V)),
		"Wantstate":                                        either(in.State.V == conf.StateMaster, "MASTER", "BACKUP"),
		"Virtual Router ID":                                strconv.Itoa(int(in.VRID.V)),
		"Priority":                                         strconv.Itoa(int(in.Priority.V)),
		"Gratuitous ARP delay":                             seconds(in.GARP.MasterDelay.V),
		"Gratuitous ARP repeat":                            strconv.Itoa(in.GARP.MasterRepeat.V),
		"Gratuitous ARP refresh":                           seconds(in.GARP.MasterRefresh.V),
		"Gratuitous ARP refresh repeat":                    strconv.Itoa(in.GARP.MasterRefreshRepeat.V),
		"Gratuitous ARP lower priority delay":              seconds(in.GARP.LowerPrioDelay.V),
		"Gratuitous ARP lower priority repeat":             strconv.Itoa(in.GARP.LowerPrioRepeat.V),
		"Down timer adverts":                               strconv.Itoa(in.DownTimerAdverts.V),
		"Send advert after receive lower priority advert":  either(in.LowerPrioNoAdvert.V, "false", "true"),
		"Send advert after receive higher priority advert": either(in.HigherPrioSendAdvert.V, "true", "false"),
		"Accept":                           either(in.Accept.V, "enabled", "disabled"),
		"Preempt":                          either(in.NoPreempt.V, "disabled", "enabled"),
		"Promote_secondaries":              either(in.PromoteSecondaries.V, "enabled", "disabled"),
		"Using smtp notification":          either(in.SMTPAlert.V, "yes", "no"),
		"Notify deleted":                   either(in.NotifyDeleted.V, "Deleted", "Fault"),
		"Notify priority changes":          either(in.PriorityChanges.V, "true", "false"),
		"Enforcing strict VRRP compliance": either(in.Strict.V, "yes", ""),
		"Using Native IPv6":                either(in.IPv6(), "yes", ""),
		"Advert interval":                  seconds(in.AdvertInt.V) + " sec",
		"Multicast address":                in.McastGroup.V.String(),
		"Kernel rx buffer size":            "",
		"Debug level":                      "",
		"Preempt delay":                    "",
	}
	if in.Version.V == 3 {
		m["Advert interval"] = fmt.Sprintf("%d milli-sec", in.AdvertInt.V/time.Millisecond)
	}
	if d := in.PreemptDelay.V; d > 0 {
		m["Preempt delay"] = strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " secs"
	}
	if in.AuthType.V == conf.AuthPass {
		m["Password"] = strings.TrimRight(string(in.AuthPass.V[:]), "\x00")
	}
	if in.SourceIP.Set() {
		m["Using src_ip"] = in.SourceIP.V.String() + " (from configuration)"
	}
	if in.KernelRxBuf.V > 0 {
		m["Kernel rx buffer size"] = strconv.Itoa(int(in.KernelRxBuf.V))
	}
	if in.Debug.V > 0 {
		m["Debug level"] = strconv.Itoa(in.Debug.V)
	}
	describeLink(in, m)
	describeUnicast(in, m)
	for i := range in.Addresses {
		m["Virtual IP "+strconv.Itoa(i)] = addressText(in, &in.Addresses[i])
	}
	for i := range in.Excluded {
		m["Virtual IP Excluded "+strconv.Itoa(i)] = addressText(in, &in.Excluded[i])
	}
	m["Virtual IP "+strconv.Itoa(len(in.Addresses))] = ""
	m["Virtual IP Excluded "+strconv.Itoa(len(in.Excluded))] = ""
	describeNotify(&in.Notify, m)
	return m
}

// describeLink words the link that an instance has.
func describeLink(in *conf.Instance, m map[string]string) {
	m["Interface"] = in.Interface.V
	m["Use VMAC"], m["MAC"] = "", ""
	m["Use VMAC for VIPs on other interfaces"] = either(in.VMACAddr.V, "yes", "")
	if v := in.VMAC; v != nil {
		m["Use VMAC"] = "i/f name " + v.Name.V + ", xmit_base = " + strconv.FormatBool(in.XmitBase.V)
		m["Interface"] = v.Name.V + ", vmac on " + in.Interface.V + either(in.XmitBase.V, ", xmit base i/f", "")
		if mac := v.MAC.V; v.MAC.Set() {
			m["MAC"] = mac.String()
			if mac.VRIDLast {
				m["MAC"] += fmt.Sprintf(":%02x (using VRID)", in.VRID.V)
			}
		}
	}
	m["Gratuitous ARP for each secondary i/f"] = ""
	other := slices.ContainsFunc(in.Addresses, func(a conf.Address) bool { return a.Dev.V != "" && a.Dev.V != in.Interface.V })
	if in.ExtraGARP.V.Period > 0 && other && (in.VMACAddr.V || in.ExtraGARP.V.All) {
		m["Gratuitous ARP for each secondary i/f"] = seconds(in.ExtraGARP.V.Period)
	}
}

// describeUnicast words what unicast needs.
func describeUnicast(in *conf.Instance, m map[string]string) {
	for _, k := range []string{"Using unicast", "Unicast TTL", "Check unicast src", "Unicast checksum compatibility"} {
		m[k] = ""
	}
	unicast := len(in.UnicastPeers) > 0
	flags := 0
	flag := func(text string) {
		m["Flags "+strconv.Itoa(flags)] = text
		flags++
	}
	switch {
	case unicast:
		flag("Using unicast")
		m["Multicast address"] = ""
		m["Unicast TTL"] = strconv.Itoa(int(in.UnicastTTL.V))
		m["Check unicast src"] = either(in.CheckUnicastSrc.V, "yes", "no")
		m["Unicast checksum compatibility"] = map[conf.OldChecksum]string{
			conf.ChecksumAuto: "no", conf.ChecksumOld: "config", conf.ChecksumNever: "never",
		}[in.OldChecksum.V]
	case in.UnicastAsked.V:
		flag("Unicast config option specified but using multicast")
	}
	if in.FaultNoPeer.V {
		flag("If unicast go to fault state if no peers")
	}
	m["Flags "+strconv.Itoa(flags)] = ""
	m["Unicast Peer "+strconv.Itoa(len(in.UnicastPeers))] = ""
	for i, p := range in.UnicastPeers {
		m["Unicast Peer "+strconv.Itoa(i)] = fmt.Sprintf("%v min_ttl %d max_ttl %d", p.V, p.MinTTL.V, p.MaxTTL.V)
	}
}

func describeNotify(n *conf.Notify, m map[string]string) {
	for k, c := range map[string]*conf.Command{
		"Master": n.Master, "Backup": n.Backup, "Fault": n.Fault, "Stop": n.Stop, "Generic": n.Any, "Deleted": n.Deleted,
		"Master rx lower pri": n.MasterRxLowerPri,
	} {
		k += " state transition script"
		if m[k] = ""; c != nil {
			m[k] = commandText(c)
		}
	}
}

func commandText(c *conf.Command) string {
	argv := append([]string{"/usr" + c.Argv[0]}, c.Argv[1:]...) // keepalived resolves links
	return "'" + strings.Join(argv, "' '") + "'"
}

func addressText(in *conf.Instance, a *conf.Address) string {
	s := a.Written()
	if a.Broadcast.IsValid() {
		s += " brd " + a.Broadcast.String()
	}
	dev := in.Interface.V
	switch {
	case a.Dev.Set() && in.VMACAddr.V:
		dev = fmt.Sprintf("vrrp.%d@%s", in.VRID.V, a.Dev.V)
	case a.Dev.Set():
		dev = a.Dev.V
	case in.VMAC != nil:
		dev = in.VMAC.Name.V + "@" + dev
	}
	s += " dev " + dev + " scope " + map[uint8]string{0: "global", 254: "host", 253: "link"}[a.Scope.V]
	option := func(on bool, word string) { s += either(on, " "+word, "") }
	option(a.Label.Set(), "label "+a.Label.V)
	option(a.Peer.IsValid(), "peer "+a.Peer.String())
	option(a.Home, "home")
	option(a.NoDADWord, "-nodad")
	option(a.MngTmpAddr, "mngtmpaddr")
	option(a.NoPrefixRout, "noprefixroute")
	option(a.AutoJoin, "autojoin")
	option(a.NoTrack, "no_track")
	switch {
	case a.Prefix.Addr().Is4():
	case a.PreferredLft.V == 0:
		option(true, "deprecated")
	case a.PreferredLft.V == 1<<32-1:
		option(true, "preferred_lft forever")
	default:
		option(true, "preferred_lft "+strconv.Itoa(int(a.PreferredLft.V)))
	}
	return s
}

// describeGroup words a sync group.
func describeGroup(cfg *conf.Config, g *conf.SyncGroup) map[string]string {
	m := map[string]string{
		"sync group tracking weight set": either(g.TrackingWeight.V, "yes", ""),
		"Using smtp notification":        either(g.SMTPAlert.V, "yes", "no"),
		"Notify priority changes":        "",
	}
	if g.PriorityChanges.Set() {
		m["Notify priority changes"] = either(g.PriorityChanges.V, "yes", "no")
	}
	for i, name := range g.Members {
		m["VRRP member instances "+strconv.Itoa(i)] = name.V
	}
	describeNotify(&g.Notify, m)
	trackLists(cfg, m, &tracking{g.TrackInterfaces, g.TrackScripts, g.TrackFiles, g.TrackProcesses})
	for i := range len(g.TrackProcesses) + 1 { // keepalived has another heading here
		n := " " + strconv.Itoa(i)
		m["Tracked process"+n] = m["Tracked processes"+n]
		delete(m, "Tracked processes"+n)
	}
	return m
}

func describeScript(s *conf.Script) map[string]string {
	m := map[string]string{
		"Command":  commandText(s.Command),
		"Interval": seconds(s.Interval.V) + " sec",
		"Timeout":  "0 sec", // the interval's
		"Weight":   strconv.Itoa(s.Weight.V) + either(s.Reverse, " reverse", ""),
		"Rise":     strconv.Itoa(s.Rise.V),
		"Fall":     strconv.Itoa(s.Fall.V),
	}
	if s.Timeout.At != s.Interval.At {
		m["Timeout"] = seconds(s.Timeout.V) + " sec"
	}
	return m
}

// tracking is what an instance or a group tracks.
type tracking struct {
	links                     []conf.TrackInterface
	scripts, files, processes []conf.TrackRef
}

// withTracking adds to the instances what they track. Of members of a group keepalived shows no state to begin with.
func withTracking(cfg *conf.Config, got map[string]map[string]string) {
	for _, g := range cfg.Groups {
		for _, member := range g.Members {
			delete(got["VRRP Instance "+member.V], "Wantstate")
		}
	}
	for _, in := range cfg.Instances {
		m := got["VRRP Instance "+in.Name]
		trackLists(cfg, m, &tracking{in.TrackInterfaces, in.TrackScripts, in.TrackFiles, in.TrackProcesses})
	}
}

// trackLists words what is tracked.
func trackLists(cfg *conf.Config, m map[string]string, t *tracking) {
	for i, l := range t.links {
		m["Tracked interfaces "+strconv.Itoa(i)] = l.Name + " weight " + strconv.Itoa(l.Weight) + either(l.Reverse, " reverse", "")
	}
	m["Tracked interfaces "+strconv.Itoa(len(t.links))] = ""
	list := func(head, sign string, refs []conf.TrackRef, own func(string) (int, bool)) {
		m[head+" "+strconv.Itoa(len(refs))] = ""
		for i, r := range refs {
			w, reverse := own(r.Name)
			if r.Weight.Set() {
				w = r.Weight.V
			}
			m[head+" "+strconv.Itoa(i)] = r.Name + sign + strconv.Itoa(w) + either(r.Reversed(reverse), " reverse", "")
		}
	}
	list("Tracked scripts", " weight ", t.scripts, func(name string) (int, bool) {
		s := cfg.Scripts[slices.IndexFunc(cfg.Scripts, func(s *conf.Script) bool { return s.Name == name })]
		return s.Weight.V, s.Reverse
	})
	list("Tracked files", ", weight ", t.files, func(name string) (int, bool) {
		f := cfg.Static.TrackFiles[slices.IndexFunc(cfg.Static.TrackFiles, func(f *conf.TrackFile) bool { return f.Name == name })]
		return f.Weight.V, f.Reverse
	})
	list("Tracked processes", ", weight ", t.processes, func(name string) (int, bool) {
		p := cfg.Static.TrackProcesses[slices.IndexFunc(cfg.Static.TrackProcesses, func(p *conf.TrackProcess) bool { return p.Name == name })]
		return p.Weight.V, p.Reverse
	})
}
