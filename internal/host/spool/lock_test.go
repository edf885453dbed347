package spool_test

import (
	"testing"
	"time"

	"holdfast/internal/host/spool"
)

func TestLock(t *testing.T) {
	dir := spool.Dir(t.TempDir())
	unlock, err := dir.Lock()
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	go func() {
		unlock, err := dir.Lock()
		if err == nil {
			unlock()
		}
		second <- err
	}()
	select {
	case err := <-second:
		t.Errorf("locked twice: %v", err)
		return
	case <-time.After(50 * time.Millisecond):
	}
	unlock()
	if err := <-second; err != nil {
		t.Error(err)
	}
	if _, err := spool.Dir("/nonexistent").Lock(); err == nil {
		t.Error("a directory that does not exist")
	}
}
