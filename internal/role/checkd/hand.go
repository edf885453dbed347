package checkd

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// hand changes the kernel's table, on a goroutine of its own.
type hand struct {
	kernel Kernel
	lines  func(texts ...string) // what a batch that nobody waits for any more has to tell, and the audit

	orders *queue[*batch]
	quit   chan struct{}
	done   chan struct{}

	want  *book
	owned lvs.Owned
	audit audit
	sync  syncState

	former       former
	tell         func(legacy string) // has the parent know former; nil: there is none
	wished       *conf.LVSTimeouts   // to be set when the kernel has IPVS; nil: nothing waits
	settingsWish *settingsWish       // as wished
}

// batch is one thing to do to the table, and how it went.
type batch struct {
	timeouts *conf.LVSTimeouts // nil: they stay
	flush    bool              // remove everything first
	ops      []lvs.Op
	all      []lvs.Entry // what the table holds of ours after ops, if known
	known    bool
	sync     *syncWish // nil: they stay
	settings *settingsWish

	count   []lvs.Key // services of which to count the connections
	counted func([]lvs.Count, error)

	over chan struct{} // closed when it was carried out

	mu       sync.Mutex
	failures []failure
	left     bool // nobody will ask for failures
}

func newHand(k Kernel, lines func(...string)) *hand {
	return &hand{
		kernel: k, lines: lines, orders: newQueue[*batch](), want: newBook(),
		quit: make(chan struct{}), done: make(chan struct{}), audit: newAudit(),
		former: former{Settings: make(map[string]int)},
	}
}

// failure is what the kernel refused, in keepalived's words.
type failure struct {
	key  lvs.Key // the service; zero: of the whole table
	line string
}

// order hands a batch over. It does not wait.
func (h *hand) order(b *batch) *batch {
	b.over = make(chan struct{})
	h.orders.put(b)
	return b
}

// run works until finish is called.
func (h *hand) run() {
	defer close(h.done)
	t := time.NewTimer(auditEvery)
	defer t.Stop()
	for {
		select {
		case <-h.orders.ready:
			h.work()
		case <-t.C:
			h.work()
			h.retryTimeouts()
			h.retrySettings()
			h.retrySync(time.Now())
			t.Reset(h.look(time.Now()))
		case <-h.quit:
			h.work()
			return
		}
	}
}

// finish makes run carry out what is left and return; false if it has not within patience. The table's timeouts are what they
// were before, and sync daemons of ours are stopped.
func (h *hand) finish(patience time.Duration) bool {
	h.order(&batch{timeouts: &conf.LVSTimeouts{}, sync: &syncWish{}, settings: &settingsWish{}})
	close(h.quit)
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-h.done:
		return true
	case <-t.C:
		return false
	}
}

// work carries out all batches that have been ordered. The operations of those that follow one another go to the kernel together.
func (h *hand) work() {
	list := h.orders.take()
	for len(list) > 0 {
		n := 1
		for n < len(list) && !list[n].flush && list[n].timeouts == nil && list[n].sync == nil && list[n].counted == nil {
			n++
		}
		h.carryOut(list[:n])
		list = list[n:]
	}
}

func (h *hand) carryOut(list []*batch) {
	first := list[0]
	if first.timeouts != nil {
		if line := h.setTimeouts(*first.timeouts); line != "" {
			first.fail(lvs.Key{}, line)
		}
	}
	if first.sync != nil {
		h.syncDaemons(first)
	}
	if first.settings != nil {
		for _, line := range h.setSettings(first.settings) {
			first.fail(lvs.Key{}, line)
		}
	}
	if first.counted != nil {
		first.counted(h.kernel.Counts(first.count...))
	}
	if first.flush {
		if err := h.kernel.Flush(); err != nil {
			first.fail(lvs.Key{}, "IPVS: cannot flush the table: "+err.Error())
		}
		h.owned = lvs.Owned{}
		h.want.write(nil)
	}
	for _, b := range list { // first, for what one batch holds a later one may delete
		for _, e := range b.all {
			h.owned.Claim(e)
		}
	}
	errs := h.apply(together(list))
	known := lastKnown(list)
	for n, b := range list {
		for i := range b.ops {
			op := &b.ops[i]
			if n > known {
				h.want.note(*op)
			}
			if errs[i] != nil {
				b.fail(op.Service.Key, refusal(*op, errs[i]))
				h.audit.refused(op.Service.Key)
			}
		}
		errs = errs[len(b.ops):]
		if n == known {
			h.want.write(b.all)
		}
		h.finished(b)
	}
}

// together gives the operations of all batches. Those of one alone are not copied: they may be ten thousand.
func together(list []*batch) (ops []lvs.Op) {
	for _, b := range list {
		if len(ops) == 0 {
			ops = b.ops[:len(b.ops):len(b.ops)]
		} else {
			ops = append(ops, b.ops...)
		}
	}
	return ops
}

