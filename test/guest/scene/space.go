package scene

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// space is a network namespace. What is made in do belongs to it.
type space struct {
	work chan func()
}

func newSpace() (*space, error) {
	s := &space{make(chan func())}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		ready <- unix.Unshare(unix.CLONE_NEWNET)
		for f := range s.work {
			f()
		}
	}()
	if err := <-ready; err != nil {
		close(s.work)
		return nil, err
	}
	return s, s.do(furnish)
}

func (s *space) close() { close(s.work) }

func (s *space) do(f func() error) (err error) {
	done := make(chan struct{})
	s.work <- func() { err = f(); close(done) }
	<-done
	return err
}

// Addresses of every namespace: 10.2.0.11 to 10.2.0.19 and fd02::11 to fd02::19 on lo for servers; what is sent to 10.8.0.0/24 goes to a
// link that nobody is at.
const servers = 9

func furnish() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return err
	}
	for n := range servers {
		for _, a := range []string{fmt.Sprintf("10.2.0.%d/32", 11+n), fmt.Sprintf("fd02::%d/128", 11+n)} {
			if err := addAddress(lo, a); err != nil {
				return err
			}
		}
	}
	void := &netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Name: "void"}}
	if err := netlink.LinkAdd(void); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(void); err != nil {
		return err
	}
	return addAddress(void, "10.8.0.1/24")
}

func addAddress(l netlink.Link, address string) error {
	a, err := netlink.ParseAddr(address)
	if err != nil {
		return err
	}
	if a.IP.To4() == nil {
		a.Flags = unix.IFA_F_NODAD
	}
	return netlink.AddrAdd(l, a)
}

// link makes a link that nobody is at, with an address.
func (s *space) link(name, address string) error {
	return s.do(func() error {
		l := &netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Name: name, Flags: net.FlagMulticast}}
		if err := netlink.LinkAdd(l); err != nil {
			return err
		}
		if err := addAddress(l, address); err != nil {
			return err
		}
		return netlink.LinkSetUp(l)
	})
}

// address gives lo an address, or takes it away.
func (s *space) address(address string, add bool) error {
	return s.do(func() error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		if add {
			return addAddress(lo, host(address))
		}
		a, err := netlink.ParseAddr(host(address))
		if err != nil {
			return err
		}
		return netlink.AddrDel(lo, a)
	})
}

// cut sends what is for an address of lo into the void instead, or heals that. At no time there is no way at all: the kernel looks
// for its own addresses first.
func (s *space) cut(address string, cut bool) error {
	if !cut {
		if err := s.address(address, true); err != nil {
			return err
		}
	}
	err := s.do(func() error {
		void, err := netlink.LinkByName("void")
		if err != nil {
			return err
		}
		_, dst, err := net.ParseCIDR(host(address))
		if err != nil {
			return err
		}
		r := &netlink.Route{LinkIndex: void.Attrs().Index, Dst: dst, Scope: unix.RT_SCOPE_LINK}
		if cut {
			return netlink.RouteAdd(r)
		}
		return netlink.RouteDel(r)
	})
	if err == nil && cut {
		err = s.address(address, false)
	}
	return err
}

func host(address string) string {
	if net.ParseIP(address).To4() != nil {
		return address + "/32"
	}
	return address + "/128"
}

// output runs a program in the namespace and returns what it says.
func (s *space) output(name string, args ...string) (out []byte, err error) {
	cmd := exec.Command(name, args...)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	err = s.do(cmd.Start)
	w.Close()
	if err != nil {
		r.Close()
		return nil, err
	}
	buf := make([]byte, 4096)
	for {
		n, rerr := r.Read(buf)
		out = append(out, buf[:n]...)
		if rerr != nil {
			break
		}
	}
	r.Close()
	if err = cmd.Wait(); err != nil {
		err = fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return out, err
}
