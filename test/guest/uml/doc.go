// Package uml runs commands and tests in a User-mode-Linux guest: a kernel with IPVS and with every kind of link, which starts as an
// ordinary process in three seconds. It needs root, Debian's apt-get and dpkg, and /dev/shm; without them a test is skipped.
//
// The guest's root is the host's, with an overlay in memory on top: it sees every file, and nothing that it writes reaches the host
// but what it writes below /out. It has one processor, no network, and starts with the binary that has called Run as its init, which
// therefore loads the modules itself. A system call costs it about 25 µs, and fork the more the larger the process is.
//
// A test that is to run in there says so itself:
//
//	func TestTable(t *testing.T) {
//		uml.Inside(t, func(t *testing.T) {
//			t.Run("services", func(t *testing.T) { ... })
//		})
//	}
//
// Outside, Inside starts a guest, has it run this one test of this test binary, and shows the subtests' outcome as subtests of t.
package uml
