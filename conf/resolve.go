package conf

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"holdfast/conf/diag"
)

// The defaults of the language.
const (
	defaultPriority   = 100
	ownerPriority     = 255
	defaultRepeat     = 5
	defaultBurstDelay = 5 * time.Second
)

// inherit puts from into v unless a file said v.
func inherit[T any](v *Value[T], from Value[T]) {
	if !v.Set() {
		*v = from
	}
}

func otherwise[T any](v *Value[T], def T) { inherit(v, Value[T]{V: def}) }

// resolve puts globals and defaults where no file said anything.
func (d *decoder) resolve() {
	g := &d.cfg.Global
	d.resolveGlobal(g)
	for _, in := range d.cfg.Instances {
		d.resolveInstance(g, in)
	}
	d.resolveGroups(g)
	for _, s := range d.cfg.Scripts {
		otherwise(&s.Interval, time.Second)
		inherit(&s.Timeout, s.Interval)
		otherwise(&s.Rise, 1)
		otherwise(&s.Fall, 1)
	}
	for _, vs := range d.cfg.VirtualServers {
		resolveVirtual(g, vs)
	}
}

func (d *decoder) resolveGlobal(g *Global) {
	otherwise(&g.McastGroup4, netip.AddrFrom4([4]byte{224, 0, 0, 18}))
	otherwise(&g.McastGroup6, netip.MustParseAddr("ff02::12"))
	otherwise(&g.SMTPConnectTimeout, 30*time.Second)
	otherwise(&g.DownTimerAdv, 3)
	otherwise(&g.Version, 2)
	otherwise(&g.DefaultInterface, "eth0")
	otherwise(&g.ChildWaitTime, 5*time.Second)
	otherwise(&g.StartupTimeout, 10*time.Second)
	otherwise(&g.ShutdownTimeout, 10*time.Second)
	otherwise(&g.MinAutoPriorityDelay, 1000000)
	for _, limit := range []*Value[uint32]{&g.VRRPRTLimit, &g.CheckerProcess.RTLimit, &g.BFDProcess.RTLimit} {
		otherwise(limit, 10000)
	}
	if g.ProcessNames.V {
		otherwise(&g.ProcessName, "keepalived") // compat: dumps do not tell
		inherit(&g.VRRPProcessName, Value[string]{"keepalived_vrrp", g.ProcessNames.At})
		inherit(&g.CheckerProcess.Name, Value[string]{"keepalived_lvs", g.ProcessNames.At})
		inherit(&g.BFDProcess.Name, Value[string]{"keepalived_bfd", g.ProcessNames.At})
	}
	otherwise(&g.NFTablesPriority, -1)
	otherwise(&g.NFTablesIPVSStart, 1000)
	otherwise(&g.JSONVersion, 1)
	otherwise(&g.SNMPSocket, "unix:/var/agentx/master")
	otherwise(&g.SNMPVSInterval, 5*time.Second)
	inherit(&g.SNMPRSInterval, g.SNMPVSInterval)
	otherwise(&g.Umask, 0o177)
	repeat, delay, refreshRepeat := defaultRepeat, defaultBurstDelay, 1
	if g.MinGARP.V {
		repeat, delay, refreshRepeat = 1, 0, 0
	}
	otherwise(&g.GARP.MasterRepeat, repeat)
	otherwise(&g.GARP.MasterDelay, delay)
	otherwise(&g.GARP.MasterRefreshRepeat, refreshRepeat)
	inherit(&g.GARP.LowerPrioDelay, g.GARP.MasterDelay)
	inherit(&g.GARP.LowerPrioRepeat, g.GARP.MasterRepeat)
}

// resolveGroups hands down what members leave to their group, and what groups leave to all.
func (d *decoder) resolveGroups(all *Global) {
	for _, g := range d.cfg.Groups {
		inherit(&g.SMTPAlert, all.SMTPAlertVRRP)
		inherit(&g.SMTPAlert, all.SMTPAlert)
		for _, m := range g.Members {
			if in := d.instances[m.V]; in != nil {
				inherit(&in.PriorityChanges, g.PriorityChanges)
			}
		}
	}
	for _, in := range d.cfg.Instances {
		inherit(&in.PriorityChanges, all.NotifyPriority)
	}
}

