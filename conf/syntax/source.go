package syntax

// Source is how the expander reaches files and surroundings. Implementations must be deterministic for
// the lifetime of one load: a Recorder makes a Snapshot from any Source, so that every process of a
// daemon decodes the same bytes.
type Source interface {
	// ReadFile returns the whole file, or an error that says why not.
	ReadFile(path string) ([]byte, error)
	// Glob returns the paths that match, sorted as glob(3) sorts them; braces are expanded.
	Glob(pattern string) ([]string, error)
	// Getenv returns an environment variable ("" when unset).
	Getenv(name string) string
}
