package lab

import (
	"fmt"
	"path/filepath"

	"holdfast/test/netns/need"
)

const frrWrapper = `
mount --bind "$1" /mnt
mount -t tmpfs t /run
mkdir /run/frr
cp /mnt/frr.conf /run/frr/f.conf
chown -R frr:frr /run/frr
for p in zebra vrrpd; do
	/usr/lib/frr/$p -u frr -g frr -i /run/frr/$p.pid -f /run/frr/f.conf -z /run/frr/z.sock --vty_socket /run/frr -P 0 -A 127.0.0.1 &
done
wait
`

// FRR runs FRR's vrrpd as a router of version 2 with VRID 51 on eth0. It keeps its address on a macvlan with the
// virtual router's hardware address, as it wants it.
func (n *Node) FRR(prio int, vip string) *Daemon {
	n.lab.t.Helper()
	need.FRR(n.lab.t)
	n.ip(
		"link add vrrp4-2-1 link eth0 address 00:00:5e:00:01:33 type macvlan mode bridge",
		"addr add "+vip+"/24 dev vrrp4-2-1",
		"link set vrrp4-2-1 up",
	)
	n.lab.file(n.Name+"/frr.conf", fmt.Sprintf(`interface eth0
 vrrp 51 version 2
 vrrp 51 priority %d
 vrrp 51 advertisement-interval 1000
 vrrp 51 ip %s
exit
`, prio, vip), 0o644)
	return n.launch(Seat{"frr"}, frrWrapper, filepath.Join(n.lab.dir, n.Name))
}
