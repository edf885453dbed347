package sim

import (
	"strings"
	"testing"
	"time"

	"holdfast/vrrp"
)

// settledCluster is a LAN: a is master of VRIDs 1 and 2, which are a group, and of 3, which is not.
func settledCluster(t *testing.T) *world {
	t.Helper()
	w := newWorld(1, false)
	for _, l := range []string{
		"node a vrid=1,prio=150 vrid=2,prio=150 vrid=3,prio=150 group=G:1+2",
		"node b vrid=1,prio=100 vrid=2,prio=100 vrid=3,prio=100 group=G:1+2",
		"start all", "run 10s", "settled",
	} {
		words := strings.Fields(l)
		if err := w.do(words[0], words[1:]); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.check.faults) > 0 {
		t.Fatal(w.check.faults)
	}
	return w
}

// TestEveryInvariantCanFail tells the checker of things that must not happen.
func TestEveryInvariantCanFail(t *testing.T) {
	became := func(from, to vrrp.State) *vrrp.Action { return &vrrp.Action{Kind: vrrp.Became, From: from, State: to} }
	for _, c := range []struct {
		name, want string
		do         func(w *world, k *checker, a, b *node)
	}{
		{"a backup speaks", "sent an advert and is BACKUP", func(_ *world, k *checker, _, b *node) {
			k.sent(b, 2, 100)
			k.after(b)
		}},
		{"a farewell by none", "says farewell in BACKUP", func(_ *world, k *checker, _, b *node) { k.sent(b, 2, 0) }},
		{"another priority", "sends priority 7, which should be 150", func(_ *world, k *checker, a, _ *node) { k.sent(a, 2, 7) }},
		{"an interval left out", "was silent for", func(w *world, k *checker, a, _ *node) {
			w.now += 2 * time.Second
			k.sent(a, 2, 150)
		}},
		{"a faulty member speaks", "although it or its group has a fault", func(_ *world, k *checker, a, _ *node) {
			a.links[0].down = true
			k.judging(a)
			k.sent(a, 0, 150)
		}},
		{"a master without farewell", "without a farewell", func(_ *world, k *checker, a, _ *node) {
			k.became(a, 2, became(vrrp.Master, vrrp.Init))
		}},
		{"a fault that is none", "is FAULT, faulty: false", func(_ *world, k *checker, _, b *node) {
			k.became(b, 2, became(vrrp.Backup, vrrp.Fault))
			k.after(b)
		}},
		{"half a group", "has members in BACKUP and MASTER", func(_ *world, k *checker, _, b *node) {
			b.seats[1].state = vrrp.Master
			k.after(b)
		}},
		{"too early", "too early", func(_ *world, k *checker, _, b *node) { k.became(b, 2, became(vrrp.Backup, vrrp.Master)) }},
		{"a jump", "leaves FAULT, but was BACKUP", func(_ *world, k *checker, _, b *node) { k.became(b, 2, became(vrrp.Fault, vrrp.Backup)) }},
		{"twice the owner", "twice in a row", func(_ *world, k *checker, a, _ *node) { k.owned(a, 2, true) }},
		{"an address without master", "holds the address: true", func(_ *world, k *checker, _, b *node) {
			b.seats[2].owned = true
			k.after(b)
		}},
		{"an announcement by a backup", "which it does not hold", func(_ *world, k *checker, _, b *node) { k.shouted(b, 2) }},
		{"no successor", "although the master said farewell", func(w *world, k *checker, a, b *node) {
			k.believed(b, 2, w.newPacket(a, a.seats[2].router, nil, 3, 0))
			w.now = b.seats[2].owes + 1
			k.oath(b, 2, w.now)
		}},
		{"a sleeper wakes as master", "slept while a master lived", func(w *world, k *checker, a, b *node) {
			b.links[0].socket = append(b.links[0].socket, w.newPacket(a, a.seats[2].router, nil, 3, 150))
			k.waking(b)
			b.seats[2].notBefore = 0
			k.became(b, 2, became(vrrp.Backup, vrrp.Master))
		}},
		{"a sleeper stays master", "does not let go", func(w *world, k *checker, a, b *node) {
			a.links[0].socket = append(a.links[0].socket, w.newPacket(b, b.seats[2].router, nil, 3, 200))
			k.waking(a)
			k.woke(a)
		}},
		{"honest nodes quarrel", "does not believe b about vrid 3: ah_icv", func(w *world, k *checker, a, b *node) {
			k.rejected(a, 2, w.newPacket(b, b.seats[2].router, nil, 3, 100), vrrp.BadICV)
		}},
		{"a late refusal", "refused an advert about vrid 3", func(w *world, k *checker, a, b *node) {
			k.rejected(a, 2, w.newPacket(b, b.seats[2].router, nil, 3, 100), vrrp.Replayed)
			k.settled()
		}},
		{"two masters", "have both been master", func(w *world, k *checker, a, b *node) {
			b.seats[2].state = vrrp.Master
			k.rivals(a, &a.seats[2])
			w.now += 3 * time.Second
			k.rivals(a, &a.seats[2])
		}},
		{"the wrong master", "a is master, b should be", func(_ *world, k *checker, _, b *node) {
			b.seats[2].ours = 200
			k.settled()
		}},
		{"no master", "has 0 masters", func(_ *world, k *checker, a, _ *node) {
			a.engine = nil
			k.settled()
		}},
		{"a fault for nothing", "without a fault", func(_ *world, k *checker, a, _ *node) {
			k.became(a, 2, became(vrrp.Master, vrrp.Fault))
		}},
		{"a modest master", "gives way to nobody", func(_ *world, k *checker, a, _ *node) {
			k.became(a, 2, became(vrrp.Master, vrrp.Backup))
		}},
		{"robbed and unmoved", "lost an address of vrid 1 and is MASTER", func(_ *world, k *checker, a, _ *node) {
			k.stripping(a, 0)
			k.stripped(a, 0)
		}},
		{"robbed and silent", "steps down without a farewell", func(_ *world, k *checker, a, _ *node) {
			k.stripping(a, 2)
			k.became(a, 2, became(vrrp.Master, vrrp.Backup))
			k.stripped(a, 2)
		}},
		{"nothing learnt", "was master before its daemon died and is BACKUP", func(_ *world, k *checker, _, b *node) {
			k.adopted(b, map[int]bool{2: true})
		}},
		{"an inheritance in doubt", "nobody says whether", func(_ *world, k *checker, a, _ *node) {
			a.seats[2].inherited = true
			k.adopted(a, map[int]bool{2: true})
		}},
		{"a tired backup", "too late", func(_ *world, k *checker, _, b *node) {
			b.seats[2].notBefore -= time.Millisecond
			k.punctual(b)
		}},
		{"nobody starts", "is INIT for no reason", func(_ *world, k *checker, _, b *node) {
			b.seats[2].state = vrrp.Init
			k.settled()
		}},
		{"a reload that shows", "was changed by a reload", func(_ *world, k *checker, a, _ *node) {
			before := []kept{a.stand(2)}
			before[0].stats.Sent--
			k.reloaded(a, before)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := settledCluster(t)
			c.do(w, &w.check, w.nodes[0], w.nodes[1])
			if got := strings.Join(w.check.faults, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("faults are %q, want one with %q", got, c.want)
			}
		})
	}
}
