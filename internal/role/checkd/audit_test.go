package checkd

import (
	"testing"
	"time"
)

func TestAuditPause(t *testing.T) {
	const ms = time.Millisecond
	for took, want := range map[time.Duration]time.Duration{
		0: time.Second, 50 * ms: time.Second, 60 * ms: 1200 * ms, 80 * ms: 1500 * ms, 300 * ms: 1500 * ms,
		400 * ms: 2 * time.Second, time.Minute: slowestAudit,
	} {
		if got := auditPause(took); got != want {
			t.Errorf("a look that took %v is followed by a pause of %v, want %v", took, got, want)
		}
	}
}
