package vrrpd

import (
	"testing"
	"time"

	"holdfast/vrrp"
)

func TestASurveyTellsOfEveryRouterAndAllocatesNothing(t *testing.T) {
	const n = 300
	e, _, now := engineOf(t, n, "priority 100")
	e.Tick(now.Add(5 * time.Second))
	list := make([]vrrp.Snapshot, n)
	e.Survey(list, true)
	for i, s := range list {
		if s.State != vrrp.Master || s.Stats.Sent != 1 || s.Stats.BecameMaster != 1 {
			t.Fatalf("router %d: %+v", i, s)
		}
	}
	e.Survey(list[:1], false)
	if list[0].Stats != (vrrp.Stats{}) || list[1].Stats.Sent != 1 {
		t.Errorf("after clearing: %+v, %+v", list[0].Stats, list[1].Stats)
	}
	if allocs := testing.AllocsPerRun(100, func() { e.Survey(list, true) }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
