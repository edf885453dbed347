package table

// Link is one network interface, as far as the daemon cares.
type Link struct {
	Index  int
	Name   string
	Kind   string // IFLA_INFO_KIND: "veth", "macvlan", …; empty for hardware
	MTU    int
	HWAddr [32]byte
	HWLen  int
	Flags  uint32 // IFF_*
	HWType uint16 // ARPHRD_*
	Master int    // ifindex of bridge, bond or VRF; 0 = none
	Parent int    // IFLA_LINK; 0 = none
}

// linux/if.h
const (
	flagUp        = 0x1
	flagLoopback  = 0x8
	flagRunning   = 0x40
	flagNoARP     = 0x80
	flagMulticast = 0x1000
)

// Up reports IFF_UP and IFF_RUNNING: what keepalived calls up.
func (l Link) Up() bool { return l.Flags&(flagUp|flagRunning) == flagUp|flagRunning }

// Loopback reports IFF_LOOPBACK.
func (l Link) Loopback() bool { return l.Flags&flagLoopback != 0 }

// NoARP reports IFF_NOARP: no gratuitous ARP is sent there.
func (l Link) NoARP() bool { return l.Flags&flagNoARP != 0 }

// Multicast reports IFF_MULTICAST.
func (l Link) Multicast() bool { return l.Flags&flagMulticast != 0 }

// UpdateKind says what an Update tells.
type UpdateKind uint8

// The kinds of Update.
const (
	LinkIs   UpdateKind = iota + 1 // the link exists and looks like this
	LinkGone                       // the link was deleted
	AddrIs                         // the address exists and looks like this
	AddrGone                       // the address was deleted
	Resync                         // notifications were lost: read everything again
)

// Update is one thing that the kernel told about links or addresses.
type Update struct {
	Kind UpdateKind
	Link Link // LinkIs, LinkGone
	Addr Addr // AddrIs, AddrGone
}
