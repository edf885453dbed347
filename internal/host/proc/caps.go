package proc

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Cap is one capability, numbered as in linux/capability.h.
type Cap uint8

// The capabilities that roles live on.
const (
	NetBroadcast = Cap(unix.CAP_NET_BROADCAST)
	NetAdmin     = Cap(unix.CAP_NET_ADMIN)
	NetRaw       = Cap(unix.CAP_NET_RAW)
	IPCLock      = Cap(unix.CAP_IPC_LOCK)
	SysAdmin     = Cap(unix.CAP_SYS_ADMIN)
	SysNice      = Cap(unix.CAP_SYS_NICE)

	Chown          = Cap(unix.CAP_CHOWN)
	DACOverride    = Cap(unix.CAP_DAC_OVERRIDE)
	DACReadSearch  = Cap(unix.CAP_DAC_READ_SEARCH)
	FOwner         = Cap(unix.CAP_FOWNER)
	Kill           = Cap(unix.CAP_KILL)
	NetBindService = Cap(unix.CAP_NET_BIND_SERVICE)
	SetGID         = Cap(unix.CAP_SETGID)
	SetUID         = Cap(unix.CAP_SETUID)
	SysPtrace      = Cap(unix.CAP_SYS_PTRACE)
	SysResource    = Cap(unix.CAP_SYS_RESOURCE)
)

var capNames = map[Cap]string{
	NetBroadcast: "CAP_NET_BROADCAST", NetAdmin: "CAP_NET_ADMIN", NetRaw: "CAP_NET_RAW", IPCLock: "CAP_IPC_LOCK",
	SysAdmin: "CAP_SYS_ADMIN", SysNice: "CAP_SYS_NICE", Chown: "CAP_CHOWN", DACOverride: "CAP_DAC_OVERRIDE",
	DACReadSearch: "CAP_DAC_READ_SEARCH", FOwner: "CAP_FOWNER", Kill: "CAP_KILL", NetBindService: "CAP_NET_BIND_SERVICE",
	SetGID: "CAP_SETGID", SetUID: "CAP_SETUID", SysPtrace: "CAP_SYS_PTRACE", SysResource: "CAP_SYS_RESOURCE",
}

func (c Cap) String() string {
	if name := capNames[c]; name != "" {
		return name
	}
	return fmt.Sprintf("capability %d", uint8(c))
}

// Caps is a set of capabilities.
type Caps uint64

// Has reports whether c is in the set.
func (s Caps) Has(c Cap) bool { return c < 64 && s>>c&1 == 1 }

// Effective returns the capabilities that are in effect for the calling thread.
func Effective() (Caps, error) {
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var d [2]unix.CapUserData
	if err := unix.Capget(&h, &d[0]); err != nil {
		return 0, fmt.Errorf("capget: %w", err)
	}
	return Caps(d[0].Effective) | Caps(d[1].Effective)<<32, nil
}

// Missing returns those of want that are not in effect for the calling thread, in the order given.
func Missing(want ...Cap) ([]Cap, error) {
	have, err := Effective()
	if err != nil {
		return nil, err
	}
	var missing []Cap
	for _, c := range want {
		if !have.Has(c) {
			missing = append(missing, c)
		}
	}
	return missing, nil
}

// Keep gives up, in all threads of the process and for good, every capability that is not among these. Programs that it runs as
// root get theirs anew. In a program that is linked with C it cannot: the error is ENOTSUP.
func Keep(caps ...Cap) error {
	have, err := permitted()
	if err != nil {
		return err
	}
	var keep Caps
	for _, c := range caps {
		keep |= 1 << c
	}
	keep &= have
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	d := [2]unix.CapUserData{
		{Effective: uint32(keep), Permitted: uint32(keep)}, {Effective: uint32(keep >> 32), Permitted: uint32(keep >> 32)},
	}
	// Capabilities are a thread's.
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&h)), uintptr(unsafe.Pointer(&d[0])), 0)
	if errno != 0 {
		return fmt.Errorf("capset: %w", errno)
	}
	return nil
}

// permitted returns the capabilities that the calling thread may have.
func permitted() (Caps, error) {
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var d [2]unix.CapUserData
	if err := unix.Capget(&h, &d[0]); err != nil {
		return 0, fmt.Errorf("capget: %w", err)
	}
	return Caps(d[0].Permitted) | Caps(d[1].Permitted)<<32, nil
}
