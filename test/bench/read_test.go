package main

import (
	"strings"
	"testing"
)

// Frames as they crossed a bridge: an advertisement of VRID 51 with priority 200 from 10.99.0.11, a gratuitous ARP for
// 10.99.0.100, and an echo reply from there.
var (
	advertBytes = []byte("\x01\x00\x5e\x00\x00\x12\x02\x00\x00\x00\x00\x01\x08\x00" +
		"\x45\xc0\x00\x28\x00\x01\x00\x00\xff\x70\x00\x00\x0a\x63\x00\x0b\xe0\x00\x00\x12" +
		"\x21\x33\xc8\x01\x00\x01\x00\x00\x0a\x63\x00\x64\x00\x00\x00\x00\x00\x00\x00\x00")
	garpBytes = []byte("\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06" +
		"\x00\x01\x08\x00\x06\x04\x00\x01\x02\x00\x00\x00\x00\x01\x0a\x63\x00\x64\xff\xff\xff\xff\xff\xff\x0a\x63\x00\x64")
	echoBytes = []byte("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00" +
		"\x45\x00\x00\x24\x00\x01\x00\x00\x40\x01\x00\x00\x0a\x63\x00\x64\x0a\x63\x00\x0a" +
		"\x00\x00\x00\x00\x4b\x4c\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
)

func with(b []byte, at int, v byte) []byte {
	c := append([]byte(nil), b...)
	c[at] = v
	return c
}

func TestReadFrame(t *testing.T) {
	vip, a := [4]byte{10, 99, 0, 100}, [4]byte{10, 99, 0, 11}
	for name, c := range map[string]struct {
		b    []byte
		want frame
		ok   bool
	}{
		"advert":           {advertBytes, frame{kind: advertFrame, ip: a, vrid: 51, prio: 200}, true},
		"version 3":        {with(advertBytes, 34, 0x31), frame{kind: advertFrame, ip: a, vrid: 51, prio: 200}, true},
		"farewell":         {with(advertBytes, 36, 0), frame{kind: advertFrame, ip: a, vrid: 51}, true},
		"other type":       {with(advertBytes, 34, 0x22), frame{}, false},
		"announcement":     {garpBytes, frame{kind: garpFrame, ip: vip}, true},
		"question":         {with(garpBytes, 41, 0x65), frame{}, false},
		"echo":             {echoBytes, frame{kind: echoFrame, ip: vip, seq: 1}, true},
		"echo request":     {with(echoBytes, 34, 8), frame{}, false},
		"header too long":  {with(advertBytes[:42], 14, 0x4f), frame{}, false},
		"header too short": {with(advertBytes, 14, 0x44), frame{}, false},
		"cut":              {advertBytes[:41], frame{}, false},
		"nothing":          {nil, frame{}, false},
	} {
		if f, ok := readFrame(c.b); ok != c.ok || ok && f != c.want {
			t.Errorf("%s: %+v %v, want %+v %v", name, f, ok, c.want, c.ok)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(advertBytes)
	f.Add(garpBytes)
	f.Add(echoBytes)
	f.Fuzz(func(t *testing.T, b []byte) {
		if fr, ok := readFrame(b); ok && (fr.kind < advertFrame || fr.kind > echoFrame) {
			t.Errorf("%x: %+v", b, fr)
		}
	})
}

func TestReadStat(t *testing.T) {
	for in, want := range map[string][2]int{
		"4711 (keepalived) S 17 4711 0": {4711, 17},
		"12 (a b) c)) R 3 4":            {12, 3},
	} {
		if pid, parent, ok := readStat(in); !ok || pid != want[0] || parent != want[1] {
			t.Errorf("%q: %d %d %v", in, pid, parent, ok)
		}
	}
	for _, in := range []string{"", "12", "12 (x)", "12 (x) S", "x (x) S 1", ") 12 ("} {
		if _, _, ok := readStat(in); ok {
			t.Errorf("%q was read", in)
		}
	}
}

func FuzzReadStat(f *testing.F) {
	f.Add("12 (a b) c)) R 3 4")
	f.Add(")(")
	f.Fuzz(func(t *testing.T, s string) {
		if _, _, ok := readStat(s); ok && !strings.Contains(s, "(") {
			t.Errorf("%q was read", s)
		}
	})
}

// What strace -f -ttt writes: two threads, a call that another thread's line cuts in two, a signal, an exit, and calls
// that would not enter the kernel without strace.
const trace = `100 50.000001 epoll_wait(5, [{events=EPOLLIN, data={u32=1, u64=1}}], 64, -1) = 1
100 50.000100 clock_gettime(CLOCK_MONOTONIC, {tv_sec=1, tv_nsec=2}) = 0
100 50.000200 sendto(7, ""..., 40, MSG_DONTWAIT, {sa_family=AF_INET}, 16) = 40
101 50.000300 futex(0x1, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
100 50.000400 sendto(7, ""..., 40, MSG_DONTWAIT, {sa_family=AF_INET}, 16) = 40
101 50.000500 <... futex resumed>) = 0
101 50.000600 --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL} ---
101 50.000700 +++ exited with 0 +++
100 51.000000 sendto(7, ""..., 40, MSG_DONTWAIT, {sa_family=AF_INET}, 16) = 40
`

func TestCountCalls(t *testing.T) {
	got, err := countCalls(strings.NewReader(trace), 50e9, 505e8)
	if err != nil {
		t.Fatal(err)
	}
	all := got.all()
	if total(all) != 4 || all["sendto"] != 2 || all["futex"] != 1 || all["epoll_wait"] != 1 {
		t.Errorf("%v", all)
	}
	if s := got.sender(); total(s) != 3 || s["futex"] != 0 {
		t.Errorf("the sender's: %v", s)
	}
	if s := perUnit(all, 2); !strings.HasPrefix(s, "sendto 1.00, ") {
		t.Errorf("%q", s)
	}
}

func FuzzCountCalls(f *testing.F) {
	f.Add(trace)
	f.Add("1 2 x(\n")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := countCalls(strings.NewReader(s), 0, 1<<62)
		if n := total(got.all()); err == nil && n > strings.Count(s, "\n")+1 {
			t.Errorf("%d calls in %q", n, s)
		}
	})
}

func TestFirsts(t *testing.T) {
	frames := []frame{
		{at: 5, kind: advertFrame, ip: [4]byte{172, 16, 1, 2}, vrid: 9},
		{at: 7, kind: garpFrame, ip: [4]byte{10, 201, 1, 9}},
		{at: 8, kind: garpFrame, ip: [4]byte{10, 201, 1, 9}},
	}
	if got := firsts(frames, 0, byRouter); len(got) != 1 || got["1/9"] != 5 {
		t.Errorf("an advert and an announcement of one router: %v", got)
	}
	if got := firsts(frames, 6, byRouter); got["1/9"] != 7 {
		t.Errorf("since 6: %v", got)
	}
	if got := firsts(frames, 9, byRouter); len(got) != 0 {
		t.Errorf("since 9: %v", got)
	}
}
