package mem

import (
	"holdfast/internal/host/plane"
	"holdfast/ipvs"
	"holdfast/ipvs/ipvstest"
)

// Plane is a table of virtual services in memory: a plane.Conn whose kernel is an ipvstest.Kernel. Kernel.SetFault has
// operations fail; NewPlaneOn gives somebody else a connection to the same table.
type Plane struct {
	*plane.Conn
	Kernel *ipvstest.Kernel
}

// NewPlane returns an empty table.
func NewPlane() *Plane { return NewPlaneOn(ipvstest.New()) }

// NewPlaneOn returns another connection to a table.
func NewPlaneOn(k *ipvstest.Kernel) *Plane {
	c, err := plane.New(func() (*ipvs.Client, error) { return ipvs.New(k.Dial()) })
	if err != nil {
		panic(err) // only a kernel without IPVS refuses, and that one is asked for by plane.New
	}
	return &Plane{Conn: c, Kernel: k}
}
