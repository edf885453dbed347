package syntax

// Source is how the expander reaches files and surroundings. Implementations must be deterministic for
// the lifetime of one load: a Recorder makes a Snapshot from any Source, so that every process of a
// daemon decodes the same bytes.
type Source interface {
	// ReadFile returns the whole file, or an error that says why not. Nobody changes what was returned.
	ReadFile(path string) ([]byte, error)
	// Glob returns the paths that match, sorted as glob(3) sorts them. Braces were expanded before: what is
	// left of them is text.
	Glob(pattern string) ([]string, error)
	// Getenv returns an environment variable ("" when unset).
	Getenv(name string) string
}

// Surroundings is what a Source may know beside files. Without it ${_RANDOM} always begins with the same
// number, and ${_PWD} is relative to wherever the path given to Parse is.
type Surroundings interface {
	// Seed is where ${_RANDOM} begins.
	Seed() uint64
	// Dir is the absolute directory that relative paths hold from ("" when there is none).
	Dir() string
}