// lastKnown gives the last batch that says how the whole table is to be, after which it does not matter what those before it
// said; -1: none does.
func lastKnown(list []*batch) int {
	for n := len(list) - 1; n >= 0; n-- {
		if list[n].known {
			return n
		}
	}
	return -1
}

// apply carries out ops. The kernel deletes a service with all that is in it; one in which others have put something loses only what
// is ours, and is deleted by a later look when nothing is in it any more.
func (h *hand) apply(ops []lvs.Op) []error {
	shared := h.shared(ops)
	if len(shared) == 0 {
		return h.do(ops)
	}
	errs := make([]error, len(ops))
	var send []lvs.Op
	var of []int // which of ops each comes from
	for i, op := range ops {
		some := []lvs.Op{op}
		if have := shared[op.Service.Key]; have != nil && op.Kind == lvs.DelService {
			some = lvs.Diff(nil, nil, have, &h.owned)
		}
		for _, o := range some {
			send, of = append(send, o), append(of, i)
		}
	}
	for i, err := range h.do(send) {
		if err != nil {
			errs[of[i]] = err
		}
	}
	return errs
}

// shared returns, of the services that ops delete, those in which others have put something.
func (h *hand) shared(ops []lvs.Op) map[lvs.Key]*lvs.Entry {
	var keys []lvs.Key
	for _, op := range ops {
		if op.Kind == lvs.DelService {
			keys = append(keys, op.Service.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	have, err := h.kernel.Read(keys...)
	if err != nil {
		return nil // deleting will fail as well, and that is told
	}
	found := make(map[lvs.Key]*lvs.Entry)
	for i := range have {
		k := have[i].Service.Key
		if slices.ContainsFunc(have[i].Dests, func(d lvs.Dest) bool { return !h.owned.Dest(k, d.Addr) }) {
			found[k] = &have[i]
		}
	}
	return found
}

// do carries out ops and notes what is ours by that.
func (h *hand) do(ops []lvs.Op) []error {
	if len(ops) == 0 {
		return nil
	}
	errs := h.kernel.Apply(ops)
	for i, err := range errs {
		if err == nil {
			h.owned.Done(ops[i])
		}
	}
	return errs
}

// finished ends a batch. If the teller has given up waiting, its failures are told now.
func (h *hand) finished(b *batch) {
	b.mu.Lock()
	left, failures := b.left, b.failures
	close(b.over)
	b.mu.Unlock()
	if left {
		for _, f := range failures {
			h.lines(f.line)
		}
	}
}

func (b *batch) fail(k lvs.Key, line string) {
	b.mu.Lock()
	b.failures = append(b.failures, failure{k, line})
	b.mu.Unlock()
}

// carriedOut reports whether the hand is done with b.
func (b *batch) carriedOut() bool {
	select {
	case <-b.over:
		return true
	default:
		return false
	}
}

// await waits for the end of a batch and returns its failures; late if it takes longer than patience, or until hurry.
func (b *batch) await(patience time.Duration, hurry <-chan struct{}) (failures []failure, late bool) {
	select {
	case <-b.over:
	default:
		t := time.NewTimer(patience)
		defer t.Stop()
		select {
		case <-b.over:
		case <-t.C:
		case <-hurry:
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.carriedOut() {
		b.left = true
		return nil, true
	}
	return b.failures, false
}

// commands are the kernel's old names of the operations, which keepalived logs, with their numbers (linux/ip_vs.h).
var commands = map[lvs.OpKind]struct {
	name   string
	number int
}{
	lvs.AddService:  {"IP_VS_SO_SET_ADD", 1154},
	lvs.EditService: {"IP_VS_SO_SET_EDIT", 1155},
	lvs.DelService:  {"IP_VS_SO_SET_DEL", 1156},
	lvs.AddDest:     {"IP_VS_SO_SET_ADDDEST", 1159},
	lvs.DelDest:     {"IP_VS_SO_SET_DELDEST", 1160},
	lvs.EditDest:    {"IP_VS_SO_SET_EDITDEST", 1161},
}

// refusal words an operation that the kernel refused as keepalived does.
func refusal(op lvs.Op, err error) string {
	text, number := excuse(op, err)
	c := commands[op.Kind]
	where := keyWords(op.Service.Key)
	if op.Dest.Addr.IsValid() {
		where += " -> " + op.Dest.Addr.String()
	}
	return fmt.Sprintf("IPVS cmd %s(%d) error: %s(%d) (%s)", c.name, c.number, text, number, where)
}

// keyWords is how those lines name a service: 10.9.0.1:tcp:80.
func keyWords(k lvs.Key) string {
	if k.IsMark() {
		return fmt.Sprintf("fwmark %d", k.Mark)
	}
	a := k.Addr.Addr()
	return fmt.Sprintf("%s:%s:%d", bare(a), protocolWord(k.Protocol), k.Addr.Port())
}

func bare(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	return "[" + a.String() + "]"
}

func protocolWord(p uint8) string {
	switch p {
	case 6:
		return "tcp"
	case 17:
		return "udp"
	case 132:
		return "sctp"
	}
	return "none"
}
