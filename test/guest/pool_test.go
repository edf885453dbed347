package guest

import (
	"strings"
	"time"
)

// checkedElsewhere has servers checked on port 81, where others answer.
func (b *bench) checkedElsewhere(service string) (one, two *web) {
	b.config = strings.ReplaceAll(b.config, "connect_timeout 1", "connect_timeout 1\n connect_port 81")
	b.config = strings.Replace(b.config, "delay_loop 1", "delay_loop 1\n "+service, 1)
	return serve(b.t, b.one.node, "10.9.1.11:81", "alive"), serve(b.t, b.two.node, "10.9.1.12:81", "alive")
}

// blind: all checks fail, though the servers serve.
func blind(b *bench, panics bool) {
	service := ""
	if panics {
		service = "panic_threshold 60"
	}
	one, two := b.checkedElsewhere(service)
	d := b.start()
	awaitTable(b.t, b.a, patient, b.full...)
	one.close()
	awaitTable(b.t, b.a, patient, b.full[0], b.full[2])
	two.close()
	b.l.Until("the second has failed", patient, func() bool { return d.Said("TCP_CHECK on service [10.9.1.12]:tcp:80 failed") })
	left := b.full
	if !panics {
		left = b.full[:1]
	}
	awaitTable(b.t, b.a, patient, left...)
	lost := 0
	for range 20 {
		if _, err := fetch(b.client, benchService); err != nil {
			lost++
		}
	}
	b.t.Logf("%q: %d of 20 requests lost", service, lost)
	if panics && lost > 0 || !panics && lost < 20 {
		b.t.Errorf("%d of 20 requests were lost", lost)
	}
	if n := d.Count("which is more than panic_threshold 60% - all stay in"); panics != (n == 1) {
		b.t.Errorf("the panic was told %d times", n)
	}
	one.open(b.t)
	awaitTable(b.t, b.a, patient, b.single...)
	b.stop(d)
}

// returning: a server that returns has few of the clients at first, and its share in the end.
func returning(b *bench) {
	b.config = strings.Replace(b.config, "lb_algo rr", "lb_algo wrr\n weight 100", 1)
	one, _ := b.checkedElsewhere("slow_start 20")
	table := func(weight string) []string {
		return []string{
			"-A -t " + benchService + " -s wrr", "-a -t " + benchService + " -r 10.9.1.11:80 -m -w " + weight,
			"-a -t " + benchService + " -r 10.9.1.12:80 -m -w 100",
		}
	}
	d := b.start()
	full := table("100")
	awaitTable(b.t, b.a, patient, full...)
	one.close()
	awaitTable(b.t, b.a, patient, full[0], full[2])
	one.open(b.t)
	b.l.Until("it is back", patient, func() bool { return d.Said("Slow start of service [10.9.1.11]:tcp:80") })
	began := time.Now()
	share := func() (n int) {
		for range 40 {
			if page, err := fetch(b.client, benchService); err == nil && page == "one" {
				n++
			}
		}
		return n
	}
	early := share()
	if took := time.Since(began); took < 6*time.Second && early > 12 { // its weight has been below 30 of 130 meanwhile
		b.t.Errorf("%d of 40 clients in the first %v", early, took)
	}
	awaitTable(b.t, b.a, patient, full...)
	late := share()
	b.t.Logf("of 40 clients it had %d at first and %d in the end", early, late)
	if late < 18 || late > 22 {
		b.t.Errorf("%d of 40 clients in the end", late)
	}
	b.stop(d)
}
