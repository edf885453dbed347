package vrrp

// Stats counts what an Instance did and heard since it began.
type Stats struct {
	Received       uint64 // adverts for our VRID, right or wrong
	Sent           uint64
	BecameMaster   uint64
	ReleasedMaster uint64
	ZeroReceived   uint64
	ZeroSent       uint64
	Rejected       [reasons]uint64
}
