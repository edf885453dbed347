package lint_test

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"holdfast/conf"
	"holdfast/conf/lint"
)

// weighed is a node whose script has a weight.
func weighed(name string, priority, weight int) lint.File {
	text := fmt.Sprintf(`vrrp_script chk {
    script "/bin/true"
    weight %d
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority %d
    track_script {
        chk
    }
    virtual_ipaddress {
        192.0.2.10
    }
}
`, weight, priority)
	cfg, _ := conf.Load(mapSource{name: text}, name, conf.Options{})
	return lint.File{Name: name, Config: cfg}
}

// TestSuggestedWeightsMove tries many priorities and weights: a weight is found to be too small exactly if the election says so,
// and the one that is suggested instead is large enough.
func TestSuggestedWeightsMove(t *testing.T) {
	below := regexp.MustCompile(`weight below (-\d+) moves`)
	clamp := func(n int) int { return min(max(n, 1), 254) }
	tried := 0
	for _, pa := range []int{2, 50, 100, 101, 150, 254} {
		for _, pb := range []int{1, 49, 98, 100, 149, 253} {
			for _, w := range []int{-253, -100, -51, -50, -3, -2, -1, 1, 2, 60, 253} {
				if pa <= pb {
					continue
				}
				tried++
				up, down := max(w, 0), min(w, 0)
				well, failed, other := clamp(pa+up), clamp(pa+down), clamp(pb)
				l := lint.Two(weighed("a", pa, w), weighed("b", pb, -1))
				// The other node's script is well, so its weight of -1 does not count.
				if got, want := count(l, "LINT001") == 1, failed >= other && well > other; got != want {
					t.Errorf("%d with weight %d against %d: found %v, want %v", pa, w, pb, got, want)
				}
				for _, d := range l.All() {
					m := below.FindStringSubmatch(d.Suggest)
					if d.Code != "LINT001" {
						continue
					}
					if m == nil {
						if again := lint.Two(weighed("a", pa, -253), weighed("b", pb, -1)); count(again, "LINT001") == 0 {
							t.Errorf("%d against %d: -253 would do, and no weight was suggested", pa, pb)
						}
						continue
					}
					n, err := strconv.Atoi(m[1])
					if err != nil {
						t.Fatal(err)
					}
					if again := lint.Two(weighed("a", pa, n-1), weighed("b", pb, -1)); count(again, "LINT001") > 0 {
						t.Errorf("%d against %d: the suggested weight %d is too small too", pa, pb, n-1)
					}
					if again := lint.Two(weighed("a", pa, n), weighed("b", pb, -1)); count(again, "LINT001") == 0 {
						t.Errorf("%d against %d: %d would do, and less was suggested", pa, pb, n)
					}
				}
			}
		}
	}
	if tried < 100 {
		t.Fatalf("only %d tried", tried)
	}
}
