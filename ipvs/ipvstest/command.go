package ipvstest

import (
	"net/netip"
	"slices"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/ipvs/internal/abi"
)

// dump answers a question for all of a kind.
func (k *Kernel) dump(command uint8, b []byte) (bodies [][]byte, errno syscall.Errno) {
	switch command {
	case abi.CmdGetService:
		for _, s := range k.services {
			bodies = append(bodies, s.body())
		}
	case abi.CmdGetDest:
		top, ok := parse(b)
		if !ok {
			return nil, unix.EINVAL
		}
		key, _, errno := parseService(top[abi.AttrService], false)
		if errno != 0 {
			return nil, 0 // the kernel takes it for a service without destinations
		}
		if s := k.find(key.serviceKey); s != nil {
			for _, d := range s.dests {
				bodies = append(bodies, d.body())
			}
		}
	case abi.CmdGetDaemon:
		for _, d := range k.daemons {
			bodies = append(bodies, d.body())
		}
	default:
		return nil, unix.EOPNOTSUPP
	}
	return bodies, 0
}

// do carries out any other command.
func (k *Kernel) do(command uint8, b []byte) ([][]byte, syscall.Errno) {
	top, ok := parse(b)
	if !ok {
		return nil, unix.EINVAL
	}
	switch command {
	case abi.CmdGetService:
		key, _, errno := parseService(top[abi.AttrService], false)
		if errno != 0 {
			return nil, errno
		}
		if s := k.find(key.serviceKey); s != nil {
			return [][]byte{s.body()}, 0
		}
		return nil, unix.ESRCH
	case abi.CmdGetInfo:
		return [][]byte{body(abi.CmdSetInfo, func(ae *netlink.AttributeEncoder) {
			ae.Uint32(abi.InfoVersion, 0x010201)
			ae.Uint32(abi.InfoConnTab, 4096)
		})}, 0
	case abi.CmdGetConfig:
		return [][]byte{body(abi.CmdSetConfig, func(ae *netlink.AttributeEncoder) {
			for i, t := range k.timeouts {
				ae.Uint32(uint16(abi.AttrTimeoutTCP+i), t)
			}
		})}, 0
	case abi.CmdSetConfig:
		return nil, k.setTimeouts(top)
	case abi.CmdNewDaemon:
		return nil, k.start(top[abi.AttrDaemon])
	case abi.CmdDelDaemon:
		return nil, k.stop(top[abi.AttrDaemon])
	case abi.CmdFlush:
		k.services = nil
		return nil, 0
	}
	if command == abi.CmdZero && !top.all(abi.AttrService) {
		for _, s := range k.services {
			s.zero()
		}
		return nil, 0
	}
	return nil, k.change(command, top)
}

// maxTimeout is INT_MAX / HZ.
const maxTimeout = 0x7fffffff / 100

func (k *Kernel) setTimeouts(a attrs) syscall.Errno {
	for i := range k.timeouts {
		if a.u32(uint16(abi.AttrTimeoutTCP+i)) > maxTimeout {
			return unix.EINVAL
		}
	}
	for i := range k.timeouts {
		if t := a.u32(uint16(abi.AttrTimeoutTCP + i)); t != 0 {
			k.timeouts[i] = t
		}
	}
	return 0
}

type daemon struct {
	state, syncID uint32
	ifn           string
	maxLen, port  uint16
	ttl           uint8
	group         netip.Addr
}

// start starts a sync daemon, on the one interface that every host has.
func (k *Kernel) start(b []byte) syscall.Errno {
	a, ok := parse(b)
	if !ok || !a.all(abi.DaemonState, abi.DaemonMcastIfn, abi.DaemonSyncID) || k.mixed() {
		return unix.EINVAL
	}
	d := &daemon{
		state: a.u32(abi.DaemonState), syncID: a.u32(abi.DaemonSyncID), ifn: a.text(abi.DaemonMcastIfn), maxLen: a.u16(abi.DaemonSyncMaxlen),
		port: a.u16(abi.DaemonPort), ttl: a.u8(abi.DaemonTTL), group: netip.AddrFrom4([4]byte{224, 0, 0, 81}),
	}
	for _, kind := range []uint16{abi.DaemonGroup, abi.DaemonGroup6} {
		if g, ok := netip.AddrFromSlice(a[kind]); ok {
			d.group = g
		}
	}
	switch {
	case d.state != 1 && d.state != 2, !d.group.IsMulticast():
		return unix.EINVAL
	case d.ifn != "lo":
		return unix.ENODEV
	case d.state == 1 && d.group.Is6():
		return unix.ENETUNREACH // nothing routes that through lo
	case slices.ContainsFunc(k.daemons, func(x *daemon) bool { return x.state == d.state }):
		return unix.EEXIST
	}
	const most = 1500 - 20 - 8
	if d.maxLen == 0 {
		d.maxLen = most
	}
	if d.state == 2 {
		d.maxLen = max(d.maxLen, 1024)
	}
	if d.port == 0 {
		d.port = 8848
	}
	d.ttl = max(d.ttl, 1)
	k.daemons = append(k.daemons, d)
	slices.SortFunc(k.daemons, func(x, y *daemon) int { return int(x.state) - int(y.state) })
	return 0
}

func (k *Kernel) stop(b []byte) syscall.Errno {
	a, ok := parse(b)
	if !ok || !a.all(abi.DaemonState) {
		return unix.EINVAL
	}
	at := slices.IndexFunc(k.daemons, func(d *daemon) bool { return d.state == a.u32(abi.DaemonState) })
	if at < 0 {
		return unix.ESRCH
	}
	k.daemons = slices.Delete(k.daemons, at, at+1)
	return unix.EINTR // as one whose thread has not run yet
}

func (d *daemon) body() []byte {
	return body(abi.CmdNewDaemon, func(ae *netlink.AttributeEncoder) {
		ae.Nested(abi.AttrDaemon, func(ae *netlink.AttributeEncoder) error {
			ae.Uint32(abi.DaemonState, d.state)
			ae.String(abi.DaemonMcastIfn, d.ifn)
			ae.Uint32(abi.DaemonSyncID, d.syncID)
			ae.Uint16(abi.DaemonSyncMaxlen, d.maxLen)
			ae.Uint16(abi.DaemonPort, d.port)
			ae.Uint8(abi.DaemonTTL, d.ttl)
			kind := uint16(abi.DaemonGroup)
			if d.group.Is6() {
				kind = abi.DaemonGroup6
			}
			ae.Bytes(kind, d.group.AsSlice())
			return nil
		})
	})
}
