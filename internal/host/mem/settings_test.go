package mem_test

import (
	"errors"
	"io/fs"
	"maps"
	"testing"

	"holdfast/internal/host/mem"
	"holdfast/internal/host/sysctl"
)

// settings is what both the kernel's settings and those in memory are.
type settings interface {
	Read(paths []string) (map[string]int, error)
	Write(path string, value int) error
}

func TestSettingsAreLikeTheKernels(t *testing.T) {
	const there, absent = "net/ipv4/conf/all/arp_ignore", "net/ipv4/conf/nolink/arp_ignore"
	contract := func(t *testing.T, s settings) {
		expect := func(want map[string]int) {
			t.Helper()
			if got, err := s.Read([]string{there, absent}); err != nil || !maps.Equal(got, want) {
				t.Errorf("read %v, %v; want %v", got, err, want)
			}
		}
		expect(map[string]int{there: 0})
		if err := s.Write(there, 2); err != nil {
			t.Error(err)
		}
		expect(map[string]int{there: 2})
		if err := s.Write(absent, 1); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("write to what is not there: %v", err)
		}
		expect(map[string]int{there: 2})
	}
	t.Run("memory", func(t *testing.T) { contract(t, mem.NewSettings(map[string]int{there: 0})) })
	t.Run("kernel", func(t *testing.T) {
		ns := newNS(t)
		if err := within(ns, func() error { contract(t, sysctl.Host); return nil }); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSettingsFault(t *testing.T) {
	s := mem.NewSettings(map[string]int{"a": 1})
	no := errors.New("no")
	s.SetFault(func(string, int) error { return no })
	if err := s.Write("a", 2); !errors.Is(err, no) {
		t.Error(err)
	}
	s.SetFault(nil)
	if err := s.Write("a", 3); err != nil {
		t.Error(err)
	}
	if got, _ := s.Read([]string{"a"}); got["a"] != 3 {
		t.Error(got)
	}
}
