package ipvs

// Stats are the counters of a service or a destination, and their rates. The kernel refreshes the rates, and what it returns
// for the counters, about every two seconds.
type Stats struct {
	Connections       uint64
	InPackets         uint64 // from clients
	OutPackets        uint64 // to clients; only what comes back through this host is seen
	InBytes           uint64
	OutBytes          uint64
	ConnectionsPerSec uint64
	InPacketsPerSec   uint64
	OutPacketsPerSec  uint64
	InBytesPerSec     uint64
	OutBytesPerSec    uint64
}

// ServiceStatus is a service as the kernel has it.
type ServiceStatus struct {
	Service
	Stats Stats
}

// DestinationStatus is a destination as the kernel has it.
type DestinationStatus struct {
	Destination
	Active     uint32 // established connections
	Inactive   uint32 // other connections
	Persistent uint32 // clients that are kept
	Stats      Stats
}

// Info is what the kernel says of its IPVS.
type Info struct {
	Version   Version
	TableSize uint32 // buckets of the table of connections
}

// Version is IPVS's version.
type Version struct{ Major, Minor, Patch uint8 }
