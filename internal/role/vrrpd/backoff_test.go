package vrrpd

import (
	"testing"
	"time"
)

func TestRepairIsImmediateThenRare(t *testing.T) {
	var b backoff
	now := time.Unix(1_700_000_000, 0)
	if !b.allow(now) {
		t.Fatal("the first repair was put off")
	}
	// Somebody removes the address again at once, every time.
	repairs := 0
	for end := now.Add(time.Minute); now.Before(end); {
		if b.allow(now) {
			repairs++
			now = now.Add(time.Millisecond)
			continue
		}
		if b.due(now) {
			t.Fatal("due before its time")
		}
		now = b.again
		if !b.due(now) {
			t.Fatal("not due at its time")
		}
	}
	if repairs < 10 || repairs > 25 {
		t.Errorf("%d repairs in a minute of quarrel", repairs)
	}
	now = now.Add(repairCalm)
	if !b.allow(now) || b.pause != repairMin {
		t.Error("after a quiet spell the repair is not immediate again")
	}
}