func (d *decoder) resolveInstance(g *Global, in *Instance) {
	inherit(&in.Version, g.Version)
	otherwise(&in.AdvertInt, time.Second)
	inherit(&in.Strict, g.Strict)
	switch {
	case in.Priority.Set():
	case in.State.V == StateMaster:
		in.Priority = Value[uint8]{V: ownerPriority}
	default:
		in.Priority = Value[uint8]{V: defaultPriority}
	}
	if !in.State.Set() && in.Priority.V == ownerPriority {
		in.State.V = StateMaster
	}
	if in.IPv6() {
		if in.Version.V != 3 {
			in.Version = Value[uint8]{V: 3} // compat: even if the block says 2, above its addresses
		}
		inherit(&in.McastGroup, g.McastGroup6)
	} else {
		inherit(&in.McastGroup, g.McastGroup4)
	}
	inherit(&in.GARP.MasterDelay, g.GARP.MasterDelay)
	inherit(&in.GARP.MasterRepeat, g.GARP.MasterRepeat)
	inherit(&in.GARP.MasterRefresh, g.GARP.MasterRefresh)
	inherit(&in.GARP.MasterRefreshRepeat, g.GARP.MasterRefreshRepeat)
	inherit(&in.GARP.LowerPrioDelay, g.GARP.LowerPrioDelay)
	inherit(&in.GARP.LowerPrioRepeat, g.GARP.LowerPrioRepeat)
	if len(in.UnicastPeers) > 0 && !in.IPv6() {
		otherwise(&in.UnicastTTL, math.MaxUint8)
	}
	inherit(&in.ExtraGARP, g.GARPExtra)
	inherit(&in.ChecksumAsV2, g.ChecksumV2)
	inherit(&in.OwnerIgnoreAdverts, g.OwnerIgnores)
	inherit(&in.DownTimerAdverts, g.DownTimerAdv)
	inherit(&in.LowerPrioNoAdvert, g.LowerPrioNoAd)
	inherit(&in.HigherPrioSendAdvert, g.HigherPrioAd)
	inherit(&in.StepDown, g.StepDown)
	inherit(&in.SkipCheckAdvAddr, g.SkipCheckAdvAddr)
	inherit(&in.SMTPAlert, g.SMTPAlertVRRP)
	inherit(&in.SMTPAlert, g.SMTPAlert)
	otherwise(&in.Accept, true)
	for _, list := range [][]Address{in.Addresses, in.Excluded} {
		for i := range list {
			list[i].resolve()
		}
	}
	d.roundAdvert(in)
}

// resolve gives an IPv6 address its lifetime: a host route is deprecated at once, so that nobody takes it for a source.
func (a *Address) resolve() {
	switch {
	case a.Prefix.Addr().Is4() || a.PreferredLft.Set():
	case a.Prefix.IsSingleIP():
		a.PreferredLft.V = 0
	default:
		a.PreferredLft.V = math.MaxUint32
	}
}

// roundAdvert fits the advert interval to what the protocol version can say.
func (d *decoder) roundAdvert(in *Instance) {
	iv := in.AdvertInt.V
	warn := func(compat, effect string) {
		d.diags.Add(diag.Diagnostic{
			Severity: diag.Warning, Class: diag.ClassConfig, Code: "advert-interval", At: in.AdvertInt.At, Bare: true,
			Summary: fmt.Sprintf("VRRP version %d cannot advertise an interval of %v", in.Version.V, iv),
			Compat:  compat, Effect: effect, In: []diag.Context{in.context()},
		})
	}
	switch {
	case in.Version.V == 2 && iv%time.Second != 0:
		r := max(iv.Round(time.Second), time.Second)
		warn(fmt.Sprintf("(%s) VRRPv2 advertisement interval %ss must be an integer. rounding", in.Name, seconds6(iv)), r.String()+" is used")
		in.AdvertInt.V = r
	case in.Version.V == 3 && iv > 40950*time.Millisecond:
		warn(fmt.Sprintf("(%s) VRRPv3 advertisement interval %.2fs is out of range. Must be less than 40.96s. Setting to 40.95s",
			in.Name, iv.Seconds()), "40.95s is used")
		in.AdvertInt.V = 40950 * time.Millisecond
	case in.Version.V == 3 && iv%(10*time.Millisecond) != 0:
		r := max(iv.Round(10*time.Millisecond), 10*time.Millisecond)
		warn(fmt.Sprintf("(%s) VRRPv3 advertisement interval %ss must be in units of 10ms - rounding", in.Name, seconds6(iv)), r.String()+" is used")
		in.AdvertInt.V = r
	}
}
