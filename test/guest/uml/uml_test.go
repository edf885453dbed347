package uml

import (
	"os"
	"strings"
	"testing"
)

// Its subtests run in the guest, and are counted here.
func TestInside(t *testing.T) {
	Inside(t, "", func(t *testing.T) {
		t.Run("modules", func(t *testing.T) {
			for _, m := range []string{"ip_vs", "ip_vs_mh", "veth", "dummy"} {
				if _, err := os.Stat("/sys/module/" + m); err != nil {
					t.Error(err)
				}
			}
		})
		t.Run("root", func(t *testing.T) {
			if err := os.WriteFile("/usr/holdfast-guest", []byte("x"), 0o644); err != nil {
				t.Error(err)
			}
			if b, _ := os.ReadFile("/proc/1/comm"); !strings.HasPrefix(string(b), "uml.test") {
				t.Errorf("init is %s", b)
			}
		})
	})
}

func TestReplay(t *testing.T) {
	all, err := decode([]byte(`{"Action":"run","Test":"TestX"}
{"Action":"output","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"run","Test":"TestX/a"}
{"Action":"output","Test":"TestX/a","Output":"    x_test.go:3: wrong\n"}
{"Action":"output","Test":"TestX/a","Output":"    --- FAIL: TestX/a (0.00s)\n"}
{"Action":"fail","Test":"TestX/a"}
{"Action":"run","Test":"TestX/b"}
{"Action":"output","Output":"no test's\n"}
`))
	if err != nil {
		t.Fatal(err)
	}
	x := grow(all).index["TestX"]
	if x == nil || x.outcome != "" || x.output.Len() > 0 || len(x.below) != 2 {
		t.Fatalf("TestX is %+v", x)
	}
	a, b := x.below[0], x.below[1]
	if a.name != "a" || a.outcome != "fail" || a.output.String() != "    x_test.go:3: wrong\n" {
		t.Errorf("a is %+v", a)
	}
	if b.name != "b" || b.outcome != "" {
		t.Errorf("b is %+v", b)
	}
}
