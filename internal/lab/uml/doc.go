// Package uml runs commands in a User-mode-Linux guest: a kernel with IPVS and with every kind of link, which starts as an ordinary
// process in three seconds. It needs root, Debian's apt-get and dpkg, and /dev/shm.
//
// The guest's root is the host's, with an overlay in memory on top: it sees every file, and nothing that it writes reaches the host
// but what it writes below /out. It has one processor, no network, and starts with the binary that has called Run as its init, which
// therefore loads the modules itself. A system call costs it about 25 µs, and fork the more the larger the process is.
//
// Tests have package test/guest/uml, which runs them in such a guest.
package uml
