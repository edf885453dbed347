package conf_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"holdfast/conf"
)

// manyInstances writes n instances of ten lines.
func manyInstances(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `vrrp_instance VI_%d {
    state BACKUP
    interface eth%d
    virtual_router_id %d
    priority 100   # the usual one
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass secret
    }
    virtual_ipaddress {
        10.%d.%d.1/24 dev eth%d
    }
    notify_master "/usr/local/bin/notify master"
}
`, i, i/255, i%255+1, i/250, i%250, i/255)
	}
	return b.String()
}

// manyServers writes n real servers, ten to a virtual server, each with a check.
func manyServers(n int) string {
	var b strings.Builder
	for i := range n / 10 {
		fmt.Fprintf(&b, "virtual_server 10.200.%d.%d 80 {\n    lb_algo wrr\n    lb_kind DR\n    protocol TCP\n", i/250, i%250+1)
		for j := range 10 {
			fmt.Fprintf(&b, `    real_server 10.%d.%d.%d 80 {
        weight %d
        TCP_CHECK {
            connect_timeout 3
            retry 2
            delay_before_retry 2
        }
    }
`, 210+j, i/250, i%250+1, j+1)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// TestLargeFiles guards against memory that grows faster than the file, and against more of it than a file of that size needs;
// times are for the benchmarks. What is allocated is nearly all kept, so that it tells the peak.
func TestLargeFiles(t *testing.T) {
	for name, c := range map[string]struct {
		text      func(int) string
		n         int
		bytes     float64 // for each one; a tenth more than it takes
		instances int
	}{
		"real servers":   {text: manyServers, n: 8000, bytes: 3500},
		"VRRP instances": {text: manyInstances, n: 8000, bytes: 8250, instances: 8000},
	} {
		t.Run(name, func(t *testing.T) {
			load := func(n int) (allocs, size float64) {
				src := mapSource{"main.conf": c.text(n)}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				cfg, list := conf.Load(src, "main.conf", conf.Options{})
				runtime.ReadMemStats(&after)
				if len(cfg.Instances)*c.n != c.instances*n || len(cfg.VirtualServers) > 0 == (c.instances > 0) || list.HasErrors() {
					t.Fatalf("%d instances, %d virtual servers, %d diagnostics: %v", len(cfg.Instances), len(cfg.VirtualServers), list.Len(), list.Error())
				}
				return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
			}
			load(10) // what is made once
			allocs, size := load(c.n / 8)
			moreAllocs, moreSize := load(c.n)
			t.Logf("%.0f bytes and %.1f allocations each", moreSize/float64(c.n), moreAllocs/float64(c.n))
			if moreAllocs > 9*allocs || moreSize > 9*size {
				t.Errorf("8 times the file takes %.1f times the allocations and %.1f times the bytes", moreAllocs/allocs, moreSize/size)
			}
			if each := moreSize / float64(c.n); each > c.bytes {
				t.Errorf("%.0f bytes each, want at most %.0f", each, c.bytes)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for name, text := range map[string]string{
		"10000 real servers": manyServers(10_000), "4000 instances": manyInstances(4000), "1000 instances": manyInstances(1000),
	} {
		b.Run(name, func(b *testing.B) {
			src := mapSource{"main.conf": text}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				conf.Load(src, "main.conf", conf.Options{})
			}
		})
	}
}
