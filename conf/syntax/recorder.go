package syntax

import (
	"io/fs"
	"slices"
)

// Recorder is a Source that hands everything on to another one and remembers the answers. It is not
// safe for concurrent use.
type Recorder struct {
	from   Source
	snap   Snapshot
	looked bool
}

// NewRecorder returns a Recorder over src.
func NewRecorder(src Source) *Recorder { return &Recorder{from: src} }

// ReadFile implements Source.
func (r *Recorder) ReadFile(path string) ([]byte, error) {
	if a, ok := r.snap.files[path]; ok {
		return a.data, a.err()
	}
	data, err := r.from.ReadFile(path)
	if r.snap.files == nil {
		r.snap.files = map[string]fileAnswer{}
	}
	r.snap.files[path] = fileAnswer{data: data, fault: faultOf(err)}
	return data, err
}

// Glob implements Source.
func (r *Recorder) Glob(pattern string) ([]string, error) {
	if a, ok := r.snap.globs[pattern]; ok {
		return slices.Clone(a.paths), a.err()
	}
	paths, err := r.from.Glob(pattern)
	if r.snap.globs == nil {
		r.snap.globs = map[string]globAnswer{}
	}
	r.snap.globs[pattern] = globAnswer{paths: slices.Clone(paths), fault: faultOf(err)}
	return paths, err
}

// Getenv implements Source.
func (r *Recorder) Getenv(name string) string {
	if v, ok := r.snap.env[name]; ok {
		return v
	}
	v := r.from.Getenv(name)
	if r.snap.env == nil {
		r.snap.env = map[string]string{}
	}
	r.snap.env[name] = v
	return v
}

// Seed implements Surroundings.
func (r *Recorder) Seed() uint64 {
	r.look()
	return r.snap.seed
}

// Dir implements Surroundings.
func (r *Recorder) Dir() string {
	r.look()
	return r.snap.dir
}

// look asks the Source for its surroundings, once.
func (r *Recorder) look() {
	if s, ok := r.from.(Surroundings); ok && !r.looked {
		r.snap.seed, r.snap.dir = s.Seed(), s.Dir()
	}
	r.looked = true
}

// Snapshot returns what was answered so far. It does not change afterwards.
func (r *Recorder) Snapshot() *Snapshot {
	s := &Snapshot{files: map[string]fileAnswer{}, globs: map[string]globAnswer{}, env: map[string]string{}}
	s.seed, s.dir = r.snap.seed, r.snap.dir
	for k, v := range r.snap.files {
		s.files[k] = v
	}
	for k, v := range r.snap.globs {
		s.globs[k] = v
	}
	for k, v := range r.snap.env {
		s.env[k] = v
	}
	return s
}

// fault is an error that survives being written down: its text and what errors.Is says of it.
type fault struct {
	kind kind
	text string // empty: no error
}

func faultOf(err error) fault {
	if err == nil {
		return fault{}
	}
	return fault{kind: kindOf(err), text: err.Error()}
}

func (f fault) err() error {
	if f.text == "" && f.kind == otherFault {
		return nil
	}
	return &ReplayError{kind: f.kind, text: f.text}
}

// ReplayError is an error that a Source gave when it was recorded. errors.Is matches it with
// fs.ErrNotExist, fs.ErrPermission, ErrIsDirectory and ErrNotPlain as it did the original.
type ReplayError struct {
	kind kind
	text string
}

func (e *ReplayError) Error() string { return e.text }

// Is implements the errors.Is protocol.
func (e *ReplayError) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e.kind == notExist
	case fs.ErrPermission:
		return e.kind == permission
	case ErrIsDirectory:
		return e.kind == isDirectory
	case ErrNotPlain:
		return e.kind == notPlain
	}
	return false
}
