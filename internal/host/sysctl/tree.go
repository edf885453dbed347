package sysctl

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Tree is the directory with the settings.
type Tree string

// Host is the kernel's own.
const Host Tree = "/proc/sys"

// Read returns the settings at these paths ("net/ipv4/conf/all/arp_ignore"). One that does not exist, as those of a link that has
// gone, is left out.
func (t Tree) Read(paths []string) (map[string]int, error) {
	values := make(map[string]int, len(paths))
	for _, p := range paths {
		b, err := os.ReadFile(filepath.Join(string(t), p))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("sysctl: %w", err)
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(b)))
		if err != nil {
			return nil, fmt.Errorf("sysctl: %s: %w", p, err)
		}
		values[p] = n
	}
	return values, nil
}

// Write changes a setting; the error says so if it does not exist (fs.ErrNotExist).
func (t Tree) Write(path string, value int) error {
	f, err := os.OpenFile(filepath.Join(string(t), path), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("sysctl: %w", err)
	}
	_, err = f.WriteString(strconv.Itoa(value) + "\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("sysctl: %w", err)
	}
	return nil
}
