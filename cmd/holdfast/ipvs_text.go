package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"holdfast/ipvs"
)

// text writes the table as ipvsadm -Ln does, with --stats or --rate.
//
// compat: column for column as ipvsadm 1.31 writes it.
func (k *listing) text(b *balanced) string {
	var out strings.Builder
	v := b.info.Version
	fmt.Fprintf(&out, "IP Virtual Server version %d.%d.%d (size=%d)\n", v.Major, v.Minor, v.Patch, b.info.TableSize)
	switch {
	case k.stats:
		out.WriteString("Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n  -> RemoteAddress:Port\n")
	case k.rate:
		out.WriteString("Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS\n  -> RemoteAddress:Port\n")
	default:
		out.WriteString("Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n")
	}
	for _, s := range b.services {
		name := fmt.Sprintf("%-4s %s", protocolWord(s.ServiceKey), serviceWord(s.ServiceKey))
		if k.stats || k.rate {
			fmt.Fprintf(&out, "%-33s%s\n", name, k.numbers(s.Stats))
		} else {
			out.WriteString(name + " " + s.Scheduler + serviceFlags(s.Service) + "\n")
		}
		for _, d := range s.dests {
			if k.stats || k.rate {
				fmt.Fprintf(&out, "  -> %-28v%s\n", d.Addr, k.numbers(d.Stats))
			} else {
				fmt.Fprintf(&out, "  -> %-28v %-7s %-6d %-10d %-10d\n", d.Addr, forwardWord(d.Forward), d.Weight, d.Active, d.Inactive)
			}
		}
	}
	return out.String()
}

// syncText writes the sync daemons as ipvsadm -Ln --daemon does: a line each, and nothing where none runs.
//
// compat: as ipvsadm 1.31 writes it, an IPv6 group without brackets.
func (b *balanced) syncText() string {
	var out strings.Builder
	for _, d := range b.daemons {
		fmt.Fprintf(&out, "%v sync daemon (mcast=%s, syncid=%d, maxlen=%d, group=%v, port=%d, ttl=%d)\n",
			d.State, d.Interface, d.SyncID, d.MaxLen, d.Group, d.Port, d.TTL)
	}
	return out.String()
}

func protocolWord(k ipvs.ServiceKey) string {
	if k.IsMark() {
		return "FWM"
	}
	return k.Protocol.String()
}

// serviceWord is the service's address, or its mark; that one as a signed number, as ipvsadm has it.
func serviceWord(k ipvs.ServiceKey) string {
	if !k.IsMark() {
		return k.Addr.String()
	}
	mark := strconv.Itoa(int(int32(k.Mark)))
	if k.Family == ipvs.IPv6 {
		mark += " IPv6"
	}
	return mark
}

// serviceFlags is what stands behind the scheduler: " (sh-port) persistent 300 mask 255.255.255.0 pe sip ops".
func serviceFlags(s ipvs.Service) string {
	var b strings.Builder
	if s.Flags&(ipvs.Sched1|ipvs.Sched2|ipvs.Sched3) != 0 {
		b.WriteString(" (" + strings.Join(schedulerFlags(s), ",") + ")")
	}
	if s.Flags&ipvs.Persistent != 0 {
		fmt.Fprintf(&b, " persistent %d", s.Timeout/time.Second)
		if s.Mask.IsValid() {
			b.WriteString(" mask " + maskWord(s))
		}
		if s.Engine != "" {
			b.WriteString(" pe " + s.Engine)
		}
	}
	if s.Flags&ipvs.OnePacket != 0 {
		b.WriteString(" ops")
	}
	return b.String()
}

// schedulerFlags are the names of the scheduler's flags. Of sh and mh only two have names.
func schedulerFlags(s ipvs.Service) []string {
	names := []string{"flag-1", "flag-2", "flag-3"}
	if s.Scheduler == "sh" || s.Scheduler == "mh" {
		names = []string{s.Scheduler + "-fallback", s.Scheduler + "-port"}
	}
	set := []string{}
	for i, name := range names {
		if s.Flags&(ipvs.Sched1<<i) != 0 {
			set = append(set, name)
		}
	}
	return set
}

// maskWord is the netmask of an IPv4 service, the prefix length of an IPv6 service.
func maskWord(s ipvs.Service) string {
	if s.Family == ipvs.IPv4 {
		return s.Mask.String()
	}
	bits, _ := ipvs.PrefixLen(s.Mask)
	return strconv.Itoa(bits)
}

// forwardWord is ipvsadm's word for a way to forward. For the last, which it cannot set, it has none.
func forwardWord(f ipvs.Forward) string {
	switch f {
	case ipvs.Masquerade:
		return "Masq"
	case ipvs.Local:
		return "Local"
	case ipvs.Tunnel:
		return "Tunnel"
	case ipvs.DirectRoute:
		return "Route"
	case ipvs.Bypass:
		return "Bypass"
	}
	return f.String()
}

func (k *listing) numbers(s ipvs.Stats) string {
	list := []uint64{s.Connections, s.InPackets, s.OutPackets, s.InBytes, s.OutBytes}
	if k.rate {
		list = []uint64{s.ConnectionsPerSec, s.InPacketsPerSec, s.OutPacketsPerSec, s.InBytesPerSec, s.OutBytesPerSec}
	}
	var b strings.Builder
	for _, n := range list {
		b.WriteString(k.number(n))
	}
	return b.String()
}

// number is a number in nine columns, cut to thousands where it has more than eight digits.
func (k *listing) number(n uint64) string {
	for _, u := range []struct {
		from, by uint64
		letter   string
	}{{1e14, 1e12, "T"}, {1e11, 1e9, "G"}, {1e9, 1e6, "M"}, {1e8, 1e3, "K"}} {
		if n >= u.from && !k.exact {
			return fmt.Sprintf("%8d%s", n/u.by, u.letter)
		}
	}
	return fmt.Sprintf(" %8d", n)
}
