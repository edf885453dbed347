package logs

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A fakeOutlet is a reader whose moods the test sets.
type fakeOutlet struct {
	mu      sync.Mutex
	mood    error // what write answers; errBusy after waiting, as a real one does
	lines   []string
	tries   []time.Time
	flushes int
	closed  bool
}

func (o *fakeOutlet) set(mood error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mood = mood
}

func (o *fakeOutlet) write(line []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tries = append(o.tries, time.Now())
	if errors.Is(o.mood, errBusy) {
		o.mu.Unlock()
		time.Sleep(patience)
		o.mu.Lock()
	}
	if o.mood != nil {
		return o.mood
	}
	_, text, _ := strings.Cut(string(line), "0: ") // the bubble's clock starts in the year 2000
	o.lines = append(o.lines, strings.TrimSpace(text))
	return nil
}

func (o *fakeOutlet) flush() error { o.flushes++; return nil }
func (o *fakeOutlet) close() error { o.closed = true; return nil }

func (o *fakeOutlet) got() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.lines...)
}

// fakeSink returns a sink of one fake outlet, running.
func fakeSink(queue int) (*Sink, *fakeOutlet) {
	out := &fakeOutlet{}
	s := &Sink{}
	s.add("the test", out, appendConsole, queue)
	go s.lanes[0].run()
	return s, out
}

func TestLossesAreToldWhereTheyHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := fakeSink(4)
		log := s.Logger()
		out.set(errBusy)
		log.Info("line 0")
		synctest.Wait() // the lane holds line 0; its queue is empty
		for i := 1; i <= 7; i++ {
			log.Info(fmt.Sprintf("line %d", i)) // 1 to 4 fit
		}
		if n := s.Dropped(); n != 3 {
			t.Errorf("dropped %d, want 3", n)
		}
		out.set(nil)
		time.Sleep(time.Second)
		log.Info("line 8")
		synctest.Wait()
		want := []string{"line 0", "line 1", "line 2", "line 3", "line 4", "3 messages were lost because the test did not accept them", "line 8"}
		if d := cmp.Diff(want, out.got()); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		shut(t, s)
		if !out.closed || out.flushes == 0 {
			t.Errorf("closed %t, flushed %d times", out.closed, out.flushes)
		}
		if n := s.Dropped(); n != 3 {
			t.Errorf("%d lost, want 3", n)
		}
	})
}

func TestAFullQueueFillsNoMoreUntilHalfIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := fakeSink(4)
		l := s.lanes[0]
		out.set(errBusy)
		s.Logger().Info("held")
		synctest.Wait()
		for range 5 {
			s.Logger().Info("x")
		}
		<-l.in // one place is free: not yet enough
		s.Logger().Info("refused")
		if got := s.Dropped(); got != 2 {
			t.Errorf("dropped %d, want 2", got)
		}
		<-l.in
		s.Logger().Info("taken")
		if got := s.Dropped(); got != 2 || len(l.in) != 3 {
			t.Errorf("dropped %d, queued %d", got, len(l.in))
		}
		out.set(nil)
		shut(t, s)
	})
}

func TestAnAbsentReaderIsTriedSeldomAndNothingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := fakeSink(100)
		out.set(errGone)
		for i := range 10 {
			s.Logger().Info(fmt.Sprint(i))
		}
		time.Sleep(time.Minute)
		out.mu.Lock()
		n := len(out.tries)
		out.mu.Unlock()
		if n < 10 || n > 25 {
			t.Errorf("%d tries in a minute", n)
		}
		out.set(nil)
		time.Sleep(lastRetry)
		synctest.Wait()
		if got := strings.Join(out.got(), ""); got != "0123456789" {
			t.Errorf("got %s", got)
		}
		shut(t, s)
	})
}

func TestARefusedRecordIsCountedAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := fakeSink(10)
		out.set(errors.New("too long"))
		s.Logger().Info("bad")
		synctest.Wait()
		out.set(nil)
		s.Logger().Info("good")
		synctest.Wait()
		want := []string{"1 message was lost because the test did not accept it", "good"}
		if d := cmp.Diff(want, out.got()); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		shut(t, s)
	})
}

func TestCloseWaitsNoLongerThanAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := fakeSink(10)
		out.set(errBusy)
		for range 5 {
			s.Logger().Info("x")
		}
		began := time.Now()
		err := s.Close(time.Second)
		if took := time.Since(began); took < time.Second || took > time.Second+afterlife {
			t.Errorf("took %v", took)
		}
		if err == nil || err.Error() != "logs: close: the test: 5 messages lost" {
			t.Errorf("error %v", err)
		}
		s.Logger().Info("after") // lost, and no panic
		if n := s.Dropped(); n != 6 {
			t.Errorf("dropped %d, want 6", n)
		}
		if err := s.Close(time.Second); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseDoesNotWaitForWhoIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := fakeSink(10)
		out.set(errGone)
		for range 5 {
			s.Logger().Info("x")
		}
		time.Sleep(time.Minute)
		began := time.Now()
		if err := s.Close(10 * time.Second); err == nil || s.Dropped() != 5 {
			t.Errorf("dropped %d, error %v", s.Dropped(), err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("took %v", took)
		}
	})
}

func TestCloseWritesWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out := fakeSink(100)
		out.set(errBusy)
		for range 50 {
			s.Logger().Info("x")
		}
		time.AfterFunc(3*time.Second, func() { out.set(nil) })
		shut(t, s)
		if n := len(out.got()); n != 50 {
			t.Errorf("%d of 50 lines", n)
		}
	})
}
