package fou

import (
	"maps"
	"testing"

	"github.com/mdlayher/netlink"

	"holdfast/internal/core/realserver"
	"holdfast/internal/host/mem"
	"holdfast/test/guest/uml"
)

type ports interface {
	Ports() (map[realserver.Port]bool, error)
	OpenPort(p realserver.Port) error
	ClosePort(p realserver.Port) error
}

// contract is what the kernel and the ports in memory have in common.
func contract(t *testing.T, k ports) {
	t.Helper()
	four, six := realserver.Port{Number: 6080}, realserver.Port{Number: 6080, Six: true}
	expect := func(want map[realserver.Port]bool) {
		t.Helper()
		if got, err := k.Ports(); err != nil || !maps.Equal(got, want) {
			t.Errorf("open are %v, %v; want %v", got, err, want)
		}
	}
	expect(nil)
	for _, p := range []realserver.Port{four, six} {
		if err := k.OpenPort(p); err != nil {
			t.Fatal(err)
		}
	}
	expect(map[realserver.Port]bool{four: true, six: true})
	if err := k.OpenPort(four); err == nil {
		t.Error("a port is opened twice")
	}
	if err := k.ClosePort(four); err != nil {
		t.Error(err)
	}
	expect(map[realserver.Port]bool{six: true})
	if err := k.ClosePort(four); err == nil {
		t.Error("a port is closed twice")
	}
	if err := k.ClosePort(six); err != nil {
		t.Error(err)
	}
	expect(nil)
}

func TestContractInMemory(t *testing.T) { contract(t, &mem.Ports{}) }

// The guest's kernel has the module.
func TestContractOfTheKernel(t *testing.T) {
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("kernel", func(t *testing.T) { contract(t, Kernel{}) })
	})
}

// A kernel without the module has no ports, and says so only when one is wanted.
func TestWithoutModule(t *testing.T) {
	if c, err := Open(); err == nil {
		c.Close()
		t.Skip("needs a kernel without the module fou")
	}
	if got, err := (Kernel{}).Ports(); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
	if err := (Kernel{}).OpenPort(realserver.Port{Number: 6080}); err == nil {
		t.Error("a port is opened")
	}
}

// FuzzParse gives the reader of the kernel's answers anything.
func FuzzParse(f *testing.F) {
	e := netlink.NewAttributeEncoder()
	e.Bytes(attrPort, []byte{23, 192})
	e.Uint8(attrAF, 10)
	e.Uint8(attrType, typeGUE)
	b, err := e.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-3])
	f.Fuzz(func(t *testing.T, b []byte) {
		first, gue, err := parse(b)
		again, same, _ := parse(b)
		if err == nil && (first != again || gue != same) {
			t.Errorf("%v %v, then %v %v", first, gue, again, same)
		}
	})
}
