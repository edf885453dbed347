package script

import (
	"os"
	"syscall"
)

// Disk is the real file system.
type Disk struct{}

// Lstat implements Files.
func (Disk) Lstat(name string) (Stat, error) {
	fi, err := os.Lstat(name)
	if err != nil {
		return Stat{}, err
	}
	s := Stat{Mode: fi.Mode()}
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		s.UID, s.GID = st.Uid, st.Gid
	}
	return s, nil
}

// Readlink implements Files.
func (Disk) Readlink(name string) (string, error) { return os.Readlink(name) }

// HostChecker returns a checker of this host's files, with PATH and the working directory as they are.
func HostChecker(security, keepSymlinks bool) *Checker {
	dir, err := os.Getwd()
	if err != nil {
		dir = "/"
	}
	return &Checker{
		Files: Disk{}, SearchPath: os.Getenv("PATH"), Dir: dir,
		Security: security, KeepSymlinks: keepSymlinks,
	}
}
