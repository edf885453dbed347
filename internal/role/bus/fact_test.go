package bus

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestFacts: an end that does not read for a while hears each last word, once, and whoever tells does not wait.
func TestFacts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Pipe()
		f := NewFacts(a.Send)
		for round := range 5 {
			for i := range pipeDepth {
				f.Tell(fmt.Sprint("subject ", i), fmt.Sprint("word ", round))
			}
			synctest.Wait()
		}
		heard, last := 0, map[string]string{}
		got := make(chan Msg)
		go func() {
			defer close(got)
			for m, err := b.Recv(); err == nil; m, err = b.Recv() {
				got <- m
			}
		}()
		for over := time.After(time.Second); ; {
			select {
			case m := <-got:
				heard++
				last[m.Subject] = m.Text
				continue
			case <-over:
			}
			break
		}
		if heard > 2*pipeDepth || len(last) != pipeDepth {
			t.Errorf("%d messages of %d subjects", heard, len(last))
		}
		for s, w := range last {
			if w != "word 4" {
				t.Errorf("%s: %s", s, w)
			}
		}
		f.Tell(strings.Repeat("x", MaxPacket), "too long a name")
		f.Tell("subject 0", "word 5")
		if m := <-got; m.Subject != "subject 0" || m.Text != "word 5" {
			t.Errorf("behind a subject that cannot be sent: %.40q %q", m.Subject, m.Text)
		}
		f.Close()
		f.Tell("late", "word") // nobody minds
		a.Close()
		for range got {
		}
	})
}
