package syntax

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Snapshot is a Source that gives recorded answers, so that every process of a daemon decodes the same
// bytes. What was never asked while recording does not exist. The zero Snapshot knows nothing.
type Snapshot struct {
	files map[string]fileAnswer
	globs map[string]globAnswer
	env   map[string]string
	seed  uint64
	dir   string
}

type fileAnswer struct {
	fault
	data []byte
}

type globAnswer struct {
	fault
	paths []string
}

// ReadFile implements Source.
func (s *Snapshot) ReadFile(path string) ([]byte, error) {
	a, ok := s.files[path]
	if !ok {
		return nil, &ReplayError{kind: notExist, text: "snapshot: " + path + ": not recorded"}
	}
	return a.data, a.err()
}

// Glob implements Source.
func (s *Snapshot) Glob(pattern string) ([]string, error) {
	a := s.globs[pattern]
	return slices.Clone(a.paths), a.err()
}

// Getenv implements Source.
func (s *Snapshot) Getenv(name string) string { return s.env[name] }

// Seed implements Surroundings.
func (s *Snapshot) Seed() uint64 { return s.seed }

// Dir implements Surroundings.
func (s *Snapshot) Dir() string { return s.dir }

// snapshotMagic begins every marshalled Snapshot; its last byte is the format's version.
const snapshotMagic = "holdconf\x02"

// ErrSnapshot is wrapped by every error of UnmarshalBinary.
var ErrSnapshot = errors.New("malformed configuration snapshot")

// MarshalBinary writes the snapshot: the magic, then files, globs and environment, each a count and
// that many entries in order of their names, then the seed in eight bytes and the directory; numbers are unsigned varints, texts have their length in front.
func (s *Snapshot) MarshalBinary() ([]byte, error) {
	size := 0
	for _, a := range s.files {
		size += len(a.data)
	}
	b := append(make([]byte, 0, size+4<<10), snapshotMagic...)
	b = binary.AppendUvarint(b, uint64(len(s.files)))
	for _, k := range slices.Sorted(maps.Keys(s.files)) {
		a := s.files[k]
		b = appendText(b, k)
		b = a.append(b)
		b = appendText(b, a.data)
	}
	b = binary.AppendUvarint(b, uint64(len(s.globs)))
	for _, k := range slices.Sorted(maps.Keys(s.globs)) {
		a := s.globs[k]
		b = appendText(b, k)
		b = a.append(b)
		b = binary.AppendUvarint(b, uint64(len(a.paths)))
		for _, p := range a.paths {
			b = appendText(b, p)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(s.env)))
	for _, k := range slices.Sorted(maps.Keys(s.env)) {
		b = appendText(b, k)
		b = appendText(b, s.env[k])
	}
	b = binary.BigEndian.AppendUint64(b, s.seed)
	return appendText(b, s.dir), nil
}

func appendText[T string | []byte](b []byte, s T) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func (f fault) append(b []byte) []byte {
	b = append(b, byte(f.kind))
	return appendText(b, f.text)
}

// UnmarshalBinary replaces the snapshot by the one in data, which it keeps: nobody may change it afterwards.
func (s *Snapshot) UnmarshalBinary(data []byte) error {
	r := snapshotReader{rest: data}
	if len(data) < len(snapshotMagic) || string(data[:len(snapshotMagic)]) != snapshotMagic {
		return fmt.Errorf("snapshot: unmarshal: no magic: %w", ErrSnapshot)
	}
	r.rest = data[len(snapshotMagic):]
	out := Snapshot{files: map[string]fileAnswer{}, globs: map[string]globAnswer{}, env: map[string]string{}}
	for n := r.count(); n > 0 && r.err == nil; n-- {
		k := r.text()
		f := r.fault()
		out.files[k] = fileAnswer{fault: f, data: r.bytes()}
	}
	for n := r.count(); n > 0 && r.err == nil; n-- {
		k := r.text()
		a := globAnswer{fault: r.fault()}
		for m := r.count(); m > 0 && r.err == nil; m-- {
			a.paths = append(a.paths, r.text())
		}
		out.globs[k] = a
	}
	for n := r.count(); n > 0 && r.err == nil; n-- {
		k := r.text()
		out.env[k] = r.text()
	}
	out.seed = r.number()
	out.dir = r.text()
	switch {
	case r.err != nil:
		return fmt.Errorf("snapshot: unmarshal: %w", r.err)
	case len(r.rest) > 0:
		return fmt.Errorf("snapshot: unmarshal: %d bytes too many: %w", len(r.rest), ErrSnapshot)
	}
	*s = out
	return nil
}

// snapshotReader reads varints and texts until the first fault.
type snapshotReader struct {
	rest []byte
	err  error
}

func (r *snapshotReader) count() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > uint64(len(r.rest)) {
		r.rest, r.err = nil, ErrSnapshot
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *snapshotReader) number() uint64 {
	if len(r.rest) < 8 {
		r.rest, r.err = nil, ErrSnapshot
		return 0
	}
	v := binary.BigEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return v
}

func (r *snapshotReader) text() string { return string(r.bytes()) }

// bytes returns a part of what is read.
func (r *snapshotReader) bytes() []byte {
	n := r.count()
	if r.err != nil || n > uint64(len(r.rest)) {
		r.rest, r.err = nil, ErrSnapshot
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *snapshotReader) fault() fault {
	if len(r.rest) == 0 || r.rest[0] > byte(notPlain) {
		r.rest, r.err = nil, ErrSnapshot
		return fault{}
	}
	k := kind(r.rest[0])
	r.rest = r.rest[1:]
	return fault{kind: k, text: r.text()}
}
