package uml

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Package is the Debian package that has the kernel and its modules.
const Package = "user-mode-linux"

// kernel is an unpacked package.
type kernel struct {
	dir string // absolute
}

func (k kernel) image() string   { return filepath.Join(k.dir, "usr/bin/linux.uml") }
func (k kernel) modules() string { return filepath.Join(k.dir, "modules") }
func (k kernel) order() string   { return filepath.Join(k.dir, "order") }

// overlay is the module without which the guest has no root to load the others from.
const overlay = "overlay"

// wanted are the modules that the guest loads, each after those that it depends on.
var wanted = strings.Fields(overlay + ` ipv6 veth macvlan ipvlan dummy 8021q vrf bridge tun bonding ifb vxlan ipip sit ip_gre ip6_gre ip6_tunnel
	fou fou6 nf_conntrack nf_nat iptable_filter iptable_nat iptable_mangle ip6table_filter ip6table_mangle xt_mark xt_conntrack
	xt_tcpudp ipt_REJECT ip6t_REJECT
	ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_fo ip_vs_ovf ip_vs_lblc ip_vs_lblcr ip_vs_dh ip_vs_sh ip_vs_mh ip_vs_sed ip_vs_nq
	ip_vs_ftp ip_vs_pe_sip sch_netem sch_htb sch_tbf sch_ingress act_mirred netlink_diag sctp`)

// installed returns the kernel from the cache, and fetches it into there if it is the first who wants it.
func installed() (kernel, error) {
	cache, err := cacheDir()
	if err != nil {
		return kernel{}, err
	}
	lock, err := os.OpenFile(filepath.Join(cache, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return kernel{}, err
	}
	defer lock.Close()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return kernel{}, err
	}
	if have, _ := filepath.Glob(filepath.Join(cache, Package+"_*/order")); len(have) > 0 {
		return kernel{filepath.Dir(have[len(have)-1])}, nil
	}
	return fetch(cache)
}

// Unavailable says that the package could not be had. Whatever else goes wrong is a fault of ours.
type Unavailable struct{ error }

// Error is one line.
func (u Unavailable) Error() string { return strings.Join(strings.Fields(u.error.Error()), " ") }

// Unwrap returns the cause.
func (u Unavailable) Unwrap() error { return u.error }

// Ready has a kernel at hand, and fetches it if there is none. The error is Unavailable if that cannot be done here.
func Ready() error {
	_, err := installed()
	return err
}

func cacheDir() (string, error) {
	user, err := os.UserCacheDir()
	if err != nil {
		user = "/var/cache"
	}
	dir := filepath.Join(user, "holdfast-guest")
	return dir, os.MkdirAll(dir, 0o755)
}

// fetch downloads the package and makes a directory of it, named by the package's version. It installs nothing.
func fetch(cache string) (kernel, error) {
	work, err := workshop(cache)
	if err != nil {
		return kernel{}, err
	}
	defer os.RemoveAll(work)
	if err := command(work, "apt-get", "download", Package); err != nil {
		if command(work, "apt-get", "update") != nil {
			return kernel{}, Unavailable{err}
		}
		if err := command(work, "apt-get", "download", Package); err != nil {
			return kernel{}, Unavailable{err}
		}
	}
	debs, _ := filepath.Glob(filepath.Join(work, Package+"_*.deb"))
	if len(debs) != 1 {
		return kernel{}, fmt.Errorf("apt-get download %s left %d packages", Package, len(debs))
	}
	k := kernel{filepath.Join(work, "k")}
	if err := command(work, "dpkg", "-x", debs[0], k.dir); err != nil {
		return kernel{}, err
	}
	if err := k.prepare(); err != nil {
		return kernel{}, err
	}
	done := kernel{filepath.Join(cache, strings.TrimSuffix(filepath.Base(debs[0]), ".deb"))}
	return done, os.Rename(k.dir, done.dir)
}

// workshop makes a directory to fetch into. What somebody has left who was interrupted goes: the cache is locked.
func workshop(cache string) (string, error) {
	const name = "fetch"
	left, _ := filepath.Glob(filepath.Join(cache, name+"*"))
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return "", err
		}
	}
	return os.MkdirTemp(cache, name)
}

// prepare puts the wanted modules side by side, without what only a debugger reads, and writes the order to load them in. The
// hundred megabytes of the others go.
func (k kernel) prepare() error {
	trees, _ := filepath.Glob(filepath.Join(k.dir, "usr/lib/uml/modules/*"))
	if len(trees) != 1 {
		return fmt.Errorf("%s has %d module directories", Package, len(trees))
	}
	order, err := loadOrder(trees[0], wanted)
	if err != nil {
		return err
	}
	if err := os.Mkdir(k.modules(), 0o755); err != nil {
		return err
	}
	var list bytes.Buffer
	for _, path := range order {
		to := filepath.Join(k.modules(), filepath.Base(path))
		if err := strip(filepath.Join(trees[0], path), to); err != nil {
			return err
		}
		fmt.Fprintln(&list, filepath.Base(path))
	}
	if err := os.RemoveAll(filepath.Join(k.dir, "usr/lib")); err != nil {
		return err
	}
	return os.WriteFile(k.order(), list.Bytes(), 0o644)
}

// strip copies a module without its debugging sections. Without binutils it copies all of it, and the guest starts more slowly.
func strip(from, to string) error {
	if command("", "strip", "-g", "-o", to, from) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
