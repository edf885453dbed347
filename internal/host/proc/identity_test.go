package proc

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestIdentities(t *testing.T) {
	boot, err := Boot()
	if again, _ := Boot(); err != nil || len(boot) != 36 || again != boot {
		t.Errorf("%q, then %q: %v", boot, again, err)
	}
	here, err := OwnNetNS()
	if again, _ := OwnNetNS(); err != nil || here == "" || again != here {
		t.Errorf("%q, then %q: %v", here, again, err)
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root: makes a network namespace")
	}
	there := make(chan string)
	go func() {
		runtime.LockOSThread() // the thread ends with the goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
		}
		id, err := OwnNetNS()
		if err != nil {
			t.Error(err)
		}
		there <- id
	}()
	if id := <-there; id == here {
		t.Errorf("two namespaces are %q", id)
	}
}
